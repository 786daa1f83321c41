"""Make _build/pyodide: Python for the reader's browser, in one folder.

    python tools/assemble_pyodide.py             fails if it cannot be had
    python tools/assemble_pyodide.py --optional  says so, and goes on

The folder holds Pyodide (from node_modules), the wheels that the book needs,
and a lock file that names only these: what is not there is a
ModuleNotFoundError in the browser, never a request to another host.

Where the wheels come from:

- a wheelhouse, the folder named by MFDL_WHEELHOUSE, if it has them;
- else the cache of earlier downloads (MFDL_CACHE names another);
- else, compiled ones from Pyodide's own distribution (MFDL_PYODIDE_URL names
  a mirror), checked by the sha256 in Pyodide's lock file; pure-Python ones
  from the package index with pip, checked by web/pyodide-requirements.txt.
  Pyodide distributes the latter too, repacked; taking the originals gives
  each site the same files.

The modules that every page imports carry their byte code, which halves the
time to start; live pages read the pure-Python ones from one archive (see
kernel_archive.py). A wheel of ``mfdl`` is built from the checkout. The folder
is replaced as a whole, and only if something it is made of has changed.
"""

import argparse
import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "_build" / "pyodide"
STATE = ROOT / "_build" / "pyodide.json"  # what TARGET was made of
NPM = ROOT / "node_modules" / "pyodide"
PINS = ROOT / "web" / "pyodide-requirements.txt"
CORE = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
)
LOCK = "pyodide-lock.json"
DISTRIBUTION = "https://cdn.jsdelivr.net/pyodide/v{version}/full"
# Compiled wheels, from Pyodide's distribution. Of these the package index has
# contourpy alone, and of that a later version only: pinned in PINS, it stands
# in where the distribution does not answer.
NATIVE = ("contourpy", "kiwisolver", "matplotlib", "numpy", "pillow")


class AssemblyError(Exception):
    """Python for the browser cannot be had; one clear sentence."""


def main(arguments=None):
    """Assemble; the exit status is a sentence if that failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--optional",
        action="store_true",
        help="if Python cannot be had, say so in a line and succeed",
    )
    optional = parser.parse_args(arguments).optional
    try:
        inputs = fingerprint()
        if not is_current(inputs):
            print("assembling Python for the reader's browser", flush=True)
            assemble()
            remember(inputs)
    except (AssemblyError, OSError) as error:
        shutil.rmtree(TARGET, ignore_errors=True)
        remember(None)
        reason = str(error)
        if isinstance(error, OSError):
            reason = (
                f"a file could not be read or written ({error}): make room, "
                "or name a folder that can be written to with MFDL_CACHE"
            )
        if not optional:
            return f"Python for the browser cannot be had: {reason}"
        print(f"The site is built without live pages: {reason}")
    return 0


def fingerprint():
    """The sha256 of all that the folder is made of, but for downloads."""
    if not (NPM / LOCK).exists():
        raise AssemblyError(
            f"expected Pyodide in {NPM.relative_to(ROOT)}: run `npm ci` (or "
            "`make book`, which does)"
        )
    sources = [NPM / "package.json", NPM / LOCK, PINS]
    sources += [ROOT / name for name in ("pyproject.toml", "README.md")]
    sources += (ROOT / "tools").glob("*.py")
    sources += (ROOT / "tools").glob("*.mjs")
    sources += (ROOT / "mfdl").rglob("*.py")
    sources += (ROOT / "mfdl").rglob("*.mplstyle")
    sources += (ROOT / "book" / "data").glob("*.npz")
    digest = hashlib.sha256()
    for path in sorted(sources):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    digest.update(kernel_version().encode())
    house = wheelhouse()
    for path in sorted(house.glob("*.whl")) if house else ():
        stat = path.stat()
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}".encode())
    return digest.hexdigest()


def kernel_version():
    return importlib.metadata.version("jupyterlite-pyodide-kernel")


def wheelhouse():
    """The folder named by MFDL_WHEELHOUSE, or None if it is not set."""
    named = os.environ.get("MFDL_WHEELHOUSE")
    if not named:
        return None
    if not Path(named).is_dir():
        raise AssemblyError(
            f"MFDL_WHEELHOUSE={named} is not a folder: name a folder of "
            "wheels, or unset it"
        )
    return Path(named)


def is_current(inputs):
    """Whether the folder is there, whole, and made of these inputs."""
    try:
        state = json.loads(STATE.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return state == {"inputs": inputs, "files": sizes(TARGET)}


def remember(inputs):
    """Note what the folder was made of; an unchanged note stays untouched.

    ``make`` builds the site again when this file has changed.
    """
    state = {"inputs": inputs, "files": sizes(TARGET)}
    text = json.dumps(state, indent=1) + "\n"
    STATE.parent.mkdir(exist_ok=True)
    if not STATE.exists() or STATE.read_text("utf-8") != text:
        STATE.write_text(text, "utf-8")


def sizes(folder):
    """The size of each file in a folder; nothing if it is not there."""
    if not folder.exists():
        return {}
    return {path.name: path.stat().st_size for path in folder.iterdir()}


def assemble():
    """Make the folder anew, and put it in the old one's place."""
    import kernel_archive
    import wheels
    from precompile import PrecompileError, precompile
    from wheel_sources import WheelSources

    lock = json.loads((NPM / LOCK).read_text("utf-8"))
    npm = json.loads((NPM / "package.json").read_text("utf-8"))
    base = os.environ.get("MFDL_PYODIDE_URL") or DISTRIBUTION.format(
        version=npm["version"]
    )
    TARGET.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="pyodide-", dir=TARGET.parent
    ) as temporary:
        made = Path(temporary) / "new"
        made.mkdir()
        for name in CORE:
            shutil.copyfile(NPM / name, made / name)
        sources = WheelSources(lock, base, PINS, wheelhouse())
        try:
            found = sources.collect(NATIVE)
        except wheels.WheelError as error:
            raise AssemblyError(str(error)) from error
        for path in [*found, *kernel_wheels()]:
            shutil.copyfile(path, made / path.name)
        build_mfdl(made)
        write_lock(made, lock["info"])
        try:
            precompile(made)
        except PrecompileError as error:
            raise AssemblyError(str(error)) from error
        # the wheels have other checksums now
        packages = write_lock(made, lock["info"])
        kernel_archive.pack(made, packages)
        if TARGET.exists():
            TARGET.rename(Path(temporary) / "old")
        made.rename(TARGET)


