#!/usr/bin/env bash
# Tests of ./unroll data, against a server on this machine that speaks HTTPS.
#   data_test.sh CHECKOUT
#
# The launcher is copied and its list of data sets extended by some of the server's. The server
# sends files as they are, headers included, so that any answer can be given.
set -u
checkout=$(cd -- "$1" && pwd) || exit 2
work=$(mktemp -d) || exit 2
server=''
trap '[ -z "$server" ] || kill "$server"; rm -rf -- "$work"' EXIT
mkdir -p "$work/project/cmake" "$work/served" && cd -- "$work" || exit 2
cp "$checkout/unroll" project && cp -r "$checkout/cmake/launcher" project/cmake || exit 2
unset UNROLL_DATA
export no_proxy='*'
passed=0
failed=0

check() {  # check NAME COMMAND...
  if "${@:2}"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n  out: %s\n  err: %s\n' "$1" "$(cat out)" "$(cat err)"
  fi
}

# fetch CODE WORDS NAME...: ./unroll data NAME... ends with that code and says these words, in one
# line if it fails.
fetch() {
  ./project/unroll data "${@:3}" >out 2>err
  [ $? -eq "$1" ] && grep -q -e "$2" err && { [ "$1" -eq 0 ] || [ "$(grep -c '^unroll:' err)" -eq 1 ]; }
}

lists() { ./project/unroll data >out 2>err && grep -q -e "$1" out; }
nothing_of() { [ ! -e "project/data/$1" ]; }
leaves_no_parts() { [ -z "$(find project -name '*.part*')" ]; }

# ---- the server and its data sets

respond() {  # respond FILE STATUS [HEADER...]: a response whose body is standard input
  {
    printf 'HTTP/1.1 %s\r\n' "$2"
    [ $# -lt 3 ] || printf '%s\r\n' "${@:3}"
    printf 'Connection: close\r\n\r\n'
    cat
  } >"served/$1"
}

start_server() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost >/dev/null 2>&1 || return
  (cd served && exec openssl s_server -accept localhost:0 -key ../key.pem -cert ../cert.pem -HTTP) \
    >server.log 2>&1 </dev/null &
  server=$!
  for _ in $(seq 1 200); do
    port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' server.log)
    [ -z "$port" ] || return 0
    sleep 0.05
  done
  return 1
}

start_server || {
  echo 'cannot start a server with openssl'
  exit 1
}
export CURL_CA_BUNDLE=$work/cert.pem
here=https://localhost:$port

body='ten bytes.'
sum=$(printf %s "$body" | sha256sum | cut -d' ' -f1)
printf %s "$body" | respond whole '200 OK' 'Content-Length: 10'
printf %s 'ten bytes!' | respond other '200 OK' 'Content-Length: 10'
printf %s 'ten' | respond truncated '200 OK' 'Content-Length: 10'
printf %s 'ten' | respond short '200 OK' 'Content-Length: 3'
printf %s "$body and more" | respond long '200 OK' 'Content-Length: 19'
printf %s "$body and more" | respond endless '200 OK'
: | respond redirect '302 Found' "Location: $here/whole" 'Content-Length: 0'
: | respond plain '302 Found' "Location: http://localhost:$port/whole" 'Content-Length: 0'
: | respond circle '302 Found' "Location: $here/circle" 'Content-Length: 0'
: | respond gone '404 Not Found' 'Content-Length: 0'
{
  echo 'DATA_SETS+=('
  for name in whole other truncated short long endless redirect plain circle gone; do
    echo "  '$name|text.txt|10|$sum|$here/$name|ours|2|a test'"
  done
  echo "  'nowhere|text.txt|10|$sum|https://localhost:1/x|ours|2|a test'"
  echo "  'nobody|text.txt|10|$sum|https://unroll.invalid/x|ours|2|a test'"
  echo "  'unsafe|text.txt|10|$sum|http://localhost:$port/whole|ours|2|a test'"
  echo "  'two|a.txt|10|$sum|$here/whole|ours|2|two files'"
  echo "  'two|b.txt|10|$sum|$here/redirect|ours|2|two files'"
  echo ')'
} >>project/cmake/launcher/data.sh

# ---- the list

check 'it lists' lists 'tinyshakespeare: '
check 'with the size' lists 'input.txt, 1115394 bytes, not fetched'
check 'with the licence and the lesson' lists 'lesson 2, 10, 11, licence: public domain'
check 'with the SHA-256' lists 'SHA-256 86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed'
well_formed() {  # every set of the checkout's own list has all its fields
  bash -c 'ROOT=x; source "$1"; printf "%s\n" "${DATA_SETS[@]}"' _ "$checkout/cmake/launcher/data.sh" |
    grep -v -q -E '^[a-z0-9_]+\|[A-Za-z0-9_.]+\|[0-9]+\|[0-9a-f]{64}\|https://[^|]+\|[^|]+\|[0-9, ]+\|[^|]+$'
  [ $? -eq 1 ]
}
check 'the list is well-formed' well_formed

# ---- what works

check 'it fetches' fetch 0 'has the right size and SHA-256' whole
check 'what was sent' cmp -s project/data/whole/text.txt <(printf %s "$body")
check 'the list says so' lists 'text.txt, 10 bytes, fetched'
check 'it fetches once' fetch 0 'is there already' whole
printf %s 'spoiled' >project/data/whole/text.txt
check 'it fetches what was spoiled' fetch 0 'has the right size' whole
check 'it follows a redirect' fetch 0 'has the right size' redirect
check 'it fetches several files, and several sets' fetch 0 'two: .*b.txt has the right' two redirect
check 'both files are there' cmp -s project/data/two/a.txt project/data/two/b.txt
UNROLL_DATA="$work/my data" check 'UNROLL_DATA moves the folder' fetch 0 'has the right size' whole
check 'there' [ -s 'my data/whole/text.txt' ]
UNROLL_DATA="$work/my data" check 'which the list names' lists "my data"

# ---- what does not

refused() {  # refused NAME WORDS: it fails, and nothing is left
  fetch 1 "$2" "$1" && nothing_of "$1" && leaves_no_parts
}
check 'a wrong hash' refused other 'another SHA-256 than expected'
check 'a download that is cut off' refused truncated 'nothing was kept'
check 'a file that is too short' refused short 'has 3 bytes, expected 10'
check 'a file that is too long' refused long 'nothing was kept'
check 'one that does not say how long it is' refused endless 'nothing was kept'
check 'a redirect to http' refused plain 'curl: (1) '
check 'an address without https' refused unsafe 'curl: (1) '
check 'a redirect in a circle' refused circle 'nothing was kept'
check 'a file that is gone' refused gone '404'
check 'no server' refused nowhere 'cannot fetch https://localhost:1/x: curl'
check 'no such host' refused nobody 'cannot fetch https://unroll.invalid/x: curl'
rm -r project/data/whole
CURL_CA_BUNDLE=/dev/null check 'a certificate that nobody signed' refused whole 'nothing was kept'
mkdir project/data/whole
printf %s 'kept' >project/data/whole/text.txt
cp served/whole kept && cp served/other served/whole
check 'a failed fetch leaves the older file' fetch 1 'another SHA-256' whole
check 'as it was' cmp -s project/data/whole/text.txt <(printf %s kept)
mv kept served/whole
check 'an unknown set' fetch 2 "there is no data set 'poems'" poems
check 'a known and an unknown one' fetch 2 "there is no data set '../x'" whole ../x
: >a_file
UNROLL_DATA="$work/a_file/below" check 'a folder that cannot be' fetch 2 'cannot write to' whole

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
