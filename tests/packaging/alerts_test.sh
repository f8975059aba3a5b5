#!/usr/bin/env bash
# The shipped alerts fire when they should, as Prometheus' own tool sees it.
set -euo pipefail
command -v promtool > /dev/null || { echo "skipped: there is no promtool"; exit 77; }
promtool test rules "$(dirname "${BASH_SOURCE[0]}")/alerts_test.yml"
