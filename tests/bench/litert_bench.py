"""Measures one model in LiteRT the way that `tfld-model bench` measures it, and prints one JSON document.

    litert_bench.py MODEL THREADS SECONDS

Needs ai_edge_litert and numpy.
"""
import json
import sys
import time

import numpy as np
from ai_edge_litert import interpreter as litert


def fill(interpreter):
    random = np.random.default_rng(1)
    for detail in interpreter.get_input_details():
        shape, dtype = detail["shape"], detail["dtype"]
        if np.issubdtype(dtype, np.floating):
            value = random.uniform(-1, 1, shape)
        elif np.issubdtype(dtype, np.integer):
            info = np.iinfo(dtype)
            value = random.integers(max(info.min, -128), min(info.max, 255), shape)
        else:
            value = np.zeros(shape)
        interpreter.set_tensor(detail["index"], np.asarray(value).astype(dtype))


def run_for(invoke, seconds):
    times = []
    end = time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter_ns()
        invoke()
        times.append((time.perf_counter_ns() - start) / 1000)
    return sorted(times)


def main():
    model, threads, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    start = time.perf_counter()
    interpreter = litert.Interpreter(model, num_threads=threads)
    interpreter.allocate_tensors()
    load_ms = (time.perf_counter() - start) * 1000
    fill(interpreter)
    # The binding's own invoke: a few tenths of a microsecond less in front of each run.
    invoke = getattr(getattr(interpreter, "_interpreter", None), "Invoke", interpreter.invoke)
    start = time.perf_counter()
    invoke()
    first_us = (time.perf_counter() - start) * 1e6
    run_for(invoke, seconds / 5)
    times = run_for(invoke, seconds)
    print(json.dumps({
        "model": model, "threads": threads, "load_ms": load_ms, "first_us": first_us, "runs": len(times),
        "p50_us": times[len(times) // 2], "min_us": times[0], "p99_us": times[int(0.99 * (len(times) - 1))],
    }))


if __name__ == "__main__":
    main()
