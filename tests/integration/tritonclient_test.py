#!/usr/bin/env python3
"""Calls a real daemon with tritonclient, as its users do: every call of the protocol, on both sockets.

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
import threading
import time
import unittest

import numpy as np
import tritonclient.grpc as triton
import tritonclient.utils.shared_memory as shm
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
        self.admin_url = "unix:" + os.path.join(self.runtime, "admin.sock")
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
        cls.admin = triton.InferenceServerClient(cls.daemon.admin_url)
        cls.addClassCleanup(cls.admin.close)
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
        self.assertFails("PERMISSION_DENIED", "admin.sock", self.client.update_log_settings, {"log_info": False})
        self.assertFails("PERMISSION_DENIED", "admin.sock", self.client.update_trace_settings, None,
                         {"trace_level": ["OFF"]})
        self.assertFails("NOT_FOUND", "/tfld-none", self.client.register_system_shared_memory, "r", "/tfld-none", 64)
        self.assertFails("UNIMPLEMENTED", "CUDA", self.client.get_cuda_shared_memory_status)

    def test_statistics(self):
        before = self.client.get_inference_statistics("bearing").model_stats[0]
        for _ in range(3):
            self.client.infer("bearing", inputs_of(self.request()))
        with self.assertRaises(InferenceServerException):
            self.client.infer("bearing", inputs_of({"wrong": next(iter(self.request().values()))}))
        after = self.client.get_inference_statistics("bearing", "1").model_stats[0]
        self.assertEqual(after.name, "bearing")
        self.assertEqual(after.inference_count - before.inference_count, 3)
        self.assertEqual(after.inference_stats.fail.count - before.inference_stats.fail.count, 1)
        for part in ("success", "queue", "compute_input", "compute_infer", "compute_output"):
            was, now = getattr(before.inference_stats, part), getattr(after.inference_stats, part)
            self.assertEqual(now.count - was.count, 3, part)
            self.assertGreater(now.ns, was.ns, part)
        self.assertGreater(after.last_inference, 0)
        self.assertEqual(after.batch_stats[0].batch_size, 1)
        self.assertGreater(sum(usage.byte_size for usage in after.memory_usage), 0)

    def test_repository(self):
        daemon = Daemon()
        self.addCleanup(daemon.stop)
        for version in (1, 2):
            daemon.deploy("bearing", SOURCE / "packaging/models/bearing_fault" / str(version))
        client, admin = triton.InferenceServerClient(daemon.url), triton.InferenceServerClient(daemon.admin_url)
        self.addCleanup(client.close)
        self.addCleanup(admin.close)

        def states(**options):
            models = client.get_model_repository_index(**options).models
            return [(m.name, m.version, m.state, m.reason) for m in models]

        self.assertEqual(states(), [("bearing", "1", "UNAVAILABLE", "retired"), ("bearing", "2", "READY", "")])
        admin.unload_model("bearing")
        self.assertEqual(states()[1], ("bearing", "2", "UNAVAILABLE", "unloaded"))
        self.assertFalse(client.is_model_ready("bearing"))
        self.assertFails("UNAVAILABLE", "no version in service", client.infer, "bearing", inputs_of(self.request()))
        admin.load_model("bearing")
        self.assertTrue(client.is_model_ready("bearing", "2"))
        self.assertEqual(client.infer("bearing", inputs_of(self.request())).get_response().model_version, "2")
        self.assertFails("NOT_FOUND", "nobody", admin.load_model, "nobody")

    def test_log_settings(self):
        settings = self.client.get_log_settings().settings
        self.assertTrue(settings["log_info"].bool_param)
        self.assertEqual(settings["log_verbose_level"].uint32_param, 0)
        self.addCleanup(self.admin.update_log_settings, {"log_verbose_level": 0, "log_info": True})
        self.admin.update_log_settings({"log_verbose_level": 1})
        self.assertEqual(self.client.get_log_settings().settings["log_verbose_level"].uint32_param, 1)
        self.admin.update_log_settings({"log_verbose_level": 0, "log_info": False})
        self.assertFalse(self.client.get_log_settings().settings["log_info"].bool_param)

    def test_trace_settings(self):
        self.assertEqual(list(self.client.get_trace_settings().settings["trace_level"].value), ["OFF"])
        self.addCleanup(self.admin.update_trace_settings, "bearing", {"trace_level": None, "trace_rate": None})
        self.admin.update_trace_settings("bearing", {"trace_level": ["TIMESTAMPS"], "trace_rate": "5"})
        self.assertEqual(list(self.client.get_trace_settings("bearing").settings["trace_rate"].value), ["5"])
        self.assertEqual(list(self.client.get_trace_settings().settings["trace_level"].value), ["OFF"])
        self.assertFails("NOT_FOUND", "nobody", self.client.get_trace_settings, "nobody")

    def region(self, name, size):
        """A region that the daemon knows, gone after the test."""
        handle = shm.create_shared_memory_region(name, f"/tfld-{os.getpid()}-{name}", size)
        self.addCleanup(shm.destroy_shared_memory_region, handle)
        self.client.register_system_shared_memory(name, f"/tfld-{os.getpid()}-{name}", size)
        self.addCleanup(self.client.unregister_system_shared_memory)
        return handle

    def test_system_shared_memory(self):
        arrays = self.request(seed=5)
        name, array = next(iter(arrays.items()))
        output = self.metadata.outputs[0]
        expected = self.client.infer("bearing", inputs_of(arrays)).as_numpy(output.name)
        source, sink = self.region("source", array.nbytes + 64), self.region("sink", expected.nbytes)
        shm.set_shared_memory_region(source, [array], offset=64)
        regions = self.client.get_system_shared_memory_status().regions
        self.assertEqual(sorted(regions), ["sink", "source"])
        self.assertEqual(regions["source"].byte_size, array.nbytes + 64)

        wanted = triton.InferRequestedOutput(output.name)
        wanted.set_shared_memory("sink", expected.nbytes)
        given = triton.InferInput(name, array.shape, DATATYPES[array.dtype.name])
        given.set_shared_memory("source", array.nbytes, offset=64)
        response = self.client.infer("bearing", [given], outputs=[wanted]).get_response()
        self.assertEqual(list(response.raw_output_contents), [b""])
        answer = shm.get_contents_as_numpy(sink, expected.dtype, expected.shape)
        np.testing.assert_array_equal(answer, expected)

        self.assertFails("ALREADY_EXISTS", "sink", self.client.register_system_shared_memory, "sink",
                         f"/tfld-{os.getpid()}-sink", expected.nbytes)
        self.assertFails("INVALID_ARGUMENT", "not a part", self.client.register_system_shared_memory, "more",
                         f"/tfld-{os.getpid()}-sink", expected.nbytes + (1 << 20))
        given.set_shared_memory("source", array.nbytes, offset=65)
        self.assertFails("INVALID_ARGUMENT", "not within", self.client.infer, "bearing", [given])
        self.client.unregister_system_shared_memory("source")
        self.assertFails("NOT_FOUND", "source", self.client.infer, "bearing", [given])
        self.client.unregister_system_shared_memory()
        self.assertEqual(len(self.client.get_system_shared_memory_status().regions), 0)

    def test_cuda_shared_memory(self):
        self.client.unregister_cuda_shared_memory()  # of none is fine, as clients do it before they begin
        self.assertFails("UNIMPLEMENTED", "CUDA", self.client.register_cuda_shared_memory, "c", b"AA==", 0, 64)

    def test_stream(self):
        """Several streams at once, each with right and wrong requests; answers come in the order of the requests."""
        name = self.metadata.outputs[0].name
        expected = {str(seed): self.client.infer("bearing", inputs_of(self.request(seed=seed))).as_numpy(name)
                    for seed in range(20)}
        failures = []

        def run():
            answers = queue.Queue()
            with triton.InferenceServerClient(self.daemon.url) as client:
                client.start_stream(lambda result, error: answers.put((result, error)))
                for seed in range(20):
                    client.async_stream_infer("bearing" if seed != 7 else "nobody",
                                              inputs_of(self.request(seed=seed)), request_id=str(seed),
                                              enable_empty_final_response=True)
                for seed in range(20):
                    result, error = answers.get(timeout=60)
                    if seed == 7:
                        if error is None or "nobody" not in error.message():
                            failures.append(f"{seed}: {error}")
                    elif error is not None or result.get_response().id != str(seed):
                        failures.append(f"{seed}: {error}")
                    elif not np.array_equal(result.as_numpy(name), expected[str(seed)]):
                        failures.append(f"{seed}: another answer")
                    elif not result.get_response().parameters["triton_final_response"].bool_param:
                        failures.append(f"{seed}: not final")
                client.stop_stream()

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_extensions(self):
        extensions = list(self.client.get_server_metadata().extensions)
        for name in ("classification", "logging", "model_configuration", "model_repository", "parameters",
                     "schedule_policy", "statistics", "system_shared_memory", "trace"):
            self.assertIn(name, extensions)

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
