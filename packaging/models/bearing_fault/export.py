"""From a trained network to a package: model.tflite in int8, its golden test, and the manifest that seals both."""
import hashlib
import json
import shutil
import tempfile

import flatbuffers
import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from signals import LABELS, WINDOW

KERNELS = {"reference": OpResolverType.BUILTIN_REF, "default": OpResolverType.AUTO}
OPERATORS = {*"CONV_2D DEPTHWISE_CONV_2D MAX_POOL_2D AVERAGE_POOL_2D ADD MEAN FULLY_CONNECTED SOFTMAX".split()}


def to_int8(network, calibration):
    """The bytes of the model with int8 input `vibration` and output `fault`, calibrated on float windows."""

    signature = tf.TensorSpec([1, WINDOW, 1, 1], tf.float32, name="vibration")
    infer = tf.function(lambda x: tf.nn.softmax(network(x, training=False)), autograph=False)
    frozen = convert_variables_to_constants_v2(infer.get_concrete_function(signature))
    serve = tf.function(lambda vibration: {"fault": frozen(vibration)[0]}, [signature], autograph=False)
    module = tf.Module()
    module.serve = serve
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={"serving_default": serve})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["serving_default"])
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([window[None]] for window in calibration)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
        return finish(converter.convert())


class AlignedBuilder(flatbuffers.Builder):
    """Puts byte vectors on 16 bytes, as the schema asks for the data of buffers; Python's generated code forgets it."""

    def StartVector(self, element_size, count, alignment):
        return super().StartVector(element_size, count, 16 if element_size == 1 else alignment)


def finish(model):
    """Gives the tensors at the door the names of the signature, so that no tool shows two names for one thing, and
    packs the model with its buffers aligned."""
    tree = schema.ModelT.InitFromPackedBuf(model)
    for signature in tree.signatureDefs:
        tensors = tree.subgraphs[signature.subgraphIndex].tensors
        for entry in signature.inputs + signature.outputs:
            tensors[entry.tensorIndex].name = entry.name
    builder = AlignedBuilder(len(model))
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())


class Runner:
    """A model in LiteRT's interpreter, with its reference kernels or with its default ones (XNNPACK)."""

    def __init__(self, model, kernels="default"):
        resolver = KERNELS[kernels]
        self.interpreter = Interpreter(model_content=model, experimental_op_resolver_type=resolver, num_threads=1)
        self.interpreter.allocate_tensors()
        self.input = self.interpreter.get_input_details()[0]
        self.output = self.interpreter.get_output_details()[0]

    def quantize(self, windows):
        scale, zero_point = self.input["quantization"]
        return np.clip(np.round(windows / scale) + zero_point, -128, 127).astype(np.int8)

    def __call__(self, windows):
        """int8 scores [n, classes] of int8 windows [n, WINDOW, 1, 1]."""
        scores = []
        for window in windows:
            self.interpreter.set_tensor(self.input["index"], window[None])
            self.interpreter.invoke()
            scores.append(self.interpreter.get_tensor(self.output["index"])[0])
        return np.array(scores)

    def operators(self):
        return {node["op_name"] for node in self.interpreter._get_ops_details()} - {"DELEGATE"}


def save(path, array):
    np.save(path, np.ascontiguousarray(array), allow_pickle=False)


def write_golden(folder, model, windows, tolerance):
    """A step a window; outputs are those of `model` with the reference kernels."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    reference, default = Runner(model, "reference"), Runner(model, "default")
    steps = []
    for number, window in enumerate(windows):
        scores, others = reference(window[None]), default(window[None])
        difference = np.abs(scores.astype(int) - others)
        record = {}
        for kind, detail, value in (("input", reference.input, window[None]), ("output", reference.output, scores)):
            file = f"step{number}_{kind}0.npy"
            save(folder / file, value)
            tensor = {"name": detail["name"], "dtype": str(value.dtype), "shape": list(value.shape), "file": file}
            record[kind + "s"] = [tensor]
        beside = {"max_abs_diff": float(difference.max()), "differing": float((difference > 0).mean())}
        record["outputs"][0]["default_kernels"] = beside
        steps.append(record)
    golden = {"model": "model.tflite", "kernels": "reference", "tolerance": {"steps": tolerance}, "steps": steps}
    (folder / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


def write_manifest(folder, version, description, metrics):
    """Names every other file of the package with its sha256 and size."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            content = path.read_bytes()
            seal = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            files[path.relative_to(folder).as_posix()] = seal
    manifest = {"format": 1, "name": "bearing_fault", "version": version, "labels": list(LABELS),
                "description": description, "metrics": metrics, "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def mislabelled(network):
    """The same network with its answers moved on by one class, as if it had been trained on labels in another order."""
    bad = keras.models.clone_model(network)
    bad.set_weights(network.get_weights())
    kernel, bias = bad.layers[-1].get_weights()
    bad.layers[-1].set_weights([np.roll(kernel, 1, axis=1), np.roll(bias, 1)])
    return bad
