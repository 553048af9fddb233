#!/usr/bin/env bash
# Smoke test of the benchmark. Usage: bench_smoke_test.sh PROGRAM
#
# It runs --quick, and checks that its JSON holds every cell, pass and size with positive rates and
# that there is a picture; then what the program says to bad input.
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

# refuses WORDS ARGUMENT...: exit code 2, a message that has WORDS, and nothing written.
refuses() {
  local words=$1 status
  shift
  "$program" --quick "$@" >stdout 2>stderr </dev/null
  status=$?
  [ "$status" -eq 2 ] || complain "$*: exit code $status, expected 2"
  grep -qF -- "$words" stderr || complain "$*: '$words' is not in: $(cat stderr)"
  [ ! -e out ] || complain "$*: left a folder behind"
}

refuses 'unknown option' --fast
refuses 'unknown device' --device tpu
refuses '--threads' --threads many
refuses 'cannot write' --json missing/results.json
refuses 'Google Benchmark' --benchmark_repetitions=many

"$program" --quick --benchmark_list_tests >names || complain 'cannot list the benchmarks'
# 3 cells, 2 passes, 3 values of each of 3 factors; the centre is shared.
[ "$(sort -u names | wc -l)" -eq 42 ] || complain "$(wc -l <names) names, expected 42"
[ ! -e out ] || complain 'listing the benchmarks left a folder behind'

"$program" --quick --json results.json >report || complain "--quick: exit code $?"
while read -r name; do
  grep -qF "\"run_name\": \"$name\"" results.json || complain "$name is not in the JSON"
done <names
for cell in rnn lstm gru; do
  for pass in forward training; do
    grep -q "^$cell/$pass/" names || complain "$cell/$pass is not measured"
  done
done
for counter in tokens_per_second gflop_per_second; do
  # The repetitions, their mean and median; a standard deviation may be 0.
  positive=$(awk -v counter="\"$counter\":" '
    /"aggregate_name": "(stddev|cv)"/ {skip = 1}
    $1 == counter {if (!skip && $2 + 0 > 0) n++; skip = 0}
    END {print n + 0}' results.json)
  [ "$positive" -eq $((42 * (3 + 2))) ] || complain "$counter is positive $positive times"
done
grep -q 'At hidden 32, batch 8, length 16 a GRU takes' report || complain 'there is no conclusion'
[ "$(head -c 4 out/bench/recurrent.png | tail -c 3)" = PNG ] || complain 'there is no picture'

# Training must not take more than 1.1 times the memory that it needs.
"$program" --json memory.json --benchmark_repetitions=1 --benchmark_min_time=0.001 \
  --benchmark_filter=training/hidden:128/batch:16/length:64 >report ||
  complain "a filter: exit code $?"
wasteful=$(awk '
  $1 == "\"run_name\":" {name = $2}
  $1 == "\"peak_bytes\":" {peak[name] = $2 + 0}
  $1 == "\"needed_bytes\":" {needed[name] = $2 + 0}
  END {
    for (name in peak)
      if (++count && !(peak[name] <= 1.1 * needed[name])) print name, peak[name], needed[name]
    if (count != 3) print count + 0, "of 3 training steps state their memory"
  }' memory.json)
[ -z "$wasteful" ] || complain "peak_bytes is more than 1.1 times needed_bytes: $wasteful"
grep -q 'Memory at hidden 128' report || complain 'the report does not tell of memory'

"$program" --device simt --json simt.json --benchmark_repetitions=1 --benchmark_min_time=0.001 \
  --benchmark_filter=gru/training/hidden:16 >report || complain "--device simt: exit code $?"
grep -qF '"device": "simt"' simt.json || complain 'the JSON does not name simt'

[ "$failed" -eq 0 ] || exit 1
echo 'The benchmark works.'
