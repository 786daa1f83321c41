"""Every symbol of the book stands in the notation table, in time."""

import re

from book import CODE, chapters, formulas, symbols


def table():
    """Rows of the notation appendix: symbols, slug of the first use."""
    notation = next(c for c in chapters() if c.slug == "notation")
    for line in notation.text().splitlines():
        cells = re.split(r"(?<!\\)\|", line)
        if len(cells) >= 6 and "$" in cells[1]:
            letters = set()
            for latex in formulas(cells[1]):
                letters |= symbols(latex)
            link = re.search(r"([\w-]+)\.ipynb", cells[5])
            yield letters, link[1] if link else None


ORDER = [c.slug for c in chapters()]


def first_uses():
    """Each symbol with the place of the first chapter that uses it."""
    first = {}
    for place, chapter in enumerate(chapters()):
        if chapter.slug == "notation":
            continue
        for latex in formulas(chapter.text()):
            for symbol in symbols(latex):
                first.setdefault(symbol, place)
    return first


def known():
    """Each listed symbol with the earliest chapter its rows name."""
    places = {}
    for letters, slug in table():
        assert slug in ORDER, f"{letters}: no chapter {slug}"
        for letter in letters:
            place = ORDER.index(slug)
            places[letter] = min(place, places.get(letter, place))
    return places


def test_every_symbol_is_in_the_notation_table():
    missing = {
        symbol: ORDER[place]
        for symbol, place in first_uses().items()
        if symbol not in known()
    }
    assert not missing


def test_first_uses_are_stated_right():
    wrong = {
        symbol: (ORDER[place], "listed", ORDER[known()[symbol]])
        for symbol, place in first_uses().items()
        if symbol in known() and known()[symbol] != place
    }
    assert not wrong


def test_symbols_are_read_from_formulas():
    latex = r"\frac{\partial L}{\partial \mathbf W_{ij}} \in \mathbb{R}^n"
    assert symbols(latex) == {
        *("partial", "L", "mathbf W", "i", "j", "mathbb R", "n"),
    }
    assert symbols(r"\boldsymbol\theta_\text{in}") == {"boldsymbol theta"}
    assert formulas("a `$x$` and $y$ and $$z$$") == ["z", "y"]
    assert CODE.sub("", "`$x$`") == ""
