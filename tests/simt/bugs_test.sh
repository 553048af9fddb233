#!/usr/bin/env bash
# Whether simt's checker finds each bug of bugs.cu, says what it is and where, and is silent about
# the correct kernels. Usage: bugs_test.sh PROGRAM bugs.cu
set -u
program=$1
source=$2
failed=0
cases=0

complain() {
  failed=$((failed + 1))
  printf 'FAILED: %s: %s\n%s\n' "$name" "$1" "$out"
}

names=$("$program") || exit 2
for name in $names; do
  cases=$((cases + 1))
  out=$("$program" "$name" 2>&1)
  status=$?
  # "  tile[t + 1] = 1.0f;  // FINDS static_shared: out of bounds"
  IFS=: read -r line kind < <(sed -n "s/.*\/\/ FINDS $name: //;t found;b;:found;=;p" "$source" | paste -sd:)
  if [ -z "${line:-}" ]; then
    [ "$status" -eq 0 ] || complain "expected exit code 0, got $status"
    [[ $out == *'simt: no problems in 1 launch of 1 kernel'* ]] || complain 'expected no problem'
    continue
  fi
  [ "$status" -eq 1 ] || complain "expected exit code 1, got $status"
  [[ $out == *"$kind"* ]] || complain "expected '$kind'"
  [[ $out == *"bugs.cu:$line"* ]] || complain "expected line $line"
done

marks=$(grep -c '// FINDS' "$source")
echo "$cases cases, $marks of them with a bug: $failed failed"
[ "$failed" -eq 0 ]
