"""What a wheel says about itself, and its entry in Pyodide's lock file."""

import zipfile
from pathlib import Path

from fetch import checksum
from packaging.metadata import Metadata
from packaging.utils import (
    InvalidWheelFilename,
    canonicalize_name,
    parse_wheel_filename,
)

# The environment that the markers in a wheel's requirements are read in.
BROWSER = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_system": "Emscripten",
    "sys_platform": "emscripten",
}


class WheelError(Exception):
    """A wheel cannot be had, or read; the message is one clear sentence."""


def name_and_version(path):
    """The canonical name and the version of a wheel, from its file's name.

    Raises ``WheelError`` if the name is not that of a wheel.
    """
    try:
        name, version, _, _ = parse_wheel_filename(Path(path).name)
    except InvalidWheelFilename as error:
        raise WheelError(str(error)) from error
    return str(name), str(version)


def runs_on(path, abi):
    """Whether a wheel is pure Python, or made for Pyodide's ABI."""
    tags = parse_wheel_filename(Path(path).name)[3]
    return any(
        tag.platform == "any" or tag.platform.endswith(f"_{abi}_wasm32")
        for tag in tags
    )


def metadata(path):
    """The wheel's METADATA; raises ``WheelError`` if there is none."""
    try:
        with zipfile.ZipFile(path) as wheel:
            damaged = wheel.testzip()
            if damaged:
                raise WheelError(f"{path} is damaged at {damaged}")
            inside = next(
                name
                for name in wheel.namelist()
                if name.endswith(".dist-info/METADATA")
            )
            return Metadata.from_email(wheel.read(inside), validate=False)
    except (zipfile.BadZipFile, StopIteration) as error:
        raise WheelError(f"{path} is not a wheel that can be read") from error


def lock_entry(path, info, extras=()):
    """The entry of a wheel in ``pyodide-lock.json``.

    ``info`` is the lock file's own ``info`` (Python version, ABI); ``extras``
    names the optional dependencies that count.
    """
    name, version = name_and_version(path)
    return {
        "name": name,
        "version": version,
        "file_name": Path(path).name,
        "install_dir": "site",
        "sha256": checksum(Path(path)),
        "package_type": "package",
        "imports": sorted(top_level(path)),
        "depends": sorted(requirements(path, info, extras)),
        "unvendored_tests": False,
    }


def top_level(path):
    """The names that can be imported once the wheel is installed."""
    found = set()
    with zipfile.ZipFile(path) as wheel:
        for name in wheel.namelist():
            first, *rest = name.split("/")
            if first.endswith((".dist-info", ".data")):
                continue
            if rest and rest[-1].endswith((".py", ".so")):
                found.add(first)
            elif not rest and first.endswith((".py", ".so")):
                found.add(first.split(".")[0])
    return found


def requirements(path, info, extras=()):
    """The canonical names of the packages that a wheel needs here."""
    python = info["python"]
    environment = BROWSER | {
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
    }
    return {
        canonicalize_name(needed.name)
        for needed in metadata(path).requires_dist or []
        if needed.marker is None
        or any(
            needed.marker.evaluate(environment | {"extra": extra})
            for extra in ("", *extras)
        )
    }
