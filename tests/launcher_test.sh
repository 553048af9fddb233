#!/usr/bin/env bash
# Tests of the launcher ./unroll. Usage: launcher_test.sh CHECKOUT
#
# They run the checkout's own launcher for what needs no build, and a copy of it in a small project
# of the same shape, whose programs are scripts that CMake copies: so building is quick, and can be
# made to fail. Stand-ins for dpkg-query, apt-get, sudo and id keep the machine as it is.
set -u

checkout=$(cd -- "$1" && pwd) || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
project="$work/a project with spaces"
stubs=$work/stubs
passed=0
failed=0

# ---- What is checked -----------------------------------------------------------------------------

# run COMMAND...: leaves its exit code in $status, its output in $out and $err.
run() {
  "$@" >"$work/out" 2>"$work/err" </dev/null
  status=$?
  out=$(<"$work/out")
  err=$(<"$work/err")
}

check() {  # check NAME CONDITION...
  local name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n  not true: %s\n  exit code %s\n  out: %s\n  err: %s\n' \
      "$name" "$*" "$status" "$out" "$err"
  fi
}

exits() { [ "$status" -eq "$1" ]; }
has() { [[ $1 == *"$2"* ]]; }      # has TEXT PART
lacks() { [[ $1 != *"$2"* ]]; }    # lacks TEXT PART

# ---- The project and the stand-ins ---------------------------------------------------------------

stub() {  # stub NAME: a command from standard input
  {
    echo '#!/bin/sh'
    cat
  } >"$stubs/$1"
  chmod +x "$stubs/$1"
}

# Says that every package is installed, but for those named in $MISSING.
make_stubs() {
  mkdir -p "$stubs"
  stub dpkg-query <<'END'
shift 2
for name; do
  case " ${MISSING:-} " in *" $name "*) ;; *) echo "installed $name" ;; esac
done
END
  stub apt-get <<END
echo "\$*" >>"$work/apt.calls"
exit \${APT_STATUS:-0}
END
  stub sudo <<'END'
exit 1
END
  stub id <<'END'
echo "${FAKE_UID:-1000}"
END
}

make_project() {
  mkdir -p "$project"/{cmake,lessons,tests,bench}
  cp "$checkout/unroll" "$project"
  cp -r "$checkout/cmake/launcher" "$project/cmake"
  cat >"$project/CMakePresets.json" <<'END'
{ "version": 6, "configurePresets": [ { "name": "release", "generator": "Ninja",
  "binaryDir": "${sourceDir}/build/${presetName}" } ] }
END
  cat >"$project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(fake LANGUAGES NONE)
function(program target source binary)
  add_custom_command(OUTPUT ${binary} DEPENDS ${source}
                     COMMAND sh -n ${source} COMMAND cp ${source} ${binary} VERBATIM)
  add_custom_target(${target} ${ARGN} DEPENDS ${binary})
endfunction()
set(source "${CMAKE_SOURCE_DIR}")
set(build "${CMAKE_BINARY_DIR}")
file(MAKE_DIRECTORY "${build}/lessons" "${build}/tests" "${build}/bench")
program(lesson_01_first_steps "${source}/lessons/01.sh" "${build}/lessons/01_first_steps")
program(lesson_12_last_steps "${source}/lessons/12.sh" "${build}/lessons/12_last_steps")
option(UNROLL_BUILD_TESTS "" ON)
option(UNROLL_BUILD_BENCH "" ON)
if(UNROLL_BUILD_BENCH)
  program(bench_recurrent "${source}/bench/bench.sh" "${build}/bench/recurrent")
endif()
if(UNROLL_BUILD_TESTS)
  program(unroll_tests "${source}/tests/tests.sh" "${build}/tests/unroll_tests" ALL)
  enable_testing()
  add_test(NAME Lstm.Works COMMAND true)
  add_test(NAME Gru.Works COMMAND sh -c "test -z \"$BREAK_GRU\"")
  add_test(NAME slow_one COMMAND true)
  set_tests_properties(Lstm.Works Gru.Works PROPERTIES LABELS fast)
endif()
END
  echo '// Lesson 01 · First steps · a few seconds' >"$project/lessons/01_first_steps.cpp"
  printf '// A title with spaces follows.\n//  Lesson 12 ·  Last steps, à la carte · two hours \n' \
    >"$project/lessons/12_last_steps.cpp"
  cat >"$project/lessons/01.sh" <<'END'
#!/bin/sh
echo "in $PWD"
for argument; do echo "<$argument>"; done
echo "waits: $OMP_WAIT_POLICY"
case ${1:-} in --exit) exit "$2" ;; esac
END
  echo 'echo unused' >"$project/lessons/12.sh"
  # A stand-in for a GoogleTest program that has one test, Op.Tanh.
  cat >"$project/tests/tests.sh" <<'END'
