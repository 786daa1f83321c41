"""The pages of the built site, as the web tests see them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"


def pages():
    """Addresses of the book's pages, relative to the site."""
    found = [SITE / "book/index.html", *SITE.glob("book/*/*.html")]
    return sorted(str(p.relative_to(SITE)) for p in found if p.exists())
