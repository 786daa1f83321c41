"""Python for the browser is assembled whole and right, or not at all.

A small checkout with small wheels stands for the book; a server on this
machine stands for Pyodide's distribution, a folder for the package index.
"""

import hashlib
import json
import zipfile

import assemble_pyodide
import pytest
import wheels
from assemble_pyodide import ROOT, build_mfdl
from fetch import fetch
from lying_server import LyingServer, breaks_off, lies, resumes, status

PYODIDE = ROOT / "node_modules" / "pyodide"
INFO = {"abi_version": "2026_0", "python": "3.14.2"}
WASM = "cp314-cp314-pyemscripten_2026_0_wasm32"
LINUX = "cp314-cp314-manylinux_2_28_x86_64"


def make_wheel(folder, name, version, tag="py3-none-any", needs=(), text=""):
    """A wheel with one module; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-{tag}.whl"
    info = f"{name}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {need}" for need in needs]
    files = {
        f"{name}/__init__.py": f"# {text}\n",
        f"{info}/METADATA": "\n".join(lines) + "\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as wheel:
        for inside, content in files.items():  # the same at any time of day
            wheel.writestr(zipfile.ZipInfo(inside), content)
    return path


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def server():
    with LyingServer() as server:
        yield server


@pytest.fixture
def checkout(tmp_path, monkeypatch, server):
    """A small checkout; what it needs is published, nothing is cached."""
    root = tmp_path / "checkout"
    npm = root / "node_modules" / "pyodide"
    npm.mkdir(parents=True)
    for name in assemble_pyodide.CORE:
        (npm / name).write_text(name)
    (npm / "package.json").write_text('{"version": "1.2.3"}')

    published = tmp_path / "published"
    native = {
        "numpy": make_wheel(published, "numpy", "2.0", WASM),
        "contourpy": make_wheel(published, "contourpy", "1.3.3", WASM),
    }
    packages = {}
    for name, path in native.items():
        packages[name] = {
            "version": path.name.split("-")[1],
            "sha256": sha256(path),
            "file_name": path.name,
        }
        server.files[path.name] = path.read_bytes()
    (npm / "pyodide-lock.json").write_text(
        json.dumps({"info": INFO, "packages": packages})
    )

    index = tmp_path / "index"
    pinned = [
        make_wheel(index, "contourpy", "1.4.0", WASM, ["numpy"]),
        make_wheel(index, "comm", "0.2"),
        make_wheel(index, "ipython", "9.0", needs=["comm; os_name == 'nt'"]),
    ]
    pins = root / "web" / "pyodide-requirements.txt"
    pins.parent.mkdir()
    pins.write_text(
        "".join(
            f"{path.name.split('-')[0]}=={path.name.split('-')[1]} \\\n"
            f"    --hash=sha256:{'0' * 64} \\\n"
            f"    --hash=sha256:{sha256(path)}\n"
            for path in pinned
        )
    )
    (root / "mfdl").mkdir()
    (root / "mfdl" / "__init__.py").write_text("answer = 42\n")
    (root / "README.md").write_text("A small book.\n")
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\n'
        'build-backend = "hatchling.build"\n'
        '[project]\nname = "mfdl"\nversion = "0.1.0"\n'
        'dependencies = ["numpy"]\n'
        'optional-dependencies.figures = ["ipython"]\n'
    )

    for name, path in {
        "ROOT": root,
        "TARGET": root / "_build" / "pyodide",
        "STATE": root / "_build" / "pyodide.json",
        "NPM": npm,
        "PINS": pins,
        "NATIVE": ("contourpy", "numpy"),
    }.items():
        monkeypatch.setattr(assemble_pyodide, name, path)
    monkeypatch.setattr(assemble_pyodide, "build_mfdl", copy_mfdl)
    monkeypatch.setattr("precompile.precompile", lambda folder: None)
    monkeypatch.setattr("kernel_archive.pack", lambda folder, packages: None)
    monkeypatch.setitem(fetch.__kwdefaults__, "pauses", (0.01, 0.01))
    monkeypatch.setitem(fetch.__kwdefaults__, "patience", (1, 1))
    monkeypatch.setenv("MFDL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MFDL_PYODIDE_URL", f"{server.address}/full")
    monkeypatch.delenv("MFDL_WHEELHOUSE", raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    return root


def copy_mfdl(folder):
    """In the place of ``build_mfdl``, which takes a second."""
    text = (assemble_pyodide.ROOT / "mfdl" / "__init__.py").read_text()
    make_wheel(folder, "mfdl", "0.1.0", needs=["numpy"], text=text)


@pytest.fixture
def real_build(checkout, monkeypatch):
    monkeypatch.setattr(assemble_pyodide, "build_mfdl", build_mfdl)


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A wheelhouse, still empty."""
    folder = tmp_path / "house"
    folder.mkdir()
    monkeypatch.setenv("MFDL_WHEELHOUSE", str(folder))
    return folder