def write_lock(folder, info):
    """Write the lock file that names the wheels in the folder.

    Returns its packages; raises ``AssemblyError`` if one of them needs one
    that is not there.
    """
    import wheels

    packages = {}
    for path in sorted(folder.glob("*.whl")):
        name, _ = wheels.name_and_version(path)
        # pages draw: `import mfdl` brings what its figures need
        extras = ("figures",) if name == "mfdl" else ()
        packages[name] = wheels.lock_entry(path, info, extras)
    check_closed(packages)
    lock = {"info": info, "packages": packages}
    (folder / LOCK).write_text(json.dumps(lock, indent=1), "utf-8")
    return packages


def kernel_wheels():
    """The wheels inside jupyterlite-pyodide-kernel, checked.

    Its kernel, and stubs for packages that have no use in the browser.
    """
    from fetch import checksum
    from packaging.version import Version

    folder = (
        Path(sys.prefix) / "share/jupyter/labextensions/@jupyterlite"
        "/pyodide-kernel-extension/static/pypi"
    )
    try:
        index = json.loads((folder / "all.json").read_text("utf-8"))
    except OSError as error:
        raise AssemblyError(
            f"expected the wheels of jupyterlite-pyodide-kernel in {folder}: "
            "install requirements.txt again"
        ) from error
    found = []
    for package in index.values():
        [release] = package["releases"][max(package["releases"], key=Version)]
        path = folder / release["filename"]
        if checksum(path) != release["digests"]["sha256"]:
            raise AssemblyError(
                f"{path} is not the file that was installed: install "
                "requirements.txt again"
            )
        found.append(path)
    return found


def build_mfdl(folder):
    """Build the wheel of ``mfdl``, with its data, from the checkout."""
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
        + ["-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if built.returncode:
        reason = (built.stderr.strip() or "no reason given").splitlines()[-1]
        raise AssemblyError(f"the wheel of mfdl was not built: {reason}")


def check_closed(packages):
    """Raise ``AssemblyError`` if a package needs one that is not there."""
    for name, package in packages.items():
        missing = set(package["depends"]) - packages.keys()
        if missing:
            raise AssemblyError(
                f"{name} needs {', '.join(sorted(missing))}, which "
                f"{PINS.relative_to(ROOT)} lacks: `make requirements`"
            )


if __name__ == "__main__":
    sys.exit(main())
