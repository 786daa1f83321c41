"""Runs in Pyodide: do what a page does first, and compile what that imports.

Each module of the standard library and of the installed wheels that was
imported is written to /out as byte code, under ``stdlib`` or ``site``. Byte
code of Python's own making is never checked against its source again
(unchecked-hash), but tracebacks still show the source.
"""

import io
import py_compile
import sys
from pathlib import Path

PLACES = {
    "/lib/python314.zip/": Path("/out/stdlib"),
    "/lib/python3.14/site-packages/": Path("/out/site"),
}


def rehearse():
    """Start the kernel, run a cell that fails, draw, show a widget."""
    import matplotlib
    import matplotlib_inline.backend_inline  # noqa: F401
    import micropip  # noqa: F401
    import numpy.random  # noqa: F401
    import piplite  # noqa: F401
    import pyodide_kernel

    shell = pyodide_kernel.ipython_shell
    shell.send_comm = lambda *_: None  # no page is there to hear of widgets
    shell.run_cell("1 / 0", silent=True)
    shell.InteractiveTB.structured_traceback(*failure())
    matplotlib.use("agg")
    import ipywidgets
    import matplotlib.pyplot as plt
    from PIL import Image

    ipywidgets.HBox([ipywidgets.FloatSlider(), ipywidgets.Output()])
    figure, axes = plt.subplots()
    axes.plot([0, 1], label="$x^2$")
    axes.legend()
    picture = io.BytesIO()
    figure.savefig(picture)
    Image.open(picture).convert("RGB").quantize(64)


def failure():
    """An exception with its traceback, as ``sys.exc_info`` gives it."""
    try:
        raise ValueError
    except ValueError:
        return sys.exc_info()


def compile_imported():
    """Write the byte code of all modules that are imported by now."""
    source = Path("/tmp/source.py")
    for module in list(sys.modules.values()):
        spec = getattr(module, "__spec__", None)
        origin = getattr(spec, "origin", None) or ""
        for prefix, folder in PLACES.items():
            if origin.startswith(prefix) and origin.endswith(".py"):
                target = folder / (origin.removeprefix(prefix) + "c")
                source.write_bytes(spec.loader.get_data(origin))
                py_compile.compile(
                    str(source),
                    cfile=str(target),
                    dfile=origin,
                    doraise=True,
                    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
                )


rehearse()
compile_imported()
