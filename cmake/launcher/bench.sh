# shellcheck shell=bash
# ./unroll bench: the benchmark explains its options itself.

verb_bench() {
  local preset
  require build bench
  preset=$(preset) || exit
  build "$preset" bench_recurrent UNROLL_BUILD_BENCH
  exec "$ROOT/build/$preset/bench/recurrent" "$@"
}
