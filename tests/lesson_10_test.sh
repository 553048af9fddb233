#!/usr/bin/env bash
# Runs lesson 10 as a user would: every option, its results, Ctrl-C, and bad input.
#   lesson_10_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
lesson=$programs/10_depth
refuses() { refused_by 10_depth "$@"; }

for i in $(seq 1 120); do echo "$i bottles of beer on the wall, $((i * i % 17)) of them green."; done >beer.txt
small=(--threads 1 --data beer.txt --characters 0 --hidden 8 --epochs 2 --batch 8 --window 20)

# ---- its own text
check 'it runs' exits 0 "$lesson" --quick --threads 1
check 'it says how long it will take' grep -q 'at most [0-9]*:[0-9][0-9]$' log
check 'there are networks of equal width' grep -q '^2 layers of 16, plain' log
check 'and of equal parameters' grep -q '^at equal parameters' log
check 'one seed is called preliminary' grep -q 'preliminary' log
check 'there is a verdict on the test part' grep -q 'against the [1-6]-gram: \(better\|worse\|no diff\)' log
for picture in depth gap activations gradients; do
  check "it draws $picture" png "out/10_depth/$picture.png"
done
for key in settings sha256 networks parameters validation_nats gap_mean best_epoch of_weights \
  of_states saturated chosen test_nats 1-gram duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key\"" out/10_depth/metrics.json
done

# ---- data of the user's, every option, the same numbers again
options=("${small[@]}" --deepest 2 --variants all --cell lstm --lr 0.01 --clip 0.5 --dropout 0.1
  --patience 1 --seed 3 --seeds 3)
check 'it takes every option' exits 0 "$lesson" "${options[@]}" --out first
check 'three seeds are not preliminary' [ "$(grep -c preliminary log)" -eq 0 ]
check 'with their deviation' grep -q '^2 layers of 8, dropout + residual .* ± ' log
check 'each network once' grep -q '^Training 10 networks' log
check 'it runs again with two threads' exits 0 "$lesson" "${options[@]}" --threads 2 --out second
check 'with the same scores' cmp <(scores first/metrics.json) <(scores second/metrics.json)
check 'one layer alone' exits 0 "$lesson" "${small[@]}" --deepest 1 --variants plain --out one
check '--full does all' exits 0 "$lesson" "${small[@]}" --full --hidden 4 --epochs 1 --characters 2000 \
  --seeds 1 --out full
check 'up to six layers' grep -q '^6 layers of 4, dropout + residual' log
check 'it runs on simt' runs_on_simt "$lesson" "${small[@]}" --deepest 2 --variants plain --hidden 2 \
  --epochs 1 --characters 1000
check 'Ctrl-C ends it' stopped . "$lesson" "${small[@]}" --deepest 1 --variants plain \
  --epochs 500 --patience 500 --out stopped
check 'and says that nothing was saved' grep -q 'interrupted: .*start again' log
check 'help' exits 0 "$lesson" --help

# ---- bad input
echo 'short' >short.txt
: >empty.txt
check 'missing data' refuses 'no file or folder nowhere' --data nowhere
check 'an empty file' refuses 'empty.txt is empty' --data empty.txt
check 'a short text' refuses 'too short' --data short.txt
check 'no layers' refuses 'deepest' --deepest 0
check 'other variants' refuses 'variants' --variants many
check 'an unknown option' refuses 'nonsense' --nonsense
check 'quick and full' refuses 'exclude' --quick --full
check 'unwritable folder' refuses 'not a folder' "${small[@]}" --out beer.txt/below

report
