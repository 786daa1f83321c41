"""Sphinx extension of the website: its own assets, no other host, clean HTML.

- stages what comes from npm (fonts, the formulas' style sheet) and the book's
  style and scripts as static files, so that no page asks another host;
- lets Temml set the formulas as MathML while the book is built;
- drops scripts that the book does not use;
- repairs the theme's HTML, puts the content-security policy into each page,
  and lightens what a page loads;
- writes the licenses of what the site brings along.
"""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bs4 import BeautifulSoup
from licenses import LICENSED, bundled, write_licenses
from lighten import lighten, sphinx_pages
from policy import put_first
from repair import repair_page, write_front_door
from sphinxcontrib import katex

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from node import node_program  # noqa: E402

FONTS = {
    "source-serif-4": ("normal", "italic"),
    "source-sans-3": ("normal",),
    "source-code-pro": ("normal",),
}


def stage(app):
    """Collect the static files; after Jupyter Book's own scan of _static."""
    modules = ROOT / "node_modules"
    if not (modules / "temml").exists():
        raise SystemExit(
            "The site needs its front-end parts in node_modules: "
            "run `npm ci` (or `make book`, which does)."
        )
    vendor = Path(app.outdir).parent / "static" / "vendor"
    shutil.rmtree(vendor.parent, ignore_errors=True)
    copy(modules / "temml/dist/Temml-STIX2.css", vendor / "temml")
    stix = modules / "@fontsource" / "stix-two-math"
    shutil.copy(
        stix / "files" / "stix-two-math-latin-400-normal.woff2",
        vendor / "temml" / "STIXTwoMath.woff2",
    )
    LICENSED.update([modules / "temml", stix])
    for family, styles in FONTS.items():
        package = modules / "@fontsource-variable" / family
        LICENSED.add(package)
        for style in styles:
            name = f"{family}-latin-wght-{style}.woff2"
            copy(package / "files" / name, vendor / "fonts")
    app.config.html_static_path += [
        str(vendor.parent),
        str(ROOT / "web" / "static"),
    ]
    app.add_css_file("book.css", priority=900)
    app.add_css_file("live.css", priority=901)
    app.add_js_file("explore.js", loading_method="defer")
    app.add_js_file("pad.js", loading_method="defer")
    app.add_js_file("page.js", loading_method="defer")


def copy(source, folder):
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, folder)


def prepare_formulas(app, config):
    """Let sphinxcontrib-katex start Temml, by way of ``formulas.js``."""
    config.katex_js_path = str(ROOT / "web" / "formulas.js")
    katex.NODEJS_BINARY = node_program()
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60.0
    katex.KATEX_DEFAULT_OPTIONS = {"throwOnError": True}


def start_formulas(app):
    """Start their server, again if it was asked before it listened.

    A server that was not reached is stopped: left alone it would keep the
    output of the build open, and whoever reads that would wait forever.
    """
    started = []

    def note(*arguments, **options):
        started.append(subprocess.Popen(*arguments, **options))
        return started[-1]

    katex.Popen = note
    for attempt in range(5):
        try:
            katex.KaTeXServer.get()
            return
        except (OSError, katex.KaTeXError):
            started[-1].kill()
            time.sleep(1 + attempt)


def drop_unused(app, pagename, templatename, context, doctree):
    """Leave out the extensions' scripts that the book has no use for."""

    def wanted(asset):
        body = str(getattr(asset, "attributes", {}).get("body", ""))
        name = str(getattr(asset, "filename", asset))
        return not re.search("THEBE|thebe|design-tabs", body + name)

    for kind in ("script_files", "css_files"):
        context[kind] = [a for a in context[kind] if wanted(a)]


def finish(app, exception):
    """Repair the finished pages, lighten them, and name what is in them."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir).resolve()
    soups = {
        page: BeautifulSoup(page.read_text("utf-8"), "html.parser")
        for page in sphinx_pages(site)
    }
    write_front_door(site, soups[site / "book/index.html"])
    for soup in soups.values():
        repair_page(soup)
        put_first(soup)
    LICENSED.update(bundled(lighten(site, soups, node_program())))
    write_licenses(site / "_static" / "licenses.txt", LICENSED)
    # GitHub Pages would leave out the folders whose names start with _
    (site / ".nojekyll").touch()


def setup(app):
    app.connect("config-inited", prepare_formulas)
    app.connect("builder-inited", stage)
    app.connect("builder-inited", start_formulas, priority=900)
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
