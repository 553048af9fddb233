# shellcheck shell=bash
# What the tests of the lesson programs share; sourced with the folder of the programs as $1. Each
# test works in a temporary folder and ends with `report`.
programs=$(cd -- "$1" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf -- "$work"' EXIT
cd -- "$work" || exit 1
checks=0
failures=0

check() {  # check NAME COMMAND…: the command must succeed
  checks=$((checks + 1))
  if ! "${@:2}"; then
    failures=$((failures + 1))
    echo "FAILED: $1"
    tail -n 5 log
  fi
}

# exits CODE COMMAND…: runs it with its output in log and its errors in errors.
exits() {
  local expected=$1 status
  "${@:2}" >log 2>errors </dev/null
  status=$?
  cat errors >>log
  [ "$status" -eq "$expected" ]
}

# runs_on_simt COMMAND…: with the CUDA kernels run on the CPU, and device memory closed to the host.
runs_on_simt() {
  exits 0 env UNROLL_SIMT_STRICT=1 "$@" --device simt --out simt &&
    grep -q '"device": "simt"' simt/metrics.json
}

# refused_by LESSON PATTERN ARGUMENT…: it ends with code 2 and one line that matches.
refused_by() {
  exits 2 "$programs/$1" --out refused "${@:3}" &&
    [ "$(wc -l <errors)" -eq 1 ] && grep -q -e "$2" errors && [ ! -e refused/metrics.json ]
}

# stopped FOLDER COMMAND…: presses Ctrl-C once it shows progress, which it does at each tenth of the
# way; it must end with 130 and leave no half-written file in the folder.
stopped() {
  local process begin=$SECONDS
  rm -f log  # the last program's progress must not pass for this one's
  "${@:2}" >log 2>&1 &
  process=$!
  until grep -qs '% ' log || [ $SECONDS -gt $((begin + 60)) ]; do sleep 0.02; done
  kill -INT "$process"
  wait "$process"
  [ $? -eq 130 ] && [ -z "$(find "$1" -name '*.tmp*')" ]
}

png() { [ "$(head -c 8 "$1" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]; }

# scores FILE: the scores and baselines of a metrics.json, which hold no time or date.
scores() { sed -n '/"scores"/,$p' "$1"; }

report() {
  echo "$((checks - failures)) passed, $failures failed"
  [ "$failures" -eq 0 ]
}
