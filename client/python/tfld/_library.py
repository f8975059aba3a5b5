"""The C interface of libtfld-client (tfld/client_c.h), by ctypes."""

import ctypes
import ctypes.util
import os
from ctypes import POINTER, Structure, byref, c_char, c_char_p, c_int, c_int64, c_size_t, c_uint64, c_void_p


class TensorInfo(Structure):
    _fields_ = [("name", c_char_p), ("type", c_int), ("rank", c_size_t), ("shape", POINTER(c_int64))]


class ErrorInfo(Structure):
    _fields_ = [("code", c_int), ("message", c_char * 512)]


class ClientOptions(Structure):
    _fields_ = [("runtime_dir", c_char_p), ("wait_us", c_int64), ("transport", c_int)]


class InferOptions(Structure):
    _fields_ = [("timeout_us", c_int64), ("priority", c_int)]


_ERROR = POINTER(ErrorInfo)

# Name: result, arguments.
_FUNCTIONS = {
    "tfld_code_name": (c_char_p, [c_int]),
    "tfld_client_connect_with": (c_int, [POINTER(ClientOptions), POINTER(c_void_p), _ERROR]),
    "tfld_client_close": (None, [c_void_p]),
    "tfld_client_bind_slots": (c_int, [c_void_p, c_char_p, c_char_p, c_size_t, POINTER(c_void_p), _ERROR]),
    "tfld_binding_close": (None, [c_void_p]),
    "tfld_binding_input_count": (c_size_t, [c_void_p]),
    "tfld_binding_output_count": (c_size_t, [c_void_p]),
    "tfld_binding_input_info": (c_int, [c_void_p, c_size_t, POINTER(TensorInfo), _ERROR]),
    "tfld_binding_output_info": (c_int, [c_void_p, c_size_t, POINTER(TensorInfo), _ERROR]),
    "tfld_binding_resize_input": (c_int, [c_void_p, c_size_t, POINTER(c_int64), c_size_t, _ERROR]),
    "tfld_binding_input": (c_int, [c_void_p, c_size_t, POINTER(c_void_p), POINTER(c_size_t), _ERROR]),
    "tfld_binding_start": (c_int, [c_void_p, POINTER(InferOptions), _ERROR]),
    "tfld_binding_wait": (c_int, [c_void_p, _ERROR]),
    "tfld_binding_done": (c_int, [c_void_p]),
    "tfld_binding_output": (c_int, [c_void_p, c_size_t, POINTER(c_void_p), POINTER(c_size_t), _ERROR]),
    "tfld_binding_output_shape": (
        c_int, [c_void_p, c_size_t, POINTER(c_int64), c_size_t, POINTER(c_size_t), _ERROR]),
    "tfld_binding_transport": (c_char_p, [c_void_p]),
    "tfld_binding_version": (c_uint64, [c_void_p]),
}


def _load():
    path = os.environ.get("TFLD_CLIENT_LIBRARY") or ctypes.util.find_library("tfld-client")
    if path is None:
        raise ImportError("libtfld-client.so is not installed; set TFLD_CLIENT_LIBRARY to its path")
    library = ctypes.CDLL(path)
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


library = _load()


class Error(RuntimeError):
    """What went wrong: `code` is the canonical code's name, such as "NOT_FOUND"."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def call(function, *arguments):
    """Calls a function that takes an error as its last argument, and raises what it fills in."""
    info = ErrorInfo()
    code = function(*arguments, byref(info))
    if code != 0:
        raise Error(library.tfld_code_name(code).decode(), info.message.decode(errors="replace"))
