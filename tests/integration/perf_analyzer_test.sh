#!/bin/bash
# perf_analyzer against a real daemon: sync, async and streaming, each with and without system shared memory.
# Argument: BIN_DIR. Which one: $TFLD_PERF_ANALYZER, else the one beside $TFLD_PYTHON, else that of the PATH. It needs
# libb64.so.0d (Debian: libb64-0d) and libcudart.so.12 (the Python package nvidia-cuda-runtime-cu12, found by itself
# when it is installed beside perf_analyzer's). Skipped without them.
set -u
python=${TFLD_PYTHON:-python3}
analyzer=${TFLD_PERF_ANALYZER:-$(dirname "$python")/perf_analyzer}
[[ -x $analyzer ]] || analyzer=$(command -v perf_analyzer)
if [[ -z $analyzer ]]; then
  echo "skipped: there is no perf_analyzer (pip install tritonclient==2.45.0, or set TFLD_PERF_ANALYZER)"
  exit 77
fi
cuda=$("$python" -c 'import nvidia.cuda_runtime as cuda; print(cuda.__path__[0])' 2>/dev/null)
[[ -n $cuda ]] && export LD_LIBRARY_PATH=$cuda/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
if missing=$(ldd "$analyzer" | grep 'not found'); then
  echo "skipped: $analyzer does not start without" $missing
  exit 77
fi
. "$(dirname "$0")/serving_daemon.sh"

# analyze ARGUMENTS...: two requests at a time, a hundred of them a window.
analyze() {
  local output throughput
  output=$("$analyzer" -m bearing -u "unix:$socket" -i grpc --concurrency-range 2 --measurement-mode count_windows \
    --measurement-request-count 100 --stability-percentage 999 --max-trials 5 "$@" 2>&1) ||
    { fail "perf_analyzer $*: $output"; return; }
  throughput=$(sed -n 's/.*throughput: \([0-9.]*\) infer.*/\1/p' <<<"$output")
  printf '%-55s %s inferences a second\n' "$*" "${throughput:-no}"
  [[ -n $throughput && $throughput != 0 ]] || fail "perf_analyzer $*: no throughput in $output"
  # The server's own times are there, which are the difference of two ModelStatistics.
  [[ $output == *"compute infer"* ]] || fail "perf_analyzer $*: no statistics of the server in $output"
}

for memory in none system; do
  analyze --sync --shared-memory "$memory"
  analyze --async --shared-memory "$memory"
  analyze --async --streaming --shared-memory "$memory"
done
finish
