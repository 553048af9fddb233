#!/usr/bin/env bash
# Runs lesson 13 as a user would: every option, its results, no look-ahead, Ctrl-C, and bad input.
#   lesson_13_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
lesson=$programs/13_stock_prices
refuses() { refused_by 13_stock_prices "$@"; }

# stock DAYS: made-up daily prices; from day `wild` on they are others.
stock() {
  awk -v days="$1" -v wild="${2:-100000}" 'BEGIN {
    print "Date,Open,High,Low,Close,Adj Close,Volume"
    close_ = 50
    for (day = 0; day < days; ++day) {
      open_ = close_
      close_ *= 1 + 0.02 * sin(day * day * 0.7) + (day < wild ? 0.0005 : 0.03 * sin(day))
      high = (open_ > close_ ? open_ : close_) * 1.005
      low = (open_ < close_ ? open_ : close_) * 0.995
      printf "%d-%02d-%02d,%.4f,%.4f,%.4f,%.4f,%.4f,%d\n", 2001 + int(day / 336), int(day / 28) % 12 + 1,
        day % 28 + 1, open_, high, low, close_, close_ / 2, 1000 + day * 77 % 500
    }
  }'
}
mkdir prices
stock 280 >prices/one.csv
stock 300 >prices/two.csv
small=(--threads 1 --steps 15 --hidden 4 --lookback 3 --horizon 2 --folds 2)

# ---- its own data
check 'it runs' exits 0 "$lesson" --quick --threads 1
for series in DAX SMI CAC FTSE 'random walk' control; do
  check "it forecasts $series" grep -q "^$series " log
done
for row in 'last value' drift majority 'AR(1)' LSTM 'DAX, EWMA' 'DAX, buy and hold'; do
  check "there is a row for $row" grep -q "^$row " log
done
check 'it says what was found' grep -q 'allowing for the 30 claims' log
check 'nothing is found in the walk' grep -q '^random walk .* nothing$' log
check 'one seed is called preliminary' grep -q 'preliminary' log
check 'it says how long it will take' grep -q 'about [0-9]*:[0-9][0-9]$' log
for picture in forecasts equity calibration claims training indicators; do
  check "it draws $picture" png "out/13_stock_prices/$picture.png"
done
for key in settings sha256 test_from 'last value' mape_percent direction_accuracy_percent \
  interval_coverage_percent pinball_percent diebold_mariano p_adjusted sharpe max_drawdown \
  value_at_risk_95 best_step duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key\"" out/13_stock_prices/metrics.json
done

# ---- data of the user's, every option, the same numbers again
options=("${small[@]}" --data prices --cell gru --layers 2 --head quantile --batch 8 --lr 0.01
  --clip 0.5 --weight-decay 0 --costs 1 --slippage 0 --delay 1 --signal 0.5 --seed 3 --seeds 3)
check 'it takes every option' exits 0 "$lesson" "${options[@]}" --out first
check 'it reads each file of a folder' grep -q '^two: 300 days from 2001-01-01, with high and low' log
check 'three seeds are not preliminary' [ "$(grep -c preliminary log)" -eq 0 ]
check 'with their deviation' grep -q '^GRU .* ± ' log
check 'high and low become features' grep -q '"ATR"' first/metrics.json
check 'it runs again with two threads' exits 0 "$lesson" "${options[@]}" --threads 2 --out second
check 'with the same scores' cmp <(scores first/metrics.json) <(scores second/metrics.json)
check 'and the same forecasts' cmp first/forecasts.csv second/forecasts.csv
check 'it runs on simt' runs_on_simt "$lesson" "${small[@]}" --steps 2 --seeds 1 --data prices/one.csv

# ---- no look-ahead: other prices from day 165 on, and what was held until then stays the same
stock 280 165 >other.csv
alike=("${small[@]}" --steps 60 --lr 0.02 --seeds 1 --signal 0 --costs 0 --slippage 0)
cp prices/one.csv same.csv
check 'prices as they are' exits 0 "$lesson" "${alike[@]}" --data same.csv --out known
cp other.csv same.csv
check 'without a signal there is no control' grep -q 'no control' log
check 'prices that change' exits 0 "$lesson" "${alike[@]}" --data same.csv --out changed
until_then() { awk -F, '$1 == "same" && $2 < "2001-06-26"' "$1/forecasts.csv"; }
after() { awk -F, '$1 == "same" && $2 >= "2001-06-26"' "$1/forecasts.csv" | cut -d, -f7; }
check 'many days are known' [ "$(until_then known | wc -l)" -gt 20 ]
check 'positions are taken in them' [ "$(until_then known | cut -d, -f7 | sort -u | wc -l)" -ge 2 ]
check 'tomorrow changes nothing today' cmp <(until_then known) <(until_then changed)
check 'it changes what comes after' [ "$(after known)" != "$(after changed)" ]

check 'Ctrl-C ends it' stopped . "$lesson" "${small[@]}" --steps 3000 --seeds 1 --data prices \
  --out stopped
check 'and says that nothing was saved' grep -q 'interrupted: .*start again' log
check 'help' exits 0 "$lesson" --help

# ---- bad input
mkdir none
head -n 60 prices/one.csv >short.csv
awk -F, -v OFS=, 'NR == 9 { $5 = 0 } 1' prices/one.csv >zero.csv
awk -F, -v OFS=, 'NR == 9 { $3 = 1 } 1' prices/one.csv >low.csv
awk -F, -v OFS=, 'NR == 9 { $4 = "null" } 1' prices/one.csv >word.csv
awk -F, -v OFS=, 'NR > 1 { $5 = 7; $2 = 7; $3 = 7; $4 = 7; $6 = 7 } 1' prices/one.csv >flat.csv
sed 9d prices/one.csv | tac >backwards.csv
tail -n +2 prices/one.csv >nameless.csv
check 'missing data' refuses 'no file or folder nowhere' --data nowhere
check 'an empty folder' refuses 'expected .csv files in the folder' --data none
check 'no names' refuses 'nameless.csv:1: expected the names' --data nameless.csv
check 'a price of 0' refuses 'zero.csv:9: expected a positive price in column "Close"' --data zero.csv
check 'a high that is low' refuses 'low.csv:9: expected open and close between' --data low.csv
check 'no number' refuses 'word.csv:9: expected a number in column "Low"' --data word.csv
check 'nothing happens' refuses 'does not move' --data flat.csv "${small[@]}"
check 'backwards' refuses 'backwards.csv:' --data backwards.csv
check 'a short series' refuses 'short: .* days are too few' --data short.csv
check 'many folds' refuses 'choose fewer --folds' --data prices --folds 50
check 'an unknown head' refuses 'head' --head tail
check 'quick and full' refuses 'exclude' --quick --full
check 'unwritable folder' refuses 'not a folder' --data prices --out prices/one.csv/below
check 'divergence' refuses 'diverged' --data prices "${small[@]}" --head quantile --lr 10 \
  --clip 1000000 --weight-decay 10 --steps 400

report
