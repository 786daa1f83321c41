"""Where the wheels for the browser come from: wheelhouse, cache, download."""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import wheels
from fetch import FetchError, Unreachable, checksum, fetch
from wheels import WheelError

HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Wanted:
    """A wheel to be had: its version, and the checksums of right files."""

    name: str
    version: str
    sha256: frozenset
    file_name: str = ""  # in Pyodide's distribution; empty for pip's wheels
    requirement: str = ""  # for pip, with hashes; empty for Pyodide's wheels


def from_lock(lock, name):
    """The wheel of a package in Pyodide's lock file."""
    entry = lock["packages"][name]
    return Wanted(
        name,
        entry["version"],
        frozenset([entry["sha256"]]),
        file_name=entry["file_name"],
    )


def from_pins(path):
    """The wheels pinned in a requirements file with hashes, by name."""
    text = path.read_text("utf-8").replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, version = line.split()[0].split("==")
            sha256 = frozenset(HASH.findall(line))
            found[name] = Wanted(name, version, sha256, requirement=line)
    return found


def cache_folder():
    """The folder of earlier downloads: MFDL_CACHE, or the user's cache."""
    named = os.environ.get("MFDL_CACHE")
    return Path(named or platformdirs.user_cache_dir("mfdl", "mfdl"))


class WheelSources:
    """The sources of wheels, asked in a fixed order.

    ``lock`` is Pyodide's lock file, ``base`` the address of its distribution,
    ``pins`` the requirements file of what pip may fetch, ``house`` a folder
    of wheels or None.
    """

    def __init__(self, lock, base, pins, house=None):
        self.lock = lock
        self.base = base.rstrip("/")
        self.pins = from_pins(pins)
        self.house = house
        self.cache = cache_folder()

    def collect(self, native):
        """The paths of the wheels named in ``native`` and in the pins.

        Raises ``WheelError`` if one cannot be had.
        """
        official = {name: from_lock(self.lock, name) for name in native}
        found = {}
        for name in sorted(official.keys() | self.pins.keys()):
            choices = [s[name] for s in (official, self.pins) if name in s]
            path = self.in_wheelhouse(choices) or self.in_cache(choices)
            if path:
                found[name] = path
        lacking = [w for name, w in official.items() if name not in found]
        found |= self.from_distribution(lacking)
        lacking = [w for name, w in self.pins.items() if name not in found]
        found |= self.with_pip(lacking)
        return [found[name] for name in sorted(found)]

    def in_wheelhouse(self, choices):
        """The wheel in the wheelhouse, or None if there is none of its name.

        It is taken as it is, without a checksum: whoever names a wheelhouse
        answers for it. Raises ``WheelError`` if it has another version only,
        or cannot be read.
        """
        if self.house is None:
            return None
        versions = {choice.version for choice in choices}
        others = []
        for path in sorted(self.house.glob("*.whl")):
            name, version = wheels.name_and_version(path)
            if name != choices[0].name or not wheels.runs_on(path, self.abi):
                continue
            if version in versions:
                wheels.metadata(path)  # raises if it cannot be read
                return path
            others.append(path.name)
        if others:
            raise WheelError(
                f"expected {choices[0].name} {' or '.join(sorted(versions))} "
                f"in the wheelhouse {self.house}, found {', '.join(others)}: "
                "put the right wheel there, or take this one away"
            )
        return None

    def in_cache(self, choices):
        """The wheel in the cache, or None; a damaged one is deleted."""
        for choice in choices:
            for sha256 in sorted(choice.sha256):
                for path in (self.cache / sha256).glob("*.whl"):
                    if checksum(path) == sha256:
                        return path
                    path.unlink()
        return None

    def from_distribution(self, wanted):
        """Fetch wheels of Pyodide's own distribution into the cache.

        Returns their paths by name; leaves out what pip can replace, if the
        distribution does not answer. Raises ``WheelError``.
        """
        found = {}
        try:
            for wheel in wanted:
                [sha256] = wheel.sha256
                found[wheel.name] = fetch(
                    f"{self.base}/{wheel.file_name}",
                    self.cache / sha256 / wheel.file_name,
                    sha256,
                )
        except Unreachable as error:
            lacking = [
                f"{wheel.name} {wheel.version}"
                for wheel in wanted
                if wheel.name not in found and wheel.name not in self.pins
            ]
            if lacking:
                raise WheelError(
                    f"expected {', '.join(lacking)} in "
                    f"{self.house or 'a wheelhouse (MFDL_WHEELHOUSE)'} or in "
                    f"the cache {self.cache}, found neither, and {error}: "
                    "connect to the internet, or name a folder that has these "
                    "wheels in MFDL_WHEELHOUSE"
                ) from error
        except FetchError as error:
            raise WheelError(str(error)) from error
        return found

    def with_pip(self, wanted):
        """Fetch pinned wheels from the package index into the cache.

        pip compares their checksums. Returns their paths by name; raises
        ``WheelError``.
        """
        if not wanted:
            return {}
        print(f"  fetching {len(wanted)} wheels with pip", flush=True)
        python = "".join(self.lock["info"]["python"].split(".")[:2])
        self.cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix="pip-", dir=self.cache
        ) as temporary:
            pins = Path(temporary) / "requirements.txt"
            pins.write_text("".join(f"{w.requirement}\n" for w in wanted))
            command = [sys.executable, "-m", "pip", "download", "-q"]
            command += ["--require-hashes", "--no-deps"]
            command += ["--only-binary=:all:", "--disable-pip-version-check"]
            command += ["--implementation=cp", f"--python-version={python}"]
            command += [f"--abi=cp{python}", "--abi=none", "--platform=any"]
            command += [f"--platform=pyemscripten_{self.abi}_wasm32"]
            command += ["-d", temporary, "-r", str(pins)]
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode:
                reasons = re.findall(r"^ERROR: (.*)", run.stderr, re.M)
                raise WheelError(
                    "pip could not fetch the wheels that "
                    "web/pyodide-requirements.txt pins: "
                    + (reasons or [f"it ended with {run.returncode}"])[-1]
                )
            found = {}
            for path in Path(temporary).glob("*.whl"):
                place = self.cache / checksum(path)
                place.mkdir(exist_ok=True)
                name, _ = wheels.name_and_version(path)
                found[name] = path.replace(place / path.name)
            return found

    @property
    def abi(self):
        return self.lock["info"]["abi_version"]
