#!/usr/bin/env bash
# Test of ./unroll bench compare. Usage: compare_test.sh PROGRAM
#
# It runs small cases with contenders that are wrong, die, babble or are not there, beside one that
# is unroll once more; then it interrupts and kills the program, which must leave no process behind.
set -u

program=$(readlink -f -- "$1") || exit 2
fake=$(cd -- "$(dirname -- "$0")" && pwd)/fake_peer.sh
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
export OMP_WAIT_POLICY=passive TMPDIR=$work
failed=0

complain() {
  echo "FAILED: $1"
  failed=1
}

# has FILE TEXT
has() { grep -qF -- "$2" "$1" || complain "'$2' is not in $1: $(head -c 5000 "$1")"; }

# refuses WORDS ARGUMENT...: exit code 2, a message that has WORDS, and nothing written.
refuses() {
  local words=$1 status
  shift
  "$program" "$@" >stdout 2>stderr </dev/null
  status=$?
  [ "$status" -eq 2 ] || complain "$*: exit code $status, expected 2"
  has stderr "$words"
  [ ! -e out ] || complain "$*: left a folder behind"
}

# peers: the processes of contenders that were started here, by an argument that they have.
peers() { grep -lF -- "$work/mark" /proc/[0-9]*/cmdline 2>/dev/null; }

peer() {  # peer ID COMMAND: an entry of the list
  printf '{"id": "%s", "title": "The %s one", "command": [%s], "install": "install-%s"}' \
    "$1" "$1" "$2" "$1"
}

{
  printf '[%s' "$(peer unroll '"{programs}/unroll_peer", "'"$work/mark"'"')"
  printf ',\n%s' "$(peer again '"{programs}/unroll_peer", "'"$work/mark"'"')"
  printf ',\n%s' "$(peer absent '"/nonexistent/peer"')"
  for how in missing dying unable babbling failing wrong short; do
    printf ',\n%s' "$(peer $how "\"$fake\", \"$how\", \"{programs}/unroll_peer\"")"
  done
  echo ']'
} >peers.json

refuses 'unknown cell' --cell tree
refuses '--threads' --threads 0
refuses 'regular expression' --only '('
refuses 'no case matches' --only nothing
refuses 'no such contender' --peers matlab
refuses 'cannot write' --json missing/run.json
refuses 'cannot read' --from missing.json
refuses '--json FILE' --resume
refuses 'cannot read' --baseline missing.json
refuses '--help' --fast
"$program" --help | grep -qF -- '--baseline FILE' || complain 'there is no help'
[ "$("$program" --list --cell gemm,lstm --threads 2 | wc -l)" -eq 86 ] ||
  complain "not 26 products and 60 layers: $("$program" --list --cell gemm,lstm --threads 2)"

# A layer and three products.
"$program" --threads 1 --only 'rnn/training/hidden:64/batch:1/|gemm/m:(1|4|16)/n:256/' \
  --peer-list peers.json --json run.json >report 2>progress || complain "exit code $?: $(cat progress)"
has progress 'The absent one is missing'
has report 'The absent one is missing: /nonexistent/peer is not there; to install it: install-absent'
has report 'The missing one is missing: no module named fake; to install it: install-missing'
has run.json '"problem": "wrong: output differs from ours by 1 of its largest number"'
has run.json '"problem": "it was ended by signal 9"'
has run.json '"problem": "it failed before"'
has run.json '"problem": "it cannot multiply"'
has run.json '"problem": "expected a line of JSON, got: I am ready."'
has run.json '"problem": "out of ideas"'
has run.json '"problem": "its results have another size"'
grep -qE 'size .* The again one +The dying one .* The wrong one' report || complain "no table: $(cat report)"
grep -qE '^4 × 256 × 64 .* [0-9.~]+ +failed .* wrong' report || complain "no row: $(cat report)"
[ "$(grep -c '"times_ours"' run.json)" -eq 8 ] || complain 'not two contenders in four cases were timed'
[ "$(head -c 4 out/compare/threads_1.png | tail -c 3)" = PNG ] || complain 'there is no picture'
[ -z "$(ls -d unroll-compare-* 2>/dev/null)" ] || complain 'the arrays were left behind'

"$program" --from run.json --baseline run.json >again 2>progress || complain "--from: $(cat progress)"
diff <(head -n "$(wc -l <report)" again) report || complain '--from shows something else'
has again '1.00×  RNN, training'

# Ctrl-C keeps what was measured, and --resume adds to it.
again=(--threads 1 --peer-list peers.json --peers again --json part.json)
"$program" "${again[@]}" --only gemm >report 2>progress &
for ((i = 0; i < 600; ++i)); do
  [ ! -e part.json ] || break
  sleep 0.05
done
kill -s INT $!
wait $!
[ $? -eq 130 ] || complain "Ctrl-C after a case: $(cat progress)"
has progress 'the same command with --resume'
grep -q '^1 × 256 × 64 ' report || complain "no table of what was measured: $(cat report)"
finished=$(grep -c '"name"' part.json)
"$program" "${again[@]}" --only 'gemm/m:(1|64)/n:256/' --resume >report 2>progress ||
  complain "--resume: $(cat progress)"
[ "$(grep -c '"name"' part.json)" -gt "$finished" ] || complain '--resume added nothing'
[ -z "$(grep '"name"' part.json | sort | uniq -d)" ] || complain '--resume measured a case again'
grep -q '^64 × 256 × 64 ' report || complain "--resume shows no case of its own: $(cat report)"

# Ctrl-C, then a kill that it cannot notice.
for signal in INT KILL; do
  "$program" --peer-list peers.json --peers again --cell lstm --json "$signal.json" >/dev/null 2>stderr &
  for ((i = 0; i < 600; ++i)); do
    [ "$(peers | wc -l)" -lt 2 ] || break
    sleep 0.05
  done
  [ "$(peers | wc -l)" -eq 2 ] || complain 'two contenders did not start'
  sleep 0.2
  kill -s "$signal" $!
  { wait $!; } 2>/dev/null
  status=$?
  [ "$signal" != INT ] || [ "$status" -eq 130 ] || complain "exit code $status after Ctrl-C: $(cat stderr)"
  for ((i = 0; i < 600; ++i)); do
    [ -n "$(peers)" ] || break
    sleep 0.05
  done
  [ -z "$(peers)" ] || complain "contenders are left after SIG$signal"
  [ ! -e "$signal.json" ] || complain "SIG$signal left a file"
done
[ "$failed" -eq 0 ] || exit 1
echo 'The comparison works.'
