#!/bin/bash
# service.memory_lock of a real daemon: where memory cannot be locked it says what is missing and does not start; where
# it can, memory is locked, and executors that serve the channel fault no page in steady state. Argument: BIN_DIR.
set -u
bin=$1
if grep -q -e __asan_init -e __tsan_init "$bin/tfld"; then
  echo "skipped: sanitizers lock no memory"
  exit 77
fi
settings=$'[service]\nmemory_lock = true'

# Without the privilege, and with a limit: more than there is at the start, less than there will be.
refused=$(mktemp -d /tmp/tfld-test.XXXXXX)
printf '%s\n' "$settings" >"$refused/tfld.toml"
unprivileged=()
((EUID == 0)) && unprivileged=(setpriv --inh-caps=-ipc_lock --bounding-set=-ipc_lock)
for kilobytes in 64 1000000; do
  (
    ulimit -l "$kilobytes" || exit 77 # the limit of whoever runs the test is lower
    exec timeout 60 "${unprivileged[@]}" "$bin/tfld" --config "$refused/tfld.toml" --state-dir "$refused/state" \
      --runtime-dir "$refused/run"
  ) >"$refused/log" 2>&1
  status=$?
  ((status == 77)) && continue
  if ((status != 1)) || ! grep -q "service.memory_lock: the limit of locked memory is $((kilobytes * 1024)) bytes.*LimitMEMLOCK=infinity" "$refused/log"; then
    echo "FAILED: with a limit of $kilobytes KiB the exit status is $status, and it says: $(cat "$refused/log")"
    exit 1
  fi
done
rm -rf "$refused"

if ((EUID != 0)) && [[ $(ulimit -H -l) != unlimited ]]; then
  echo "skipped: a daemon that locks its memory needs root or a limit of locked memory without end"
  exit 77
fi
. "$(dirname "$0")/own_daemon.sh"
"$bin/tfld-ctl" deploy bearing_fault "$shipped/2" >/dev/null || fail "deploy: $(cat "$dir/log")"
locked=$(awk '/^VmLck/ {print $2}' "/proc/$daemon/status")
((locked > 1000)) || fail "VmLck is $locked KiB"

# faults: of all executors, minor and major. served: how many requests.
faults() {
  local task sum=0
  for task in "/proc/$daemon/task/"*; do
    [[ $(<"$task/comm") == tfld-exec-* ]] && sum=$((sum + $(awk '{print $10 + $12}' "$task/stat")))
  done
  echo "$sum"
}
served() {
  "$bin/tfld-ctl" metrics | awk '/^tfld_requests_total.*transport="channel"/ {sum += $NF} END {print sum + 0}'
}

"$bin/tfld-ctl" bench bearing_fault --seconds 100 --transport channel --clients 2 --warmup 0 --no-plot >/dev/null &
load=$!
for ((i = 0; i < 600; i++)); do
  (($(served) > 1000)) && break
  sleep 0.1
done
(($(faults) > 0)) || fail "the counter of page faults stands still"
# A runtime library may touch a page of its own now and then: of several tries one must be clean.
for ((i = 0; i < 20; i++)); do
  served_before=$(served)
  faults_before=$(faults)
  sleep 1
  new_faults=$(($(faults) - faults_before))
  new_served=$(($(served) - served_before))
  ((new_faults == 0 && new_served > 100)) && break
done
echo "VmLck $locked KiB; $new_served requests, $new_faults page faults of executors"
((new_served > 100)) || fail "only $new_served requests"
((new_faults == 0)) || fail "executors faulted $new_faults pages during $new_served requests"
kill "$load"
wait "$load"
stop_daemon || fail "the daemon ended with an error: $(tail -5 "$dir/log")"
trap 'rm -rf "$dir"' EXIT
exit $((failures != 0))
