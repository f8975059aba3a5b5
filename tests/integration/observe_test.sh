#!/bin/bash
# A real daemon under the load of `bench`, seen through top, trace, watch, metrics and the log. Argument: BIN_DIR.
set -u
command -v python3 >/dev/null || { echo "there is no python3"; exit 77; }
. "$(dirname "$0")/own_daemon.sh"

# json FILE EXPRESSION: the expression over the document d is true.
json() {
  python3 -c "import json,sys; d=json.load(open(sys.argv[1])); sys.exit(0 if ($2) else 1)" "$1" || {
    fail "$2 in $1:"
    head -c 2000 "$1"
  }
}

"$bin/tfld-ctl" watch --count 4 --seconds 60 --output json >"$dir/watch" &
watcher=$!
# The first event may come before the watcher listens; a model that is refused is an event too.
for ((i = 0; i < 600; i++)); do
  [[ -s $dir/watch ]] && break
  "$bin/tfld-ctl" activate nothing 1 >/dev/null 2>&1
  sleep 0.1
done
"$bin/tfld-ctl" deploy bearing_fault "$shipped/2" >/dev/null || fail "deploy"
wait "$watcher" || fail "watch ended with $?"
[[ $(wc -l <"$dir/watch") -eq 4 ]] || fail "watch showed $(wc -l <"$dir/watch") events"
grep -q '"kind":"activate","model":"nothing"' "$dir/watch" || fail "the refused activation was not seen"

# Closed loop: a number of requests, by both ways of asking for JSON.
"$bin/tfld-ctl" bench bearing_fault --requests 200 --clients 2 --warmup 0 --transport grpc --json >"$dir/bench" || fail "bench"
json "$dir/bench" 'd["loop"] == "closed" and d["runs"][0]["requests"] == 200 and d["runs"][0]["failed"] == 0'
json "$dir/bench" 'd["runs"][0]["min_us"] <= d["runs"][0]["p50_us"] <= d["runs"][0]["p99_us"] <= d["runs"][0]["max_us"]'
"$bin/tfld-ctl" --output json bench bearing_fault --requests 50 --sweep 1,3 --transport both --priority critical --warmup 0 >"$dir/sweep" || fail "sweep"
json "$dir/sweep" '[(r["transport"], r["clients"]) for r in d["runs"]] == [("grpc", 1), ("grpc", 3), ("channel", 1), ("channel", 3)]'
"$bin/tfld-ctl" bench bearing_fault --rate 200 --requests 50 --clients 4 --warmup 0 >"$dir/open" || fail "open loop"
grep -q 'open loop, 200 requests a second' "$dir/open" || fail "no word of the open loop"
grep -q '█' "$dir/open" || fail "no plot"
# A run that cannot be made leaves those before it: here there is no socket of shared memory.
mkdir "$dir/grpc"
ln -s "$dir/run/tfld.sock" "$dir/grpc/tfld.sock"
"$bin/tfld-ctl" --runtime-dir "$dir/grpc" bench bearing_fault --requests 20 --warmup 0 --transport both --json >"$dir/half" 2>/dev/null
[[ $? -eq 1 ]] || fail "bench without one of its transports"
json "$dir/half" '[r["transport"] for r in d["runs"]] == ["grpc"] and d["error"]["code"] == "UNAVAILABLE"'
"$bin/tfld-ctl" bench nothing --seconds 1 >/dev/null 2>&1
[[ $? -eq 1 ]] || fail "bench of a model that is not there"

