#!/usr/bin/env bash
# Smoke test of the benchmark of matrix products. Usage: bench_matmul_smoke_test.sh PROGRAM
#
# It runs --quick, and checks that its JSON and its tables hold every rung and size, and that there is
# a picture; then what the program says to bad input.
set -u

program=$(readlink -f -- "$1") || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failed=0

complain() {
  echo "FAILED: $1"
  failed=1
}

"$program" --fast >stdout 2>stderr </dev/null
[ $? -eq 2 ] || complain 'an unknown option is not refused'
grep -qF './unroll bench matmul --help' stderr || complain "there is no hint: $(cat stderr)"
"$program" --help | grep -qF 'Usage: ./unroll bench matmul' || complain 'there is no --help'
[ ! -e out ] || complain 'a refusal left a folder behind'

"$program" --quick --threads 2 --json results.json >report || complain "--quick: exit code $?"
# 5 rungs and gemm.cpp, 2 sweeps of 2 sizes.
[ "$(grep -cE '"rung": .*"gflop_per_second": [0-9.]+, "share_of_peak": [0-9.e-]+\}' results.json)" \
  -eq 24 ] || complain "results are missing in the JSON: $(cat results.json)"
for rung in '1 naive' '2 blocked' '3 packed' '4 vectorised' '5 threaded' 'gemm.cpp'; do
  # In both tables, with a share of the peak for both sizes.
  [ "$(grep -cE "^ *$rung( +[0-9.]+ \([0-9]+ %\)){2} *$" report)" -eq 2 ] ||
    complain "$rung is not in the tables: $(cat report)"
done
[ "$(head -c 4 out/bench/matmul.png | tail -c 3)" = PNG ] || complain 'there is no picture'

[ "$failed" -eq 0 ] || exit 1
echo 'The benchmark of matrix products works.'
