#!/usr/bin/env bash
# Runs lesson 5 as a user would: every option, its results, Ctrl-C, and bad input.
#   lesson_05_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
lesson=$programs/05_lstm
refuses() { refused_by 05_lstm "$@"; }
out=out/05_lstm

# ---- what it shows and leaves
check 'it runs' exits 0 "$lesson" --quick --threads 1
check 'the cells are equal' grep -q '^They are equal' log
check 'there is a verdict for each task' [ "$(grep -c '^[a-z]*, T = [0-9]*: RNN .*; LSTM .*; GRU ' log)" -eq 2 ]
check 'one seed is called preliminary' grep -q 'preliminary' log
check 'the baselines stand there' [ "$(grep -c '^no memory .*100 %' log)" -eq 2 ]
check 'it says how long it will take' grep -q 'at most [0-9]*:[0-9][0-9]$' log
check 'the reach of four states' [ "$(grep -c ', on [hc]_t ' log)" -eq 4 ]
for picture in curves solved reach gates; do
  check "it draws $picture" png "$out/$picture.png"
done
for key in settings equality sequence_f64 analytic on_test_sequences solved of_seeds test_loss \
  steps_to_solve untrained duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key\"" "$out/metrics.json"
done

# ---- a task that is solved, and again with two threads
learn=(--adding 4 --copying '' --cells lstm --hidden 12 --steps 600 --lr 0.02 --clip 2 --batch 16
  --start one --seed 3 --seeds 3)
check 'it takes every option' exits 0 "$lesson" "${learn[@]}" --threads 1 --out first
check 'and solves a short task' grep -q '^adding, T = 4: LSTM solves it\.' log
check 'in fewer steps' grep -q -E '^LSTM +[0-9,]+ +3 of 3 +[0-9]+ ± [0-9]+' log
check 'it runs again with two threads' exits 0 "$lesson" "${learn[@]}" --threads 2 --out second
check 'with the same scores' cmp <(scores first/metrics.json) <(scores second/metrics.json)
small=(--quick --threads 1 --steps 2)
check 'copying alone' exits 0 "$lesson" "${small[@]}" --adding '' --copying 2,5 --out copying
check 'has no gates to show' [ ! -e copying/gates.png ]
check 'no LSTM' exits 0 "$lesson" "${small[@]}" --cells gru,rnn --start plain --out others
check 'has no gates either' [ ! -e others/gates.png ]
check '--full goes farther' exits 0 "$lesson" --full --threads 1 --steps 1 --hidden 1 --batch 1 \
  --seeds 1 --cells rnn --copying '' --out full
check 'to 1000 steps' grep -q '^adding, T = 1000: RNN' log
check 'it runs on simt' runs_on_simt "$lesson" "${small[@]}" --cells lstm --adding 3 --copying '' \
  --batch 2
long=("$lesson" --adding 5 --copying '' --cells rnn --hidden 4 --threads 1 --steps 10000)
check 'Ctrl-C ends it' stopped . "${long[@]}" --out stopped
check 'and says how to go on' grep -q 'interrupted: .* --resume goes on' log
check 'it goes on' exits 0 "${long[@]}" --out stopped --resume
check 'a run that is not stopped' exits 0 "${long[@]}" --out whole
check 'has the same scores' cmp <(scores stopped/metrics.json) <(scores whole/metrics.json)
check 'other settings' refuses 'other data or settings' "${long[@]:1}" --resume --out whole --lr 0.1
check 'help' exits 0 "$lesson" --help

# ---- bad input
check 'a distance of 1' refuses 'adding: expected whole numbers from 2' --adding 1
check 'no number' refuses 'copying: expected whole numbers' --copying 5,many
check 'an unknown cell' refuses 'cells: expected some of rnn, lstm, gru' --cells lstm,qrnn
check 'nothing to do' refuses 'both --adding and --copying are empty' --adding '' --copying ''
check 'an unknown start' refuses 'start' --start warm
check 'a size of 0' refuses 'batch' --batch 0
check 'quick and full' refuses 'exclude' --quick --full

report
