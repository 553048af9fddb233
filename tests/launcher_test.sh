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
  stub nvcc <<'END'
echo 'Cuda compilation tools, release 1.2, V1.2.3'
END
  stub nvidia-smi <<'END'
[ -z "${NO_GPU:-}" ] && echo 'Stub GPU, 100 MiB, 3.4'
END
  stub gdb <<'END'
echo "gdb $*"
END
  stub addr2line </dev/null
}

make_project() {
  mkdir -p "$project"/{cmake,lessons,tests,bench,kernels/recurrent,kernels/matmul/cpu}
  cp "$checkout/unroll" "$project"
  cp -r "$checkout/cmake/launcher" "$project/cmake"
  cat >"$project/CMakePresets.json" <<'END'
{ "version": 6, "configurePresets": [
  { "name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/build/${presetName}" },
  { "name": "cuda", "inherits": "release" }, { "name": "cuda_all", "inherits": "release" },
  { "name": "clang", "inherits": "release" }, { "name": "asan", "inherits": "release" },
  { "name": "tsan", "inherits": "release" } ] }
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
  program(bench_matmul "${source}/bench/matmul.sh" "${build}/bench/matmul")
endif()
file(MAKE_DIRECTORY "${build}/bench/gpu" "${build}/bench/compare" "${build}/kernels/cuda")
program(bench_compare "${source}/bench/bench.sh" "${build}/bench/compare/compare")
program(kernel_plan "${source}/bench/bench.sh" "${build}/bench/gpu/kernel_plan")
program(machine_code "${source}/bench/bench.sh" "${build}/kernels/cuda/machine_code")
file(MAKE_DIRECTORY "${build}/tests/simt")
foreach(program lab_checked lab_debug file_checked file_debug)
  program(simt_${program} "${source}/tests/simt.sh" "${build}/tests/simt/simt_${program}")
endforeach()
program(gpu_tests "${source}/bench/bench.sh" "${build}/bench/gpu/gpu_tests")
if(UNROLL_BUILD_TESTS)
  program(unroll_tests "${source}/tests/tests.sh" "${build}/tests/unroll_tests" ALL)
  enable_testing()
  add_test(NAME Lstm.Works COMMAND true)
  add_test(NAME Gru.Works COMMAND sh -c "test -z \"$BREAK_GRU\"")
  add_test(NAME slow_one COMMAND true)
  set_tests_properties(Lstm.Works Gru.Works PROPERTIES LABELS fast)
  add_test(NAME threads COMMAND true)
  set_tests_properties(threads PROPERTIES LABELS thorough)
  add_test(NAME machine_code COMMAND sh -c "test -z \"$BREAK_CODE\"")
  add_test(NAME gpu_tests COMMAND true)
endif()
END
  echo '// Lesson 01 · First steps · a few seconds' >"$project/lessons/01_first_steps.cpp"
  printf '// A title with spaces follows.\n//  Lesson 12 ·  Last steps, à la carte · two hours \n' \
    >"$project/lessons/12_last_steps.cpp"
  cat >"$project/lessons/01.sh" <<'END'
#!/bin/sh
echo "in $PWD"
for argument; do echo "<$argument>"; done
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
  cat >"$project/tests/simt.sh" <<'END'
#!/bin/sh
echo "$(basename "$0"):" "$@"
echo "profile: $UNROLL_SIMT_PROFILE, json: $UNROLL_SIMT_JSON"
exit "${FOUND:-0}"
END
  printf '#!/bin/sh\necho "bench $*"\n' >"$project/bench/bench.sh"
  printf '#!/bin/sh\necho "matmul $*"\n' >"$project/bench/matmul.sh"
  chmod +x "$project"/*/*.sh
  printf '// Rung 1: a first way.\n//\n// Idea: none.\n// Limited by: time. And so on.\n//\n// T, B.\n' \
    >"$project/kernels/recurrent/1_first.cu"
  printf '// Rung 2: a second way.\n//\n// Idea: one.\n// Limited by: space.\nint two;\n' \
    >"$project/kernels/recurrent/2_second.cu"
  printf '// CPU GEMM rung 1: a way.\n//\n// Idea: small.\n// Limited by: all.\n' \
    >"$project/kernels/matmul/cpu/1_way.cpp"
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
  for verb in lesson data test kernel simt doctor clean; do
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
  for word in --all --thorough; do
    run "$checkout/unroll" test "$word" Lstm
    check "$word takes no filter" exits 2
  done
  run env UNROLL_CUDA=perhaps "$checkout/unroll" lesson 1
  check 'a wrong UNROLL_CUDA is refused' exits 2
  check 'and the right ones are named' has "$err" 'expected 1 (build with CUDA) or 0'
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
  run "$checkout/unroll" kernel
  check 'the list of kernels succeeds' exits 0
  for file in "$checkout"/kernels/{recurrent/,matmul/,matmul/cpu/}[0-9]_*.{cu,cpp}; do
    [ -e "$file" ] || continue
    check "$file is listed" has "$out" "($(basename "$file"))"
    check "$file says its idea and limit" \
      [ "$(head -n 30 "$file" | grep -cE '^//.*(Idea:|Limited by:)')" -eq 2 ]
  done
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
  check 'only its target is built' [ ! -e "$project/build/release/lessons/12_last_steps" ]
  check 'nothing is left where the user stands' [ -z "$(ls)" ]
  cd "$work" || exit 2

  run "$unroll" lesson 1
  check 'a second start says nothing' [ -z "$err" ]
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
  run "$unroll" bench compare --quick
  check 'so does the comparison' has "$out" 'bench --quick'
  check 'which is what was built' [ -e "$project/build/release/bench/compare/compare" ]
  run "$unroll" bench compare --install torch
  check '--install takes nothing more' exits 2
  run "$unroll" bench matmul --json x
  check 'so does that of matrix products' has "$out" 'matmul --json x'
  run "$unroll" test
  check 'the benchmark does not undo the tests' exits 0
  run "$unroll" clean
  check 'clean removes the build' [ ! -e "$project/build" ]
}

test_kernel() {
  local unroll="$project/unroll" wish
  rm -rf "$project/build"
  run "$unroll" kernel
  check 'a rung is listed with its file' has "$out" '  1  a first way (1_first.cu)'
  check 'with its idea' has "$out" '       Idea: one.'
  check 'and the first sentence of its limit' [ "$(grep -c 'And so on' "$work/out")" -eq 0 ]
  run "$unroll" kernel 1
  check 'one rung says more' has "$out" 'Limited by: time. And so on.'
  check 'but not what follows' lacks "$out" 'T, B.'
  run "$unroll" kernel diff 1 2
  check 'the difference succeeds' exits 0
  check 'and shows a line' has "$out" '+int two;'
  check 'nothing is built for that' [ ! -e "$project/build" ]
  run "$unroll" kernel cpu 1
  check 'the ladder of the CPU has its own' has "$out" 'Idea: small.'
  for wish in 3 first '*' 'gemm 1' 'cpu' 'cpu 2' 'diff 1' 'diff 1 3' '1 2'; do
    # shellcheck disable=SC2086  # several words
    (set -f && run "$unroll" kernel $wish && exit "$status")
    check "kernel $wish is refused" [ $? -eq 2 ]
  done
  run "$unroll" kernel plan LSTM H=5
  check 'the planner gets its arguments' has "$out" 'bench LSTM H=5'
  run "$unroll" kernel table
  check 'the table is written' has "$out" 'bench write'
  check 'by what was built with CUDA' [ -e "$project/build/cuda/kernels/cuda/machine_code" ]
}

test_simt() {
  local unroll="$project/unroll" action wish
  rm -rf "$project/build"
  run "$unroll" simt
  check 'simt alone explains itself' has "$out" './unroll simt profile'
  for action in list check profile debug; do
    run "$unroll" simt "$action" --help
    check "simt $action --help explains it" has "$out" "./unroll simt $action"
  done
  printf '#include "kernels/gpu.h"\n' >"$work/my file.cu"
  printf '#include "kernels/gpu.h"\nkernel<<<1, 2>>>();\n' >"$work/nvcc.cu"
  echo 'int main() {}' >"$work/plain.cu"
  for wish in 'frobnicate' 'list all' 'profile' 'debug' 'profile x --json' 'check missing.cu' \
    "check $work/nvcc.cu" "check $work/plain.cu"; do
    # shellcheck disable=SC2086  # several words
    run "$unroll" simt $wish
    check "simt $wish is refused" exits 2
  done
  run "$unroll" simt check "$work/nvcc.cu"
  check "nvcc's launch is found" has "$err" 'nvcc.cu:2: only nvcc knows <<<>>>'
  check 'nothing is built for that' [ ! -e "$project/build" ]

  run "$unroll" simt list
  check 'the list comes from the program' has "$out" 'simt_lab_checked: list'
  run "$unroll" simt check
  check 'check alone checks all' has "$out" 'simt_lab_checked: all'
  run env FOUND=1 "$unroll" simt check softmax
  check 'a problem that is found comes through' exits 1
  check 'check gets the name' has "$out" 'simt_lab_checked: softmax'
  check 'and makes no profile' has "$out" 'profile: , json: '
  run "$unroll" simt profile --json 'a file' lstm/3 T=4
  check 'profile gets the sizes' has "$out" 'simt_lab_checked: lstm/3 T=4'
  check 'and the file' has "$out" 'profile: 1, json: a file'
  run "$unroll" simt debug lstm/3
  check 'debug starts gdb' has "$out" "gdb.py --args $project/build/release/tests/simt/simt_lab_debug lstm/3"
  run "$unroll" simt check "$work/my file.cu" 'an argument'
  check 'a file is built' has "$out" 'simt_file_checked: an argument'
  check 'by its whole name' grep -qxF "UNROLL_SIMT_FILE:FILEPATH=$work/my file.cu" \
    "$project/build/release/CMakeCache.txt"
  run "$unroll" simt check "$work/my file.cu"
  check 'once' [ -z "$err" ]
}

test_cuda() {
  local unroll="$project/unroll"
  rm -rf "$project/build"
  run env -u UNROLL_CUDA "$unroll" lesson 1
  check 'with a GPU and nvcc a lesson is built with CUDA' \
    [ -e "$project/build/cuda/lessons/01_first_steps" ]
  check 'and runs' exits 0
  run env -u UNROLL_CUDA "$unroll" bench
  check 'so is the benchmark' [ -e "$project/build/cuda/bench/recurrent" ]
  run env -u UNROLL_CUDA "$unroll" test Lstm
  check 'so are the tests' [ -e "$project/build/cuda/tests/unroll_tests" ]
  check 'which run' has "$out" '1 passed, 0 failed'
  check 'nothing is built without CUDA' [ ! -e "$project/build/release" ]
  run env -u UNROLL_CUDA "$unroll" doctor
  check 'doctor shows the GPU' grep -qE '^  GPU +Stub GPU, 100 MiB, 3.4$' "$work/out"
  check 'and nvcc' grep -qE '^  nvcc +1\.2, V1\.2\.3 ' "$work/out"
  check 'and that the device works' grep -qE '^  --device cuda +works$' "$work/out"

  run "$unroll" lesson 1
  check 'UNROLL_CUDA=0 builds without CUDA' [ -e "$project/build/release/lessons/01_first_steps" ]
  run "$unroll" doctor
  check 'which doctor says' grep -qE '^  --device cuda +not built: UNROLL_CUDA=0$' "$work/out"
  if [ ! -e /dev/nvidia0 ]; then
    rm -rf "$project/build"
    run env -u UNROLL_CUDA NO_GPU=1 "$unroll" lesson 1
    check 'without a GPU a lesson is built without CUDA' \
      [ -e "$project/build/release/lessons/01_first_steps" ]
    run env -u UNROLL_CUDA NO_GPU=1 "$unroll" doctor
    check 'doctor then names simt' grep -qE '^  --device cuda +needs a GPU; --device simt' "$work/out"
  fi
}

test_all() {
  local unroll="$project/unroll"
  run "$unroll" test --all
  check 'all tests pass' exits 0
  # 5 of the release build, 2 each of clang and the sanitizers, 2 with CUDA.
  check 'all are counted' has "${out##*$'\n'}" '11 passed, 0 failed'
  check 'what cannot run is said' has "$out" 'compiled, but not run'
  run "$unroll" test --thorough
  check 'the thorough ones are three more, and one for three GPUs' has "${out##*$'\n'}" \
    '15 passed, 0 failed'
  check 'the thread sanitizer is one' [ -e "$project/build/tsan/tests/unroll_tests" ]
  run env BREAK_CODE=1 "$unroll" test --all
  check 'bad machine code fails' exits 1
}

test_packages() {
  local unroll="$project/unroll"
  rm -f "$work/apt.calls"
  # What dpkg does not know may be there all the same; so these are names that only dpkg can know.
  sed -i "s#^  'build|g++|.*#  'build|wanted|command wanted-and-not-there|a reason to want it'#" \
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

  sed -i "s#^  'peers|libdnnl-dev|.*#  'peers|peer|command peer-and-not-there|something to compare with'#" \
    "$project/cmake/launcher/packages.sh"
  run env MISSING=peer "$unroll" bench compare --install
  check 'the contenders of the comparison are packages, too' exits 1
  check 'which are named' has "$err" 'something to compare with'
  run env MISSING=peer "$unroll" bench compare
  check 'without which it runs' exits 0

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
  run env PATH="$bare" CUDA_HOME=/nonexistent "$unroll" doctor
  check 'doctor works without apt' exits 0
  check 'and without nvcc' grep -qE '^  nvcc +not found' "$work/out"
  check 'and says what a lesson needs' grep -qE '^  lesson +needs a package$' "$work/out"
}

make_stubs
make_project
test_words
test_checkout
export PATH="$stubs:$PATH"
export UNROLL_CUDA=0
unset UNROLL_WERROR CUDACXX CUDA_HOME CMAKE_BUILD_PARALLEL_LEVEL UNROLL_SIMD BREAK_GRU
test_lesson
test_failures
test_tests
test_kernel
test_simt
test_cuda
test_all
test_packages
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
