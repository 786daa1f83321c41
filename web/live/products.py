"""Let NumPy multiply matrices with the loops of matmul.wasm.

Runs in the reader's browser. ``addresses`` holds where they are, by type.
"""

import ctypes
import functools
import gc

import numpy as np
from numpy._core._multiarray_umath import _UFUNC_API

REPLACE_LOOP = 30  # PyUFunc_ReplaceLoopBySignature in NumPy's C API


def quicken_matmul(addresses):
    """Replace the inner loops of ``np.matmul``, which ``@`` uses."""
    table_of = ctypes.pythonapi.PyCapsule_GetPointer
    table_of.restype = ctypes.POINTER(ctypes.c_void_p)
    table_of.argtypes = [ctypes.py_object, ctypes.c_char_p]
    replace_loop = ctypes.CFUNCTYPE(
        ctypes.c_int,
        ctypes.py_object,
        ctypes.c_void_p,
        ctypes.POINTER(ctypes.c_int),
        ctypes.POINTER(ctypes.c_void_p),
    )(table_of(_UFUNC_API, None)[REPLACE_LOOP])
    for dtype, address in addresses.items():
        types = (ctypes.c_int * 3)(*3 * [np.dtype(dtype).num])
        if replace_loop(np.matmul, address, types, None):
            raise RuntimeError(f"np.matmul has no loop for {dtype}")


def quicken_dot():
    """Let ``a.dot(b)`` of two matrices use it, too.

    NumPy has no way to replace a method of arrays; Python has this one.
    """
    original, matmul, ndarray = np.ndarray.dot, np.matmul, np.ndarray

    @functools.wraps(original)
    def dot(a, b, out=None):
        if (
            type(a) is type(b) is ndarray
            and a.ndim == b.ndim == 2
            and a.dtype.kind == "f"
            and a.shape[1] == b.shape[0]
        ):
            return matmul(a, b, out)
        return original(a, b, out)

    gc.get_referents(ndarray.__dict__)[0]["dot"] = dot
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(ndarray))


quicken_matmul(addresses)  # noqa: F821
quicken_dot()
