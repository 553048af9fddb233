#!/usr/bin/env bash
# The commands of kernels/simt/gdb.py. Usage: gdb_test.sh PROGRAM gdb.py bugs.cu
set -u
program=$1
commands=$2
source=$3
failed=0

line=$(grep -n 'FINDS missing_barrier:' "$source" | cut -d: -f1)
out=$(gdb -nx -q -batch -x "$commands" -ex 'simt threads' \
  -ex "break bugs.cu:$((line - 1)) if threadIdx.x == 5" -ex continue \
  -ex 'simt threads' -ex 'simt thread 5' -ex 'simt thread 40' -ex 'simt thread 64' \
  --args "$program" missing_barrier 2>&1)

expect() {  # expect TEXT: after what was expected before
  case $rest in
    *"$1"*) rest=${rest#*"$1"} ;;
    *)
      failed=$((failed + 1))
      printf 'FAILED: expected here: %s\n' "$1"
      ;;
  esac
}

# Names that only some programs have are not asked for elsewhere.
if [[ $out == *'not defined'* ]]; then
  failed=$((failed + 1))
  echo "FAILED: expected no remark about a function that is not there"
fi
rest=$out
expect 'missing_barrier (out='
expect 'thread 0: runs'
expect 'threads 1..63: has not started'
expect 'missing_barrier (out='
expect 'threads 0..4: has exited'
expect "thread 5: runs, tests/simt/bugs.cu:$((line - 1))"
expect "threads 6..63: can run, tests/simt/bugs.cu:$((line - 2))"
expect '#0  (anonymous namespace)::missing_barrier'
expect 'thread 40: can run'
expect '__syncthreads'
expect 'missing_barrier (out='
expect 'expected a thread from 0 to 63'
[ "$failed" -eq 0 ] || printf '%s\n' "$out"
exit "$failed"
