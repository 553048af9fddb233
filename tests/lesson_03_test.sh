#!/usr/bin/env bash
# Runs lesson 3 as a user would: every option, its results, Ctrl-C, and bad input.
#   lesson_03_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
lesson=$programs/03_sentiment
refuses() { refused_by 03_sentiment "$@"; }

# Texts that a word decides, in the three formats.
mkdir -p imdb/{train,test}/{pos,neg}
echo 'review,sentiment' >shop.csv
for i in $(seq 0 119); do
  about="thing like w$((i * 7 % 97)), w$((i * 11 % 89)) and w$((i * 13 % 83)), not w$((i * 17 % 79)) or w$((i * 19 % 73))"
  if [ $((i % 2)) -eq 0 ]; then label=pos text="a fine $about"; else label=neg text="a poor $about"; fi
  printf '%s\t%s\n' "$label" "$text" >>shop.tsv
  echo "\"$text\",$label" >>shop.csv
  if [ $((i % 4)) -lt 2 ]; then part='train'; else part='test'; fi
  echo "$text<br />" >"imdb/$part/$label/$i.txt"
done
small=(--threads 1 --epochs 2 --hidden 4 --embedding 8)

# ---- its own reviews
check 'it runs' exits 0 "$lesson" --quick --threads 1
check 'it says how long it will take' grep -q 'at most [0-9]*:[0-9][0-9]$' log
check 'three classes' grep -q 'negative, neutral, positive' log
for row in majority 'Naive Bayes, words ' 'Naive Bayes, words and pairs' 'LSTM, both directions, max pooling' \
  'far negation' 'neither, nor'; do
  check "there is a row for $row" grep -q "^$row" log
done
check 'there is a verdict' grep -q -E 'beats the best baseline|did not beat the baseline' log
check 'one seed is called preliminary' grep -q 'preliminary' log
for picture in loss confusion roc contributions reading constructions comparison; do
  check "it draws $picture" png "out/03_sentiment/$picture.png"
done
for key in settings sha256 majority 'Naive Bayes, words and pairs' macro_f1 auc confusion paired_z best_epoch \
  by_construction compared_on_validation duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key\"" out/03_sentiment/metrics.json
done
check '--full compares all cells' exits 0 "$lesson" --full --texts 60 --seeds 1 "${small[@]}" --epochs 1 --out full
check 'which are 18' [ "$(grep -c -E '^(RNN|LSTM|GRU) +(forward|both) ' log)" -eq 18 ]
check 'two classes, on simt' runs_on_simt "$lesson" --quick --classes 2 --compare none --texts 60 \
  --epochs 1 --hidden 4 --embedding 8
check 'without neutral ones' [ "$(grep -c neutral log)" -eq 0 ]

# ---- texts of the user's, every option, the same numbers again
for i in fine poor thing like; do echo "$i 0.5 -0.25 1e-1"; done >vectors.txt
options=("${small[@]:0:6}" --data shop.tsv --cell gru --layers 2 --directions forward --pooling last --batch 8
  --lr 0.01 --clip 0.5 --dropout 0.1 --word-dropout 0.05 --weight-decay 0 --patience 1 --max-words 12 --min-count 2
  --fold 3 --texts 100 --embeddings vectors.txt --compare none --seed 3 --seeds 3)
check 'it takes every option' exits 0 "$lesson" "${options[@]}" --out first
check 'it found the vectors' grep -q '3 numbers each, for 4 of' log
check 'three seeds are not preliminary' [ "$(grep -c preliminary log)" -eq 0 ]
check 'with their deviation' grep -q '^GRU, forward, last pooling .* ± ' log
check 'it runs again with two threads' exits 0 "$lesson" "${options[@]}" --threads 2 --out second
check 'with the same scores' cmp <(scores first/metrics.json) <(scores second/metrics.json)
check 'a folder of texts' exits 0 "$lesson" "${small[@]}" --data imdb --seeds 1 --out imdb-out
check 'whose test part is kept' grep -q ', 60 to test' log
mkdir -p sets/shop && cp shop.csv sets/shop
check 'the name of a data set' exits 0 env UNROLL_DATA=sets "$lesson" "${small[@]}" --data shop --pooling mean \
  --cell rnn --seeds 1 --out named
interact() {
  printf 'A poor thing!\n\n' | "$lesson" --interactive --out first >log 2>&1 && grep -q -E '(pos|neg) [0-9.]+ %' log &&
    grep -q '  poor [+-]' log
}
check 'it judges what is typed' interact
check 'Ctrl-C ends it' stopped . "$lesson" --data shop.tsv --threads 1 --hidden 4 --epochs 1000 --patience 1000 \
  --out stopped
check 'and says that nothing was saved' grep -q 'interrupted: .*start again' log
check 'help' exits 0 "$lesson" --help

# ---- bad input
sed 's/\t/ /' shop.tsv >tabless.tsv
grep '^pos' shop.tsv >one.tsv
head -n 3 shop.tsv >few.tsv
awk -F'\t' '{print NR % 5 "\t" $2}' shop.tsv >five.tsv
: >empty.tsv
printf 'pos,"open\n' >open.csv
printf 'fine 1 2\npoor 1 2 3\n' >wide.txt
mkdir -p broken && head -c 300 first/model.safetensors >broken/model.safetensors
check 'missing data' refuses 'no file or folder nowhere' --data nowhere
check 'an empty file' refuses 'empty.tsv is empty' --data empty.tsv
check 'no tab' refuses 'tabless.tsv:1: expected a label, a tab and a text' --data tabless.tsv
check 'an open quote' refuses 'open.csv:1: a quote is opened' --data open.csv
check 'one class' refuses 'all texts have the label "pos"' --data one.tsv
check 'five classes' refuses 'two or three different labels, found 5' --data five.tsv
check 'an empty split' refuses 'too small' --data few.tsv
check 'vectors of two widths' refuses 'wide.txt:2: expected a word and 2 numbers' --data shop.tsv --embeddings wide.txt
check 'vectors of another width' refuses 'vectors.txt:1: expected vectors of 16' --data shop.tsv \
  --embeddings vectors.txt --embedding 16
check 'too many reviews' refuses 'cannot make' --texts 900000000
check 'an unknown pooling' refuses 'pooling' --pooling median
check 'a fold of 11' refuses 'fold' --data shop.tsv --fold 11
check 'a size of 0' refuses 'hidden' --hidden 0
check 'an unknown option' refuses 'nonsense' --nonsense
check 'quick and full' refuses 'exclude' --quick --full
check 'unwritable folder' refuses 'not a folder' --data shop.tsv --out shop.tsv/below
check 'divergence' refuses 'diverged' --data shop.tsv --threads 1 --epochs 100 --hidden 4 --batch 4 --lr 10 \
  --clip 1000000 --weight-decay 10
check 'no model yet' refuses 'train one first' --interactive
check 'a damaged model' exits 2 "$lesson" --interactive --out broken

report
