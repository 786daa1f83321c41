"""Mend what is wrong in the HTML that Sphinx and the theme write.

Each function mends one kind of fault in a parsed page, in place.
"""

import re
from contextlib import contextmanager

from bs4 import BeautifulSoup, Comment, NavigableString
from bs4.dammit import EntitySubstitution
from bs4.formatter import HTMLFormatter
from policy import put_first

PUNCTUATION = re.compile(r"[,.;:!?)’”]+")
SCRIPTED = ["msub", "msup", "msubsup", "munder", "munderover"]
PLAIN = {"n", "p", "w"}  # names, punctuation, space
IDLE = ("fence", "separator")  # of MathML: for no browser


def repair_page(soup):
    tighten_scripts(soup)
    name_depths(soup)
    drop_idle_markup(soup)
    with folded(soup, ["math", "pre"]):
        drop_scripts(soup)
        move_scripts_out(soup)
        lead_home(soup)
        mend_html(soup)
        mend_accessibility(soup)
    keep_punctuation(soup)


@contextmanager
def folded(soup, names):
    """Take the insides of some tags out of a page, and put them back.

    Formulas and code are nine tenths of the tags, and every search would
    go through them.
    """
    whole = [(soup.new_tag(tag.name), tag) for tag in soup.find_all(names)]
    for empty, tag in whole:
        empty.attrs = tag.attrs
        tag.replace_with(empty)
    yield
    for empty, tag in whole:
        empty.replace_with(tag)


def move_scripts_out(soup):
    """No script stands in the page itself: the policy would refuse it."""
    root = soup.html["data-content_root"]
    for script in soup.select("script"):
        if script.get("type") == "application/json":
            continue  # stored frames: data, never run
        if not script.get("src"):
            script.decompose()
    start = soup.new_tag("script", src=f"{root}_static/start.js")
    soup.head.title.insert_after(start)
    for button in soup.select("[onclick]"):  # page.js listens instead
        button["data-does"] = button["onclick"].split("(")[0].split(".")[-1]
        del button["onclick"]


def lead_home(soup):
    """Let the footer's link, the same on all pages, lead from each."""
    root = soup.html["data-content_root"]
    for link in soup.select('.extra_footer a[href^="_static/"]'):
        link["href"] = root + link["href"]


def drop_scripts(soup):
    """Load only what this page uses."""
    needed_for = {
        "fontawesome.js": None,  # a font draws the same icons
        "searchtools.js": "#search-results",
        "language_data.js": "#search-results",
        "searchindex.js": "#search-results",
        "explore.js": "figure.explore",
        "pad.js": "figure.pad",
    }
    for script in soup.select("script[src]"):
        name = script["src"].split("?")[0].split("/")[-1]
        part = needed_for.get(name, "html")
        if part is None or not soup.select(part):
            script.decompose()
        elif name == "bootstrap.js":  # of it the pages use the dropdowns
            root = soup.html["data-content_root"]
            script["src"] = f"{root}_static/dropdown.js"
    for preload in soup.select('link[rel="preload"][as="script"]'):
        preload.decompose()  # each is loaded at the end of the page anyway
    for button in soup.select('[data-bs-toggle="tooltip"]'):
        del button["data-bs-toggle"]  # the browser shows the title itself
        del button["data-bs-placement"]
    for logo in soup.select(".dropdown-menu img"):
        logo["loading"] = "lazy"  # the menu is closed at first


def mend_html(soup):
    """What the HTML standard does not allow, or what says nothing."""
    for comment in soup(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    viewports = soup.select('meta[name="viewport"]')
    for again in viewports[1:]:
        again.decompose()
    for name in ("docsearch:language", "docsearch:version"):
        for meta in soup.select(f'meta[name="{name}"]'):
            meta.decompose()  # of a search service that the book has not
    for figure in soup.select("figure.explore, figure.pad"):
        figure.append(figure.figcaption)  # first or last, says the standard
    for advertisement in soup.select("#ethical-ad-placement"):
        advertisement.find_parent(class_="sidebar-primary-item").decompose()


def mend_accessibility(soup):
    """What the theme gets wrong for keyboards and screen readers."""
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


def tighten_scripts(soup):
    """Set no space around the signs of an index or exponent, as TeX does."""
    for formula in soup.find_all(SCRIPTED):
        for script in formula.find_all(recursive=False)[1:]:
            for sign in [script, *script.find_all("mo")]:
                if sign.name == "mo" and sign.get("fence") != "true":
                    sign["lspace"] = sign["rspace"] = "0em"


def name_depths(soup):
    """Say how deep a sign is by style: the checker of HTML knows the
    attribute on other elements only."""
    for sign in soup.find_all(["mn", "mo"], scriptlevel=True):
        sign["style"] = f"math-depth:{sign['scriptlevel']}"
        del sign["scriptlevel"]


def drop_idle_markup(soup):
    """Leave out what changes no pixel: a tenth of a long page."""
    for code in soup.find_all("pre"):
        for token in code.find_all("span"):
            if PLAIN.issuperset(token.get("class", ["?"])):
                token.unwrap()
    for sign in soup.find_all("mo"):
        for attribute in IDLE:
            del sign[attribute]


def keep_punctuation(soup, longest=15):
    """Let no line start with the comma behind a short formula."""
    for formula in soup.find_all("span", "math"):
        after = formula.next_sibling
        found = isinstance(after, NavigableString) and PUNCTUATION.match(after)
        if found and len(formula.get_text()) <= longest:
            together = formula.wrap(soup.new_tag("span"))
            together["class"] = "together"
            together.append(found[0])
            after.replace_with(after[found.end() :])


class Html5(HTMLFormatter):
    """Write void elements as HTML has them, and letters as they are."""

    def __init__(self):
        super().__init__(
            entity_substitution=EntitySubstitution.substitute_xml,
            void_element_close_prefix="",
        )


def write(soup, path):
    """Write a parsed page back."""
    path.write_text(soup.decode(formatter=Html5()), "utf-8")


def write_front_door(site, cover):
    """The site's own address leads to the cover, given parsed."""
    address = cover.select_one('link[rel="canonical"]')["href"]
    soup = BeautifulSoup(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
        '<meta http-equiv="refresh" content="0; url=book/index.html"/>'
        '<link rel="icon" href="_static/favicon.svg"/></head>'
        '<body><p><a href="book/index.html"></a></p></body></html>',
        "html.parser",
    )
    soup.head.append(soup.new_tag("link", rel="canonical", href=address))
    soup.head.append(soup.new_tag("title"))
    soup.title.string = soup.a.string = cover.title.get_text()
    put_first(soup)
    write(soup, site / "index.html")
