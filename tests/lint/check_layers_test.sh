#!/usr/bin/env bash
# The layer check finds each bad arrow of the fixture, and nothing else; and it refuses a table that runs in a circle.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

if found=$(./check_layers.sh fixtures/arrow_up); then fail "bad arrows passed: $found"; fi
diff <(sort fixtures/arrow_up/expected.txt) <(sort <<< "$found") || fail "expected (<) differs from found (>)"

if found=$(./check_layers.sh fixtures/cycle fixtures/cycle/layers.txt); then fail "a circle passed: $found"; fi
grep -q 'engine/a lies above itself' <<< "$found" || fail "the circle was not named: $found"
echo "every bad arrow was found"
