"""Client, Model and Tensor over the C interface."""

import ctypes
import os
import threading
from collections import namedtuple
from ctypes import byref, c_int64, c_size_t, c_void_p

import numpy as np

from tfld._library import ClientOptions, Error, InferOptions, TensorInfo, call, library

__all__ = ["Client", "Error", "Model", "Tensor"]

_TRANSPORTS = {"auto": 0, "grpc": 1, "channel": 2}
_PRIORITIES = {"default": 0, "critical": 1, "normal": 2, "background": 3}
# By tfld_data_type. bfloat16 has no NumPy type of its own: its bits are there as uint16.
_DTYPES = [np.bool_, np.uint8, np.uint16, np.uint32, np.uint64, np.int8, np.int16, np.int32, np.int64, np.float16,
           np.uint16, np.float32, np.float64]

#: As the model declares it; sizes that are open are -1.
Tensor = namedtuple("Tensor", "name dtype shape")


def _microseconds(seconds, least):
    """-1, which is no limit, also for what 64 bits do not hold."""
    return -1 if seconds is None or seconds > 9e12 else max(least, int(seconds * 1e6))


def _array(owner, address, size, dtype, shape):
    """An array over memory of the library, which keeps `owner` alive."""
    if size == 0:
        return np.empty(shape, dtype)
    memory = (ctypes.c_char * size).from_address(address)
    memory.owner = owner
    return np.frombuffer(memory, dtype).reshape(shape)


class _BindingHandle(c_void_p):
    def __del__(self):
        library.tfld_binding_close(self)


class Client:
    """A connection to the daemon. From any thread."""

    def __init__(self, runtime_dir=None, wait=0.0, transport="auto"):
        options = ClientOptions(None if runtime_dir is None else os.fsencode(runtime_dir), _microseconds(wait, 0),
                                _TRANSPORTS[transport])
        self._lock = threading.Lock()  # keeps the handle open while it is used
        self._handle = c_void_p()
        call(library.tfld_client_connect_with, byref(options), byref(self._handle))

    def bind(self, model, version=""):
        """The model's tensors; `version` is empty for whichever is active at each request, a label, or a number."""
        return self.bind_slots(model, 1, version)[0]

    def bind_slots(self, model, count, version=""):
        """`count` models whose requests can be under way at the same time."""
        handles = (c_void_p * count)()
        with self._lock:
            if not self._handle:
                raise Error("FAILED_PRECONDITION", "the client is closed")
            call(library.tfld_client_bind_slots, self._handle, model.encode(), str(version).encode(), count, handles)
        owned = [_BindingHandle(handle) for handle in handles]  # all are closed when a model cannot be made
        return [Model(model, handle) for handle in owned]

    def close(self):
        """Models stay usable."""
        with self._lock:
            handle, self._handle = self._handle, c_void_p()
            library.tfld_client_close(handle)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_handle", None):
            self.close()


class Model:
    """One request of a model: its tensors, and the last answer. One owner at a time."""

    def __init__(self, name, handle):
        self._handle = handle
        self.name = name
        count_in = library.tfld_binding_input_count(self._handle)
        count_out = library.tfld_binding_output_count(self._handle)
        self.input_tensors = [self._describe(library.tfld_binding_input_info, i) for i in range(count_in)]
        self.output_tensors = [self._describe(library.tfld_binding_output_info, i) for i in range(count_out)]
        self._shapes = [[1 if i == 0 and size < 0 else size for i, size in enumerate(tensor.shape)]
                        for tensor in self.input_tensors]

    def _describe(self, function, index):
        info = TensorInfo()
        call(function, self._handle, index, byref(info))
        if info.type >= len(_DTYPES):
            raise Error("UNIMPLEMENTED", f"tensor {info.name.decode()} holds strings, which are not offered here")
        return Tensor(info.name.decode(), np.dtype(_DTYPES[info.type]), tuple(info.shape[:info.rank]))

    @property
    def inputs(self):
        """The inputs' arrays, to be written in place; they keep their contents from one request to the next."""
        return [self._input(index) for index in range(len(self.input_tensors))]

    def _input(self, index):
        address, size = c_void_p(), c_size_t()
        call(library.tfld_binding_input, self._handle, index, byref(address), byref(size))
        return _array(self, address.value, size.value, self.input_tensors[index].dtype, self._shapes[index])

    def resize_input(self, index, shape):
        """Another shape, for models that take more than one. Arrays of inputs that were taken before are void."""
        sizes = (c_int64 * len(shape))(*shape)
        call(library.tfld_binding_resize_input, self._handle, index, sizes, len(shape))
        self._shapes[index] = list(shape)

    def infer(self, timeout=None, priority="default"):
        """Sends the inputs, waits at most `timeout` seconds, and gives the outputs' arrays."""
        self.start(timeout, priority)
        return self.wait()

    def start(self, timeout=None, priority="default"):
        """Sends the inputs, which must not be changed before `wait`."""
        options = InferOptions(_microseconds(timeout, 1), _PRIORITIES[priority])
        call(library.tfld_binding_start, self._handle, byref(options))

    def done(self):
        """Whether `wait` would return at once."""
        return library.tfld_binding_done(self._handle) != 0

    def wait(self):
        """The outputs' arrays of the request that was started, valid until the next one; over gRPC, copies."""
        call(library.tfld_binding_wait, self._handle)
        return [self._output(index) for index in range(len(self.output_tensors))]

    def _output(self, index):
        address, size, rank = c_void_p(), c_size_t(), c_size_t()
        shape = (c_int64 * 8)()
        call(library.tfld_binding_output, self._handle, index, byref(address), byref(size))
        call(library.tfld_binding_output_shape, self._handle, index, shape, 8, byref(rank))
        array = _array(self, address.value, size.value, self.output_tensors[index].dtype, shape[:rank.value])
        if self.transport == "grpc":
            array = array.copy()  # the next answer may lie elsewhere
        array.flags.writeable = False
        return array

    @property
    def version(self):
        """The version that gave the last answer; 0 when there is none."""
        return library.tfld_binding_version(self._handle)

    @property
    def transport(self):
        """"channel" or "grpc"."""
        return library.tfld_binding_transport(self._handle).decode()
