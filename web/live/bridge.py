"""Join IPython, as JupyterLite runs it in Pyodide, to the page.

Runs in the reader's browser. What a cell publishes goes to the page as
Jupyter's messages; messages of widgets come from there.
"""

import builtins
import json
import os
import zipfile
from pathlib import Path

import pyodide_kernel
from page import publish
from pyodide.ffi import to_js

shell = pyodide_kernel.ipython_shell
kernel = pyodide_kernel.kernel_instance


def start(notebook):
    """Work in the notebook's folder, with the book's data beside it."""
    import matplotlib

    import mfdl

    with zipfile.ZipFile("/lib/kernel.zip") as archive:  # fonts, listed
        for name in archive.namelist():
            if name.startswith("fontlist"):
                archive.extract(name, matplotlib.get_cachedir())

    folder = Path("/home/reader") / notebook
    folder = folder.parent
    folder.mkdir(parents=True, exist_ok=True)
    data = folder.parent / "data"
    if not data.exists():
        data.symlink_to(Path(mfdl.__file__).parent / "_data")
    os.chdir(folder)


async def foresee():
    """Import what the first cell of every chapter imports."""
    import matplotlib.pyplot  # noqa: F401


async def run(code, parent):
    """Run a cell; return its status and its execution count."""
    _answer_to(parent)
    reply = await kernel.run(code)
    if reply["status"] == "error":
        _publish(
            "error",
            {
                "ename": reply["ename"],
                "evalue": reply["evalue"],
                "traceback": list(reply["traceback"]),
            },
        )
    return reply["status"], shell.execution_count - 1


def comm(content, buffers, parent):
    """Hand a message of the page to the widget it is for."""
    _answer_to(parent)
    message = {
        "content": json.loads(content),
        "buffers": [memoryview(b.to_py()) for b in buffers],
        "metadata": {},
    }
    kernel.comm_manager.comm_msg(None, None, message)


def _answer_to(parent):
    kernel._parent_header = {"header": {"msg_id": parent}}


_answer_to("")


def _publish(kind, content, buffers=None):
    parent = (kernel._parent_header or {}).get("header", {}).get("msg_id", "")
    data = to_js([bytes(b) for b in buffers]) if buffers else None
    publish(kind, json.dumps(content, default=_plain), parent, data)


def _plain(value):
    """What JSON does not know: objects of the page, and NumPy's numbers."""
    for way in ("to_py", "tolist"):
        if hasattr(value, way):
            return getattr(value, way)()
    return str(value)


def _stream(name, text):
    _publish("stream", {"name": name, "text": text})


def _display(data, metadata, transient):
    content = {"data": data, "metadata": metadata or {}}
    _publish("display_data", content | {"transient": transient or {}})


def _update(data, metadata, transient):
    content = {"data": data, "metadata": metadata or {}}
    _publish("update_display_data", content | {"transient": transient or {}})


def _result(count, data, metadata):
    if data:
        content = {"data": data, "metadata": metadata or {}}
        _publish("execute_result", content | {"execution_count": count})


def _clear(wait=False):
    _publish("clear_output", {"wait": bool(wait)})


def _comm(kind, content, metadata, ident, buffers):
    _publish(kind, content | {"metadata": metadata or {}}, buffers)


async def _all_are_there(_code):
    """No package is fetched for an import: those of the site are loaded."""


def _note(etype, evalue, traceback):
    """Name an exception as Jupyter does: ValueError, not <class '…'>."""
    shell._last_traceback = {
        "ename": etype.__name__,
        "evalue": str(evalue),
        "traceback": traceback,
    }


def _no_input(prompt=""):
    raise RuntimeError(
        "input() cannot wait for an answer on a page: give the value in the "
        'code, such as answer = "7".'
    )


for stream in (pyodide_kernel.stdout_stream, pyodide_kernel.stderr_stream):
    stream.publish_stream_callback = _stream
shell.display_pub.display_data_callback = _display
shell.display_pub.update_display_data_callback = _update
shell.display_pub.clear_output_callback = _clear
shell.displayhook.publish_execution_result = _result
shell.send_comm = _comm
shell._showtraceback = _note
builtins.input = _no_input
pyodide_kernel.kernel._load_packages_from_imports = _all_are_there
