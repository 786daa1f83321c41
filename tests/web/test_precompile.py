"""Byte code stands beside its source, and is made only when it must be."""

import json
import zipfile

import precompile
import pytest
from assemble_pyodide import TARGET

CODE = {
    "stdlib/a.pyc": b"code of a",
    "site/demo/__init__.pyc": b"code of demo",
    "site/other/__init__.pyc": b"of a wheel that is not here",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A Pyodide folder with one module and one wheel; an empty cache."""
    monkeypatch.setenv("MFDL_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "pyodide"
    folder.mkdir()
    (folder / "pyodide.asm.wasm").write_text("wasm")
    refill(folder)
    return folder


def refill(folder, mfdl="1", demo="1"):
    packages = {"demo": {"sha256": demo}, "mfdl": {"sha256": mfdl}}
    lock = {"info": {}, "packages": packages}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock))
    with zipfile.ZipFile(folder / precompile.STDLIB, "w") as archive:
        archive.writestr("a.py", "a = 1\n")
        archive.writestr("b.py", "b = 1\n")
    with zipfile.ZipFile(folder / "demo-1-py3-none-any.whl", "w") as archive:
        archive.writestr("demo/__init__.py", "c = 1\n")
        archive.writestr("demo/unused.py", "d = 1\n")


@pytest.fixture
def rehearsals(monkeypatch):
    """Stands for ``rehearse``; lists its calls."""
    calls = []

    def rehearse(folder, target):
        calls.append(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(target, "w") as archive:
            for name, code in CODE.items():
                archive.writestr(name, code)

    monkeypatch.setattr(precompile, "rehearse", rehearse)
    return calls


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_byte_code_is_added_where_python_looks_for_it(folder, rehearsals):
    precompile.precompile(folder)
    assert contents(folder / precompile.STDLIB) == {
        "a.py": b"a = 1\n",
        "a.pyc": b"code of a",
        "b.py": b"b = 1\n",
    }
    assert contents(folder / "demo-1-py3-none-any.whl") == {
        "demo/__init__.py": b"c = 1\n",
        "demo/__pycache__/__init__.cpython-314.pyc": b"code of demo",
        "demo/unused.py": b"d = 1\n",
    }


def test_a_rehearsal_is_kept(folder, rehearsals):
    precompile.precompile(folder)
    wheel = folder / "demo-1-py3-none-any.whl"
    once = wheel.read_bytes()
    refill(folder, mfdl="2")  # a chapter changed
    precompile.precompile(folder)
    assert len(rehearsals) == 1
    assert len(wheel.read_bytes()) == len(once)
    refill(folder, demo="2")
    precompile.precompile(folder)
    assert len(rehearsals) == 2


@pytest.mark.parametrize("damage", ["empty", "cut", "changed"])
def test_a_damaged_rehearsal_is_made_again(
    folder, rehearsals, tmp_path, damage
):
    precompile.precompile(folder)
    [kept] = (tmp_path / "cache" / "bytecode").iterdir()
    whole = kept.read_bytes()
    changed = whole.replace(b"code of demo", b"code of dome")
    kept.write_bytes({"empty": b"", "cut": whole[:90]}.get(damage, changed))
    refill(folder)
    precompile.precompile(folder)
    assert len(rehearsals) == 2
    code = contents(folder / "demo-1-py3-none-any.whl")
    assert b"code of demo" in code.values()


@pytest.mark.parametrize(
    "script",
    [
        "console.error('first line'); console.error('E: why'); "
        "process.exit(1)",
        "throw new TypeError('E: why')",
    ],
)
def test_a_rehearsal_that_fails(folder, tmp_path, monkeypatch, script):
    failing = tmp_path / "failing.mjs"
    failing.write_text(script)
    monkeypatch.setattr(precompile, "SCRIPTS", (failing, failing))
    with pytest.raises(
        precompile.PrecompileError, match="could not be compiled in Node.js"
    ) as failed:
        precompile.precompile(folder)
    assert "\n" not in str(failed.value)
    assert not list((tmp_path / "cache" / "bytecode").iterdir())


@pytest.mark.skipif(
    not TARGET.exists(), reason="Python for the browser is not assembled"
)
def test_the_real_byte_code_is_never_checked_against_its_source():
    [numpy] = TARGET.glob("numpy-*.whl")
    for path, inside in {
        numpy: "numpy/__pycache__/__init__.cpython-314.pyc",
        TARGET / precompile.STDLIB: "asyncio/__init__.pyc",
    }.items():
        code = contents(path)[inside]
        assert code[4:8] == b"\x01\x00\x00\x00"  # hash-based, unchecked
