#!/usr/bin/env bash
# Runs lesson 8 as a user would: every option, its results, Ctrl-C and --resume, and bad input.
#   lesson_08_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
lesson=$programs/08_sequence_to_sequence
refuses() { refused_by 08_sequence_to_sequence "$@"; }

# Pairs in both forms: each word has its translation, in the other order.
for i in $(seq 0 119); do
  a=$((i % 7)) b=$((i * 3 % 11)) c=$((i * 5 % 13))
  printf 'a%d b%d c%d-%d.\tz%d l'\''y%d x%d.\n' "$a" "$b" "$c" "$i" "$c" "$b" "$a" >>pairs.tsv
done
head -n 90 pairs.tsv | cut -f1 >train.en
head -n 90 pairs.tsv | cut -f2 >train.fr
tail -n 15 pairs.tsv | cut -f1 >test.en
tail -n 15 pairs.tsv | cut -f2 >test.fr
files=(--source train.en --target train.fr --test-source test.en --test-target test.fr)
small=(--threads 1 --epochs 2 --hidden 4 --embedding 6)

# ---- its own grammar
check 'it runs' exits 0 "$lesson" --quick --threads 1
check 'it says how long it will take' grep -q 'at most [0-9]*:[0-9][0-9]$' log
for row in 'copy the source' 'word for word' 'network, greedy' 'network, beam 4' 'negation' 'elision'; do
  check "there is a row for $row" grep -q "^$row " log
done
check 'the signature of BLEU' grep -q 'tok:13a|smooth:exp' log
check 'there are three verdicts' [ "$(grep -c -E ' against .* BLEU: (better|worse|no difference)$' log)" -eq 3 ]
check 'one seed is called preliminary' grep -q 'preliminary' log
for picture in training scores lengths phenomena beam contexts samples; do
  check "it draws $picture" png "out/08_sequence_to_sequence/$picture.png"
done
for key in settings sha256 bleu_signature 'copy the source' 'word for word' bleu_by_source_words chrf exact_match \
  own_words_share best_epoch bleu_by_phenomenon validation_bleu_by_beam bootstrap_error duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key\"" out/08_sequence_to_sequence/metrics.json
done
interact() {
  printf 'the dog sees the zebra.\n\n' | "$lesson" --interactive --out "$1" >log 2>&1 && grep -q '^  greedy ' log &&
    grep -q '^  beam 4 ' log
}
check 'it translates what is typed' interact out/08_sequence_to_sequence
check 'and says what it does not know' grep -q '1 word(s) were not known' log
check '--full has more seeds' exits 0 "$lesson" --full --pairs 50 "${small[@]}" --epochs 1 --seeds 2 --out full

# ---- pairs of the user's, every option, the same numbers again
options=("${small[@]}" --data pairs.tsv --cell gru --layers 2 --context start --pairs 80 --min-count 2 --bpe 20
  --max-words 9 --tokenize none --batch 8 --lr 0.01 --clip 0.5 --dropout 0.1 --weight-decay 0 --label-smoothing 0.1
  --schedule sigmoid --own-words 0.5 --patience 1 --beam 2 --length-penalty 0.6 --seed 3 --seeds 3)
check 'it takes every option' exits 0 "$lesson" "${options[@]}" --out first
check 'three seeds are not preliminary' [ "$(grep -c preliminary log)" -eq 0 ]
check 'with their deviation' grep -q '^network, beam 2 .* ± ' log
check 'the other tokenizer' grep -q 'tok:none' log
check 'it runs again with two threads' exits 0 "$lesson" "${options[@]}" --threads 2 --out second
check 'with the same scores' cmp <(scores first/metrics.json) <(scores second/metrics.json)
check 'pieces are translated as well' interact first
check 'two files, on simt' runs_on_simt "$lesson" "${small[@]}" "${files[@]}" --epochs 1 --cell rnn
check 'whose test part is kept' grep -q ', 15 pairs .* to test' log
long=("$lesson" --data pairs.tsv --threads 1 --epochs 300 --patience 300 --out stopped)
check 'Ctrl-C ends it' stopped . "${long[@]}"
check 'and says how to go on' grep -q 'interrupted: stopped in epoch .* --resume goes on' log
check 'it goes on' stopped . "${long[@]}" --resume
check 'with the same settings alone' exits 2 "${long[@]}" --resume --lr 0.01
check 'which it says' grep -q 'other data or settings' errors
check 'help' exits 0 "$lesson" --help

# ---- bad input
sed '3s/\t/ /' pairs.tsv >tabless.tsv
head -n 5 pairs.tsv >few.tsv
head -n 80 train.fr >short.fr
sed '4s/.*//' train.fr >gap.fr
: >empty.tsv
mkdir -p broken && head -c 300 first/model.safetensors >broken/model.safetensors
check 'missing data' refuses 'no file or folder nowhere' --data nowhere
check 'an empty file' refuses 'empty.tsv is empty' --data empty.tsv
check 'no tab' refuses 'tabless.tsv:3: expected a sentence, a tab and its translation' --data tabless.tsv
check 'files of two lengths' refuses 'train.en has 90 lines and short.fr has 80' --source train.en --target short.fr
check 'an empty line' refuses 'gap.fr:4: the line is empty' --source train.en --target gap.fr
check 'half a pair' refuses 'source and --target: expected both or none' --source train.en
check 'half a test part' refuses 'test-source and --test-target' --source train.en --target train.fr --test-source test.en
check 'nothing to train on' refuses 'nothing to train on beside test.en' --test-source test.en --test-target test.fr
check 'too many ways' refuses 'exclude each other' --data pairs.tsv --source train.en --target train.fr
check 'an empty split' refuses 'too small' --data few.tsv
check 'no pair is short enough' refuses 'vocabulary needs words' --data pairs.tsv --max-words 1
check 'no generated pairs' refuses 'expected 1 to 1,000,000 generated pairs' --pairs 0
check 'too many generated pairs' refuses 'expected 1 to 1,000,000 generated pairs' --pairs 900000000
check 'an unknown schedule' refuses 'schedule' --schedule sometimes
check 'a beam of 0' refuses 'beam' --beam 0
check 'a size of 0' refuses 'hidden' --hidden 0
check 'an unknown option' refuses 'nonsense' --nonsense
check 'quick and full' refuses 'exclude' --quick --full
check 'unwritable folder' refuses 'not a folder' --data pairs.tsv --out pairs.tsv/below
check 'divergence' refuses 'diverged' --data pairs.tsv "${small[@]}" --epochs 20 --batch 4 --lr 10 --clip 1000000 --weight-decay 10
check 'nothing to resume' refuses 'there is no refused/training.safetensors' --data pairs.tsv --resume
check 'no model yet' refuses 'train one first' --interactive
check 'a damaged model' exits 2 "$lesson" --interactive --out broken

report
