"""Sphinx extension: the notebooks in JupyterLite, below ``lite/``.

JupyterLite is Jupyter in the reader's browser. It starts from the same
folder ``pyodide/`` as the live pages, and holds every chapter under its own
path. The extension

- puts "JupyterLite" into the launch menu of each page that has code;
- builds JupyterLite when the pages are done;
- gives its pages a policy under which they ask no other host.

Without ``_build/pyodide`` there is no Python for the browser: nothing is
built and nothing linked.

The link leads to the app ``notebooks``, which shows one notebook and little
else, and so fits a phone. ``tree`` lists the files, and ``edit`` opens those
that are no notebooks.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import nbformat
from bs4 import BeautifulSoup
from policy import LITE, put_first
from sphinx.errors import SphinxError
from sphinx.util import logging

ROOT = Path(__file__).resolve().parents[1]
PYODIDE = ROOT / "_build" / "pyodide"
CONFIG = ROOT / "web" / "lite"
ENTRY = "lite/notebooks/index.html"
APPS = ("notebooks", "tree", "edit")
EXTENSIONS = (
    "@jupyterlite/pyodide-kernel-extension",
    "@jupyter-widgets/jupyterlab-manager",
    "jupyterlab-myst",
)

logger = logging.getLogger(__name__)


def wanted(app):
    """Whether this build makes JupyterLite."""
    return app.builder.format == "html" and PYODIDE.is_dir()


def has_code(source):
    """Whether a page comes from a notebook with something to run."""
    if source.suffix != ".ipynb":
        return False
    cells = nbformat.read(source, as_version=4).cells
    return any(cell.cell_type == "code" for cell in cells)


def remove(app):
    """Take the last build's JupyterLite away before pages are repaired."""
    shutil.rmtree(Path(app.outdir) / "lite", ignore_errors=True)


def link(app, pagename, templatename, context, doctree):
    """Add JupyterLite to the page's launch menu."""
    if doctree is None or not wanted(app):
        return
    source = Path(app.env.doc2path(pagename))
    if not has_code(source):
        return
    path = quote(source.relative_to(app.srcdir).as_posix())
    button = {
        "type": "link",
        "text": "JupyterLite",
        "tooltip": "Open in JupyterLite, in this browser",
        "icon": "_static/images/logo_jupyterlite.svg",
        "url": f"{context['pathto'](ENTRY, resource=True)}?path={path}",
    }
    for group in context["header_buttons"]:
        if group.get("label") == "launch-buttons":
            group["buttons"].insert(0, button)


def build(app, exception):
    """Build JupyterLite into the site."""
    if exception or not wanted(app):
        return
    work = Path(app.outdir).parent / "lite"
    shutil.rmtree(work, ignore_errors=True)
    stage_contents(app, work / "contents")
    shutil.copytree(CONFIG, work / "config")
    output = Path(app.outdir) / "lite"
    run_jupyter_lite(work, output)
    shutil.rmtree(output / "doc", ignore_errors=True)  # of the app `lab`
    for page in output.rglob("*.html"):
        confine(page, output / "notebooks" / "favicon.ico")


def stage_contents(app, folder):
    """Copy the sources of the pages, their pictures and the data."""
    env, root = app.env, Path(app.srcdir)
    files = {Path(env.doc2path(name)) for name in env.found_docs}
    files |= {root / name for name in [*env.images, *env.dlfiles]}
    files |= set((root / "book" / "data").iterdir())
    for file in sorted(files):
        path = file.relative_to(root)
        if path.parts[0] != "_build":  # stored outputs, taken out as files
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            copy_one(file, folder / path)


def copy_one(source, target):
    """Copy a file; a notebook with each text in one piece.

    In the form of lists of lines, JupyterLite shows a stored output with
    commas between its lines.
    """
    if source.suffix == ".ipynb":
        notebook = nbformat.read(source, as_version=4)
        nbformat.write(notebook, target, split_lines=False)
    else:
        shutil.copy(source, target)


def run_jupyter_lite(work, output):
    """Run ``jupyter lite build``; say in one sentence why it failed."""
    installed = Path(sys.prefix, "share", "jupyter", "labextensions")
    settings = {
        "apps": APPS,
        "contents": [str(work / "contents")],
        "federated_extensions": [str(installed / e) for e in EXTENSIONS],
        "ignore_sys_prefix": ["federated_extensions"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "output_dir": str(output),
    }
    config = work / "config" / "jupyter_lite_config.json"
    config.write_text(json.dumps({"LiteBuildConfig": settings}), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "lite", "build"],
        cwd=config.parent,
        env={"SOURCE_DATE_EPOCH": last_change(), **os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    logger.info("%s", done.stdout)
    if done.returncode or not (output / "notebooks/index.html").exists():
        reason = done.stdout.strip().splitlines()[-1:] or ["it said nothing"]
        raise SphinxError(f"JupyterLite was not built: {reason[0]}")


def last_change():
    """When the book last changed, in seconds since 1970, as text.

    JupyterLite dates its files with it, so that the same book gives the same
    bytes; a copy without its history is dated 2026-01-01.
    """
    if shutil.which("git"):
        git = subprocess.run(
            ["git", "log", "-1", "--format=%ct"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        if git.stdout:
            return git.stdout.strip()
    return "1767225600"


def confine(page, icon):
    """Put the policy into a page, and its inline script into a file."""
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    script = soup.select_one("script:not([src], [type='application/json'])")
    page.with_name("start.js").write_text(script.string, "utf-8")
    script.string = ""
    script["src"] = "start.js"
    put_first(soup, LITE)
    # the icon at once, or the browser looks for one that is not there
    href = os.path.relpath(icon, page.parent).replace(os.sep, "/")
    soup.head.append(soup.new_tag("link", rel="icon", href=href))
    page.write_text(str(soup), "utf-8")


def setup(app):
    app.connect("builder-inited", remove)
    app.connect("html-page-context", link, priority=502)  # after the theme
    app.connect("build-finished", build, priority=900)  # after the repairs
    return {"parallel_read_safe": True, "parallel_write_safe": True}