def assembled(checkout, *arguments):
    """Assemble, and read the lock file that came out, or the sentence."""
    problem = assemble_pyodide.main(arguments)
    if problem:
        assert not (checkout / "_build" / "pyodide").exists()
        return problem
    lock = checkout / "_build" / "pyodide" / "pyodide-lock.json"
    return json.loads(lock.read_text())["packages"]


def unplug(server, tmp_path, monkeypatch):
    """Neither the distribution nor the package index answers."""
    server.shutdown()
    server.server_close()
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))


def test_the_folder_is_whole_and_the_lock_names_only_what_is_there(
    checkout, real_build
):
    packages = assembled(checkout)
    folder = checkout / "_build" / "pyodide"
    names = {path.name for path in folder.iterdir()}
    listed = {package["file_name"] for package in packages.values()}
    assert names == {*assemble_pyodide.CORE, "pyodide-lock.json", *listed}
    for name, package in packages.items():
        assert package["sha256"] == sha256(folder / package["file_name"])
        assert set(package["depends"]) <= packages.keys()
        assert name in {*package["imports"], "pyodide-kernel"}
    assert packages["contourpy"]["version"] == "1.3.3"
    assert packages["ipython"]["depends"] == []  # its marker is for Windows
    assert packages["mfdl"]["depends"] == ["ipython", "numpy"]
    assert packages["pyodide-kernel"]["depends"] == ["comm", "ipython"]
    assert packages["widgetsnbextension"]["version"].startswith("4.")
    assert {p.name for p in (checkout / "_build").iterdir()} == {
        "pyodide",
        "pyodide.json",
    }


def test_does_nothing_when_there_is_nothing_to_do(checkout, server, capsys):
    assembled(checkout)
    state = checkout / "_build" / "pyodide.json"
    before, asked = state.stat().st_mtime_ns, len(server.requests)
    capsys.readouterr()
    assembled(checkout)
    assert state.stat().st_mtime_ns == before
    assert len(server.requests) == asked
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("change", ["mfdl", "file lost", "file cut", "state"])
def test_assembles_again_when_something_changed(checkout, server, change):
    old = assembled(checkout)
    folder = checkout / "_build" / "pyodide"
    asked = len(server.requests)
    if change == "mfdl":
        (checkout / "mfdl" / "__init__.py").write_text("answer = 43\n")
    elif change == "file lost":
        (folder / "pyodide.mjs").unlink()
    elif change == "file cut":
        (folder / "pyodide.mjs").write_text("")
    else:
        (checkout / "_build" / "pyodide.json").write_text("{ half")
    new = assembled(checkout)
    assert (folder / "pyodide.mjs").read_text() == "pyodide.mjs"
    assert (old == new) == (change != "mfdl")
    assert len(server.requests) == asked  # the cache has the rest


