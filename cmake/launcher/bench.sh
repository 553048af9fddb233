# shellcheck shell=bash
# ./unroll bench [matmul|tape|compare]: the programs explain their options themselves.

verb_bench() {
  local preset program=recurrent
  case "${1:-}" in
    compare)
      shift
      compare "$@"
      return
      ;;
    matmul | tape)
      program=$1
      shift
      ;;
  esac
  require build bench
  preset=$(preset) || exit
  build "$preset" "bench_$program" UNROLL_BUILD_BENCH
  exec "$ROOT/build/$preset/bench/$program" "$@"
}

compare() {
  local preset
  if [ "${1:-}" = --install ]; then
    [ $# -eq 1 ] || fail "bench compare --install takes nothing more, got: ${*:2}" 2
    install_peers
    return
  fi
  require build
  preset=$(preset) || exit
  find_new_libraries "$ROOT/build/$preset"
  build "$preset" bench_compare
  exec "$ROOT/build/$preset/bench/compare/compare" "$@"
}

# install_peers: all that unroll is compared with. The packages from PyPI get a folder of their own.
install_peers() {
  local python=$ROOT/build/peers/bin/python
  require peers
  make_build_folder
  if [ ! -x "$python" ]; then
    logged peers-environment 'Making build/peers.' /usr/bin/python3 -m venv "$ROOT/build/peers" || {
      show_log "$LOGS/peers-environment.log" '^Error'
      fail "cannot make a Python environment in $ROOT/build/peers"
    }
  fi
  logged peers-packages 'Installing from PyPI into build/peers (some gigabytes).' \
    "$python" -m pip install --disable-pip-version-check -r "$ROOT/bench/peers/requirements.txt" || {
    show_log "$LOGS/peers-packages.log" '^ERROR'
    fail 'pip failed'
  }
  say 'All contenders are installed:  ./unroll bench compare --quick'
}

# find_new_libraries FOLDER: lets CMake look again when a library was installed after it had looked.
find_new_libraries() {
  local missing pair
  [ -e "$1/CMakeCache.txt" ] || return 0
  missing=$(missing_packages peers)
  for pair in onednn:libdnnl-dev openblas:libopenblas-openmp-dev; do
    [ -e "$1/bench/peers/${pair%%:*}_peer" ] || [[ $missing == *"|${pair#*:}|"* ]] ||
      rm -f "$1/.configured"
  done
}
