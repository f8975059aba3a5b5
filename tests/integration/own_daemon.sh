# To be sourced by tests with BIN_DIR as $1: a daemon of their own, gone when the test ends. Sets $bin, $source_dir,
# $shipped (the directory of the shipped model), $dir with the daemon's state/, run/ and log, and $daemon, its process;
# tfld-ctl finds it. What $settings holds is its configuration file. `stop_daemon` ends it with its own exit status;
# `fail TEXT` counts a failure in $failures.
bin=$1
source_dir=${TFLD_SOURCE_DIR:-$(dirname "$0")/../..}
shipped=$source_dir/packaging/models/bearing_fault
[[ -f $shipped/2/model.tflite ]] || { echo "skipped: the shipped model is not here"; exit 77; }

dir=$(mktemp -d /tmp/tfld-test.XXXXXX)
printf '%s\n' "${settings:-}" >"$dir/tfld.toml"
"$bin/tfld" --config "$dir/tfld.toml" --state-dir "$dir/state" --runtime-dir "$dir/run" >"$dir/log" 2>&1 &
daemon=$!
stop_daemon() {
  kill "$daemon" 2>/dev/null
  wait "$daemon"
}
trap 'stop_daemon; rm -rf "$dir"' EXIT
export TFLD_RUNTIME_DIR=$dir/run
for ((i = 0; i < 600; i++)); do
  "$bin/tfld-ctl" status >/dev/null 2>&1 && break
  sleep 0.1
done

failures=0
fail() {
  printf 'FAILED: %s\n' "$*"
  failures=$((failures + 1))
}
