#!/usr/bin/env bash
# `tfld --check` finds what would keep the daemon from starting, and nothing else. Argument: BIN_DIR.
set -euo pipefail
bin=$1

dir=$(mktemp -d /tmp/tfld-test.XXXXXX)
trap 'rm -rf "$dir"' EXIT
# check TOML
check() {
  printf '%s\n' "$1" > "$dir/tfld.toml"
  "$bin/tfld" --check --config "$dir/tfld.toml" --state-dir "$dir/state" --runtime-dir "$dir/run" 2>&1
}

said=$(check '') || { echo "FAILED: defaults are refused: $said"; exit 1; }
if said=$(check $'[inference]\naffinity = ["1023"]') || [[ $said != *'inference.affinity has "1023"'* ]]; then
  echo "FAILED: of a processor that is not there it says: $said"
  exit 1
fi
