#!/usr/bin/env bash
# Runs lesson 11 as a user would: every option, its results, Ctrl-C and --resume, and bad input.
#   lesson_11_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
lesson=$programs/11_character_language_model
refuses() { refused_by 11_character_language_model "$@"; }

for i in $(seq 1 150); do echo "$i bottles of beer on the wall, $((i * i % 17)) of them green."; done >beer.txt
for i in $(seq 1 150); do
  printf 'int f%s(int x) {\n  const int y = g(x, %s);\n  return h[y] + 1;  // (:\n}\n\n' "$i" "$((i % 7))"
done >code.cpp

# ---- its own source
check 'it runs' exits 0 "$lesson" --quick --threads 1
check 'it says how long it will take' grep -q 'training takes about [0-9]*:[0-9][0-9]$' log
check 'n-grams of order 1' grep -q '^1-gram ' log
check 'to 7' grep -q '^7-gram ' log
check 'xz, or that there is none' grep -q -E '^xz -9 +[0-9]|install xz-utils' log
check 'there is a verdict' grep -q -E 'against xz -9: (better by|did not beat it|no difference)|install xz-utils' log
check 'one seed is called preliminary' grep -q 'preliminary: 1 seed' log
check 'it writes by beam search' grep -q '^beam of 8 ' log
for picture in perplexity sampling characters next units; do
  check "it draws $picture" png "out/11_character_language_model/$picture.png"
done
for key in settings sha256 validation_nats validation_curve known_words kl_nats units \
  7-gram_nats duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key\"" out/11_character_language_model/metrics.json
done

# ---- data of the user's, every option
options=(--data code.cpp --characters 9000 --layers 3 --cell gru --hidden 16 --epochs 8 --batch 8 --window 20
  --lr 0.01 --clip 0.5 --dropout 0.2 --seed 3 --seeds 2 --prompt 'int f7' --length 40 --temperature 0.7
  --top-k 9 --top-p 0.95 --beam 3 --samples 2)
check 'it takes every option' exits 0 "$lesson" "${options[@]}" --threads 1 --out whole
check 'two seeds with their deviation' grep -q '^GRU, 3 × 16 .* ± ' log
check 'what was chosen is among the samples' grep -q '^temperature 0.7, top-k 9, top-p 0.95 ' log
check 'it completes functions' grep -q '^network, τ = 1.0 .*%' log
check 'the real ones are balanced' grep -q '^validation text  *100 %  *100 %' log
check 'it draws them' png whole/functions.png
check 'help' exits 0 "$lesson" --help

# ---- stopped, and resumed with two threads: the same numbers
check 'Ctrl-C ends with 130' stopped stopped "$lesson" "${options[@]}" --threads 1 --out stopped
check 'it says how to go on' grep -q -e '--resume' log
check 'it resumes' exits 0 "$lesson" "${options[@]}" --threads 2 --out stopped --resume
check 'with the same scores' cmp <(scores whole/metrics.json) <(scores stopped/metrics.json)

# ---- by the clock, on simt, a text without functions
check 'it runs on simt' runs_on_simt "$lesson" --data beer.txt --characters 1500 --hidden 4 --layers 1 \
  --batch 8 --window 20 --minutes 0.005 --length 3 --beam 2 --samples 1
check 'with little time' grep -q '^0:0[0-9]  ' log
check 'without functions in the text' grep -q '0 functions of C or C++: too few' log

# ---- writing with the model
interact() {
  printf 'int f7\n' | "$lesson" --interactive --out whole --length 20 >log 2>&1 &&
    grep -q '^int f7.' log
}
check 'it writes from a prompt' interact

# ---- bad input
echo 'short' >short.txt
: >empty.txt
check 'missing data' refuses 'no file or folder nowhere' --data nowhere
check 'an empty file' refuses 'empty.txt is empty' --data empty.txt
check 'a short text' refuses 'too short' --data short.txt
check 'an unknown option' refuses 'nonsense' --nonsense
check 'a top-p above 1' refuses 'top-p' --top-p 1.5
check 'no beam' refuses 'beam' --beam 0
check 'nothing to resume' refuses 'resume' --resume --data beer.txt --batch 2
check 'other settings' refuses 'other data or settings' --data beer.txt --batch 8 --resume --out whole
check 'no model yet' refuses 'train one first' --interactive
check 'unwritable folder' refuses 'not a folder' --quick --out beer.txt/below

report
