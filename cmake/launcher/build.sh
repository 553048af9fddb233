# shellcheck shell=bash
# Configuring and building a preset: quietly, and no more than is needed.

LOGS=$ROOT/build/logs
MB_PER_JOB=1500  # what compiling one of the larger files takes

# build_jobs: prints how many compilers fit: one a core, as far as memory allows.
build_jobs() {
  local cores memory limit jobs
  # nproc counts no more than OMP_NUM_THREADS, which is about our programs and not about building.
  cores=$(env -u OMP_NUM_THREADS nproc 2>/dev/null || getconf _NPROCESSORS_ONLN || echo 1)
  memory=$(awk '/^MemAvailable:/ {print int($2 / 1024)}' /proc/meminfo 2>/dev/null)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null)  # of a container
  [[ $limit =~ ^[0-9]+$ ]] && ((limit / 1048576 < ${memory:-0})) && memory=$((limit / 1048576))
  jobs=$((${memory:-$MB_PER_JOB} / MB_PER_JOB))
  ((jobs > cores)) && jobs=$cores
  ((jobs < 1)) && jobs=1
  echo "${CMAKE_BUILD_PARALLEL_LEVEL:-$jobs}"
}

# find_nvcc: prints where the CUDA compiler is, nothing when there is none.
find_nvcc() {
  local nvcc
  for nvcc in "${CUDACXX:-}" nvcc "${CUDA_HOME:-/usr/local/cuda}/bin/nvcc"; do
    [ -n "$nvcc" ] && command -v "$nvcc" && return
  done
}

has_gpu() { [ -e /dev/nvidia0 ] || nvidia-smi -L >/dev/null 2>&1; }

# preset: prints which preset to build: cuda where there are a GPU and nvcc, else release.
preset() {
  case ${UNROLL_CUDA:-} in
    1) echo cuda ;;
    0) echo release ;;
    '') if has_gpu && [ -n "$(find_nvcc)" ]; then echo cuda; else echo release; fi ;;
    *) fail "UNROLL_CUDA=$UNROLL_CUDA: expected 1 (build with CUDA) or 0 (without)" 2 ;;
  esac
}

make_build_folder() {
  { mkdir -p "$LOGS" && [ -w "$ROOT/build" ] && [ -w "$LOGS" ]; } 2>/dev/null ||
    fail "cannot write to $ROOT/build; if it is another user's, change its owner or remove it"
}

# logged NAME TITLE COMMAND...: runs it with its output in build/logs/NAME.log, showing how far it
# is, under the title once there is something to do.
logged() {
  local log=$LOGS/$1.log title=$2
  shift 2
  make_build_folder
  "$@" 2>&1 </dev/null | tee "$log" | show_progress "$title"
  return "${PIPESTATUS[0]}"
}

# Shows what passes through it: on a terminal the newest line, overwritten by the next; elsewhere
# ninja's "[12/80]" at every tenth part.
show_progress() {
  local line tenth tenths=0 title=$1
  while IFS= read -r line; do
    [[ $line == 'ninja: '* ]] && continue
    [ -z "$title" ] || say "$title"
    title=''
    if [ -t 2 ]; then
      line=${line/ Building * object/}
      printf '\r\033[K  %s' "${line:0:76}" >&2
    elif [[ $line =~ ^\[([0-9]+)/([1-9][0-9]*)\] ]]; then
      tenth=$((BASH_REMATCH[1] * 10 / BASH_REMATCH[2]))
      ((tenth > tenths)) && tenths=$tenth && say "  [${BASH_REMATCH[1]}/${BASH_REMATCH[2]}]"
    fi
  done
  [ ! -t 2 ] || printf '\r\033[K' >&2
}

# show_log LOG PATTERN: a failed command's output from the first line that says what went wrong.
show_log() {
  local first
  first=$(grep -n -m1 -E "$2" "$1" | cut -d: -f1)
  if [ -n "$first" ]; then
    tail -n "+$first" "$1" | head -n 40 >&2
  else
    tail -n 40 "$1" >&2
  fi
  say "(all of it: $1)"
}

