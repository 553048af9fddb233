#!/usr/bin/env bash
# Whether the profiles of some rungs name the right lines, also of headers that they include.
# Usage: profile_test.sh PROGRAM CHECKOUT
set -u
program=$1
checkout=$2
failed=0

complain() {
  failed=$((failed + 1))
  printf 'FAILED: %s: %s\n' "$name" "$1"
}

# A profile as lines "FILE:LINE verb"; a row of the table says "  27  global read  …" below its file.
accesses() {
  UNROLL_SIMT_PROFILE=1 "$program" "$name" |
    sed 's/^[!~]/ /' | awk '/^[^ ]*\/[^ ]*$/ { file = $1 } $2 ~ /^(global|shared)$/ { print file ":" $1, $3 }'
}

# Each access stands in a line that indexes or dereferences something, calls a function, or returns
# what it has read; and none in simt itself.
for name in matmul/1 matmul/2 matmul/3 matmul/4 lstm/2 lstm/5 lstm/6 lstm/7 embedding; do
  count=0
  while IFS=': ' read -r file line verb; do
    count=$((count + 1))
    text=$(sed -n "${line}p" "$checkout/$file" 2>&1)
    [[ $text == *[\[\*\(]* ]] || complain "a $verb in $file:$line, which is '$text'"
    [[ $file != kernels/simt/* ]] || complain "a $verb in $file:$line, expected the kernel's line"
  done < <(accesses)
  [ "$count" -gt 0 ] || complain 'expected accesses'
done

# The tile that rung 3 of the GEMM ladder fills stands in a header.
name=matmul/3
line=$(grep -n 'tile\[k\]\[line\] = ' "$checkout/kernels/matmul/tiles.h" | cut -d: -f1)
accesses | grep -q "^kernels/matmul/tiles.h:$line write" ||
  complain "expected a write in kernels/matmul/tiles.h:$line"
exit "$failed"
