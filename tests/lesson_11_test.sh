#!/usr/bin/env bash
# Runs lesson 11 as a user would: every option, its results, Ctrl-C and --resume, and bad input.
#   lesson_11_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
lesson=$programs/11_character_language_model
refuses() { refused_by 11_character_language_model "$@"; }

for i in $(seq 1 150); do echo "$i bottles of beer on the wall, $((i * i % 17)) of them green."; done >beer.txt
small=(--threads 1 --data beer.txt --hidden 8 --epochs 2 --batch 8 --window 20 --length 40)

# ---- its own source
check 'it runs' exits 0 "$lesson" --quick --threads 1
check 'it says how long it will take' grep -q 'training takes about [0-9]*:[0-9][0-9]$' log
check 'n-grams of order 1' grep -q '^1-gram ' log
check 'to 7' grep -q '^7-gram ' log
check 'xz, or that there is none' grep -q -E '^xz -9 +[0-9]|install xz-utils' log
check 'there is a verdict' grep -q -E 'beats the best|did not beat the best|No difference' log
check 'one seed is called preliminary' grep -q 'preliminary, 1 seed' log
check 'it completes functions' grep -q '^network, temperature 1.0 .*%' log
check 'it writes by beam search' grep -q '^beam of 8 ' log
for picture in perplexity sampling characters functions next units; do
  check "it draws $picture" png "out/11_character_language_model/$picture.png"
done
for key in settings sha256 validation_nats validation_curve known_words kl_nats functions units \
  7-gram_nats duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key\"" out/11_character_language_model/metrics.json
done

# ---- data of the user's, every option, the same numbers again
options=("${small[@]}" --characters 6000 --layers 3 --cell gru --lr 0.01 --clip 0.5 --dropout 0.2
  --seed 3 --seeds 2 --prompt 'bottles of ' --temperature 0.7 --top-k 9 --top-p 0.95 --beam 3)
check 'it takes every option' exits 0 "$lesson" "${options[@]}" --out first
check 'two seeds with their deviation' grep -q '^GRU, 3 × 8 .* ± ' log
check 'what was chosen is among the samples' grep -q '^temperature 0.7, top-k 9, top-p 0.95 ' log
check 'no functions in there' grep -q '0 functions of C or C++: too few' log
check 'it runs again with two threads' exits 0 "$lesson" "${options[@]}" --threads 2 --out second
check 'with the same scores' cmp <(scores first/metrics.json) <(scores second/metrics.json)
check 'by the clock' exits 0 "$lesson" "${small[@]}" --minutes 0.005 --out clock
check 'with little time' grep -q '^0:00 ' log
check 'it runs on simt' runs_on_simt "$lesson" "${small[@]}" --hidden 4 --layers 1 --epochs 1 --length 3 \
  --beam 2 --characters 1500
check 'help' exits 0 "$lesson" --help

# ---- stopped and resumed
slow=("${small[@]}" --epochs 24 --window 8 --hidden 32)
check 'without a stop' exits 0 "$lesson" "${slow[@]}" --out whole
check 'Ctrl-C ends with 130' stopped stopped "$lesson" "${slow[@]}" --out stopped
check 'it says how to go on' grep -q -e '--resume' log
check 'it resumes' exits 0 "$lesson" "${slow[@]}" --out stopped --resume
check 'with the same scores' cmp <(scores whole/metrics.json) <(scores stopped/metrics.json)

# ---- writing with the model
interact() {
  printf '3 bottles\n' | "$lesson" --interactive --out whole --length 20 >log 2>&1 &&
    grep -q '^3 bottles.' log
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
check 'other settings' refuses 'other data or settings' "${small[@]}" --resume --out whole
check 'no model yet' refuses 'train one first' --interactive
check 'unwritable folder' refuses 'not a folder' "${small[@]}" --out beer.txt/below

report