def test_resumes_a_download_that_broke_off(checkout, server, tmp_path):
    name = "numpy-2.0-" + WASM + ".whl"
    server.files[name] = (tmp_path / "published" / name).read_bytes()
    server.answers[name] = [breaks_off(100), resumes]
    assert "numpy" in assembled(checkout)


def test_takes_the_cache_when_nothing_answers(
    checkout, server, tmp_path, monkeypatch
):
    before = assembled(checkout)
    unplug(server, tmp_path, monkeypatch)
    (checkout / "README.md").write_text("Another small book.\n")
    after = assembled(checkout)
    before.pop("mfdl"), after.pop("mfdl")
    assert after == before


@pytest.mark.parametrize("name", ["numpy", "comm"])
def test_fetches_again_what_is_damaged_in_the_cache(checkout, tmp_path, name):
    before = assembled(checkout)
    [path] = (tmp_path / "cache").glob(f"*/{name}-*.whl")
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    (checkout / "_build" / "pyodide.json").unlink()
    assert assembled(checkout) == before
    assert sha256(path) == before[name]["sha256"]


def test_the_wheelhouse_comes_first(checkout, server, house):
    assembled_before = assembled(checkout)
    make_wheel(house, "numpy", "1.0", LINUX)  # of no use here, and no harm
    own = make_wheel(house, "numpy", "2.0", WASM, text="from the wheelhouse")
    pure = make_wheel(house, "comm", "0.2", text="from the wheelhouse")
    packages = assembled(checkout)
    assert packages["numpy"]["sha256"] == sha256(own)
    assert packages["comm"]["sha256"] == sha256(pure)
    assert packages["ipython"] == assembled_before["ipython"]


def test_without_the_wheelhouse_its_wheels_are_not_kept(
    checkout, house, monkeypatch
):
    own = make_wheel(house, "numpy", "2.0", WASM, text="from the wheelhouse")
    assembled(checkout)
    monkeypatch.delenv("MFDL_WHEELHOUSE")
    assert assembled(checkout)["numpy"]["sha256"] != sha256(own)


def test_a_wheelhouse_with_another_version_is_refused(checkout, house):
    wrong = make_wheel(house, "numpy", "1.9", WASM)
    problem = assembled(checkout)
    assert f"expected numpy 2.0 in the wheelhouse {house}" in problem
    assert wrong.name in problem


def test_a_wheelhouse_may_have_other_versions_too(checkout, house):
    make_wheel(house, "numpy", "1.9", WASM)
    make_wheel(house, "numpy", "2.0", WASM)
    assert assembled(checkout)["numpy"]["version"] == "2.0"


@pytest.mark.parametrize("content", [b"", b"no wheel", None])
def test_a_wheelhouse_with_a_file_that_is_no_wheel(checkout, house, content):
    path = make_wheel(house, "numpy", "2.0", WASM)
    if content is None:
        content = path.read_bytes().replace(b"# \n", b"#!\n")
    path.write_bytes(content)
    problem = assembled(checkout)
    assert str(path) in problem


def test_a_wheelhouse_that_is_not_there(checkout, monkeypatch, tmp_path):
    monkeypatch.setenv("MFDL_WHEELHOUSE", str(tmp_path / "gone"))
    assert "gone is not a folder" in assembled(checkout)


def test_contourpy_has_a_stand_in(checkout, server, house):
    make_wheel(house, "numpy", "2.0", WASM)
    server.shutdown()
    server.server_close()
    assert assembled(checkout)["contourpy"]["version"] == "1.4.0"


def test_nothing_answers(checkout, server, tmp_path, monkeypatch):
    unplug(server, tmp_path, monkeypatch)
    problem = assembled(checkout)
    assert "\n" not in problem
    assert problem.startswith("Python for the browser cannot be had: ")
    for tried in ("MFDL_WHEELHOUSE", str(tmp_path / "cache"), "127.0.0.1"):
        assert tried in problem


