# shellcheck shell=bash
# ./unroll kernel: the ladders of kernels, from what their files say about themselves.
#
# A rung's file opens with a line like "// Rung 2: fused gates." and a paragraph in which "Idea:",
# "Beats …:", "Limited by:" and "Read next:" begin its parts.

help_kernel() {
  cat <<'END'
./unroll kernel                 list the rungs of the ladders: recurrent layers and matrix products
                                on a GPU, matrix products on the CPU
./unroll kernel 3               what rung 3 of the recurrent ladder does, and what limits it
./unroll kernel diff 2 3        what changes in the code from rung 2 to rung 3
./unroll kernel gemm 3          the same two for the ladder of matrix products
./unroll kernel gemm diff 2 3
./unroll kernel cpu 3           and for that of the CPU; ./unroll bench matmul measures it
./unroll kernel cpu diff 2 3
./unroll kernel plan LSTM T=256,B=16,H=512 [gpu=h100]
                                which rung the planner takes, and the time that it expects of each
./unroll kernel table           compile for CUDA and write the table kernels/machine_code.md
END
}

verb_kernel() {
  local folder=recurrent preset
  case ${1:-} in
    gemm | cpu)
      [ "$1" = gemm ] && folder=matmul || folder=matmul/cpu
      [ $# -gt 1 ] || fail "$1 needs a rung or diff, as in  ./unroll kernel $1 3" 2
      shift
      ;;
  esac
  case ${1:-} in
    '')
      echo 'Recurrent layers (kernels/recurrent/):'
      list_rungs recurrent
      printf '\nMatrix products (kernels/matmul/):\n'
      list_rungs matmul
      printf '\nMatrix products on the CPU (kernels/matmul/cpu/):\n'
      list_rungs matmul/cpu
      printf '\nMore about one:  ./unroll kernel 3 · ./unroll kernel gemm 3 · ./unroll kernel cpu 3\n'
      echo 'What changes from one to the next:  ./unroll kernel diff 2 3'
      ;;
    diff)
      [ $# -eq 3 ] || fail 'diff needs two rungs, as in  ./unroll kernel diff 2 3' 2
      diff_rungs "$folder" "$2" "$3"
      ;;
    plan)
      require build
      preset=$(preset) || exit
      build "$preset" kernel_plan
      exec "$ROOT/build/$preset/bench/gpu/kernel_plan" "${@:2}"
      ;;
    table)
      [ -n "$(find_nvcc)" ] || fail 'the table needs nvcc, of the CUDA Toolkit'
      require build
      build cuda machine_code
      "$ROOT/build/cuda/kernels/cuda/machine_code" write
      ;;
    *)
      [ $# -eq 1 ] || fail "unexpected $2; see ./unroll kernel --help" 2
      show_rung "$folder" "$1"
      ;;
  esac
}

# rung_file FOLDER NUMBER: prints the file of a rung.
rung_file() {
  local files=("$ROOT/kernels/$1/$2"_*.{cu,cpp})
  [[ $2 =~ ^[0-9]+$ && ${#files[@]} -eq 1 ]] ||
    fail "there is no rung '$2' in kernels/$1; ./unroll kernel lists them" 2
  echo "${files[0]}"
}

# rung_parts FILE: prints the title, then the parts of the first paragraph, a line each.
rung_parts() {
  awk '
    !/^\/\// || (/^\/\/$/ && blank++) { exit }
    { sub(/^\/\/ */, ""); text = text (NR == 1 ? "" : " ") $0 }
    NR == 1 { print text; text = "" }
    END {
      gsub(/ +/, " ", text)
      gsub(/ (Beats[^.:]*:|Limited by:|Read next:)/, "\n&", text)
      sub(/^ /, "", text)
      gsub(/\n /, "\n", text)
      print text
    }' "$1"
}

# wrapped INDENT: its input broken into lines that fit the terminal, or 100 columns.
wrapped() {
  local width
  width=$(tput cols 2>/dev/null || echo 80)
  fold -s -w "$(((width < 100 ? width : 100) - $1))" | sed "s/^/$(printf '%*s' "$1" '')/; s/ *$//"
}

list_rungs() {
  local file
  for file in "$ROOT/kernels/$1"/[0-9]_*.{cu,cpp}; do
    # "Rung 2: fused gates." → "  2  fused gates (2_fused_gates.cu)"
    rung_parts "$file" | sed -n "1s/^[^0-9]*\([0-9]*\): *\(.*[^.]\)\.*$/\1  \2 ($(basename "$file"))/p" |
      wrapped 2
    # The first sentences of two parts.
    rung_parts "$file" | sed -n 's/^\(Idea\|Limited by\):\([^.]*\).*/\1:\2./p' | wrapped 7
  done
}

show_rung() {
  local file
  file=$(rung_file "$1" "$2") || exit
  rung_parts "$file" | sed '1a\\' | wrapped 0
  printf '\n%s\n' "${file#"$ROOT/"}"
}

diff_rungs() {
  local old new colour=never
  old=$(rung_file "$1" "$2") || exit
  new=$(rung_file "$1" "$3") || exit
  [ ! -t 1 ] || colour=always
  diff -u --color="$colour" --label "${old#"$ROOT/"}" --label "${new#"$ROOT/"}" "$old" "$new"
  [ $? -ne 2 ] || fail 'diff failed'
}
