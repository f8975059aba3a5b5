#!/usr/bin/env python3
"""Times of the engine, model by model, beside LiteRT when there is a Python that has it.

    engine.py [--json FILE] [--models DIR] [--threads N] [--seconds S] [--rounds N] [MODEL...]

LiteRT is measured with $TFLD_PYTHON (or this Python) if it can import ai_edge_litert; both take turns in the same run,
round by round, each in a process of its own, and the best median of all rounds counts: so that what else the machine does
hits both. Without LiteRT, only our times are printed.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# The models that the engine promises to run.
MODELS = ("ad01_", "ic_resnet_", "kws_", "vww_96_", "hello_world_", "micro_speech_", "person_detect_", "mobilenet_v1_",
          "mobilenet_v2_")


def find_models(directory):
    found = [path for path in sorted(directory.glob("*.tflite")) if path.name.startswith(MODELS)]
    found += sorted((ROOT / "packaging" / "models").glob("*/1/**/*.tflite"))
    return found


def find_program():
    named = os.environ.get("TFLD_MODEL")
    program = pathlib.Path(named) if named else ROOT / "build" / "release" / "bin" / "tfld-model"
    if not program.exists():
        sys.exit(f"engine.py: there is no {program}: run `./dev build`, or name tfld-model in TFLD_MODEL")
    return str(program)


def find_litert():
    python = os.environ.get("TFLD_PYTHON", sys.executable)
    probe = subprocess.run([python, "-c", "import ai_edge_litert, numpy"], capture_output=True)
    return python if probe.returncode == 0 else None


def call(command):
    """The JSON document that a command prints; None when it fails."""
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        return None
    return json.loads(result.stdout)


def best(measurements):
    good = [one for one in measurements if one]
    return min(good, key=lambda one: one["p50_us"]) if good else None


def measure(program, litert, model, args):
    ours, theirs = [], []
    for _ in range(args.rounds):
        ours.append(call([program, "bench", str(model), "--json", "--threads", str(args.threads), "--seconds", str(args.seconds)]))
        if litert:
            theirs.append(call([litert, str(HERE / "litert_bench.py"), str(model), str(args.threads), str(args.seconds)]))
    return best(ours), best(theirs)


def number(result, key, digits=1):
    return f"{result[key]:.{digits}f}" if result else "-"


def print_table(rows, with_litert):
    headings = ["model", "tfld p50 us", "load ms", "packed KiB", "arena KiB", "allocations"]
    if with_litert:
        headings[2:2] = ["LiteRT p50 us", "ratio"]
    table = [headings]
    for name, ours, theirs in rows:
        line = [name, number(ours, "p50_us"), number(ours, "load_ms", 2), number(ours, "packed_kib"), number(ours, "arena_kib"),
                number(ours, "allocations", 2)]
        if with_litert:
            ratio = f"{ours['p50_us'] / theirs['p50_us']:.2f}" if ours and theirs else "-"
            line[2:2] = [number(theirs, "p50_us"), ratio]
        table.append(line)
    widths = [max(len(line[i]) for line in table) for i in range(len(headings))]
    for line in table:
        cells = [cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())


def figures(rows, threads):
    result = []
    for name, ours, theirs in rows:
        if not ours:
            continue
        figure = {"name": f"engine_{name}_{threads}t_p50_us", "value": round(ours["p50_us"], 2), "unit": "us"}
        if theirs:
            figure |= {"baseline": f"LiteRT {theirs['p50_us']:.1f} us", "goal": round(theirs["p50_us"], 2),
                       "met": ours["p50_us"] <= theirs["p50_us"]}
        result.append(figure)
    return result


def geometric_mean(values):
    product = 1.0
    for value in values:
        product *= value ** (1.0 / len(values))
    return product


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--models", type=pathlib.Path, metavar="DIR",
                        default=pathlib.Path(os.environ.get("TFLD_SHARED", ROOT.parent / "shared")) / "models")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("model", nargs="*", type=pathlib.Path)
    args = parser.parse_args()

    program, litert = find_program(), find_litert()
    rows = []
    for model in args.model or find_models(args.models):
        if not model.is_file():
            sys.exit(f"engine.py: {model}: no such model")
        name = model.stem if model.stem != "model" else f"{model.parent.parent.name}_{model.parent.name}"
        print(f"measuring {name} ...", file=sys.stderr)
        rows.append((name, *measure(program, litert, model, args)))
    if not rows:
        sys.exit(f"engine.py: no models in {args.models}")
    print(f"One inference, {args.threads} thread(s); best median of {args.rounds} rounds of {args.seconds} s")
    print_table(rows, litert is not None)
    ratios = [ours["p50_us"] / theirs["p50_us"] for _, ours, theirs in rows if ours and theirs]
    if ratios:
        print(f"geometric mean of the ratios (below 1: tfld is faster): {geometric_mean(ratios):.2f}")
    else:
        print("LiteRT was not measured: TFLD_PYTHON names no Python that has ai_edge_litert")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps({"figures": figures(rows, args.threads)}, indent=1) + "\n")


if __name__ == "__main__":
    main()
