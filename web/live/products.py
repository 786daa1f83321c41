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
    table_of = ctypes.PYFUNCTYPE(
        ctypes.POINTER(ctypes.c_void_p), ctypes.py_object, ctypes.c_char_p
    )(("PyCapsule_GetPointer", ctypes.pythonapi))
    replace_loop = ctypes.PYFUNCTYPE(
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
    """Let ``a.dot(b)`` of two such matrices use it, too.

    NumPy has no way to replace a method of arrays; Python has this one. What
    NumPy's own refuses or converts is left to it.
    """
    original, matmul, ndarray = np.ndarray.dot, np.matmul, np.ndarray
    quick = {np.dtype(name) for name in addresses}  # noqa: F821

    def fits(out, a, b):
        return out is None or (
            type(out) is ndarray
            and out.dtype == a.dtype
            and out.shape == (len(a), b.shape[1])
            and out.flags.c_contiguous
        )

    @functools.wraps(original)
    def dot(a, b, out=None):
        if (
            type(a) is type(b) is ndarray
            and a.ndim == b.ndim == 2
            and a.dtype == b.dtype
            and a.dtype in quick
            and a.shape[1] == len(b)
            and fits(out, a, b)
        ):
            return matmul(a, b, out)
        return original(a, b, out)

    gc.get_referents(ndarray.__dict__)[0]["dot"] = dot
    ctypes.PYFUNCTYPE(None, ctypes.py_object)(
        ("PyType_Modified", ctypes.pythonapi)
    )(ndarray)


quicken_matmul(addresses)  # noqa: F821
quicken_dot()
