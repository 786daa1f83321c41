"""The package is what the chapters say, and points backwards only."""

import ast
import re
import subprocess
import sys

import pytest
from export import export

from book import ROOT, chapters, slug

HELPERS = {"plotting", "explore", "pad", "checks"}  # any chapter may use them
exporting = [c for c in chapters() if c.module]


def test_no_two_chapters_export_one_module():
    names = [c.module for c in exporting]
    assert len(set(names)) == len(names)


def test_no_module_stands_alone():
    """Every module is exported by a chapter, or is known to be by hand."""
    there = {p.stem for p in (ROOT / "mfdl").glob("*.py")}
    by_hand = {"__init__", "explore", "frames", "pad"}
    assert there - by_hand == {c.module for c in exporting}


@pytest.mark.parametrize("chapter", exporting, ids=slug)
def test_module_is_a_fresh_export(chapter, tmp_path):
    (fresh,) = export(chapter.path, tmp_path / "mfdl")
    committed = ROOT / "mfdl" / fresh.name

    def lines(path):
        """All but the comments that say where the notebook lies."""
        text = path.read_text("utf-8")
        return re.sub(r"(?<=[ :])\S*book/", "book/", text)

    assert lines(fresh) == lines(committed), "make run CHAPTER=... exports it"


def imported(source):
    """Names of top-level modules, and of mfdl's modules, that code imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level or module == "mfdl":
                base = f"mfdl.{module}" if node.level and module else "mfdl"
                if base == "mfdl":
                    for alias in node.names:
                        yield f"mfdl.{alias.name}"
                else:
                    yield base
            else:
                yield module


def code_of(chapter):
    lines = "\n".join(c.source for c in chapter.code()).splitlines()
    return "\n".join(x for x in lines if not x.lstrip().startswith("%"))


@pytest.mark.parametrize("place", range(len(chapters())))
def test_imports_come_from_earlier_chapters(place):
    earlier = {c.module for c in chapters()[:place] if c.module}
    for name in imported(code_of(chapters()[place])):
        if name.startswith("mfdl."):
            module = name.split(".")[1]
            assert module in earlier | HELPERS, f"mfdl.{module} comes later"


@pytest.mark.parametrize("chapter", exporting, ids=slug)
def test_module_imports_numpy_alone(chapter):
    allowed = {"numpy", "hashlib", "pathlib", "math", "mfdl"}
    if chapter.module == "plotting":
        allowed.add("matplotlib")
    source = (ROOT / "mfdl" / f"{chapter.module}.py").read_text("utf-8")
    tops = {name.split(".")[0] for name in imported(source)}
    assert tops <= allowed


@pytest.mark.parametrize("chapter", exporting, ids=slug)
def test_public_names_are_documented(chapter):
    path = ROOT / "mfdl" / f"{chapter.module}.py"
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if not node.name.startswith("_"):
                doc = ast.get_docstring(node)
                assert doc and len(doc.split()) >= 8, node.name


def test_package_does_without_figures_and_notebooks():
    """The network needs NumPy alone: nothing drags in Matplotlib."""
    modules = [c.module for c in exporting if c.module != "plotting"]
    code = "import sys; " + "".join(f"import mfdl.{m}; " for m in modules)
    code += "assert not {'matplotlib', 'IPython'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
