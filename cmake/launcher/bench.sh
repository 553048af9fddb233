# shellcheck shell=bash
# ./unroll bench: the benchmark explains its options itself.

verb_bench() {
  require build bench
  build release bench_recurrent UNROLL_BUILD_BENCH
  exec "$ROOT/build/release/bench/recurrent" "$@"
}
