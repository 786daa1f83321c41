"""Put byte code beside the source of the modules that every page imports.

Compiling takes Python in the browser longer than anything else at its start.
Which modules are imported is found out by rehearsing it: rehearse.py runs in
the assembled Pyodide, in Node.js. Only these are compiled: the byte code of
all others would cost the reader a download of 10 MB more, and gain nothing.
``mfdl`` is left out, because it changes with every chapter.
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from node import node_program
from wheel_sources import cache_folder

TOOLS = Path(__file__).parent
SCRIPTS = (TOOLS / "rehearse.mjs", TOOLS / "rehearse.py")
STDLIB = "python_stdlib.zip"
PYTHON = "cpython-314"  # as in the names of byte code files
PATIENCE = 600  # seconds for the rehearsal


class PrecompileError(Exception):
    """The rehearsal failed; the message is one clear sentence."""


def precompile(folder):
    """Add byte code to the archives of a Pyodide folder, in place.

    The result of a rehearsal is kept in the cache, under a checksum of all
    that went into it. Raises ``PrecompileError``.
    """
    code = cache_folder() / "bytecode" / f"{key(folder)}.zip"
    if not is_whole(code):
        print("  compiling what every page imports", flush=True)
        rehearse(folder, code)
    with zipfile.ZipFile(code) as compiled:
        add(folder / STDLIB, compiled, "stdlib", beside)
        for path in sorted(folder.glob("*.whl")):
            add(path, compiled, "site", in_pycache)


def key(folder):
    """The checksum of a rehearsal: Pyodide, the wheels, the scripts."""
    lock = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))
    lock["packages"].pop("mfdl", None)
    digest = hashlib.sha256(json.dumps(lock, sort_keys=True).encode())
    core = [folder / STDLIB, folder / "pyodide.asm.wasm"]
    for path in [*core, *SCRIPTS]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_whole(path):
    """Whether a zip file is there and undamaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except (OSError, zipfile.BadZipFile, EOFError):
        return False


def rehearse(folder, target):
    """Run the rehearsal, and store its byte code in the zip ``target``."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="rehearsal-", dir=target.parent
    ) as temporary:
        out = Path(temporary) / "out"
        out.mkdir()
        command = [
            node_program(),
            *map(str, (SCRIPTS[0], folder, SCRIPTS[1], out)),
        ]
        try:
            run = subprocess.run(
                command, capture_output=True, text=True, timeout=PATIENCE
            )
            problem = (
                run.returncode
                and (run.stderr.strip().splitlines() or ["no reason given"])[
                    -1
                ]
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            problem = str(error)
        if problem:
            raise PrecompileError(
                "the modules that every page imports could not be compiled "
                f"in Node.js: {problem}"
            )
        made = shutil.make_archive(f"{temporary}/code", "zip", out)
        Path(made).replace(target)


def add(path, compiled, kind, place):
    """Add the byte code of an archive's own modules to it.

    The byte code of ``a/b.py`` is ``kind/a/b.pyc`` in ``compiled``; the
    archive keeps it as ``place("a/b.py")``.
    """
    there = set(compiled.namelist())
    with zipfile.ZipFile(path, "a") as archive:
        for name in archive.namelist():
            code = f"{kind}/{name}c"
            if name.endswith(".py") and code in there:
                archive.writestr(
                    zipfile.ZipInfo(place(name)),  # without the time of day
                    compiled.read(code),
                    zipfile.ZIP_DEFLATED,
                    9,
                )


def beside(name):
    """Byte code in a zip file that is imported from: next to its source."""
    return name + "c"


def in_pycache(name):
    """Byte code in a folder of packages."""
    path = PurePosixPath(name)
    return str(path.parent / "__pycache__" / f"{path.stem}.{PYTHON}.pyc")
