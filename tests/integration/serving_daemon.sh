# For tests of clients, to be sourced with BIN_DIR as $1: a daemon of its own that serves the shipped model as "bearing".
# Sets $socket and $admin_socket; `finish` ends the test.
. "$(dirname "$0")/own_daemon.sh"
socket=$dir/run/tfld.sock
admin_socket=$dir/run/admin.sock
"$bin/tfld-ctl" deploy bearing "$shipped/1" >/dev/null || { cat "$dir/log"; exit 1; }

# A request for the model as JSON, with zeros for its samples.
request() {
  local zeros
  zeros=$(head -c 2048 /dev/zero | base64 -w 0)
  printf '{"model_name": "%s", "id": "%s", "inputs": [{"name": "vibration", "datatype": "INT8",
    "shape": [1, 2048, 1, 1]}], "raw_input_contents": ["%s"]}\n' "$1" "$2" "$zeros"
}

finish() {
  kill -0 "$daemon" 2>/dev/null || fail "the daemon has ended: $(tail -5 "$dir/log")"
  ((failures == 0)) && echo "all right"
  exit $((failures != 0))
}
