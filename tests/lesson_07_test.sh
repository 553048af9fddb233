#!/usr/bin/env bash
# Runs lesson 7 as a user would: every option, its results, Ctrl-C, and bad input.
#   lesson_07_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
lesson=$programs/07_bidirectional
refuses() { refused_by 07_bidirectional "$@"; }

# Sentences in both formats: "run" is what the word behind it says.
mkdir -p treebank
for i in $(seq 0 119); do
  case $((i % 10)) in
    8) part='dev' ;;
    9) part='test' ;;
    *) part='train' ;;
  esac
  if [ $((i * 7 % 3)) -eq 0 ]; then tag=NOUN end='lo' kind=ADP; else tag=VERB end='ti' kind=PART; fi
  sentence="w$((i * 7 % 97))k:NOUN run:$tag w$((i * 11 % 89))l:ADV $end:$kind w$((i * 13 % 83))r:VERB w$((i * 17 % 79))k:NOUN .:PUNCT"
  number=0
  echo "# text $i" >>"treebank/$part.conllu"
  for pair in $sentence; do
    number=$((number + 1))
    printf '%s\t%s\n' "${pair%:*}" "${pair#*:}" >>words.tsv
    printf '%d\t%s\t_\t%s\t_\t_\t_\t_\t_\t_\n' "$number" "${pair%:*}" "${pair#*:}" >>"treebank/$part.conllu"
  done
  echo >>words.tsv
  echo >>"treebank/$part.conllu"
done
small=(--threads 1 --epochs 2 --hidden 4 --embedding 6 --letters 3)

# ---- its own language
check 'it runs' exits 0 "$lesson" --quick --threads 1
check 'it says how long it will take' grep -q 'at most [0-9]*:[0-9][0-9]$' log
for row in 'most frequent tag' 'forward only' 'backward only' 'both directions'; do
  check "there is a row for $row" grep -q "^$row " log
done
check 'words by who decides' grep -q 'unknown .*left decides .*right decides' log
check 'forward has no future' grep -q '^forward only .* 0\.0$' log
check 'backward has no past' grep -q '^backward only  *0\.0 ' log
check 'there are five verdicts' [ "$(grep -c -E ' against .*(better|worse|no difference)$' log)" -eq 5 ]
check 'one seed is called preliminary' grep -q 'preliminary' log
for picture in training scores future context confusion flow sources language_model; do
  check "it draws $picture" png "out/07_bidirectional/$picture.png"
done
for key in settings sha256 'most frequent tag' forward backward both reading_parameters ambiguous unknown \
  language_models 'right decides' macro_f1 f1 best_epoch accuracy_by_visible_future gradient_share_by_distance paired_z duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key\"" out/07_bidirectional/metrics.json
done
check '--full has more seeds' \
  exits 0 "$lesson" --full --sentences 60 "${small[@]}" --epochs 1 --seeds 2 --directions both --out full

# ---- sentences of the user's, every option, the same numbers again
options=("${small[@]}" --data words.tsv --cell gru --layers 2 --directions all --sentences 80 --min-count 2 --batch 8
  --lr 0.01 --clip 0.5 --dropout 0.1 --word-dropout 0.5 --weight-decay 0 --patience 1 --seed 3 --seeds 3)
check 'it takes every option' exits 0 "$lesson" "${options[@]}" --out first
check 'three seeds are not preliminary' [ "$(grep -c preliminary log)" -eq 0 ]
check 'with their deviation' grep -q '^both directions .* ± ' log
check 'it runs again with two threads' exits 0 "$lesson" "${options[@]}" --threads 2 --out second
check 'with the same scores' cmp <(scores first/metrics.json) <(scores second/metrics.json)
check 'a folder of CoNLL-U, on simt' runs_on_simt \
  "$lesson" "${small[@]}" --data treebank --directions both --sentences 8 --epochs 1
check 'whose parts are kept' grep -q "the parts are the data set's own" log
check 'one network alone' [ "$(grep -c -E '^(forward|backward) only' log)" -eq 0 ]
check 'forward alone, no letters' \
  exits 0 "$lesson" "${small[@]}" --data treebank --directions forward --letters 0 --cell rnn --out bare
mkdir -p sets/bank && cp treebank/* sets/bank
check 'the name of a data set, backward alone' exits 0 env UNROLL_DATA=sets \
  "$lesson" "${small[@]}" --data bank --directions backward --epochs 1 --out named
check 'Ctrl-C ends it' stopped . "$lesson" --data words.tsv --threads 1 --epochs 100 --patience 100 --out stopped
check 'and says that nothing was saved' grep -q 'interrupted: .*start again' log
check 'help' exits 0 "$lesson" --help

# ---- bad input
sed '3s/\t/ /' words.tsv >tabless.tsv
sed 's/\t.*/\tX/' words.tsv >one.tsv
head -n 9 words.tsv >few.tsv
: >empty.tsv
sed '4s/\t_//' treebank/train.conllu >nine.conllu
sed '4s/ADV/_/' treebank/train.conllu >untagged.conllu
mkdir -p half && cp treebank/train.conllu half
check 'missing data' refuses 'no file or folder nowhere' --data nowhere
check 'an empty file' refuses 'empty.tsv is empty' --data empty.tsv
check 'no tab' refuses 'tabless.tsv:3: expected a word, a tab and a tag' --data tabless.tsv
check 'nine columns' refuses 'nine.conllu:4: expected ten columns' --data nine.conllu
check 'no tag' refuses 'untagged.conllu:4: the word .* has no tag' --data untagged.conllu
check 'one tag' refuses 'all words have the tag "X"' --data one.tsv
check 'an empty split' refuses 'too small' --data few.tsv
check 'a folder with one part' refuses 'expected one file with "dev" in its name, found 0' --data half
check 'an unknown direction' refuses 'directions' --directions sideways
check 'a size of 0' refuses 'hidden' --hidden 0
check 'no sentences' refuses 'sentences' --sentences 0
check 'an unknown option' refuses 'nonsense' --nonsense
check 'quick and full' refuses 'exclude' --quick --full
check 'unwritable folder' refuses 'not a folder' --data words.tsv --out words.tsv/below
check 'divergence' refuses 'diverged' --data words.tsv "${small[@]}" --epochs 20 --batch 4 --lr 10 --clip 1000000 --weight-decay 10

report