# cmake_problem: says it when CMake is older than CMakeLists.txt asks for. (CMake itself would stop
# at the presets, with a message about their version.)
cmake_problem() {
  local wanted have
  has_command cmake || return 0
  wanted=$(sed -n 's/^cmake_minimum_required(VERSION \([0-9.]*\).*/\1/p' "$ROOT/CMakeLists.txt")
  have=$(cmake --version | sed -n '1s/[^0-9]*\([0-9.]*\).*/\1/p')
  [ "$(printf '%s\n' "$wanted" "$have" | sort -V | head -n 1)" = "$wanted" ] ||
    echo "CMake $have is too old, $wanted or newer is needed; 'pip install cmake' brings one"
}

# configure PRESET OPTION...: runs CMake unless build/PRESET has these options switched on already,
# or, for NAME=FILE, set to that file.
# What an earlier command switched on stays on, so that commands do not undo each other's work.
configure() {
  local preset=$1 option problem cache='' arguments=() stale=''
  shift
  local folder=$ROOT/build/$preset
  local stamp=$folder/.configured
  [ -e "$folder/CMakeCache.txt" ] && cache=$(<"$folder/CMakeCache.txt")
  if [ -n "$cache" ] && [[ $cache != *"CMAKE_HOME_DIRECTORY:INTERNAL=$ROOT"$'\n'* ]]; then
    say 'The checkout has moved since it was built: building anew.'
    rm -rf "$folder"
    cache=''
  fi
  for option in UNROLL_BUILD_TESTS UNROLL_BUILD_BENCH UNROLL_WERROR; do
    if [[ $cache == *$'\n'"$option:BOOL=ON"$'\n'* ]]; then
      arguments+=("-D$option=ON")
    elif [[ " $* " == *" $option "* ]]; then
      arguments+=("-D$option=ON")
      stale=yes
    else
      arguments+=("-D$option=OFF")
    fi
  done
  for option in "$@"; do
    [[ $option == *=* ]] || continue
    arguments+=("-D${option/=/:FILEPATH=}")
    [[ $cache == *$'\n'"${option/=/:FILEPATH=}"$'\n'* ]] || stale=yes
  done
  [ -e "$stamp" ] && [ ! "$ROOT/CMakePresets.json" -nt "$stamp" ] || stale=yes
  [ -n "$stale" ] || return 0

  problem=$(cmake_problem)
  [ -z "$problem" ] || fail "$problem"
  rm -f "$stamp"
  (
    cd "$ROOT" && CUDACXX=$(find_nvcc) logged "configure-$preset" "Configuring build/$preset." \
      cmake --preset "$preset" "${arguments[@]}"
  ) || {
    show_log "$LOGS/configure-$preset.log" '^CMake Error'
    fail "configuring build/$preset failed"
  }
  : >"$stamp"
}

# build PRESET TARGET OPTION...: configures where needed, and builds.
build() {
  local preset=$1 target=$2 what=$2 start=$SECONDS
  shift 2
  [ "$what" != all ] || what=everything
  # With sanitizers g++ warns of things that are not so.
  [ -z "${UNROLL_WERROR:-}" ] || [[ $preset == [at]san ]] || set -- "$@" UNROLL_WERROR
  make_build_folder
  exec 9>"$ROOT/build/.lock"  # two builds in one folder would spoil each other
  if has_command flock && ! flock -n 9; then
    say 'Waiting for another ./unroll that is building.'
    flock 9
  fi
  configure "$preset" "$@"
  logged "build-$preset" "Building $what ($preset)." \
    cmake --build "$ROOT/build/$preset" --target "$target" -j "$(build_jobs)" || {
    show_log "$LOGS/build-$preset.log" '^CMake Error|^FAILED:|^ninja: error|error:'
    fail "building $what ($preset) failed"
  }
  exec 9>&-
  ((SECONDS - start < 5)) || say "Built $what ($preset) in $((SECONDS - start)) s."
}
