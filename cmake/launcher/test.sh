# shellcheck shell=bash
# ./unroll test

help_test() {
  cat <<'END'
./unroll test             build once and run the tests that are fast
./unroll test FILTER      run the tests whose name contains FILTER, slow ones too, or those that
                          match a GoogleTest pattern such as 'Lstm*:Gru*'
./unroll test --all       what CI runs: all tests with g++, then the fast ones built with clang 14
                          and once more with the address and undefined-behaviour sanitizers
END
}

# What the calls of run_ctest() have counted: CTest's entries, and the GoogleTest cases within them.
cases=0
passed=0
failed=0
skipped=0

verb_test() {
  local status
  case ${1:-} in
    --all)
      [ $# -eq 1 ] || fail "test --all takes nothing more, got: ${*:2}" 2
      test_all
      return
      ;;
    -*) fail "unknown option '$1' of test; there is --all (see ./unroll test --help)" 2 ;;
  esac
  [ $# -le 1 ] || fail "test takes one filter, got: $*" 2
  require build test
  build release all UNROLL_BUILD_TESTS
  if [ -n "${1:-}" ]; then
    test_filter "$1"
  else
    run_ctest release -L '^fast$'
  fi
  status=$?
  report
  return "$status"
}

test_all() {
  require build test bench all
  test_preset release UNROLL_BUILD_TESTS UNROLL_BUILD_BENCH &&
    test_preset clang UNROLL_BUILD_TESTS UNROLL_BUILD_BENCH UNROLL_WERROR &&
    test_preset asan UNROLL_BUILD_TESTS
  local status=$?
  report
  return "$status"
}

# test_preset PRESET OPTION...: builds it with these options and runs its tests, all of them in the
# release build, elsewhere the fast ones.
test_preset() {
  local preset=$1 which=(-L '^fast$')
  [ "$preset" != release ] || which=()
  echo "== $preset"
  build "$preset" all "${@:2}"
  run_ctest "$preset" "${which[@]+"${which[@]}"}"
}

# test_filter FILTER: a GoogleTest pattern, or part of a name: of CTest's tests, else GoogleTest's.
test_filter() {
  local folder=$ROOT/build/release pattern=$1 name
  if [[ $1 != *[*?:]* ]]; then
    # shellcheck disable=SC2001  # every special character of a regular expression gets a backslash
    name=$(sed 's/[][\.*^$+?(){}|]/\\&/g' <<<"$1")
    if [[ $(ctest --test-dir "$folder" -N -R "$name") != *'Total Tests: 0'* ]]; then
      run_ctest release -R "$name"
      return
    fi
    pattern="*$1*"
  fi
  # The names of tests are what is indented in the list.
  "$folder/tests/unroll_tests" --gtest_filter="$pattern" --gtest_list_tests | grep -q '^  ' ||
    fail "no test matches '$1'; ctest --test-dir '$folder' -N lists them" 2
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
