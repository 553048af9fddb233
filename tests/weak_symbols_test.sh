#!/usr/bin/env bash
# The CPU kernels are compiled once a SIMD level. A weak symbol without its level in the name could
# be linked from the AVX-512 objects into code that runs on an older processor, which then crashes.
#   weak_symbols_test.sh OBJECT…
set -u
[ $# -gt 0 ] || { echo "no objects given"; exit 1; }
tagged=0
for object; do
  symbols=$(nm -C "$object" | grep ' [WVu] ') || continue
  tagged=$((tagged + $(grep -c 'Cpu' <<<"$symbols")))
  if grep -v 'Cpu\(Portable\|Avx2\|Avx512\)' <<<"$symbols"; then
    echo "FAILED: $object has weak symbols that do not name their level"
    exit 1
  fi
done
echo "$# objects, $tagged weak symbols, each of its own level"
[ "$tagged" -gt 0 ]
