#!/usr/bin/env bash
# Installs a build of unroll, moves what was installed, and builds and runs tests/consumer with it.
# Usage: consumer_test.sh BUILD_FOLDER
set -eu

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
build=$(cd -- "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# cached NAME: a value of the build's CMakeCache.txt.
cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }

cmake --install "$build" --prefix "$work/installed" >/dev/null

# A folder of this machine in the package would break it elsewhere.
if grep -rlF -e "$work" -e "$build" -e "$(dirname "$here")" \
  --include='*.cmake' --include='*.h' "$work/installed"; then
  echo 'FAILED: these installed files name a folder of this machine' >&2
  exit 1
fi
mv "$work/installed" "$work/moved elsewhere"

cmake -S "$here/consumer" -B "$work/build" -G "$(cached CMAKE_GENERATOR)" \
  -DCMAKE_CXX_COMPILER="$(cached CMAKE_CXX_COMPILER)" \
  -DCMAKE_BUILD_TYPE="$(cached CMAKE_BUILD_TYPE)" -DCMAKE_CXX_FLAGS='-Wall -Wextra -Werror' \
  -DCMAKE_PREFIX_PATH="$work/moved elsewhere" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
cmake --build "$work/build"
"$work/build/consumer"
