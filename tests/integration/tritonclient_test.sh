#!/bin/bash
# The unmodified Python client of the inference protocol against a real daemon. Argument: BIN_DIR.
# Which Python: $TFLD_PYTHON, else python3. Skipped when it does not have tritonclient.
set -u
python=${TFLD_PYTHON:-python3}
if ! "$python" -c 'import tritonclient.grpc' 2>/dev/null; then
  echo "skipped: $python cannot import tritonclient.grpc (pip install 'tritonclient[grpc]', or set TFLD_PYTHON)"
  exit 77
fi
exec "$python" "$(dirname "$0")/tritonclient_test.py" "$1"
