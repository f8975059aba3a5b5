# For tests of clients, to be sourced with BIN_DIR as $1: a daemon of its own that serves the shipped model as "bearing",
# gone when the test ends. Sets $socket and $admin_socket; `fail TEXT` counts a failure, `finish` ends the test.
bin=$1
source_dir=${TFLD_SOURCE_DIR:-$(dirname "$0")/../..}
model=$source_dir/packaging/models/bearing_fault/1
[[ -f $model/model.tflite ]] || { echo "skipped: the shipped model is not here"; exit 77; }

dir=$(mktemp -d /tmp/tfld-clients.XXXXXX)
"$bin/tfld" --state-dir "$dir/state" --runtime-dir "$dir/run" >"$dir/log" 2>&1 &
daemon=$!
stop_daemon() {
  kill "$daemon" 2>/dev/null
  wait "$daemon"
}
trap 'stop_daemon; rm -rf "$dir"' EXIT
socket=$dir/run/tfld.sock
admin_socket=$dir/run/admin.sock
for ((i = 0; i < 600; i++)); do
  "$bin/tfld-ctl" --runtime-dir "$dir/run" status >/dev/null 2>&1 && break
  sleep 0.1
done
"$bin/tfld-ctl" --runtime-dir "$dir/run" deploy bearing "$model" >/dev/null || { cat "$dir/log"; exit 1; }

# A request for the model as JSON, with zeros for its samples.
request() {
  local zeros
  zeros=$(head -c 2048 /dev/zero | base64 -w 0)
  printf '{"model_name": "%s", "id": "%s", "inputs": [{"name": "vibration", "datatype": "INT8",
    "shape": [1, 2048, 1, 1]}], "raw_input_contents": ["%s"]}\n' "$1" "$2" "$zeros"
}

failures=0
fail() {
  printf 'FAILED: %s\n' "$*"
  failures=$((failures + 1))
}
finish() {
  kill -0 "$daemon" 2>/dev/null || fail "the daemon has ended: $(tail -5 "$dir/log")"
  ((failures == 0)) && echo "all right"
  exit $((failures != 0))
}
