#!/usr/bin/env bash
# Runs lesson 4 as a user would: every option, its results, Ctrl-C, and bad input.
#   lesson_04_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
lesson=$programs/04_time_series
refuses() { refused_by 04_time_series "$@"; }

# month NUMBER: 2000-01 for 0, and so on.
month() { printf '%d-%02d' $((2000 + $1 / 12)) $(($1 % 12 + 1)); }
echo 'date,sales,visits' >shop.csv
for i in $(seq 0 119); do
  echo "$(month "$i"),$((100 + i + (i % 12) * 5 + i * i * 7 % 11)),$((500 + i * 37 % 101))" >>shop.csv
done
small=(--threads 1 --steps 20 --hidden 4 --lookback 12 --horizon 3)

# ---- its own data
check 'it runs' exits 0 "$lesson" --quick --threads 1
for series in sunspots air co2; do
  check "it forecasts $series" grep -q "^$series" log
done
check 'there is a verdict for each' [ "$(grep -c 'the best baseline (\|the baseline, ' log)" -eq 6 ]
check 'one seed is called preliminary' grep -q 'preliminary' log
check 'it says how long it will take' grep -q 'at most [0-9]*:[0-9][0-9]$' log
for picture in forecasts errors interval collapse training; do
  check "it draws $picture" png "out/04_time_series/$picture.png"
done
for key in settings sha256 test_from naive 'seasonal naive' mase by_horizon diebold_mariano \
  measured_coverage_percent best_step duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key\"" out/04_time_series/metrics.json
done
check '--full adds a series' exits 0 "$lesson" --full --seeds 1 "${small[@]}" --steps 1 --lookback 2 \
  --horizon 1 --out full
check 'which is the fourth' grep -q '^eu stock markets, FTSE' log

# ---- data of the user's, every option, the same numbers again
options=("${small[@]}" --data shop.csv --columns sales --cell gru --layers 2 --season 12 --batch 8
  --lr 0.01 --clip 0.5 --weight-decay 0 --seed 3 --seeds 3)
check 'it takes every option' exits 0 "$lesson" "${options[@]}" --out first
check 'only the column that was asked for' [ "$(grep -c 'GRU, direct' log)" -eq 1 ]
check 'three seeds are not preliminary' [ "$(grep -c preliminary log)" -eq 0 ]
check 'with their deviation' grep -q 'GRU, direct .* ± ' log
check 'it runs again with two threads' exits 0 "$lesson" "${options[@]}" --threads 2 --out second
check 'with the same scores' cmp <(scores first/metrics.json) <(scores second/metrics.json)
mkdir -p sets/shop && cp shop.csv sets/shop
check 'it takes the name of a data set' \
  exits 0 env UNROLL_DATA=sets "$lesson" "${small[@]}" --data shop --seeds 1 --out set
check 'and forecasts each column' [ "$(grep -c '^shop, \(sales\|visits\) ' log)" -eq 2 ]
tiny=(--threads 1 --steps 1 --hidden 1 --lookback 1 --horizon 1 --seeds 1)
check 'the name of a fact, the shortest forecasts' exits 0 "$lesson" "${tiny[@]}" --data air_passengers
check 'it runs on simt' runs_on_simt "$lesson" "${tiny[@]}" --lookback 3 --horizon 2 --steps 3 \
  --data shop.csv --columns sales
check 'Ctrl-C ends it' stopped . "$lesson" --data shop.csv --threads 1 --steps 2000 --out stopped
check 'and says that nothing was saved' grep -q 'interrupted: .*start again' log
check 'help' exits 0 "$lesson" --help

# ---- bad input
head -n 12 shop.csv >short.csv
sed 's/^2001-02.*/2001-02,many,5/' shop.csv >word.csv
sed '/^2001-02/d' shop.csv >gap.csv
sed 's/,[0-9]*,/,7,/' shop.csv >flat.csv
tail -n +2 shop.csv >nameless.csv
: >empty.csv
check 'missing data' refuses 'no file or folder nowhere' --data nowhere
check 'an empty file' refuses 'empty.csv is empty' --data empty.csv
check 'no names' refuses 'nameless.csv:1: expected the names' --data nameless.csv
check 'no number' refuses 'word.csv:15: expected a number in column "sales"' --data word.csv
check 'a month is missing' refuses 'gap.csv:15: the date 2001-03 does not follow' --data gap.csv
check 'nothing happens' refuses 'column "sales" does not change' --data flat.csv
check 'a short series' refuses 'too short' --data short.csv
check 'a long window' refuses 'choose a smaller --lookback' --data shop.csv --lookback 200
check 'a far horizon' refuses 'choose a smaller --horizon' --data shop.csv --horizon 50
check 'a long season' refuses 'season of 200 steps' --data shop.csv --season 200
check 'an unknown column' refuses 'no values called "cost"' --data shop.csv --columns cost
check 'a size of 0' refuses 'horizon' --horizon 0
check 'an unknown option' refuses 'nonsense' --nonsense
check 'quick and full' refuses 'exclude' --quick --full
check 'unwritable folder' refuses 'not a folder' --data shop.csv --out shop.csv/below
check 'divergence' refuses 'diverged' --data shop.csv "${small[@]}" --lr 10 --clip 1000000 --weight-decay 10

report