# Under load: top sees it, and a trace ends with its count.
"$bin/tfld-ctl" bench bearing_fault --seconds 120 --transport grpc --warmup 0 --no-plot >/dev/null &
load=$!
"$bin/tfld-ctl" trace --model bearing_fault --count 20 --seconds 100 --file "$dir/otel" 2>"$dir/said" || fail "trace"
grep -q '20 requests traced' "$dir/said" || fail "trace said $(cat "$dir/said")"
python3 - "$dir/otel" <<'PYTHON' || fail "the OpenTelemetry lines"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert len(lines) == 20
for line in lines:
    spans = line["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert [s["name"] for s in spans] == ["infer bearing_fault", "queue", "input", "compute", "output"]
    root = spans[0]
    for span in spans[1:]:
        assert span["traceId"] == root["traceId"] and span["parentSpanId"] == root["spanId"]
        assert int(root["startTimeUnixNano"]) <= int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
        assert int(span["endTimeUnixNano"]) <= int(root["endTimeUnixNano"])
PYTHON
"$bin/tfld-ctl" trace --count 10 --rate 2 --seconds 100 --format chrome -o "$dir/chrome" 2>/dev/null || fail "chrome trace"
json "$dir/chrome" 'len(d) == 1 + 10 * 5 and all(e["dur"] >= 0 for e in d[1:])'
"$bin/tfld-ctl" --output json trace --count 5 --seconds 100 >"$dir/traced" || fail "trace as JSON"
json "$dir/traced" 'len(d["requests"]) == 5 and d["requests"][0]["transport"] == "grpc" and d["lost"] == 0'
"$bin/tfld-ctl" trace --model nothing --seconds 0.2 >"$dir/none" 2>/dev/null
[[ $? -eq 1 ]] || fail "a trace of a model that is not there"
[[ ! -s $dir/none ]] || fail "a trace of nothing has something"
"$bin/tfld-ctl" trace --model nothing --seconds 0.2 -o "$dir/otel" 2>/dev/null
[[ -s $dir/otel ]] || fail "a trace that was refused emptied the file of an earlier one"
"$bin/tfld-ctl" trace --count 20 --seconds 100 --file /dev/full 2>/dev/null
[[ $? -eq 1 ]] || fail "a trace that cannot be written"
timeout 60 "$bin/tfld-ctl" top --interval 0.1 >/dev/full 2>&1
[[ $? -eq 1 ]] || fail "top, where nothing can be written"
"$bin/tfld-ctl" top --once --output json >"$dir/top" || fail "top"
json "$dir/top" 'd["models"][0]["model"] == "bearing_fault" and d["models"][0]["requests_per_second"] > 0'
json "$dir/top" 'd["models"][0]["p99_us"] >= d["models"][0]["p50_us"] > 0 and d["clients"][0]["requests_per_second"] > 0'
json "$dir/top" 'd["resident_bytes"] > 0 and d["models"][0]["memory_bytes"] > 0 and d["executors"] > 0'
"$bin/tfld-ctl" top --interval 0.2 --count 2 >"$dir/blocks" || fail "top where no terminal is"
[[ $(grep -c 'MODEL  ' "$dir/blocks") -eq 2 ]] || fail "top showed $(cat "$dir/blocks")"
kill "$load" 2>/dev/null
wait "$load" 2>/dev/null

"$bin/tfld-ctl" metrics >"$dir/metrics" || fail "metrics"
for name in 'tfld_requests_total{.*transport="channel"' 'tfld_requests_total{.*transport="grpc"' \
  'tfld_queue_duration_seconds_bucket{class="critical"' tfld_input_duration_seconds_sum tfld_executions_total \
  tfld_connections tfld_model_memory_bytes tfld_lifecycle_changes_total process_open_fds; do
  grep -q "^$name" "$dir/metrics" || fail "no metric $name"
done

python3 - "$dir/run/metrics.sock" <<'PYTHON' || fail "OpenMetrics"
import re, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n\r\n")
answer = b""
while piece := s.recv(65536):
    answer += piece
head, body = answer.decode().split("\r\n\r\n", 1)
assert "application/openmetrics-text" in head
lines = body.splitlines()
assert lines[-1] == "# EOF" and lines.count("# EOF") == 1
types = {}
for line in lines[:-1]:
    if line.startswith("# TYPE "):
        name, kind = line.split()[2:]
        assert name not in types, name
        types[name] = kind
    elif not line.startswith("# HELP "):
        sample = re.fullmatch(r'([a-z_]+)(\{([a-z_]+="[^"]*",?)*\})? [0-9.e+-]+', line)
        assert sample, line
        suffix = {"counter": "_total", "gauge": ""}
        assert any(sample[1] == name + s for name, kind in types.items()
                   for s in ([suffix[kind]] if kind in suffix else ["_bucket", "_count", "_sum"])), line
PYTHON

# Many failures are few lines, and the level of the log can be changed.
for ((i = 0; i < 20; i++)); do "$bin/tfld-ctl" infer nothing >/dev/null 2>&1; done
"$bin/tfld-ctl" log-level warning | grep -q 'was info' || fail "log-level"
[[ $("$bin/tfld-ctl" log-level) == warning ]] || fail "the level that was set"
json <("$bin/tfld-ctl" --output json log-level info) 'd == {"level": "info", "previous": "warning"}'
sleep 1.5
[[ $(grep -c 'requests failed' "$dir/log") -le 3 ]] || fail "failures flood the log"

# A daemon that stops ends those who follow it, at once.
"$bin/tfld-ctl" watch >"$dir/last" 2>&1 &
watcher=$!
sleep 0.5
stop_daemon || fail "the daemon ended with an error"
wait "$watcher"

if [[ $failures -ne 0 ]]; then
  echo "the daemon's log:"
  tail -n 30 "$dir/log"
  exit 1
fi
