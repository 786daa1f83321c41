"""Make the pages light: one style sheet, fonts of the signs that are used."""

import hashlib
import re
import subprocess
from pathlib import Path

from fonts import cut
from repair import write

ROOT = Path(__file__).resolve().parents[1]
# What a browser draws beyond the text: it slants the letters of formulas
# (an h from before the others), and sets a root's sign itself.
DRAWN = "".join(
    map(chr, [*range(0x20, 0x7F), *range(0x1D434, 0x1D468),
              *range(0x1D6E2, 0x1D71C), 0x210E])
) + "√"  # fmt: skip
UNUSED = (
    "scripts/fontawesome.js*",
    "scripts/bootstrap.js*",
    "design-tabs.js",
    "sphinx-thebe.*",
    "**/*.map",
)


def sphinx_pages(site):
    """The pages that Sphinx wrote; what stands beside them is not ours."""
    return [site / "search.html", *sorted((site / "book").rglob("*.html"))]


def lighten(site: Path, soups: dict, node: str):
    """Lighten a finished site, whose pages are given parsed by their paths.

    Writes the pages. ``node`` is the program that runs JavaScript. Returns
    esbuild's account of the script that is bundled, as JSON. Raises
    SystemExit if the style sheet cannot be made.
    """
    static = site / "_static"
    for pattern in UNUSED:
        for path in static.glob(pattern):
            path.unlink()
    sheets = one_sheet(soups)
    formulas = set()
    for page, soup in soups.items():
        for formula in soup.find_all("math"):
            formulas.update(formula.get_text())
        write(soup, page)
    names = [sheet.relative_to(site).as_posix() for sheet in sheets]
    metafile = bundle(site, node, names)
    rules = (static / "site.css").read_text("utf-8")
    icons = "".join(
        chr(int(code, 16)) for code in re.findall(r"\\(f[0-9a-f]{3})", rules)
    )
    for font in (static / "site").glob("*.woff2"):
        if font.name.startswith("STIX"):
            cut(font, font, DRAWN + "".join(formulas))
        elif font.name.startswith("fa-"):
            cut(font, font, icons)
    return metafile


def one_sheet(soups):
    """Link ``site.css`` instead of all sheets; return those, in order."""
    sheets = {}  # a dict keeps the order in which they apply
    for page, soup in soups.items():
        for link in soup.head("link", rel="stylesheet"):
            path = page.parent / link["href"].split("?")[0]
            sheets[path.resolve()] = None
    content = [path.read_bytes() for path in (*sheets, *soups)]
    version = hashlib.sha256(b"".join(content)).hexdigest()[:8]
    for soup in soups.values():
        first, *others = soup.head("link", rel="stylesheet")
        root = soup.html["data-content_root"]
        first["href"] = f"{root}_static/site.css?v={version}"
        for link in others:
            link.decompose()
    return list(sheets)


def bundle(site, node, sheets):
    """Write ``site.css`` and ``dropdown.js``; return what it prints."""
    command = [node, str(ROOT / "web" / "bundle.mjs"), str(site), *sheets]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        raise SystemExit(
            "The site's style sheet and script could not be bundled from "
            f"{', '.join(sheets)}:\n{done.stderr}"
        )
    return done.stdout
