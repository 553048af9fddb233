#!/usr/bin/env bash
# Runs lesson 12 as a user would: every option, its results, Ctrl-C, and bad input.
#   lesson_12_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
lesson=$programs/12_named_entities
refuses() { refused_by 12_named_entities "$@"; }

# Sentences with names on two levels: as four columns (IOB1 and numbered words), and the outer level
# alone as two columns in BIOES.
mkdir -p corpus
for i in $(seq 0 89); do
  case $((i % 10)) in
    8) part='dev' ;;
    9) part='test' ;;
    *) part='train' ;;
  esac
  person="K$((i * 7 % 31))ov" place="T$((i * 11 % 29))burg"
  printf '1\t%s\tI-PER\tO\n2\tleft\tO\tO\n3\tBank\tI-ORG\tO\n4\tof\tI-ORG\tO\n5\t%s\tI-ORG\tI-LOC\n\n' \
    "$person" "$place" >>"corpus/$part.tsv"
  printf '%s S-PER\nleft O\nBank B-ORG\nof I-ORG\n%s E-ORG\nw%s O\nw%s O\n\n' "$person" "$place" \
    $((i * 13 % 37)) $((i * 17 % 41)) >>one.conll
done
small=(--threads 1 --epochs 2 --hidden 4 --embedding 6 --letters 3)

# ---- its own sentences
check 'it runs' exits 0 "$lesson" --quick --threads 1
check 'it says how long it will take' grep -q 'at most [0-9]*:[0-9][0-9]$' log
for row in 'all O' dictionary softmax CRF 'outer ORG' 'inner LOC' 'no name'; do
  check "there is a row for $row" grep -q "^$row " log
done
check 'all O finds nothing' grep -q '^all O  *[0-9.]*  *0\.0  *0\.0  *0\.0 ' log
check 'no name is known' grep -q 'known names (0) .*F1, the same sentences with known names' log
check 'there are three verdicts' [ "$(grep -c -E ' against .*(better|worse|no difference|did not beat the baseline)$' log)" -eq 3 ]
check 'one seed is called preliminary' grep -q 'preliminary' log
check 'it shows names in names' grep -q '\[.*\[.* LOC\].* ORG\]' log
for picture in training scores confusion transitions; do
  check "it draws $picture" png "out/12_named_entities/$picture.png"
done
for key in settings sha256 'all O' dictionary with_known_names crf softmax token_accuracy known_names \
  new_names invalid_places confusion outer inner f1 best_epoch validation_f1 paired_z duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key\"" out/12_named_entities/metrics.json
done
check 'it writes what conlleval reads' \
  [ "$(grep -c -v -E "$(printf '^(\\S+\t(O|[BI]-[A-Z]+)\t(O|[BI]-[A-Z]+))?$')" out/12_named_entities/test_inner.conll)" -eq 0 ]
check '--full has more seeds; the softmax alone, no letters' exits 0 "$lesson" --full --sentences 40 "${small[@]}" \
  --epochs 1 --seeds 2 --decoder softmax --letters 0 --cell rnn --scheme iob1 --out full

# ---- sentences of the user's, every option, the same numbers again
options=("${small[@]}" --data one.conll --cell gru --layers 2 --decoder both --scheme bioes --levels 1 --sentences 60
  --min-count 2 --batch 8 --lr 0.01 --clip 0.5 --dropout 0.1 --word-dropout 0.5 --weight-decay 0 --patience 1 --seed 3
  --seeds 3)
check 'it takes every option' exits 0 "$lesson" "${options[@]}" --out first
check 'it knows the scheme' grep -q 'tags are BIOES; the networks learn BIOES$' log
check 'three seeds are not preliminary' [ "$(grep -c preliminary log)" -eq 0 ]
check 'with their deviation' grep -q '^CRF .* ± ' log
check 'it runs again with two threads' exits 0 "$lesson" "${options[@]}" --threads 2 --out second
check 'with the same scores' cmp <(scores first/metrics.json) <(scores second/metrics.json)
check 'two levels of numbered words, on simt' runs_on_simt \
  "$lesson" "${small[@]}" --data corpus --levels 2 --decoder crf --sentences 8 --epochs 1
check 'whose parts are kept' grep -q "the parts are the data set's own" log
check 'which are IOB1' grep -q 'tags are IOB1; the networks learn BIO$' log
mkdir -p sets/names && cp corpus/* sets/names
check 'the name of a data set' exits 0 env UNROLL_DATA=sets \
  "$lesson" "${small[@]}" --data names --epochs 1 --levels 2 --decoder crf --out named
interact() {
  printf 'Kov left Bank of Tburg.\n\n' | "$lesson" --interactive --out named >log 2>&1 && grep -q 'left .*Tburg' log
}
check 'it marks what is typed' interact
check 'Ctrl-C ends it' stopped . "$lesson" --data one.conll --threads 1 --hidden 4 --epochs 400 --patience 400 \
  --out stopped
check 'and says that nothing was saved' grep -q 'interrupted: .*start again' log
check 'help' exits 0 "$lesson" --help

# ---- bad input
sed '3s/B-ORG/ORG/' one.conll >tagless.conll
sed '2s/ O//' one.conll >wordless.conll
sed 's/ .*/ O/' one.conll >nameless.conll
head -n 9 one.conll >few.conll
: >empty.conll
mkdir -p half broken && cp corpus/train.tsv half
head -c 300 first/model.safetensors >broken/model.safetensors
check 'missing data' refuses 'no file or folder nowhere' --data nowhere
check 'an empty file' refuses 'empty.conll is empty' --data empty.conll
check 'no tag' refuses 'tagless.conll:3: expected O or a tag such as B-PER in column 2' --data tagless.conll
check 'no column' refuses 'wordless.conll:2: expected 2 columns' --data wordless.conll
check 'too few columns' refuses 'one.conll:1: expected 3 to 4 columns, a word and 2 tags' --data one.conll --levels 2
check 'no names' refuses 'all is O' --data nameless.conll
check 'an empty split' refuses 'too small' --data few.conll
check 'a folder with one part' refuses 'expected one file with "dev" in its name, found 0' --data half
check 'an unknown scheme' refuses 'scheme' --scheme iob3
check 'an unknown decoder' refuses 'decoder' --decoder greedy
check 'one level of its own' refuses 'levels' --levels 1
check 'a size of 0' refuses 'hidden' --hidden 0
check 'no sentences' refuses 'sentences' --sentences 0
check 'an unknown option' refuses 'nonsense' --nonsense
check 'quick and full' refuses 'exclude' --quick --full
check 'unwritable folder' refuses 'not a folder' --data one.conll --out one.conll/below
check 'divergence' refuses 'diverged' --data one.conll "${small[@]}" --epochs 20 --batch 4 --lr 10 --clip 1000000 --weight-decay 10
check 'no model yet' refuses 'train one first' --interactive
check 'a damaged model' exits 2 "$lesson" --interactive --out broken

report
