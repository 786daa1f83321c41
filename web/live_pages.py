"""Sphinx extension: pages whose cells run in the reader's browser.

Gives each code cell its name in the notebook, each page with code the script
that offers to run it, and the site the folder of Python for the browser. A
build without that folder (see tools/assemble_pyodide.py) makes no live pages.
"""

import hashlib
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
from docutils import nodes
from licenses import LICENSED, bundled
from sphinx.errors import SphinxError

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from node import node_program  # noqa: E402

PYODIDE = ROOT / "_build" / "pyodide"


def bundle(app):
    """Bundle the browser code into _static/live.

    Raises ``SphinxError`` if esbuild does not take it.
    """
    if not PYODIDE.exists():
        return
    folder = bundle_folder(app)
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run(
        [node_program(), "web/bundle_live.mjs", folder / "live"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise SphinxError(
            f"The code of live pages could not be bundled:\n{done.stderr}"
        )
    app.config.html_static_path.append(str(folder))
    LICENSED.update(bundled(done.stdout))


def bundle_folder(app):
    return Path(app.outdir).parent / "live"


def name_cells(app, doctree, docname):
    """Give each code cell the id ``cell-`` and its name in the notebook."""
    path = Path(app.env.doc2path(docname))
    if path.suffix != ".ipynb":
        return
    cells = nbformat.read(path, as_version=4).cells
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") == "cell_code":
            node["ids"].append(f"cell-{cells[node['cell_index']].id}")


def add_script(app, pagename, templatename, context, doctree):
    """Load the script on pages that have code to run."""
    if not PYODIDE.exists() or doctree is None:
        return
    path = Path(app.env.doc2path(pagename))
    if path.suffix == ".ipynb" and any(
        node.get("nb_element") == "cell_code"
        for node in doctree.findall(nodes.container)
    ):
        notebook = path.relative_to(app.srcdir).as_posix()
        version, size = python_files(bundle_folder(app) / "live")
        context["metatags"] = (
            context.get("metatags", "") + '<meta name="live-notebook" '
            f'content="{notebook}" data-version="{version}" '
            f'data-bytes="{size}">'
        )
        app.add_js_file("live/page.js", type="module")


@cache
def python_files(programs):
    """A name for all that Python on a page is made of, and a size.

    The size is that of what a page fetches: the core, the archive of the
    kernel, and the wheels that are compiled or the book's own.
    """
    files, size = hashlib.sha256(), 0
    for path in [*sorted(programs.iterdir()), *sorted(PYODIDE.iterdir())]:
        files.update(path.name.encode() + path.read_bytes())
    for path in PYODIDE.iterdir():
        if path.suffix != ".whl" or not path.stem.endswith("-none-any"):
            size += path.stat().st_size
        elif path.name.startswith("mfdl-"):
            size += path.stat().st_size
    return files.hexdigest()[:16], size


def copy_python(app, exception):
    """Put Pyodide's folder beside the pages."""
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir) / "pyodide"
    shutil.rmtree(target, ignore_errors=True)
    if PYODIDE.exists():
        shutil.copytree(PYODIDE, target)


def setup(app):
    app.connect("builder-inited", bundle)
    app.connect("doctree-resolved", name_cells)
    app.connect("html-page-context", add_script)
    app.connect("build-finished", copy_python)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
