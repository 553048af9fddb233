#!/usr/bin/env bash
# Runs lesson 9 as a user would: every kind of attention, its results, Ctrl-C and --resume, and bad input.
#   lesson_09_test.sh FOLDER     the folder of the built programs, build/release/lessons
set -u
# shellcheck source-path=SCRIPTDIR source=lesson_checks.sh
source "$(dirname -- "$(readlink -f -- "$0")")/lesson_checks.sh"
lesson=$programs/09_attention
refuses() { refused_by 09_attention "$@"; }

# Sentences whose translations have the words in reverse.
words=(red blue old new big)
translated=(rouge bleu vieux neuf grand)
for i in $(seq 0 59); do
  a=$((i % 5)) b=$((i / 5 % 5)) c=$((i * 7 / 3 % 5))
  printf '%s %s %s\t%s %s %s\n' "${words[a]}" "${words[b]}" "${words[c]}" \
    "${translated[c]}" "${translated[b]}" "${translated[a]}"
done | sort -u >pairs.tsv
small=(--threads 1 --epochs 2 --hidden 4 --embedding 3 --data pairs.tsv)

# ---- its own sentences
check 'it runs' exits 0 "$lesson" --quick --threads 1 --pairs 60 --beam 1 --attention none,dot
check 'it says how long it will take' grep -q 'at most [0-9]*:[0-9][0-9]$' log
for row in 'copy the source' 'word for word' none dot 'the diagonal' 'IBM Model 1' 'best possible'; do
  check "there is a row for $row" grep -q "^$row  *[0-9,.]*  *[0-9,.]*" log
done
check 'BLEU with its signature' grep -q 'BLEU nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:' log
check 'by length' grep -q '^BLEU (beam) by words of the source  *[0-9–]*  *[0-9–]*  *[0-9–]*  *[0-9–]*$' log
check 'two verdicts' [ "$(grep -c -E '^  dot against none, .*(better|worse|no difference)$' log)" -eq 2 ]
check 'one seed is called preliminary' grep -q 'preliminary' log
for picture in training scores lengths maps kinds entropy alignment; do
  check "it draws $picture" png "out/09_attention/$picture.png"
done
for key in settings sha256 'IBM Model 1' none dot parameters greedy beam chrf exact bleu_by_length attention_entropy \
  error_rate 'word for word' best_epoch standard_error bleu_signature duration_seconds; do
  check "metrics.json has $key" grep -q "\"$key\"" out/09_attention/metrics.json
done

# ---- sentences of the user's, the other kinds, the same numbers again
options=("${small[@]}" --cell lstm --layers 2 --attention 'none,additive+feeding' --tokenize none
  --seeds 3 --seed 5 --beam 2 --batch 16)
check 'three seeds' exits 0 "$lesson" "${options[@]}" --out first
check 'are not preliminary' [ "$(grep -c preliminary log)" -eq 0 ]
check 'nothing is said of alignments' [ "$(grep -c 'IBM Model 1' log)" -eq 0 ]
check 'no alignment is drawn' [ ! -e first/alignment.png ]
check 'it runs again with two threads' exits 0 "$lesson" "${options[@]}" --threads 2 --out second
check 'with the same scores' cmp <(scores first/metrics.json) <(scores second/metrics.json)
check 'on simt' runs_on_simt "$lesson" "${small[@]}" --epochs 1 --attention scaled-dot
check 'pieces of words' exits 0 "$lesson" "${small[@]}" --epochs 1 --bpe 5 --attention general --out pieces
check 'without any attention' exits 0 "$lesson" "${small[@]}" --epochs 1 --attention none --out bare
check 'there are no maps' [ ! -e bare/maps.png ]
long=("$lesson" "${small[@]}" --attention dot --epochs 300 --patience 300 --out stopped)
check 'Ctrl-C ends it' stopped . "${long[@]}"
check 'it goes on' stopped . "${long[@]}" --resume
check 'help' exits 0 "$lesson" --help

# ---- bad input
check 'an unknown kind' refuses "got 'soft'" --attention none,soft
check 'feeding without attention' refuses "got 'none+feeding'" --attention none+feeding
check 'a kind twice' refuses "'dot' comes twice" --attention dot,none,dot
check 'no kind' refuses 'at least one kind' --attention ''
check 'missing data' refuses 'nowhere' --data nowhere
sed '3s/\t/ /' pairs.tsv >tabless.tsv
check 'no tab' refuses 'tabless.tsv:3' --data tabless.tsv

report
