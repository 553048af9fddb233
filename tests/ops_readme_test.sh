#!/usr/bin/env bash
# Follows engine/ops/README.md to the letter in a copy of the tree, and tests the ops it adds.
# Usage: ops_readme_test.sh BUILD_FOLDER
#
# Of the text it obeys these lines; a block follows the first two:
#   New file `FILE`:
#   In `FILE`, before `TEXT`:               the first line that begins with TEXT, indented or not
#   In `FILE`, replace `TEXT` by `TEXT`.
set -eu

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
build=$(cd -- "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -r "$root"/{CMakeLists.txt,README.md,cmake,kernels,engine} "$work"
mkdir "$work/tests" "$work/bench"
cp -r "$root/bench/gpu" "$work/bench"
cp -r "$root/tests/simt" "$work/tests"
cp "$root"/tests/{CMakeLists.txt,op_cases_test.cpp,*.h} "$work/tests"

awk -v root="$work/" '
function fail(message) {
  print "README.md, line " NR ": " message
  failed = 1
  exit 1
}

# Writes FILE anew: before the line that begins with TEXT, or with TEXT replaced by BY.
function edit(file, text, block, by, is_block,    line, all, at, done, trimmed) {
  while ((getline line <(root file)) > 0) {
    trimmed = line
    sub(/^ +/, "", trimmed)
    at = is_block ? index(trimmed, text) == 1 : index(line, text)
    if (at && !done) {
      done = 1
      if (is_block) line = block line
      else line = substr(line, 1, at - 1) by substr(line, at + length(text))
    }
    all = all line "\n"
  }
  close(root file)
  if (!done) fail("there is no `" text "` in " file)
  printf "%s", all >(root file)
  close(root file)
}

in_block && /^```$/ {
  if (is_new) {
    printf "%s", block >(root file)
    close(root file)
  } else {
    edit(file, text, block, "", 1)
  }
  file = ""
  in_block = 0
  ++blocks
  next
}
in_block { block = block $0 "\n"; next }
/^```/ {
  if (file == "") fail("a block that no line above it gives a place")
  in_block = 1
  block = ""
  next
}
/^(New file|In) `/ {
  if (file != "") fail("no block follows for " file)
  split($0, part, "`")
  is_new = /^New file/
  file = part[2]
  text = part[4]
  if (/, replace `/) {
    edit(file, text, "", part[6], 0)
    file = ""
  }
}
END {
  if (!failed && blocks == 0) fail("no block found")
  exit failed
}' "$root/engine/ops/README.md"

# cached NAME: a value of the build's CMakeCache.txt.
cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }

cmake -S "$work" -B "$work/build" -G "$(cached CMAKE_GENERATOR)" -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_CXX_COMPILER="$(cached CMAKE_CXX_COMPILER)" -DUNROLL_WERROR=ON \
  -DUNROLL_BUILD_LESSONS=OFF -DUNROLL_BUILD_BENCH=OFF
cmake --build "$work/build" --target unroll_tests -j "${CMAKE_BUILD_PARALLEL_LEVEL:-2}"

tests=$work/build/tests/unroll_tests
for op in softsign leaky_sum; do
  "$tests" --gtest_list_tests --gtest_filter="*$op*" | grep -q '^  ' ||
    { echo "FAILED: there are no tests of $op"; exit 1; }
done
"$tests" --gtest_brief=1 --gtest_filter='*softsign*:*leaky_sum*:OpTable.*'
