#!/bin/bash
# ghz against a real daemon: thousands of requests over several connections, unary and over streams. Argument: BIN_DIR.
# Which one: $TFLD_GHZ, else that of the PATH. Skipped without it.
set -u
ghz=${TFLD_GHZ:-$(command -v ghz)}
if [[ -z $ghz ]]; then
  echo "skipped: there is no ghz (go install github.com/bojand/ghz/cmd/ghz@latest, or set TFLD_GHZ)"
  exit 77
fi
. "$(dirname "$0")/serving_daemon.sh"

# load METHOD REQUESTS FILE: all of them succeed.
load() {
  local output
  output=$("$ghz" --insecure --call "inference.GRPCInferenceService.$1" --total "$2" --concurrency 8 --connections 4 \
    --data-file "$3" "unix:$socket" 2>&1)
  printf '%s: %s\n' "$1" "$(grep 'Requests/sec' <<<"$output")"
  [[ $output =~ \[OK\][[:space:]]+$2" responses" ]] || fail "$1: not all requests succeeded: $output"
}

request bearing one >"$dir/request.json"
printf '[%s, %s, %s]' "$(request bearing 1)" "$(request bearing 2)" "$(request bearing 3)" >"$dir/stream.json"
load ModelInfer 4000 "$dir/request.json"
load ModelStreamInfer 1000 "$dir/stream.json"
finish
