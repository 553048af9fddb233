#!/usr/bin/env bash
# Runs lesson 6 as a user would: every option, its results, Ctrl-C, and bad input.
#   lesson_06_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
lesson=$programs/06_gru
refuses() { refused_by 06_gru "$@"; }
out=out/06_gru

echo 'month,sold,bought' >shop.csv
for i in $(seq 0 119); do
  printf '%d-%02d,%d,%d\n' $((2000 + i / 12)) $((i % 12 + 1)) $((100 + i + i * i * 7 % 11)) \
    $((i * 37 % 101)) >>shop.csv
done
cut -d , -f 1,2 shop.csv >sold.csv
for i in $(seq 1 60); do echo "$i bottles of beer on the wall, $((i * i % 17)) of them green."; done >beer.txt

# ---- what it shows and leaves
check 'it runs' exits 0 "$lesson" --quick --threads 1
check 'the forms are right' grep -q '^They are equal' log
check 'the published one, too' grep -q 'agree with finite differences' log
check 'it times both' [ "$(grep -c 'written out  *[0-9.]*$' log)" -eq 2 ]
check 'it says how long it will take' grep -q 'about [0-9]*:[0-9][0-9]$' log
check 'a GRU of as many units is timed' [ "$(grep -c '^  GRU, as many units (only timed)' log)" -eq 3 ]
check 'there is a verdict for each task' \
  [ "$(grep -c 'GRU against LSTM: in as many steps .*; in as much time ' log)" -eq 3 ]
check 'beside baselines' [ "$(grep -c 'The best baseline is .*: LSTM .*; GRU ' log)" -eq 3 ]
check 'one seed is called preliminary' grep -q 'preliminary' log
check 'marked numbers and others' grep -q 'at marked numbers and elsewhere z is' log
for picture in curves scores costs gates_adding gates_text gates_air_passengers; do
  check "it draws $picture" png "$out/$picture.png"
done
for key in settings equality apart_with_open_reset forms_ms steps_in_equal_time test_in_equal_time \
  megabytes sha256 steps_to_goal test_of_best half_lives AR 1-gram duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key" "$out/metrics.json"
done

# ---- every option, the same numbers again
small=(--threads 1 --hidden 8 --distance 4 --characters 0 --data beer.txt --window 10 --series sold.csv
  --lookback 6 --horizon 3 --adding-steps 300 --text-steps 20 --series-steps 20)
options=("${small[@]}" --networks 'lstm,gru,gru-before' --tasks 'series,text,adding' --adding-batch 8
  --adding-lr 0.02 --text-batch 4 --text-lr 0.01 --series-batch 16 --series-lr 0.01 --start one
  --clip 0.5 --seed 3 --seeds 3)
check 'it takes every option' exits 0 "$lesson" "${options[@]}" --out first
check 'three seeds are not preliminary' [ "$(grep -c preliminary log)" -eq 0 ]
check 'the other form takes part' grep -q '^GRU, reset before .* ± ' log
check 'a short task is solved' grep -q -E '^(LSTM|GRU) .* [0-9]+ ± [0-9]+  +[0-9.]+ ± [0-9.]+$' log
check 'but not by time' [ "$(grep -c 'reset before against LSTM: .*as much time' log)" -eq 0 ]
check 'it runs again with two threads' exits 0 "$lesson" "${options[@]}" --threads 2 --out second
check 'with the same scores' cmp <(scores first/metrics.json) <(scores second/metrics.json)
check 'a column of a series, and --full' exits 0 "$lesson" "${small[@]}" --full --tasks series \
  --series shop.csv:bought --start plain --seeds 1 --out column
check 'by its name' png 'column/gates_shop__bought.png'
check 'with the other form' grep -q '^GRU, reset before' log
check 'it runs on simt' runs_on_simt "$lesson" "${small[@]}" --hidden 2 --adding-steps 2 --seeds 1 \
  --tasks adding
check 'Ctrl-C ends it' stopped . "$lesson" "${small[@]}" --tasks adding --adding-steps 2000 --out stopped
check 'and says that nothing was saved' grep -q 'interrupted: .*start again' log
check 'help' exits 0 "$lesson" --help

# ---- bad input
head -n 12 sold.csv >little.csv
check 'an unknown network' refuses 'networks: expected some of lstm, gru, gru-before' --networks lstm,rnn
check 'one that comes twice' refuses 'each once' --networks gru,gru
check 'no network' refuses 'networks is empty' --networks ''
check 'an unknown task' refuses 'tasks: expected some of adding, text, series' --tasks sums
check 'nothing to do' refuses 'nothing to do' --tasks ''
check 'missing text' refuses 'no file or folder nowhere' --data nowhere --tasks text
check 'a missing series' refuses 'no file or folder nowhere' --series nowhere --tasks series
check 'a series of two columns' refuses 'has 2 columns, expected one' --series shop.csv --tasks series
check 'a column that is not there' refuses 'no values called' --series shop.csv:lost --tasks series
check 'a short series' refuses 'too short' --series little.csv --tasks series
check 'a distance of 1' refuses 'distance' --distance 1
check 'another start' refuses 'start' --start warm
check 'quick and full' refuses 'exclude' --quick --full
check 'unwritable folder' refuses 'not a folder' "${small[@]}" --out beer.txt/below

report
