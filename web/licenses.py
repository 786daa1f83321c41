"""Say under which licenses the parts stand that the site brings along.

What is bundled is known from esbuild's account of it, and written with the
texts of the licenses into ``_static/licenses.txt``, which each page links.
"""

import json
import re
from importlib import metadata
from pathlib import Path

from sphinx.errors import SphinxError

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = re.compile(r".*node_modules/(?:@[^/]+/)?[^/]+")
TEXT = re.compile(r"(licen[cs]e|copying|notice)(\.\w+)?$", re.IGNORECASE)
# Projects whose npm packages come without their text: what is to stand
# before it, and the Python package of the same project that brings it.
ELSEWHERE = {
    "@jupyterlab": ("", "jupyterlab"),
    "@jupyter-widgets": ("", "ipywidgets"),
    "@lumino": (
        "Copyright (c) 2014-2017, PhosphorJS Contributors\n",
        "jupyterlab",
    ),
}
HEAD = """\
The site of Mathematical Foundations of Deep Learning brings along the parts
that are listed here, each under its own license. The book's own text and
figures are under CC BY 4.0, its code under the MIT license.

Python for the browser, if this site has it, stands in the folder "pyodide":

- Pyodide {version} (MPL-2.0); its source is at
  https://github.com/pyodide/pyodide, the text of its license at
  https://www.mozilla.org/MPL/2.0/
- Python, with its standard library (PSF-2.0); its license is at
  https://docs.python.org/3/license.html
- NumPy, Matplotlib, IPython and others: the license of each is in its wheel,
  the file whose name ends in .whl, or below.

JupyterLite, if this site has it, stands in the folder "lite", with the
licenses of its parts in the files named third-party-licenses.json and
*.LICENSE.txt. The theme of the pages brings the icons of Font Awesome Free,
copyright 2024 Fonticons, Inc. (icons CC BY 4.0, fonts OFL-1.1):
https://fontawesome.com/license/free

What follows are fonts and what is bundled into scripts, from npm, and then
Python packages, those that have written the pages and those compiled for
the browser.
"""


# The Python packages whose scripts and style sheets the pages have.
PYTHON = (
    "sphinx",
    "pydata-sphinx-theme",
    "sphinx-book-theme",
    "sphinx-copybutton",
    "sphinx-design",
    "sphinx-exercise",
    "sphinx-proof",
    "sphinx-togglebutton",
    "sphinxcontrib-katex",
    "myst-nb",
)
# Those that are compiled for the browser; not each such wheel has its text.
COMPILED = ("contourpy", "kiwisolver", "matplotlib", "numpy", "pillow")
# The folders of the npm packages that this build brings along; whoever stages
# or bundles one puts it here.
LICENSED = set()


def bundled(metafile, folder=ROOT):
    """The folders of the npm packages that are in a bundle.

    ``metafile`` is esbuild's account of the bundle, as JSON, with paths
    relative to ``folder``.
    """
    outputs = json.loads(metafile)["outputs"].values()
    found = (
        PACKAGE.match(path.removeprefix("(disabled):"))
        for output in outputs
        for path in output["inputs"]
    )
    return {(folder / match[0]).resolve() for match in found if match}


def write_licenses(target, packages):
    """Write name, version, license and its text of each package.

    ``packages`` are the folders of those from npm. Packages under the same
    text stand together. Raises ``SphinxError`` if a
    package comes without a text, and none is known for it.
    """
    together = {}
    for folder in sorted(packages, key=lambda folder: folder.parts[-2:]):
        about = read_package(folder)
        title = f"{about['name']} {about['version']} ({about['license']})"
        titles = together.setdefault(text_of(folder, about["name"]), [])
        if title not in titles:
            titles.append(title)
    for name in PYTHON:
        title = f"{name} {metadata.version(name)} (Python)"
        together.setdefault(text_of_python(name), []).append(title)
    for name in COMPILED:
        title = f"{name} (Python, in the browser)"
        together.setdefault(text_of_python(name), []).append(title)
    rule = "=" * 78
    pyodide = read_package(ROOT / "node_modules" / "pyodide")
    parts = [HEAD.format(version=pyodide["version"])]
    for text, titles in together.items():
        parts.append("\n".join([rule, *titles, rule, "", text, ""]))
    # browsers know the encoding by the mark that utf-8-sig puts first
    target.write_text("\n".join(parts), "utf-8-sig")


def text_of(folder, name):
    """The text of an npm package's license."""
    files = [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and TEXT.match(path.name)
    ]
    if files:
        return joined(files)
    scope = name.split("/")[0]
    if scope not in ELSEWHERE:
        raise SphinxError(
            f"{name} comes without the text of its license: name in "
            "web/licenses.py the Python package that brings it"
        )
    notice, python = ELSEWHERE[scope]
    return notice + text_of_python(python)


def text_of_python(name):
    """The text of an installed Python package's license."""
    files = metadata.files(name)
    return joined([f.locate() for f in files if TEXT.match(f.name)])


def joined(files):
    return "\n\n".join(Path(f).read_text("utf-8").strip() for f in files)


def read_package(folder):
    """What an npm package says of itself."""
    return json.loads((folder / "package.json").read_text("utf-8"))
