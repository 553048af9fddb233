#!/usr/bin/env bash
# Runs lessons 1 and 2 as a user would, on small data: results, pictures, Ctrl-C and --resume,
# and one line with exit code 2 for each kind of bad input.
#   lessons_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
refuses() { refused_by 02_text_generation "$@"; }

for i in $(seq 1 300); do echo "Line $i: a text to learn from, with the number $((i * i % 97))."; done >text
train=("$programs/02_text_generation" --quick --data text --window 16 --batch 8 --threads 1)

# ---- lesson 1
check 'lesson 1 runs' exits 0 "$programs/01_basic_rnn_cell" --quick
check 'its tape agrees' grep -q 'All three agree' log
for picture in evolution initialisation; do
  check "lesson 1 draws $picture" png "out/01_basic_rnn_cell/$picture.png"
done
check 'it runs on simt' runs_on_simt "$programs/01_basic_rnn_cell" --quick
check 'lesson 1 writes its metrics' grep -q '"seed": 1' out/01_basic_rnn_cell/metrics.json

# ---- lesson 2: what it leaves
check 'lesson 2 runs' exits 0 "${train[@]}" --epochs 2
for picture in loss samples temperatures copying; do
  check "lesson 2 draws $picture" png "out/02_text_generation/$picture.png"
done
for key in settings sha256 validation_nats 5-gram_nats duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key\"" out/02_text_generation/metrics.json
done
check 'the verdict is there' grep -q -E 'beats the best n-gram|did not beat the best n-gram' log

check 'it runs on simt' runs_on_simt "${train[@]}" --characters 4000 --hidden 8

# ---- the same numbers again: another run, two threads, and a run that was stopped and resumed
scores out/02_text_generation/metrics.json >first
check 'it runs with two threads' exits 0 "${train[@]}" --epochs 2 --threads 2 --out again
check 'two threads give the same scores' cmp first <(scores again/metrics.json)
slow=("${train[@]}" --epochs 2 --window 4 --hidden 96 --layers 2)  # a second: time to press Ctrl-C
"${slow[@]}" --out whole >log 2>&1
check 'Ctrl-C ends with 130' stopped stopped "${slow[@]}" --out stopped
check 'it says how to go on' grep -q -e '--resume' log
check 'it resumes' exits 0 "${slow[@]}" --out stopped --resume
check 'a resumed run gives the same scores' \
  cmp <(scores whole/metrics.json) <(scores stopped/metrics.json)

# ---- writing with the model
interact() {
  printf 'Line\n' | "$programs/02_text_generation" --interactive --out again --length 20 >log 2>&1 &&
    grep -q '^Line.' log
}
check 'it writes from a prompt' interact

# ---- bad input
printf 'abc' >short
: >empty
printf 'good\nbad \xff byte\n' >latin1
head -c 300 again/model.safetensors >damaged
mkdir -p broken other && cp damaged broken/model.safetensors && cp again/*.safetensors other/
check 'missing data' refuses 'nowhere' --data nowhere
check 'empty data' refuses 'empty' --data empty
check 'invalid UTF-8' refuses 'line 2' --data latin1
check 'short text' refuses 'too' --data short
check 'text shorter than a window' refuses 'too short' --data text --batch 4096 --window 4096
check 'unknown option' refuses 'nonsense' --nonsense
check 'a size of 0' refuses 'hidden' --hidden 0
check 'a huge size' refuses 'hidden' --hidden 1000000000
check 'no number' refuses 'epochs' --epochs many
check 'unknown cell' refuses 'cell' --cell elman
check 'unknown device' refuses 'device' --device tpu
check 'device that is not there' refuses 'cuda' --device cuda --data text
check 'nothing to resume' refuses 'resume' --resume --data text
check 'no model yet' refuses 'train one first' --interactive
check 'unwritable folder' refuses 'not a folder' --data text --out text/below
check 'damaged model' refuses 'broken/model.safetensors' --interactive --out broken
check 'other settings' refuses 'other data or settings' --resume --out other --data text --quick
check 'help' exits 0 "$programs/02_text_generation" --help

report
