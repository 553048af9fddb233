#!/usr/bin/env bash
# What bench/gpu_check makes of what its programs say, which here are stand-ins: no GPU is needed.
# Usage: gpu_check_test.sh CHECKOUT
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{bench,bin} "$work"/build/cuda/{bench/gpu,kernels/cuda,tests} || exit 2
cp "$1/bench/gpu_check" "$work/bench" || exit 2
cd "$work" || exit 2
export PATH=$work/bin:$PATH
checks=0
failed=0

check() {  # check NAME COMMAND…: the command must succeed
  checks=$((checks + 1))
  "${@:2}" && return
  failed=$((failed + 1))
  echo "FAILED: $1"
  cat out.txt
}

# program FILE: a stand-in that runs what is on standard input.
program() { { echo '#!/usr/bin/env bash' && cat; } >"$1" && chmod +x "$1"; }

says() { grep -qF -e "$1" out/gpu_check/results.txt; }

# gpu_check STATUS ARGUMENT…
gpu_check() {
  local expected=$1
  bench/gpu_check "${@:2}" >out.txt 2>&1
  [ $? -eq "$expected" ]
}

refuses() { gpu_check "$1" "${@:3}" && grep -q -e "$2" out.txt; }

# ---- nothing to run
check 'help' gpu_check 0 --help
check 'a stage is needed' refuses 2 'name a stage'
check 'an unknown stage' refuses 2 'unknown argument' fly
check 'nothing is built' refuses 1 'gpu_check build' test
program build/cuda/bench/gpu/gpu_tests <<<'echo "gpu_tests: cuda cannot be used: no driver" >&2; exit 2'
for stage in test sanitize bench; do
  check "$stage without a GPU" refuses 1 '^gpu_check: cuda cannot be used: no driver$' "$stage"
done

# ---- a machine with a GPU, on which rung 5 is wrong and rung 7 ruins the process
program bin/nvidia-smi <<<'case $* in *name*) echo "A GPU" ;; *driver*) echo 999 ;; esac'
program build/cuda/kernels/cuda/machine_code <<<'echo "9 kernels for sm_90, 0 problems"'
program build/cuda/bench/gpu/gpu_tests <<'END'
case $* in
  '--part 5') echo 'FAILED: rung 5: differs'; echo '2 passed, 1 failed'; exit 1 ;;
  '--part 7') echo 'gpu_tests: an illegal memory access' >&2; exit 1 ;;
esac
echo '3 passed, 0 failed'
END
check 'test fails' gpu_check 1 test --revision abc
check 'what was wrong' says '  FAILED: rung 5: differs'
check 'what was ruined' says 'gpu_tests --part 7: exit code 1, gpu_tests: an illegal memory access'
check 'the next rung' says 'gpu_tests --part 8: exit code 0, 3 passed, 0 failed'
check 'whose results' says 'A GPU, driver 999; '

program bin/compute-sanitizer <<'END'
[ "$2" != racecheck ] || { echo '===== RACECHECK SUMMARY: 1 hazard'; exit 9; }
"${@:5}" && echo '===== ERROR SUMMARY: 0 errors'
END
check 'sanitize fails' gpu_check 1 sanitize --revision abc
check 'a tool that finds nothing' says 'memcheck: ERROR SUMMARY: 0 errors, 3 passed, 0 failed'
check 'a tool that finds something' says 'racecheck: RACECHECK SUMMARY: 1 hazard'
program bin/compute-sanitizer <<<'echo "Error: Device not supported."; exit 1'
check 'a GPU that it does not know' gpu_check 0 sanitize --revision abc
check 'is said' says '== sanitize: left out'

program build/cuda/bench/gpu/gpu_bench <<'END'
echo 'rung 1: 2.5 ms'
printf '{"ms": 2.5}\n{"ms": null}\n' >"$1"
END
program bin/python3 <<<'exit 1'
check 'bench' gpu_check 0 bench --out results --revision 'a "b"'
check 'shows its tables' grep -q 'rung 1: 2.5 ms' results/results.txt
check 'and keeps the numbers' diff - <(sed 's/"date": "[^"]*"/"date": ""/; s/"seconds": [0-9]*/"seconds": 0/' \
  results/results.json) <<'END'
{
"gpu": "A GPU", "driver": "999",
"date": "", "revision": "a \"b\"",
"stages": {
  "bench": {"result": "passed", "seconds": 0}
},
"measurements": [
  {"ms": 2.5},
  {"ms": null}
]
}
END

echo "$((checks - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
