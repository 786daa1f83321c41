"""Join IPython, as JupyterLite runs it in Pyodide, to the page.

Runs in the reader's browser. What a cell publishes goes to the page as
Jupyter's messages; messages of widgets come from there.
"""

import builtins
import gc
import getpass
import importlib
import json
import os
import sys
import time
import zipfile
from pathlib import Path

import pyodide_kernel
from IPython.core.interactiveshell import ExecutionResult
from page import publish
from pyodide.ffi import to_js
from pyodide_kernel.jsonutil import json_clean

NEEDED = (  # by the first figure of every chapter
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "mfdl.arrays",
    "mfdl.checks",
    "mfdl.explore",
    "mfdl.plotting",
    "numpy.random",
    "PIL.Image",
)
GARBAGE = 5_000  # new objects, before Python looks for garbage
FONTS = "/home/matplotlib"  # where Matplotlib looks for its list
# what readers do not see of a traceback: frames of ours, and a line about them
HIDDEN = (f"File {__file__}", "[... skipping hidden ")

shell = pyodide_kernel.ipython_shell
kernel = pyodide_kernel.kernel_instance
ended = []  # the cell that runs, when it has run


def start(notebook):
    """Work in the notebook's folder, with the book's data beside it."""
    import mfdl

    os.makedirs(FONTS, exist_ok=True)
    folder = Path("/home/reader", notebook).parent
    folder.mkdir(parents=True, exist_ok=True)
    data = folder.parent / "data"
    if not data.exists():
        data.symlink_to(Path(mfdl.__file__).parent / "_data")
    os.chdir(folder)


def foresee():
    """Import what every chapter needs.

    Of what is there by now hardly anything will become garbage: it is not
    looked through again. Nor is the rest as often as Python would, which
    takes a twentieth of the time of a picture.
    """
    os.environ["MPLCONFIGDIR"] = FONTS
    with zipfile.ZipFile("/lib/kernel.zip") as archive:
        for name in archive.namelist():
            if name.startswith("fontlist"):  # spares a look at each font
                archive.extract(name, FONTS)

    for name in NEEDED:
        importlib.import_module(name)
    sys.modules["PIL.Image"].preinit()  # imports the usual formats
    gc.freeze()
    gc.set_threshold(GARBAGE)


async def run(code, parent):
    """Run a cell; return its status and its execution count."""
    _answer_to(parent)
    printed.begin()
    ended.clear()
    reply = await kernel.run(code)
    if not ended:  # of a cell that awaits IPython does not tell
        shell.events.trigger("post_execute")  # shows its figures
        shell.events.trigger("post_run_cell", ExecutionResult(None))
    printed.flush()
    if reply["status"] == "error":
        _publish("error", shell._last_traceback)
    return reply["status"], shell.execution_count - 1


def comm(content, buffers, parent):
    """Hand a message of the page to the widget it is for."""
    _answer_to(parent)
    message = {
        "content": json.loads(content),
        "buffers": [memoryview(b.to_py()) for b in buffers],
        "metadata": {},
    }
    shell._last_traceback = None
    printed.begin()
    kernel.comm_manager.comm_msg(None, None, message)
    printed.flush()
    if shell._last_traceback:  # a callback failed
        _publish("error", shell._last_traceback)


def _answer_to(parent):
    kernel._parent_header = {"header": {"msg_id": parent}}


_answer_to("")


def _publish(kind, content, buffers=None):
    printed.flush()
    _send(kind, content, buffers)


def _send(kind, content, buffers=None):
    parent = (kernel._parent_header or {}).get("header", {}).get("msg_id", "")
    data = to_js([bytes(b) for b in buffers]) if buffers else None
    try:
        text = json.dumps(content, default=_plain, allow_nan=False)
    except ValueError:  # as Jupyter does: NaN is no JSON
        text = json.dumps(json_clean(content))
    publish(kind, text, parent, data)


def _plain(value):
    """What JSON does not know: objects of the page, and NumPy's numbers."""
    for way in ("to_py", "tolist"):
        if hasattr(value, way):
            return getattr(value, way)()
    return str(value)


class _Printed:
    """Printed text on its way to the page, gathered into few messages.

    A message a write would keep the page busy with nothing else: it could
    not even be stopped.
    """

    PAUSE = 0.1  # seconds between two messages
    MOST = 100_000  # characters that a cell may print

    def __init__(self):
        self.begin()

    def begin(self):
        """A new cell prints."""
        self.name, self.text = "stdout", []
        self.sent, self.left = 0.0, self.MOST

    def write(self, name, text):
        if name != self.name:
            self.flush()
            self.name = name
        if self.left <= 0:
            return
        self.text.append(text[: self.left])
        self.left -= len(text)
        if self.left <= 0:
            self.text.append(f"\n... cut: {self.MOST} characters printed")
        if time.monotonic() - self.sent >= self.PAUSE:
            self.flush()

    def flush(self):
        text, self.text = "".join(self.text), []
        if text:
            self.sent = time.monotonic()
            _send("stream", {"name": self.name, "text": text})


printed = _Printed()


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


def _no_exit():
    raise RuntimeError("exit() ends nothing on a page: press Stop instead.")


async def _all_are_there(_code):
    """No package is fetched for an import: those of the site are loaded."""


def _note(etype, evalue, traceback):
    """Name an exception as Jupyter does: ValueError, not <class '…'>."""
    shell._last_traceback = {
        "ename": etype.__name__,
        "evalue": str(evalue),
        "traceback": [part for part in traceback if not _is_hidden(part)],
    }


def _is_hidden(part):
    return any(mark in part for mark in HIDDEN)


def _no_programs(command, **_):
    raise RuntimeError(
        f"{command!r} cannot run: a page has no shell and no programs, only "
        "Python. Open the notebook on your machine for it."
    )


def _no_packages(line):
    raise RuntimeError(
        "%pip installs nothing on a page: it has NumPy, Matplotlib, "
        "ipywidgets and the book's mfdl. For others, open the notebook on "
        "your machine."
    )


def _no_input(prompt=""):
    raise RuntimeError(
        "input() cannot wait for an answer on a page: give the value in the "
        'code, such as answer = "7".'
    )


for stream in (pyodide_kernel.stdout_stream, pyodide_kernel.stderr_stream):
    stream.publish_stream_callback = printed.write
shell.display_pub.display_data_callback = _display
shell.display_pub.update_display_data_callback = _update
shell.display_pub.clear_output_callback = _clear
shell.displayhook.publish_execution_result = _result
shell.send_comm = _comm
shell.events.register("post_run_cell", ended.append)
shell.colors = "nocolor"  # a page has two themes
shell._showtraceback = _note
shell.ask_exit = _no_exit
shell.system = shell.getoutput = _no_programs
shell.register_magic_function(_no_packages, "line", "pip")
builtins.input = getpass.getpass = _no_input
pyodide_kernel.kernel._load_packages_from_imports = _all_are_there
