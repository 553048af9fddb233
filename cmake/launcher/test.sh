# shellcheck shell=bash
# ./unroll test

help_test() {
  cat <<'END'
./unroll test             build once and run the tests that are fast
./unroll test FILTER      run the tests whose name contains FILTER, slow ones too, or those that
                          match a GoogleTest pattern such as 'Lstm*:Gru*'
./unroll test --all       what CI runs: all tests with g++, then the fast ones built with clang 14
                          and once more with the address and undefined-behaviour sanitizers; where
                          nvcc is found, it compiles the CUDA kernels and checks their machine code
./unroll test --thorough  the same, with the CUDA kernels in more orders of their threads (simt), and
                          compiled for three generations of GPUs; and what the CPU kernels' threads
                          do under the thread sanitizer
END
}

# What the calls of run_ctest() have counted: CTest's entries, and the GoogleTest cases within them.
cases=0
passed=0
failed=0
skipped=0

verb_test() {
  local status preset
  case ${1:-} in
    --all | --thorough)
      [ $# -eq 1 ] || fail "test $1 takes nothing more, got: ${*:2}" 2
      test_all "$1"
      return
      ;;
    -*) fail "unknown option '$1' of test; there are --all and --thorough (./unroll test --help)" 2 ;;
  esac
  [ $# -le 1 ] || fail "test takes one filter, got: $*" 2
  require build test
  preset=$(preset) || exit
  build "$preset" all UNROLL_BUILD_TESTS
  if [ -n "${1:-}" ]; then
    test_filter "$preset" "$1"
  else
    run_ctest "$preset" -L '^fast$'
  fi
  status=$?
  report
  return "$status"
}

# test_all --all|--thorough
test_all() {
  local preset status main=(-LE '^thorough$') clang=(-L '^fast$')
  if [ "$1" = --thorough ]; then
    main=()
    clang=(-L '^(fast|thorough)$')
  fi
  require build test bench all
  preset=$(preset) || exit
  test_preset "$preset" "${main[@]+"${main[@]}"}" -- UNROLL_BUILD_TESTS UNROLL_BUILD_BENCH &&
    test_preset clang "${clang[@]}" -- UNROLL_BUILD_TESTS UNROLL_BUILD_BENCH UNROLL_WERROR &&
    test_preset asan -L '^fast$' -- UNROLL_BUILD_TESTS &&
    test_threads "$1" &&
    test_cuda "$1" "$preset"
  status=$?
  report
  return "$status"
}

# test_threads --all|--thorough: builds of the tests only what the thread sanitizer watches.
test_threads() {
  [ "$1" = --thorough ] || return 0
  echo '== tsan'
  build tsan unroll_tests UNROLL_BUILD_TESTS
  run_ctest tsan -R '^threads$'
}

# test_preset PRESET CTEST_OPTION... -- OPTION...: builds it with these options and runs its tests.
test_preset() {
  local preset=$1 which=()
  shift
  while [ "$1" != -- ]; do
    which+=("$1")
    shift
  done
  echo "== $preset"
  build "$preset" all "${@:2}"
  run_ctest "$preset" "${which[@]+"${which[@]}"}"
}

# test_cuda --all|--thorough TESTED: compiles for CUDA what the preset TESTED has not, and checks it.
test_cuda() {
  if [ -z "$(find_nvcc)" ]; then
    echo 'There is no nvcc: the kernels were not compiled for CUDA, only for simt.'
    return
  fi
  if [ "$2" != cuda ]; then
    echo '== cuda (compiled, but not run on a GPU)'
    build cuda gpu_tests UNROLL_BUILD_TESTS UNROLL_WERROR
    build cuda machine_code UNROLL_BUILD_TESTS UNROLL_WERROR
    run_ctest cuda -R '^(gpu_tests|machine_code)$' || return
  fi
  [ "$1" = --thorough ] || return 0
  echo '== cuda_all'
  build cuda_all machine_code UNROLL_BUILD_TESTS UNROLL_WERROR
  run_ctest cuda_all -R '^machine_code$'
}

# test_filter PRESET FILTER: a GoogleTest pattern, or part of a name: of CTest's tests, else GoogleTest's.
test_filter() {
  local folder=$ROOT/build/$1 pattern=$2 name
  if [[ $2 != *[*?:]* ]]; then
    # shellcheck disable=SC2001  # every special character of a regular expression gets a backslash
    name=$(sed 's/[][\.*^$+?(){}|]/\\&/g' <<<"$2")
    if [[ $(ctest --test-dir "$folder" -N -R "$name") != *'Total Tests: 0'* ]]; then
      run_ctest "$1" -R "$name"
      return
    fi
    pattern="*$2*"
  fi
  # The names of tests are what is indented in the list.
  "$folder/tests/unroll_tests" --gtest_filter="$pattern" --gtest_list_tests | grep -q '^  ' ||
    fail "no test matches '$2'; ctest --test-dir '$folder' -N lists them" 2
  exec "$folder/tests/unroll_tests" --gtest_filter="$pattern"
}

# run_ctest PRESET OPTION...: runs tests of a build and adds to the counts.
run_ctest() {
  local preset=$1 log=$LOGS/test-$1.log status failures total skips
  shift
  ctest --test-dir "$ROOT/build/$preset" --output-on-failure --no-tests=error -j "$(build_jobs)" \
    "$@" 2>&1 </dev/null | tee "$log" | show_tests
  status=${PIPESTATUS[0]}
  read -r failures total < <(
    sed -n 's/^[0-9]*% tests passed, \([0-9]*\) tests* failed out of \([0-9]*\)$/\1 \2/p' "$log"
  ) || fail "no tests ran in build/$preset (see $log)"
  skips=$(grep -c '\*\*\*Skipped' "$log")
  failed=$((failed + failures))
  skipped=$((skipped + skips))
  passed=$((passed + total - failures - skips))
  cases=$((cases + $(awk '/^\[==========\] [0-9]+ tests? from .* ran\./ { sum += $2 } END { print sum + 0 }' \
    "$ROOT/build/$preset/Testing/Temporary/LastTest.log")))
  [ "$status" -eq 0 ]
}

# Shows of CTest's output what is not a passed test: failures with what they printed, skipped tests.
show_tests() {
  local line tenth tenths=0
  local noise='^( +Start +[0-9]+: |Test project |Internal |Label |Total |Errors while | *$)'
  local label='^[[:alnum:]_]+ += +[0-9.]+ sec\*proc'
  while IFS= read -r line; do
    if [[ $line =~ ^\ *([0-9]+)/([0-9]+)\ Test\ .*\ Passed\ +[0-9.]+\ sec ]]; then
      tenth=$((BASH_REMATCH[1] * 10 / BASH_REMATCH[2]))
      if [ -t 1 ]; then
        printf '\r\033[K  [%s/%s]' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
      elif ((tenth > tenths)); then
        tenths=$tenth
        echo "  [${BASH_REMATCH[1]}/${BASH_REMATCH[2]}]"
      fi
    elif [[ ! $line =~ $noise && ! $line =~ $label ]]; then
      [ ! -t 1 ] || printf '\r\033[K'
      printf '%s\n' "$line"
    fi
  done
  [ ! -t 1 ] || printf '\r\033[K'
}

# report: the last lines of ./unroll test.
report() {
  echo "$cases GoogleTest cases and the test scripts ran, in $SECONDS s"
  echo "$passed passed, $failed failed, $skipped skipped"
}
