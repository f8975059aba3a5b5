"""The Python package against a real daemon. Arguments: the bin directory and libtfld-client.so. Exit status 77: skipped."""

import os
import subprocess
import sys
import tempfile
import time
from unittest import mock

try:
    import numpy as np
except ImportError:
    print("skipped: NumPy is not installed")
    sys.exit(77)

BIN, LIBRARY = sys.argv[1], sys.argv[2]
SOURCE = os.environ.get("TFLD_SOURCE_DIR", os.path.join(os.path.dirname(__file__), "../../.."))
os.environ["TFLD_CLIENT_LIBRARY"] = LIBRARY
sys.path.insert(0, os.path.join(SOURCE, "client/python"))
import tfld  # noqa: E402


def deploy(runtime_dir, version):
    package = os.path.join(SOURCE, "packaging/models/bearing_fault", str(version))
    subprocess.run([BIN + "/tfld-ctl", "--runtime-dir", runtime_dir, "deploy", "bearing_fault", package], check=True,
                   stdout=subprocess.DEVNULL)


def error_of(call):
    try:
        call()
    except tfld.Error as error:
        return error.code
    return "no error"


def check(runtime_dir):
    client = tfld.Client(runtime_dir)
    assert error_of(lambda: client.bind("nothing")) == "NOT_FOUND"
    channel, grpc = client.bind("bearing_fault"), tfld.Client(runtime_dir, transport="grpc").bind("bearing_fault")
    assert (channel.transport, grpc.transport) == ("channel", "grpc")
    assert channel.input_tensors == grpc.input_tensors and channel.output_tensors == grpc.output_tensors
    random = np.random.default_rng(1)
    for _ in range(20):
        window = random.integers(-100, 100, channel.inputs[0].shape).astype(channel.inputs[0].dtype)
        answers = []
        for model in (channel, grpc):
            model.inputs[0][...] = window
            answers.append([output.copy() for output in model.infer(timeout=60.0, priority="critical")])
        for one, other in zip(*answers):
            assert np.array_equal(one, other) and one.size > 0
        assert np.array_equal(channel.inputs[0], window)  # in place, and kept
    assert channel.version == 1
    assert error_of(channel.wait) == "FAILED_PRECONDITION"

    slots = client.bind_slots("bearing_fault", 4)
    for slot in slots:
        slot.inputs[0][...] = window
        slot.start()
    deploy(runtime_dir, 2)  # a swap while requests are under way, and the bindings live on
    for slot in slots:
        assert np.array_equal(slot.wait()[0], answers[0][0])
    channel.infer()
    assert channel.version == 2

    output = channel.infer()[0]
    del channel  # an array keeps its memory
    assert output.sum() == output.copy().sum() and not output.flags.writeable
    assert not output.flags.owndata and grpc.infer(timeout=float("inf"))[0].flags.owndata

    check_closing(client)
    link = os.fsdecode(os.fsencode(runtime_dir) + b"\xff")  # a path that is not UTF-8
    os.symlink(runtime_dir, link)
    with tfld.Client(link, wait=float("inf")) as other:
        assert other.bind("bearing_fault").infer(timeout=1e300)


def check_closing(client):
    def refuse(*_):
        raise tfld.Error("UNIMPLEMENTED", "strings")

    library = tfld._client.library
    with mock.patch.object(library, "tfld_binding_close", wraps=library.tfld_binding_close) as close:
        with mock.patch.object(tfld.Model, "_describe", refuse):
            assert error_of(lambda: client.bind_slots("bearing_fault", 4)) == "UNIMPLEMENTED"
        assert close.call_count == 4
    client.close()
    client.close()
    assert error_of(lambda: client.bind("bearing_fault")) == "FAILED_PRECONDITION"


with tempfile.TemporaryDirectory(prefix="tfld-py.", dir="/tmp") as directory:
    runtime_dir = directory + "/run"
    log = open(directory + "/log", "w")
    daemon = subprocess.Popen([BIN + "/tfld", "--state-dir", directory + "/state", "--runtime-dir", runtime_dir], stderr=log)
    try:
        while subprocess.run([BIN + "/tfld-ctl", "--runtime-dir", runtime_dir, "status"], capture_output=True).returncode:
            assert daemon.poll() is None, open(directory + "/log").read()
            time.sleep(0.05)
        deploy(runtime_dir, 1)
        check(runtime_dir)
    finally:
        daemon.terminate()
        daemon.wait()
print("the Python client works")
