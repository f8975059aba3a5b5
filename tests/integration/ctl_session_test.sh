#!/bin/bash
# A session with tfld-ctl and a real daemon: every command, what it prints, and its exit status. Argument: BIN_DIR.
set -u
. "$(dirname "$0")/own_daemon.sh"

output=
# expect STATUS TEXT ARGUMENTS...: runs tfld-ctl; its exit status, and a piece of its output.
expect() {
  local status=$1 text=$2 actual
  shift 2
  output=$("$bin/tfld-ctl" "$@" 2>&1)
  actual=$?
  if [[ $actual -ne $status || $output != *"$text"* ]]; then
    printf 'FAILED: tfld-ctl %s\n  exit status %s, expected %s, with "%s"; output:\n%s\n' \
      "$*" "$actual" "$status" "$text" "$output"
    failures=$((failures + 1))
  fi
}

expect 0 "no models" list
expect 1 "bearing_fault" status bearing_fault
expect 0 "version 1 is active" deploy bearing_fault "$shipped/1"
expect 0 "version 2 is stored" deploy bearing_fault "$shipped/2" --stage-only
expect 0 '"active": 1' --output json list
expect 0 "version 2 is active" activate bearing_fault 2
expect 1 "not deployed" deploy bearing_fault "$shipped/3"
expect 0 '"active": 2' --output json status bearing_fault
expect 0 "rolled back to version 1" rollback bearing_fault
expect 0 "rolled back to version 2" rollback bearing_fault --to 2
expect 0 "failed" history bearing_fault
expect 0 '"action": "rollback"' history bearing_fault --output json
expect 1 "9" activate bearing_fault 9
expect 1 "" remove bearing_fault --version 2

# Labels: a version serves beside the active one for as long as one leads to it.
expect 0 "no labels" label bearing_fault
expect 0 "label stable is at version 1" label bearing_fault stable 1
expect 0 "stable" label bearing_fault
expect 0 '"stable": 1' --output json status bearing_fault
expect 0 "loaded" status bearing_fault
expect 0 "version 1" infer bearing_fault --version stable --seed 3
expect 0 "version 2" infer bearing_fault --seed 3
expect 1 "label 'stable'" remove bearing_fault --version 1
expect 1 "no version '7'" infer bearing_fault --version 7 --seed 3
expect 1 "is no label" label bearing_fault 1st 1
expect 0 "label stable is removed" label bearing_fault stable --remove
expect 1 "has no label 'stable'" label bearing_fault stable --remove

# Damaged files change nothing.
head -c 3000 "$shipped/2/model.tflite" >"$dir/cut.tflite"
expect 1 "not deployed" deploy bearing_fault "$dir/cut.tflite"
printf 'no model at all, but some text' >"$dir/text.tflite"
expect 1 "not deployed" deploy bearing_fault "$dir/text.tflite"
expect 0 '"active": 2' --output json status bearing_fault

# Inference: the answer of the samples, by name and by index, and the file that is written.
expect 0 "healthy" infer bearing_fault --input vibration="$shipped/samples/window00.npy" --labels "$shipped/labels.txt"
expect 0 '"index": 0' --output json infer bearing_fault --input 0="$shipped/samples/window00.npy" --output-dir "$dir/out"
[[ -s $dir/out/fault.npy ]] || fail "no output file"
expect 0 "version 2" infer bearing_fault --seed 3
expect 1 "there is no input nonsense" infer bearing_fault --input nonsense="$shipped/samples/window00.npy"
expect 1 "bytes" infer bearing_fault --input 0="$shipped/labels.txt"
expect 1 "nothing" infer nothing

# A package file, and a model with a golden test beside it.
expect 0 "sha256" package "$shipped/1" -o "$dir/one.tfld"
expect 0 "version 1 is active" deploy copy "$dir/one.tfld"
expect 0 "version 7 is active" deploy third "$shipped/1/model.tflite" --golden "$shipped/1/golden" --version 7
expect 1 "golden" deploy third "$shipped/3/model.tflite" --golden "$shipped/1/golden"
expect 0 "version 7" infer third

expect 0 "bearing_fault" stats
expect 0 '"request"' --output json stats bearing_fault
expect 0 "tfld_requests_total" metrics
expect 0 "removed" remove third
expect 0 "" list
[[ $output != *third* ]] || fail "a removed model is listed"
expect 0 "removed" remove bearing_fault --version 1
expect 0 "state in $dir/state" status

"$bin/sensor_loop" --samples "$shipped/samples" --count 20 --interval-us 0 --check --quiet || failures=$((failures + 1))
"$bin/sensor_loop_c" --samples "$shipped/samples" --count 20 --interval-us 0 --check --quiet || failures=$((failures + 1))

# Nobody waits forever for a daemon that is stopped.
kill -STOP "$daemon"
for command in list "watch --seconds 1"; do
  # shellcheck disable=SC2086
  timeout 60 "$bin/tfld-ctl" $command >/dev/null 2>&1
  [[ $? -eq 1 ]] || fail "$command, with a daemon that is stopped"
done
kill -CONT "$daemon"

stop_daemon || fail "the daemon ended with an error"
expect 3 "no daemon" list
if [[ $failures -ne 0 ]]; then
  echo "the daemon's log:"
  tail -n 30 "$dir/log"
  exit 1
fi