def test_optional_says_so_in_one_line_and_tries_again(
    checkout, server, capsys
):
    server.answers["numpy-2.0-" + WASM + ".whl"] = [status(404)]
    assert assemble_pyodide.main(["--optional"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("The site is built without live pages: ")
    assert "answered 404" in last
    assert not (checkout / "_build" / "pyodide").exists()
    state = checkout / "_build" / "pyodide.json"
    before = state.stat().st_mtime_ns
    assert assemble_pyodide.main(["--optional"]) == 0
    assert state.stat().st_mtime_ns == before  # nothing new for make
    server.answers.clear()
    assert "numpy" in assembled(checkout, "--optional")
    assert state.stat().st_mtime_ns > before


def test_a_cache_that_cannot_be_written(
    checkout, tmp_path, monkeypatch, capsys
):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("MFDL_CACHE", str(tmp_path / "file" / "cache"))
    problem = assembled(checkout)
    assert "\n" not in problem
    for named in (str(tmp_path / "file"), "could not be", "MFDL_CACHE"):
        assert named in problem
    capsys.readouterr()
    assert assemble_pyodide.main(["--optional"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("The site is built without live pages: ")


@pytest.mark.parametrize("name", ["numpy-2.0", "contourpy-1.3.3"])
def test_wrong_bytes_are_refused(checkout, server, tmp_path, name):
    server.answers[f"{name}-{WASM}.whl"] = [lies(b"something else")]
    assert "was refused and deleted" in assembled(checkout)
    assert not list((tmp_path / "cache").rglob(f"{name}*"))


def test_a_wheel_that_is_not_pinned_is_refused(checkout, tmp_path):
    make_wheel(tmp_path / "index", "comm", "0.2", text="changed")
    problem = assembled(checkout)
    assert "pip could not fetch" in problem and "\n" not in problem
    assert not list((tmp_path / "cache").rglob("comm*"))


def test_a_dependency_that_is_missing_is_named(checkout, house):
    make_wheel(house, "ipython", "9.0", needs=["traitlets"])
    assert "ipython needs traitlets" in assembled(checkout)


def test_a_package_that_does_not_build(checkout, real_build):
    (checkout / "mfdl" / "__init__.py").unlink()
    (checkout / "mfdl").rmdir()
    assert "the wheel of mfdl was not built" in assembled(checkout)


def test_without_the_parts_from_npm(checkout):
    (checkout / "node_modules/pyodide/pyodide-lock.json").unlink()
    assert "run `npm ci`" in assembled(checkout)


def test_the_old_folder_stays_until_the_new_one_is_whole(
    checkout, monkeypatch
):
    assembled(checkout)
    folder = checkout / "_build" / "pyodide"
    (checkout / "mfdl" / "__init__.py").write_text("answer = 43\n")
    before = {path.name for path in folder.iterdir()}

    def interrupted(_):
        assert {path.name for path in folder.iterdir()} == before
        raise KeyboardInterrupt

    monkeypatch.setattr(assemble_pyodide, "build_mfdl", interrupted)
    with pytest.raises(KeyboardInterrupt):
        assemble_pyodide.main([])
    assert {path.name for path in folder.iterdir()} == before
    assert len(list((checkout / "_build").iterdir())) == 2


@pytest.mark.skipif(not PYODIDE.exists(), reason="node_modules is not there")
def test_the_pins_belong_to_this_pyodide():
    """What is pinned by hand agrees with the lock file of Pyodide."""
    from wheel_sources import from_pins

    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))
    pins = from_pins(ROOT / "web" / "pyodide-requirements.txt")
    for name in ("ipython", "jedi", "micropip"):
        assert pins[name].version == lock["packages"][name]["version"]
    for name in assemble_pyodide.NATIVE:
        file = lock["packages"][name]["file_name"]
        assert wheels.runs_on(file, lock["info"]["abi_version"])
