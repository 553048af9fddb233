# shellcheck shell=bash
# What the commands need from the system, and how it gets there.

# group | Debian package | how to find it where dpkg does not know it | what for
PACKAGES=(
  'build|g++|command g++|the C++ compiler'
  'build|cmake|command cmake|configures the build'
  'build|ninja-build|command ninja|runs the build'
  'build|libcli11-dev|header CLI/CLI.hpp|the command lines of the programs'
  'build|nlohmann-json3-dev|header nlohmann/json.hpp|metrics.json and model files'
  'build|libutfcpp-dev|header utf8.h|UTF-8 text'
  'build|libssl-dev|header openssl/evp.h|the SHA-256 of the training data'
  'build|libstb-dev|header stb/stb_truetype.h|drawing text and writing PNG files'
  'build|fonts-dejavu-core|font DejaVuSans.ttf|the letters in the pictures'
  'data|curl|command curl|fetches data sets'
  'test|libgtest-dev|header gtest/gtest.h|the tests'
  'simt|binutils|command addr2line|source lines in what simt finds'
  'debug|gdb|command gdb|stepping through kernels'
  'test|openssl|command openssl|a server for the test of ./unroll data'
  'bench|libbenchmark-dev|header benchmark/benchmark.h|the benchmark'
  'peers|libdnnl-dev|header oneapi/dnnl/dnnl.hpp|oneDNN, to compare with'
  'peers|libopenblas-openmp-dev|header openblas-openmp/cblas.h|OpenBLAS, to compare with'
  'peers|python3-torch|file /usr/lib/python3/dist-packages/torch|PyTorch as Debian has it, to compare with'
  'peers|python3-venv|command python3|the contenders from PyPI, to compare with'
  'all|clang-14|command clang++-14|the second compiler of test --all'
)

has_command() { command -v "$1" >/dev/null 2>&1; }

is_present() {  # is_present KIND THING: whether it is there, whoever put it there
  case $1 in
    command) has_command "$2" ;;
    file) [ -e "$2" ] ;;
    font) [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name "$2" 2>/dev/null)" ] ;;
    header)
      [ -e "/usr/include/$2" ] || [ -e "/usr/local/include/$2" ] ||
        { has_command g++ && g++ -E -x c++ -include "$2" /dev/null >/dev/null 2>&1; }
      ;;
  esac
}

# missing_packages GROUP...: prints the lines of PACKAGES that are not on this machine.
missing_packages() {
  local line group package probe groups=" $* " installed='' names=()
  for line in "${PACKAGES[@]}"; do
    IFS='|' read -r group package _ <<<"$line"
    [[ $groups == *" $group "* ]] && names+=("$package")
  done
  has_command dpkg-query &&
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${names[@]}" 2>/dev/null)
  for line in "${PACKAGES[@]}"; do
    IFS='|' read -r group package probe _ <<<"$line"
    [[ $groups == *" $group "* ]] || continue
    [[ $'\n'$installed$'\n' == *$'\n'"installed $package"$'\n'* ]] && continue
    is_present "${probe%% *}" "${probe#* }" || printf '%s\n' "$line"
  done
}

# list_packages: shows lines of PACKAGES to people.
list_packages() {
  local package probe why
  while IFS='|' read -r _ package probe why; do
    printf '  %-20s %s (%s)\n' "$package" "$why" "${probe#* }"
  done
}

# installer: prints how packages can be installed here: "root", "sudo", "nobody" or "no apt".
installer() {
  if ! has_command apt-get; then
    echo 'no apt'
  elif [ "$(id -u)" -eq 0 ]; then
    echo root
  elif has_command sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    echo sudo  # which asks for a password only where there is a terminal
  else
    echo nobody
  fi
}

# require GROUP...: returns when all packages of the groups are there, installing them if it can.
require() {
  local missing names sudo=()
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0

  say 'These packages are missing:'
  list_packages <<<"$missing" >&2
  mapfile -t names < <(cut -d'|' -f2 <<<"$missing")
  local command="apt-get install -y --no-install-recommends ${names[*]}"
  case $(installer) in
    'no apt')
      fail 'there is no apt here; install what is listed with the package manager of this system'
      ;;
    nobody)
      say 'Installing them needs root, and there is no sudo that works here. As root, run:'
      say "  apt-get update && $command"
      exit 1
      ;;
    sudo) sudo=(sudo) ;;
  esac

  say "Installing them:  ${sudo[*]+sudo }$command"
  local lists=(/var/lib/apt/lists/*_Packages*)
  rm -f "$LOGS"/apt-*.log
  [ ${#lists[@]} -gt 0 ] || apt_get update
  apt_get install -y --no-install-recommends "${names[@]}" && return
  # Lists that are older than the archive name packages that it no longer has.
  apt_get update
  apt_get install -y --no-install-recommends "${names[@]}" && return
  ! grep -q '^Err:' "$LOGS/apt-update.log" || show_log "$LOGS/apt-update.log" '^Err:'
  show_log "$LOGS/apt-install.log" '^Err:|^E:'
  fail "that did not work; try it by hand, with root's rights:  apt-get update && $command"
}

# apt_get ARGUMENTS: without questions, waiting for another apt to finish. Uses require()'s `sudo`.
apt_get() {
  logged "apt-$1" '' "${sudo[@]+"${sudo[@]}"}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}
