# shellcheck shell=bash
# ./unroll simt: the CUDA kernels on the CPU, under a checker, a profiler or gdb.

help_simt() {
  cat <<'END'
./unroll simt list        what can be named below: ops, and rungs such as lstm/3 and matmul/2
./unroll simt check       look for races and wrong accesses
./unroll simt profile     what each source line asks of a GPU's memory
./unroll simt debug       step through a kernel in gdb

They run CUDA kernels on this machine's CPU; no GPU is needed. Instead of a name each takes a file of
your own. `./unroll simt check --help` and so on explain them, kernels/simt/README.md the whole.
END
}

help_simt_list() {
  echo './unroll simt list        list ops and rungs, and the sizes that they can be run with'
}

help_simt_check() {
  cat <<'END'
./unroll simt check               all ops and rungs, at small sizes
./unroll simt check KERNEL        one of those that ./unroll simt list shows
./unroll simt check FILE.cu       a file of your own

Finds data races, reads of shared memory that nobody has written, accesses out of bounds, misaligned
or after free, barriers that not all threads reach, and says where. Exits with 1 if it found any.

END
  help_simt_file
}

help_simt_profile() {
  cat <<'END'
./unroll simt profile KERNEL [SHAPE] [--json FILE]
./unroll simt profile FILE.cu [--json FILE]

For each source line: requests to memory, lanes that took part, 32-byte sectors of global memory and
wavefronts of shared memory beside the ideal, and barriers. SHAPE is like T=4,B=8,I=8,H=64;
./unroll simt list shows which sizes a kernel has.

END
  help_simt_file
}

help_simt_debug() {
  cat <<'END'
./unroll simt debug KERNEL [SHAPE]
./unroll simt debug FILE.cu

Starts gdb and stops in the first kernel that runs. There `simt threads` shows what the threads of
the block do, `simt thread 5` where thread 5 is, and `break FILE.cu:12 if threadIdx.x == 3` stops
one thread.

END
  help_simt_file
}

help_simt_file() {
  cat <<'END'
FILE.cu has a main() and includes "kernels/gpu.h". It launches a kernel with
  unroll::kernels::launch<kernel>({blocks, threads}, arguments...);
what follows the file's name is passed on to it.
END
}

verb_simt() {
  local action=${1:-} flavour=checked what
  case $action in
    list | check | profile | debug) shift ;;
    '')
      help_simt
      return
      ;;
    *) fail "simt $action: expected list, check, profile or debug (see ./unroll simt --help)" 2 ;;
  esac
  case ${1:-} in
    -h | --help)
      "help_simt_$action"
      return
      ;;
  esac
  case $action in
    list)
      [ $# -eq 0 ] || fail "simt list takes no arguments, got: $*" 2
      set -- list
      ;;
    check) [ $# -gt 0 ] || set -- all ;;
    profile) take_json "$@" && set -- "${REST[@]+"${REST[@]}"}" && export UNROLL_SIMT_PROFILE=1 ;;
    debug) flavour=debug ;;
  esac
  what=${1:-}
  [ -n "$what" ] || fail "simt $action: expected a kernel or a file (see ./unroll simt list)" 2
  require build simt
  [ "$action" != debug ] || require debug
  if [[ $what == *.cu ]]; then
    check_cuda_file "$what"
    shift
    build release "simt_file_$flavour" "UNROLL_SIMT_FILE=$(readlink -f -- "$what")"
    set -- "$ROOT/build/release/tests/simt/simt_file_$flavour" "$@"
  else
    build release "simt_lab_$flavour"
    set -- "$ROOT/build/release/tests/simt/simt_lab_$flavour" "$@"
  fi
  [ "$action" != debug ] || set -- gdb -q -x "$ROOT/kernels/simt/gdb.py" --args "$@"
  exec "$@"
}

# take_json ARGUMENT...: exports the file of --json FILE, leaves the other arguments in REST.
take_json() {
  REST=()
  while [ $# -gt 0 ]; do
    if [ "$1" = --json ]; then
      [ $# -ge 2 ] || fail 'simt profile --json: expected a file' 2
      export UNROLL_SIMT_JSON=$2
      shift
    else
      REST+=("$1")
    fi
    shift
  done
}

# check_cuda_file FILE: fails unless it can be one for simt.
check_cuda_file() {
  local line
  [ -f "$1" ] || fail "there is no file $1" 2
  line=$(grep -n -m1 '<<<' "$1") &&
    fail "$1:${line%%:*}: only nvcc knows <<<>>>; write launch<kernel>({blocks, threads}, arguments...)" 2
  grep -q '"kernels/gpu.h"' "$1" ||
    fail "$1: expected #include \"kernels/gpu.h\", which stands in for CUDA's headers" 2
}
