#!/usr/bin/env bash
# A contender for compare_test.sh that misbehaves in some way. Usage: fake_peer.sh HOW [UNROLL_PEER]
how=$1

if [ "$how" = missing ]; then
  echo '{"missing": "no module named fake"}'
  exit
fi
if [ "$how" = dying ]; then  # it prepares well, and is gone when it should run
  coproc real { "$2"; }
  read -r line <&"${real[0]}"
  echo "$line"
  while read -r line; do
    [[ $line != *'"command":"run"'* ]] || kill -9 $$
    echo "$line" >&"${real[1]}"
    read -r line <&"${real[0]}"
    echo "$line"
  done
fi
echo "{\"version\": \"0.1\", \"threads\": $OMP_NUM_THREADS, \"settings\": {}}"
while read -r line; do
  if [[ ! $line =~ \"m\":([0-9]+),\"n\":([0-9]+).*\"results\":\"([^\"]*)\" ]]; then
    echo '{"unsupported": "a layer"}'
    continue
  fi
  case $how in
    unable) echo '{"unsupported": "it cannot multiply"}' ;;
    babbling) echo 'I am ready.' ;;
    failing) echo '{"error": "out of ideas"}' ;;
    wrong)
      head -c $((4 * BASH_REMATCH[1] * BASH_REMATCH[2])) /dev/zero >"${BASH_REMATCH[3]}"
      echo '{"ready": true}'
      ;;
    short)
      echo short >"${BASH_REMATCH[3]}"
      echo '{"ready": true}'
      ;;
  esac
done
