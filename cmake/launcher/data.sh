# shellcheck shell=bash
# ./unroll data: public data sets that the lessons can learn from, fetched and checked.

# name | file | bytes | SHA-256 | address | licence | lessons | what. A set of several files has
# several lines.
DATA_SETS=(
  'tinyshakespeare|input.txt|1115394|86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed|https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt|public domain|2, 10, 11|scenes by Shakespeare, 40,000 lines'
  'ud_ewt|train.conllu|14203025|3fb78e2b55482c8ee00caa653af436c88c9e5bc9a73ce26e4ae3ddc79d2b7e7b|https://raw.githubusercontent.com/UniversalDependencies/UD_English-EWT/4c89b5833a70aa5ed3a00bad2f23f57992cc7df8/en_ewt-ud-train.conllu|CC BY-SA 4.0|7|English web texts with parts of speech, 17,000 sentences'
  'ud_ewt|dev.conllu|1805545|531a54ff90d6ab12201c5a50c3e78e6ddac4de69abc4bce5d275d3cd29efe2b6|https://raw.githubusercontent.com/UniversalDependencies/UD_English-EWT/4c89b5833a70aa5ed3a00bad2f23f57992cc7df8/en_ewt-ud-dev.conllu|CC BY-SA 4.0|7|English web texts with parts of speech, 17,000 sentences'
  'ud_ewt|test.conllu|1804515|e266e515a0a7547657ed3d90d9ba46487d6bd251f27ad4269d4e8a427c8555cd|https://raw.githubusercontent.com/UniversalDependencies/UD_English-EWT/4c89b5833a70aa5ed3a00bad2f23f57992cc7df8/en_ewt-ud-test.conllu|CC BY-SA 4.0|7|English web texts with parts of speech, 17,000 sentences'
  'wnut17|train.conll|493781|731820e13f71af324c6b55a1575ec2ce59fbaa2a0806f8f0400b98d56cd6a7a5|https://raw.githubusercontent.com/leondz/emerging_entities_17/e52a2d2a71ac1a051ca2d532eef28653c5c02603/wnut17train.conll|CC BY 4.0|12|rare names in posts, 5,700 sentences'
  'wnut17|dev.conll|114749|e053b752b8155113ca66e7db08af5f2f5f43ab993694e4774f1ec5bad42312d8|https://raw.githubusercontent.com/leondz/emerging_entities_17/e52a2d2a71ac1a051ca2d532eef28653c5c02603/emerging.dev.conll|CC BY 4.0|12|rare names in posts, 5,700 sentences'
  'wnut17|test.conll|192425|2aa79b764e56ec9264a1b30fdd9b70195bd00ff400b62edd8f399d5f13c178f0|https://raw.githubusercontent.com/leondz/emerging_entities_17/e52a2d2a71ac1a051ca2d532eef28653c5c02603/emerging.test.annotated|CC BY 4.0|12|rare names in posts, 5,700 sentences'
)

DATA_FOLDER=${UNROLL_DATA:-$ROOT/data}

help_data() {
  cat <<'END'
./unroll data             list the data sets: size, licence, lessons, address, SHA-256
./unroll data NAME...     fetch them over HTTPS, and check size and SHA-256

They go to the folder data/ of the checkout, or to the one that UNROLL_DATA names. Lessons then
find them by name:  ./unroll lesson 2 --data tinyshakespeare
END
}

verb_data() {
  local name
  if [ $# -eq 0 ]; then
    list_data
    return
  fi
  for name; do
    [ -n "$(data_files "$name")" ] || fail "there is no data set '$name'; ./unroll data lists them" 2
  done
  require data
  for name; do
    fetch_data "$name" || return
  done
}

# data_files NAME: prints the lines of DATA_SETS that belong to a set.
data_files() {
  local line
  for line in "${DATA_SETS[@]}"; do
    [ "${line%%|*}" != "$1" ] || printf '%s\n' "$line"
  done
}

megabytes() { awk -v bytes="$1" 'BEGIN {printf "%.1f MB", bytes / 1e6}'; }

# is_data_file PATH BYTES SHA256: whether it is there and is the one that is meant.
is_data_file() {
  [ -f "$1" ] && [ "$(stat -c %s "$1")" = "$2" ] && [ "$(sha256 "$1")" = "$3" ]
}

sha256() { sha256sum <"$1" | cut -d' ' -f1; }

list_data() {
  local name file bytes sum address licence lessons what state last=''
  echo "Data sets, in $DATA_FOLDER once they are fetched:"
  for line in "${DATA_SETS[@]}"; do
    IFS='|' read -r name file bytes sum address licence lessons what <<<"$line"
    state='not fetched'
    is_data_file "$DATA_FOLDER/$name/$file" "$bytes" "$sum" && state=fetched
    [ "$name" = "$last" ] || printf '\n  %s: %s\n    lesson %s, licence: %s\n' \
      "$name" "$what" "$lessons" "$licence"
    printf '    %s, %s bytes, %s\n      %s\n      SHA-256 %s\n' \
      "$file" "$bytes" "$state" "$address" "$sum"
    last=$name
  done
  printf '\nFetch one with  ./unroll data NAME\n'
}

# fetch_data NAME: fetches what is not there yet of a set.
fetch_data() {
  local name file bytes sum address what folder=$DATA_FOLDER/$1
  { mkdir -p "$folder" && [ -w "$folder" ]; } 2>/dev/null ||
    fail "cannot write to $folder; choose another folder with UNROLL_DATA" 2
  while IFS='|' read -r name file bytes sum address _ _ what; do
    if is_data_file "$folder/$file" "$bytes" "$sum"; then
      say "$name: $folder/$file is there already."
      continue
    fi
    say "Fetching $name ($what), $(megabytes "$bytes"), from $address"
    fetch_file "$folder/$file" "$bytes" "$sum" "$address"
    say "$name: $folder/$file has the right size and SHA-256."
  done < <(data_files "$1")
}

# fetch_file PATH BYTES SHA256 ADDRESS: the file is there whole and checked, or not at all.
fetch_file() {
  local problem size
  PART=$1.part.$$
  trap 'rm -f "$PART"; rmdir "${PART%/*}" 2>/dev/null' EXIT
  problem=$(curl --fail --location --max-redirs 5 --proto '=https' --connect-timeout 20 \
    --speed-limit 1 --speed-time 60 --max-filesize "$2" --silent --show-error \
    --output "$PART" "$4" 2>&1) ||
    fail "cannot fetch $4: ${problem//$'\n'/ }; nothing was kept"
  size=$(stat -c %s "$PART" 2>/dev/null || echo 0)
  [ "$size" = "$2" ] ||
    fail "$4 has $size bytes, expected $2: it is another file by now; nothing was kept"
  [ "$(sha256 "$PART")" = "$3" ] ||
    fail "$4 has another SHA-256 than expected: it is another file by now; nothing was kept"
  mv -f "$PART" "$1" || fail "cannot write $1"
  trap - EXIT
}
