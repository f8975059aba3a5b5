#!/bin/bash
# The exit status and messages of tfld-ctl where no daemon is. Argument: the program.
set -u
ctl=$1
dir=$(mktemp -d /tmp/tfld-ctl.XXXXXX)
trap 'rm -rf "$dir"' EXIT
failures=0

# expect STATUS TEXT COMMAND...: the exit status, and a piece of standard output or error.
expect() {
  local status=$1 text=$2 output actual
  shift 2
  output=$("$@" 2>&1)
  actual=$?
  if [[ $actual -ne $status || $output != *"$text"* ]]; then
    printf 'FAILED: %s\n  exit status %s, expected %s, with "%s"; output:\n%s\n' "$*" "$actual" "$status" "$text" "$output"
    failures=$((failures + 1))
  fi
}

expect 0 "Examples:" "$ctl" --help
expect 0 "tfld-ctl 0." "$ctl" --version
expect 0 "--stage-only" "$ctl" deploy --help
expect 2 "subcommand" "$ctl"
expect 2 "" "$ctl" nonsense
expect 2 "NAME" "$ctl" rollback
expect 2 "" "$ctl" activate model not-a-number
# Numbers are digits: what C would read as another number is refused.
for number in -1 +1 010 0x1 1.0 " 1" 18446744073709551616; do
  expect 2 "whole number from 1 on" "$ctl" activate m "$number"
  expect 2 "whole number from 1 on" "$ctl" deploy m "$0" --version "$number"
  expect 2 "whole number from 1 on" "$ctl" rollback m --to "$number"
  expect 2 "whole number from 1 on" "$ctl" remove m --version "$number"
  expect 2 "whole number from 1 on" "$ctl" label m stable "$number"
  expect 2 "whole number from 0 on" "$ctl" history m --limit "$number"
  expect 2 "whole number from 0 on" "$ctl" infer m --seed "$number"
  expect 2 "whole number from 0 on" "$ctl" bench m --seed "$number"
  expect 2 "whole number from 0 on" "$ctl" bench m --requests "$number"
  expect 2 "whole number from 1 to 4096" "$ctl" bench m --clients "$number"
  expect 2 "whole number from 1 to 4096" "$ctl" bench m --sweep "1,$number"
  expect 2 "whole number from 1 to" "$ctl" trace --rate "$number"
  for command in top watch trace; do
    expect 2 "whole number from 0 on" "$ctl" "$command" --count "$number"
  done
done
expect 2 "whole number from 1 on" "$ctl" activate m 0
for number in nan inf 1e400 0x1 1x; do
  for option in "bench m --seconds" "bench m --warmup" "bench m --rate" "bench m --timeout" "infer m --timeout" \
    "top --interval" "watch --seconds" "trace --seconds"; do
    # shellcheck disable=SC2086
    expect 2 "expected a number from" "$ctl" $option "$number"
  done
done
expect 2 "expected NAME=FILE" "$ctl" infer m --input window.npy
expect 2 "expected NAME=FILE" "$ctl" bench m --input x=window.npy --input window.npy
expect 3 "no daemon" "$ctl" --runtime-dir "$dir" infer m --seed 0
expect 3 "no daemon" "$ctl" --runtime-dir "$dir" activate m 18446744073709551615
expect 2 "VERSION, or --remove" "$ctl" label m stable
expect 2 "" "$ctl" label m stable 1 --remove
expect 2 "" "$ctl" label m --remove
expect 2 "" "$ctl" --output xml list
expect 2 "" "$ctl" bench
expect 2 "" "$ctl" bench m --clients 0
expect 2 "" "$ctl" bench m --transport pigeon
expect 2 "" "$ctl" trace --format pdf
expect 2 "a form of its own" "$ctl" --output json trace --format chrome
expect 2 "a form of its own" "$ctl" trace -o "$dir/trace" --output json
expect 3 "no daemon" "$ctl" --runtime-dir "$dir" --output table trace -o "$dir/trace" --format chrome
expect 2 "" "$ctl" top --interval 0
expect 2 "" "$ctl" log-level loud
for command in list status "status m" "history m" "activate m 1" "rollback m" "label m" "label m x 1" "remove m" "stats" "infer m" "metrics" \
  "bench m" "top --once" "watch" "trace" "log-level"; do
  # shellcheck disable=SC2086
  expect 3 "no daemon on $dir" "$ctl" --runtime-dir "$dir" $command
done
expect 3 '"code": "UNAVAILABLE"' "$ctl" --runtime-dir "$dir" --output json list
expect 3 '"code": "UNAVAILABLE"' "$ctl" --runtime-dir "$dir" bench m --json
expect 3 "no daemon" env TFLD_RUNTIME_DIR="$dir" "$ctl" list
expect 1 "nothing.tflite" "$ctl" --runtime-dir "$dir" deploy m "$dir/nothing.tflite"
expect 1 "has no model.tflite" "$ctl" package "$dir" -o "$dir/out"
printf 'some model' >"$dir/model.tflite"
expect 3 "no daemon" "$ctl" --runtime-dir "$dir" deploy m "$dir/model.tflite"
expect 0 "sha256" "$ctl" package "$dir" -o "$dir/out.tfld"
expect 0 "complete -o filenames" "$ctl" completion
expect 1 "cannot write to standard output" bash -c "'$ctl' completion >/dev/full"
expect 0 "log-level" bash -c "source <('$ctl' completion) && COMP_WORDS=(tfld-ctl log) COMP_CWORD=1 && _tfld_ctl tfld-ctl log tfld-ctl && echo \${COMPREPLY[@]}"
# Every command has its options in the script.
for command in bench top watch trace; do
  for option in $("$ctl" "$command" --help | grep -o -- '--[a-z-]*' | sort -u | grep -v -- '--help'); do
    expect 0 "" grep -q -e "$option" <("$ctl" completion)
  done
done
expect 0 "model.tflite" tar -tf "$dir/out.tfld"

[[ $failures -eq 0 ]]