#!/bin/sh
case $* in
  '--gtest_filter='*Tanh*--gtest_list_tests) printf 'Op.\n  Tanh\n' ;;
  '--gtest_filter='*Tanh*) echo "ran $*" ;;
esac
END
  printf '#!/bin/sh\necho "bench $*"\n' >"$project/bench/bench.sh"
  chmod +x "$project"/*/*.sh
}

# ---- The tests -----------------------------------------------------------------------------------

test_words() {
  run "$checkout/unroll"
  check 'alone it explains itself' has "$out" './unroll lesson 2'
  check 'and succeeds' exits 0
  local alone=$out word verb
  for word in help -h --help; do
    run "$checkout/unroll" "$word"
    check "$word says the same" [ "$out" = "$alone" ]
  done
  for verb in lesson test doctor clean; do
    run "$checkout/unroll" "$verb" --help
    check "$verb --help explains it" has "$out" "./unroll $verb"
    check "$verb --help succeeds" exits 0
  done
  for word in frobnicate LESSON '' --version 'a b' '-' help_lesson; do
    run "$checkout/unroll" "$word"
    check "'$word' is refused" exits 2
    check "'$word' is named in one line" [ "$err" = \
      "unroll: unknown command '$word'; ./unroll --help shows what there is" ]
  done
  run "$checkout/unroll" doctor --fast
  check 'doctor takes no options' exits 2
  run "$checkout/unroll" test --everything
  check 'an unknown option of test is refused' exits 2
  run "$checkout/unroll" test one two
  check 'two filters are refused' exits 2
}

test_checkout() {
  local file name
  run "$checkout/unroll" lesson
  check 'the list of lessons succeeds' exits 0
  for file in "$checkout"/lessons/[0-9][0-9]_*.cpp; do
    [ -e "$file" ] || continue
    name=$(basename "$file")
    check "$name says its title and time" \
      grep -qE '^// Lesson 0?'"$((10#${name%%_*}))"' · .+ · .+$' <(head -n 20 "$file")
  done
  run "$checkout/unroll" doctor
  check 'doctor succeeds' exits 0
  check 'doctor shows the SIMD level' grep -qE '^  SIMD level +(portable|avx2|avx512)$' "$work/out"
  run env UNROLL_SIMD=portable "$checkout/unroll" doctor
  check 'doctor shows the wish' has "$out" 'portable (UNROLL_SIMD'
  run env UNROLL_SIMD=fast "$checkout/unroll" doctor
  check 'doctor sees a wrong wish' has "$out" 'UNROLL_SIMD=fast will be refused'
}

test_lesson() {
  local unroll="$project/unroll" wish
  run "$unroll" lesson
  check 'a lesson is listed' grep -qE '^   1  First steps +a few seconds$' "$work/out"
  check 'so is its neighbour' grep -qE '^  12  Last steps, à la carte +two hours$' "$work/out"
  check 'nothing is built for the list' [ ! -e "$project/build" ]

  mkdir -p "$work/else where"
  cd "$work/else where" || exit 2
  run "$unroll" lesson 1 --data 'a file' '' '*'
  check 'a lesson runs' exits 0
  check 'where the user stands' has "$out" "in $work/else where"
  check 'with its arguments whole' has "$out" $'<--data>\n<a file>\n<>\n<*>'
  check 'with passive waits' has "$out" 'waits: passive'
  check 'only its target is built' [ ! -e "$project/build/release/lessons/12_last_steps" ]
  check 'nothing is left where the user stands' [ -z "$(ls)" ]
  cd "$work" || exit 2

  run "$unroll" lesson 1
  check 'a second start says nothing' [ -z "$err" ]
  run env OMP_WAIT_POLICY=active "$unroll" lesson 1
  check "the user's wait policy stays" has "$out" 'waits: active'
  for wish in 01 first_steps 01_first_steps; do
    run "$unroll" lesson "$wish" --exit 7
    check "the exit code of lesson $wish comes through" exits 7
  done
  for wish in 2 0 3 first '*' ''; do
    run "$unroll" lesson "$wish"
    check "there is no lesson '$wish'" exits 2
    check "which is said, with the list" has "$err" 'First steps'
  done
  ln -s "$unroll" "$work/link"
  run "$work/link" lesson 1
  check 'it can be started through a link' exits 0
}

test_failures() {
  local unroll="$project/unroll"
  cp "$project/lessons/12.sh" "$work/12.sh"
  echo 'if then' >"$project/lessons/12.sh"
  run "$unroll" lesson 12
  check 'a failing build fails' exits 1
  check 'and shows why' has "$err" 'Syntax error'
  check 'and where it is written' has "$err" "$project/build/logs/build-release.log"
  cp "$work/12.sh" "$project/lessons/12.sh"
  run "$unroll" lesson 12
  check 'and works once mended' exits 0

  cp "$project/CMakeLists.txt" "$work/"
  echo 'message(FATAL_ERROR "out of ideas")' >>"$project/CMakeLists.txt"
  rm -rf "$project/build"
  run "$unroll" lesson 1
  check 'a failing configuration fails' exits 1
  check 'and shows why' has "$err" 'out of ideas'
  sed 's/VERSION 3.25)/VERSION 99.1)/' "$work/CMakeLists.txt" >"$project/CMakeLists.txt"
  run "$unroll" lesson 1
  check 'an old CMake is refused' exits 1
  check 'by its version' has "$err" '99.1 or newer is needed'
  cp "$work/CMakeLists.txt" "$project/"

  run "$unroll" lesson 1
  mv "$project" "$work/moved"
  run "$work/moved/unroll" lesson 1
  check 'a moved checkout builds anew' exits 0
  check 'and says so' has "$err" 'has moved'
  mv "$work/moved" "$project"
}

test_tests() {
  local unroll="$project/unroll"
  run "$unroll" test
  check 'the tests pass' exits 0
  check 'the fast ones, counted in the last line' has "${out##*$'\n'}" '2 passed, 0 failed'
  run env BREAK_GRU=1 "$unroll" test
  check 'a failing test fails' exits 1
  check 'it is counted' has "${out##*$'\n'}" '1 passed, 1 failed'
  check 'and named' has "$out" 'Gru.Works'
  run "$unroll" test Lstm
  check 'a filter chooses by a part of the name' has "${out##*$'\n'}" '1 passed, 0 failed'
  run env BREAK_GRU=1 "$unroll" test Gru
  check 'a filtered test can fail' exits 1
  run "$unroll" test slow
  check 'a filter finds slow tests' has "${out##*$'\n'}" '1 passed, 0 failed'
  run "$unroll" test Tanh
  check "GoogleTest's tests are found" has "$out" 'ran --gtest_filter=*Tanh*'
  run "$unroll" test 'Op.Tanh*:None.*'
  check 'and by their patterns' has "$out" 'ran --gtest_filter=Op.Tanh*:None.*'
  run "$unroll" test Nothing
  check 'a filter that matches nothing is refused' exits 2
  run "$unroll" bench --json x
  check 'the benchmark gets its options' has "$out" 'bench --json x'
  run "$unroll" bench --help
  check 'and its --help' has "$out" 'bench --help'
  run "$unroll" test
  check 'the benchmark does not undo the tests' exits 0
  run "$unroll" clean
  check 'clean removes the build' [ ! -e "$project/build" ]
}

test_packages() {
  local unroll="$project/unroll"
  rm -f "$work/apt.calls"
  # What dpkg does not know may be there all the same; so these are names that only dpkg can know.
  sed -i "s#^  'build|g++|.*#  'build|wanted|file /nonexistent/wanted|a reason to want it'#" \
    "$project/cmake/launcher/packages.sh"
  check 'the table has been changed for this test' \
    grep -q 'build|wanted' "$project/cmake/launcher/packages.sh"

  run env MISSING=wanted "$unroll" lesson 1
  check 'without root and sudo it stops' exits 1
  check 'it says why it wants it' has "$err" 'a reason to want it'
  check 'and the command' has "$err" \
    'apt-get update && apt-get install -y --no-install-recommends wanted'
  check 'and installs nothing' [ ! -e "$work/apt.calls" ]

  run env MISSING='wanted libgtest-dev' FAKE_UID=0 "$unroll" lesson 1
  check 'root installs and goes on' exits 0
  check 'what this command needs, no more' grep -qE 'install .* wanted$' "$work/apt.calls"
  check 'it is named first' has "$err" 'wanted'

  run env MISSING=wanted FAKE_UID=0 APT_STATUS=100 "$unroll" lesson 1
  check 'a failing apt-get fails' exits 1
  check 'and says what to try' has "$err" 'apt-get update && apt-get install'

  # A folder of links to everything but apt-get and dpkg-query stands for another system.
  local tool bare=$work/bare
  mkdir "$bare"
  for tool in bash env sed awk grep cut head tail sort nproc cat ls mkdir rm tee readlink dirname \
    basename find id flock uname wc cmake ninja g++; do
    ln -s "$(PATH=${PATH#*:} command -v "$tool")" "$bare/$tool"
  done
  run env PATH="$bare" "$unroll" lesson 1
  check 'without apt it stops' exits 1
  check 'and names what is missing' has "$err" 'wanted'
  check 'and that there is no apt' has "$err" 'there is no apt here'
  run env PATH="$bare" "$unroll" doctor
  check 'doctor works without apt' exits 0
  check 'and says what a lesson needs' grep -qE '^  lesson +needs a package$' "$work/out"
}

make_stubs
make_project
test_words
test_checkout
export PATH="$stubs:$PATH"
unset UNROLL_WERROR CMAKE_BUILD_PARALLEL_LEVEL OMP_WAIT_POLICY UNROLL_SIMD BREAK_GRU
test_lesson
test_failures
test_tests
test_packages
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
