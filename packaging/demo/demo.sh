#!/bin/bash
# The whole story of tfld in a few seconds: several sensor processes infer while versions are deployed, swapped, refused
# and rolled back. Ends with one line of verdict, and with exit status 0 only if no request failed and every answer was
# the one that the version which gave it has to give.
#
#   demo.sh [BIN_DIR] [--keep]
#
# BIN_DIR has tfld, tfld-ctl and the sensor examples; build/release/bin unless given. --keep leaves the daemon running.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
model=$root/packaging/models/bearing_fault
keep=0
bin=$root/build/release/bin
for argument in "$@"; do
  case $argument in
    --keep) keep=1 ;;
    -*) bin= && break ;;
    *) bin=$argument ;;
  esac
done
if [[ -z $bin || ! -x $bin/tfld ]]; then
  echo "usage: demo.sh [BIN_DIR] [--keep]    (BIN_DIR has tfld, tfld-ctl, sensor_loop and sensor_loop_c)" >&2
  exit 2
fi
bin=$(cd "$bin" && pwd)

dir=$(mktemp -d /tmp/tfld-demo.XXXXXX)
daemon_pid=
sensor_pids=()
problems=()
started=$SECONDS

cleanup() {
  local pid
  for pid in "${sensor_pids[@]}"; do kill "$pid" 2>/dev/null; done
  if [[ -n $daemon_pid ]]; then
    kill "$daemon_pid" 2>/dev/null
    wait "$daemon_pid" 2>/dev/null
  fi
  wait
  rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say() { printf '\n== %s\n' "$*"; }
problem() {
  problems+=("$*")
  printf 'PROBLEM: %s\n' "$*"
}
# Runs tfld-ctl and shows how it was called.
ctl() {
  printf '$ tfld-ctl %s\n' "${*//$root\//}"
  "$bin/tfld-ctl" --runtime-dir "$dir/run" "$@" 2>&1
}
pause() { sleep "${TFLD_DEMO_PAUSE:-0.8}"; }

start_daemon() {
  "$bin/tfld" --state-dir "$dir/state" --runtime-dir "$dir/run" >"$dir/daemon.log" 2>&1 &
  daemon_pid=$!
  local i
  for ((i = 0; i < 300; i++)); do
    "$bin/tfld-ctl" --runtime-dir "$dir/run" status >/dev/null 2>&1 && return
    kill -0 "$daemon_pid" 2>/dev/null || break
    sleep 0.1
  done
  echo "the daemon did not start:" >&2
  tail -n 20 "$dir/daemon.log" >&2
  exit 1
}

# start_sensor PROGRAM: a process that infers until it is told to stop.
start_sensor() {
  local number=${#sensor_pids[@]}
  "$bin/$1" --runtime-dir "$dir/run" --samples "$model/samples" --count 0 --interval-us 5000 --check --quiet \
    >"$dir/sensor$number.out" 2>"$dir/sensor$number.err" &
  sensor_pids+=($!)
}

requests=0
failed=0
wrong=0
declare -A by_version=([1]=0 [2]=0 [3]=0)

# Stops the sensors and adds up what they counted: "requests=812 failed=0 wrong=0 v1=400 v2=412 ..."
stop_sensors() {
  local i line field
  for pid in "${sensor_pids[@]}"; do kill "$pid" 2>/dev/null; done
  for i in "${!sensor_pids[@]}"; do
    wait "${sensor_pids[$i]}" || problem "sensor $i ended with status $?: $(tail -n 2 "$dir/sensor$i.err")"
    line=$(tail -n 1 "$dir/sensor$i.out")
    printf 'sensor %d: %s\n' "$i" "$line"
    [[ $line == requests=* ]] || problem "sensor $i did not report"
    for field in $line; do
      case $field in
        requests=*) requests=$((requests + ${field#*=})) ;;
        failed=*) failed=$((failed + ${field#*=})) ;;
        wrong=*) wrong=$((wrong + ${field#*=})) ;;
        v[0-9]=*) by_version[${field:1:1}]=$((${by_version[${field:1:1}]:-0} + ${field#*=})) ;;
      esac
    done
  done
  sensor_pids=()
}

say "A daemon in $dir"
start_daemon
ctl deploy bearing_fault "$model/1" || problem "version 1 was not deployed"

say "A sensor listens"
"$bin/sensor_loop" --runtime-dir "$dir/run" --samples "$model/samples" --count 5 --interval-us 1000 --check ||
  problem "the first sensor failed"

say "Five sensor processes stream windows, and version 2 is swapped in under their load"
for program in sensor_loop sensor_loop sensor_loop sensor_loop sensor_loop_c; do start_sensor "$program"; done
pause
ctl deploy bearing_fault "$model/2" || problem "version 2 was not deployed"
pause

say "Version 3 is bad: its golden test refuses it, and version 2 serves on"
ctl deploy bearing_fault "$model/3" && problem "version 3 was not refused"
pause

say "Back to version 1, and forward again"
ctl rollback bearing_fault || problem "the rollback failed"
pause
ctl activate bearing_fault 2 || problem "version 2 was not activated"
pause

say "What the sensors saw"
stop_sensors
((failed == 0)) || problem "$failed requests failed"
((wrong == 0)) || problem "$wrong answers were wrong"
((by_version[1] > 0 && by_version[2] > 0 && by_version[3] == 0)) || problem "the versions that answered are not 1 and 2"

say "What the daemon saw"
ctl history bearing_fault || problem "no history"
ctl status bearing_fault || problem "no status"
ctl stats || problem "no stats"
ctl metrics tfld_requests_total || problem "no metrics"
ctl metrics active

if ((keep)); then
  say "The daemon goes on as process $daemon_pid"
  echo "export TFLD_RUNTIME_DIR=$dir/run PATH=$bin:\$PATH"
  echo "tfld-ctl list; tfld-ctl infer bearing_fault --input 0=$model/samples/window00.npy --labels $model/labels.txt"
  echo "kill $daemon_pid; rm -r $dir        # when you are done"
  disown "$daemon_pid"
  trap - EXIT
else
  kill "$daemon_pid"
  wait "$daemon_pid"
  status=$?
  daemon_pid=
  ((status == 0)) || problem "the daemon ended with status $status: $(tail -n 3 "$dir/daemon.log")"
fi

echo
if ((${#problems[@]} > 0)); then
  echo "DEMO FAILED: ${#problems[@]} problems, the first: ${problems[0]}"
  exit 1
fi
echo "DEMO OK: 5 sensor processes, $requests requests over two swaps and a rollback, 0 failed, 0 wrong" \
  "(version 1: ${by_version[1]}, version 2: ${by_version[2]}), version 3 refused, $((SECONDS - started)) s"
