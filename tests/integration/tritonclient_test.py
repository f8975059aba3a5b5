#!/usr/bin/env python3
"""Calls a real daemon with tritonclient, as its users do: metadata, configuration, inference, errors, statistics.

Argument: the directory with the programs. Deploys the shipped model, and the models with goldens of $TFLD_SHARED (or of
shared/ beside the repository) where they are, and compares answers with the goldens.
"""
import json
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("TFLD_SHARED", SOURCE.parent / "shared"))
BIN = pathlib.Path()

# Models with goldens: name in the daemon, name of the file.
GOLDEN_MODELS = {"kws": "kws_int8", "mobilenet_v2": "mobilenet_v2_1.0_224_int8"}


class Daemon:
    """A daemon in a directory of its own."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="tfld-tri.", dir="/tmp")
        self.runtime = os.path.join(self.directory, "run")
        self.url = "unix:" + os.path.join(self.runtime, "tfld.sock")
        self.log = open(os.path.join(self.directory, "log"), "w")
        arguments = [BIN / "tfld", "--state-dir", os.path.join(self.directory, "state"), "--runtime-dir", self.runtime]
        self.process = subprocess.Popen(arguments, stdout=self.log, stderr=self.log)
        while not self.ready():
            if self.process.poll() is not None:
                raise RuntimeError("the daemon ended: " + open(self.log.name).read())
            time.sleep(0.05)

    def ready(self):
        with triton.InferenceServerClient(self.url) as client:
            try:
                return client.is_server_ready()
            except InferenceServerException:
                return False

    def deploy(self, name, path):
        subprocess.run([BIN / "tfld-ctl", "--runtime-dir", self.runtime, "deploy", name, path], check=True,
                       stdout=subprocess.DEVNULL)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.directory)


class Golden:
    """The first step of a golden: named arrays."""

    def __init__(self, directory):
        step = json.loads((directory / "golden.json").read_text())["steps"][0]
        self.inputs = {t["name"]: np.load(directory / t["file"]) for t in step["inputs"]}
        self.outputs = {t["name"]: np.load(directory / t["file"]) for t in step["outputs"]}
        # What the daemon's kernels may differ from the reference by, on a whole model.
        self.tolerance = max([4] + [2 * t.get("default_kernels", {}).get("max_abs_diff", 0) for t in step["outputs"]])


def inputs_of(arrays):
    inputs = []
    for name, array in arrays.items():
        inputs.append(triton.InferInput(name, array.shape, DATATYPES[array.dtype.name]))
        inputs[-1].set_data_from_numpy(np.ascontiguousarray(array))
    return inputs


DATATYPES = {"int8": "INT8", "uint8": "UINT8", "int16": "INT16", "int32": "INT32", "int64": "INT64", "float32": "FP32",
             "bool": "BOOL"}


class TritonClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.addClassCleanup(cls.daemon.stop)
        cls.daemon.deploy("bearing", SOURCE / "packaging/models/bearing_fault/1")
        cls.goldens = {}
        for name, file in GOLDEN_MODELS.items():
            path = SHARED / "models" / (file + ".tflite")
            if path.exists():
                cls.daemon.deploy(name, path)
                cls.goldens[name] = Golden(SHARED / "golden" / file / "random")
        cls.client = triton.InferenceServerClient(cls.daemon.url)
        cls.addClassCleanup(cls.client.close)
        cls.metadata = cls.client.get_model_metadata("bearing")

    def request(self, model="bearing", seed=0):
        generator = np.random.default_rng(seed)
        arrays = {}
        for tensor in self.client.get_model_metadata(model).inputs:
            dtype = {d: n for n, d in DATATYPES.items()}[tensor.datatype]
            arrays[tensor.name] = generator.integers(0, 100, list(tensor.shape)).astype(dtype)
        return arrays

    def assertFails(self, code, text, function, *arguments, **options):
        with self.assertRaises(InferenceServerException) as caught:
            function(*arguments, **options)
        self.assertEqual(caught.exception.status(), "StatusCode." + code)
        self.assertIn(text, caught.exception.message())

    def test_server(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())
        self.assertTrue(self.client.is_model_ready("bearing"))
        self.assertTrue(self.client.is_model_ready("bearing", "1"))
        self.assertFalse(self.client.is_model_ready("bearing", "77"))
        self.assertFalse(self.client.is_model_ready("nobody"))
        self.assertEqual(self.client.get_server_metadata().name, "tfld")

    def test_metadata_and_config_agree(self):
        config = self.client.get_model_config("bearing").config
        self.assertEqual(config.max_batch_size, 0)
        self.assertEqual([(t.name, list(t.dims)) for t in config.input],
                         [(t.name, list(t.shape)) for t in self.metadata.inputs])
        self.assertEqual([(t.name, list(t.dims)) for t in config.output],
                         [(t.name, list(t.shape)) for t in self.metadata.outputs])
        self.assertEqual(list(self.metadata.versions), ["1"])

    def test_goldens(self):
        if not self.goldens:
            self.skipTest("no models with goldens: set TFLD_SHARED")
        for name, golden in self.goldens.items():
            with self.subTest(model=name):
                result = self.client.infer(name, inputs_of(golden.inputs))
                for output, expected in golden.outputs.items():
                    answer = result.as_numpy(output)
                    self.assertEqual(answer.dtype, expected.dtype)
                    self.assertEqual(answer.shape, expected.shape)
                    difference = np.abs(answer.astype(np.int64) - expected.astype(np.int64)).max()
                    print(f"{name} {output}: greatest difference from the golden {difference}", file=sys.stderr)
                    self.assertLessEqual(difference, golden.tolerance)

    def test_answers(self):
        result = self.client.infer("bearing", inputs_of(self.request()), request_id="42")
        response = result.get_response()
        self.assertEqual(response.id, "42")
        self.assertEqual(response.model_version, "1")
        output = self.metadata.outputs[0]
        self.assertEqual(list(result.as_numpy(output.name).shape), list(output.shape))

    def test_wanted_outputs_and_parameters(self):
        name = self.metadata.outputs[0].name
        result = self.client.infer("bearing", inputs_of(self.request()), outputs=[triton.InferRequestedOutput(name)],
                                   priority=1, timeout=10_000_000, client_timeout=60)
        self.assertIsNotNone(result.as_numpy(name))

    def test_classification(self):
        name = self.metadata.outputs[0].name
        scores = self.client.infer("bearing", inputs_of(self.request())).as_numpy(name).flatten()
        wanted = triton.InferRequestedOutput(name, class_count=2)
        classes = self.client.infer("bearing", inputs_of(self.request()), outputs=[wanted]).as_numpy(name)
        self.assertEqual(classes.shape, (2,))
        best = classes[0].decode().split(":")
        self.assertEqual(float(best[0]), float(scores.max()))
        self.assertEqual(int(best[1]), int(scores.argmax()))

    def test_many_at_once(self):
        answers = queue.Queue()
        expected = {}
        for seed in range(20):
            arrays = self.request(seed=seed)
            expected[str(seed)] = self.client.infer("bearing", inputs_of(arrays)).as_numpy(self.metadata.outputs[0].name)
            self.client.async_infer("bearing", inputs_of(arrays), request_id=str(seed),
                                    callback=lambda result, error: answers.put((result, error)))
        for _ in range(20):
            result, error = answers.get()
            self.assertIsNone(error)
            np.testing.assert_array_equal(result.as_numpy(self.metadata.outputs[0].name),
                                          expected[result.get_response().id])

    def test_errors(self):
        arrays = self.request()
        name, array = next(iter(arrays.items()))
        infer = self.client.infer
        self.assertFails("NOT_FOUND", "nobody", infer, "nobody", inputs_of(arrays))
        self.assertFails("NOT_FOUND", "77", infer, "bearing", inputs_of(arrays), model_version="77")
        self.assertFails("INVALID_ARGUMENT", "shape", infer, "bearing", inputs_of({name: array[:, :-1]}))
        self.assertFails("INVALID_ARGUMENT", "wrong", infer, "bearing", inputs_of({"wrong": array}))
        self.assertFails("INVALID_ARGUMENT", "datatype", infer, "bearing", inputs_of({name: array.astype(np.int64)}))
        self.assertFails("PERMISSION_DENIED", "admin.sock", self.client.load_model, "bearing")
        self.assertFails("PERMISSION_DENIED", "admin.sock", self.client.unload_model, "bearing")
        self.assertFails("UNIMPLEMENTED", "shared memory", self.client.register_system_shared_memory, "r", "/r", 64)

    def test_calls_of_perf_analyzer(self):
        self.client.unregister_system_shared_memory()
        self.client.unregister_cuda_shared_memory()
        self.client.infer("bearing", inputs_of(self.request()))
        statistics = self.client.get_inference_statistics("bearing").model_stats[0]
        self.assertEqual(statistics.name, "bearing")
        self.assertGreater(statistics.inference_stats.success.count, 0)
        self.assertIn("bearing", [m.name for m in self.client.get_model_repository_index().models])

    def test_reflection(self):
        try:
            import grpc
            from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
        except ImportError:
            self.skipTest("grpcio-reflection is not installed")
        with grpc.insecure_channel(self.daemon.url) as channel:
            services = ProtoReflectionDescriptorDatabase(channel).get_services()
        self.assertIn("inference.GRPCInferenceService", services)
        self.assertNotIn("tfld.v1.Admin", services)


if __name__ == "__main__":
    BIN = pathlib.Path(sys.argv.pop(1))
    unittest.main(verbosity=2)
