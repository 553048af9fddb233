# shellcheck shell=bash
# ./unroll doctor

help_doctor() {
  cat <<'END'
./unroll doctor     show the compilers, tools, packages, processor and GPU that were found, and
                    what works with them. It changes nothing.
END
}

row() { printf '  %-14s %s\n' "$1" "$2"; }

# first_line COMMAND...: the first line it prints, or "not found".
first_line() {
  if has_command "$1"; then "$@" 2>/dev/null | head -n 1; else echo 'not found'; fi
}

# cpu_field NAME: what the first processor's entry has under this name.
cpu_field() { sed -n "/^$1[[:space:]]*:/{s/^[^:]*: //p;q}" /proc/cpuinfo 2>/dev/null; }

# The same choice as kernels/simd_level.cpp.
simd_level() {
  local flags level=portable
  flags=" $(cpu_field flags) "
  [[ $flags == *' avx2 '* && $flags == *' fma '* ]] && level=avx2
  [[ $flags == *' avx512f '* && $flags == *' avx512bw '* && $flags == *' avx512dq '* &&
    $flags == *' avx512vl '* ]] && level=avx512
  echo "$level"
}

describe_simd() {
  local widest wish=${UNROLL_SIMD:-}
  widest=$(simd_level)
  case "$wish/$widest" in
    /* | portable/* | avx2/avx2 | avx2/avx512 | avx512/avx512)
      echo "${wish:-$widest}${wish:+ (UNROLL_SIMD; this processor has $widest)}" ;;
    *) echo "UNROLL_SIMD=$wish will be refused: portable, avx2 or avx512, at most $widest here" ;;
  esac
}

describe_gpu() {
  local gpu=''
  has_command nvidia-smi &&
    gpu=$(nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader 2>/dev/null)
  gpu=${gpu//$'\n'/; }
  if [ -n "$gpu" ]; then
    echo "$gpu"
  elif has_gpu; then
    echo 'found, but nvidia-smi does not work: look at the driver'
  else
    echo 'none found (not needed: everything runs on the processor)'
  fi
}

describe_nvcc() {
  local nvcc
  nvcc=$(find_nvcc)
  if [ -n "$nvcc" ]; then
    echo "$("$nvcc" --version | sed -n 's/.*release \(.*\)/\1/p') ($nvcc)"
  else
    echo 'not found (only the device cuda needs it)'
  fi
}

# Where kernels/matmul/cublas.cu looks.
describe_cublas() {
  local files=("${CUDA_HOME:-/usr/local/cuda}"/lib64/libcublas.so.*)
  [ ${#files[@]} -gt 0 ] || mapfile -t files < <(
    { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | sed -n 's/.*=> \(.*libcublas\.so\..*\)/\1/p')
  echo "${files[0]:-not found (the device cuda then multiplies with our own kernels)}"
}

describe_device_cuda() {
  if ! has_gpu; then
    echo 'needs a GPU; --device simt runs the same kernels on the processor'
  elif [ -z "$(find_nvcc)" ]; then
    echo 'needs nvcc, of the CUDA Toolkit'
  elif [ "$(preset)" = cuda ]; then
    echo 'works'
  else
    echo "not built: UNROLL_CUDA=${UNROLL_CUDA:-}"
  fi
}

# verdict COMMAND GROUP...: whether a command could run now.
verdict() {
  local missing
  missing=$(missing_packages "${@:2}" | wc -l)
  case $missing in
    0) row "$1" 'works' ;;
    1) row "$1" 'needs a package' ;;
    *) row "$1" "needs $missing packages" ;;
  esac
}

verb_doctor() {
  [ $# -eq 0 ] || fail "doctor takes no arguments, got: $*" 2
  local model missing
  model=$(cpu_field 'model name')
  echo 'Machine'
  row system "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release 2>/dev/null), $(uname -m)"
  row processor "${model:-unknown}"
  row 'SIMD level' "$(describe_simd)"
  row threads "$(nproc 2>/dev/null || echo unknown)${OMP_NUM_THREADS:+ (OMP_NUM_THREADS)}"
  row memory "$(awk '/^MemTotal/ {t = $2} /^MemAvailable/ {a = $2}
    END {printf "%.1f GiB, %.1f GiB free", t / 1048576, a / 1048576}' /proc/meminfo 2>/dev/null)"
  row 'build with' "$(build_jobs) compilers at once, as cores and memory allow"
  row GPU "$(describe_gpu)"
  printf '\nTools\n'
  row g++ "$(first_line g++ --version)"
  row 'clang 14' "$(first_line clang++-14 --version)"
  row cmake "$(first_line cmake --version)$(cmake_problem | sed 's/^/: /')"
  row ninja "$(first_line ninja --version)"
  row nvcc "$(describe_nvcc)"
  row cuBLAS "$(describe_cublas)"
  printf '\nCommands\n'
  verdict lesson build
  verdict data data
  verdict test build test
  verdict bench build bench
  verdict simt build simt
  verdict 'simt debug' build simt debug
  verdict 'test --all' build test bench all
  row '--device cuda' "$(describe_device_cuda)"
  missing=$(missing_packages build data test bench simt debug all)
  [ -n "$missing" ] || return 0
  printf '\nMissing packages\n'
  list_packages <<<"$missing"
  echo
  case $(installer) in
    root | sudo) echo 'A command installs what it needs, the first time that it runs.' ;;
    nobody) echo 'Installing needs root or sudo; a command prints what to run as root.' ;;
    *) echo 'There is no apt here: use the package manager of this system.' ;;
  esac
}
