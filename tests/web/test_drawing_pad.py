"""The drawing pad in a real browser: by keyboard, by mouse, by numbers."""

import base64
import json
import re

import numpy as np
import pytest
from test_browser import SIDEWAYS, open_page, violations

PAGE = "book/prologue/machine.html"
LABEL = re.compile(r"row (\d), column (\d), ink (0(\.\d)?|1)")


@pytest.fixture
def pad(browser, address):
    """The page, and its only pad."""
    page, complaints, foreign = open_page(browser, address, PAGE)
    yield page, page.locator("figure.pad")
    assert not complaints and not foreign
    page.context.close()


def ink(figure):
    """What the labels of the cells say, (8, 8)."""
    board = np.full((8, 8), np.nan)
    for cell in figure.get_by_role("gridcell").all():
        found = LABEL.fullmatch(cell.get_attribute("aria-label"))
        board[int(found[1]) - 1, int(found[2]) - 1] = float(found[3])
    assert np.isfinite(board).all()
    return board


def probabilities(figure):
    numbers = figure.locator(".pad-bars .pad-number").all_inner_texts()
    p = np.array([float(number) for number in numbers])
    assert p.shape == (10,) and abs(p.sum() - 1) <= 10 * 0.005
    return p


def forward(numbers, hidden):
    """NumPy's forward pass on the stored picture."""
    parts = np.split(
        np.frombuffer(base64.b64decode(numbers), "<f4").astype(float),
        np.cumsum([64 * hidden, hidden, 10 * hidden, 10]),
    )
    W1, b1, W2, b2, x = parts
    h = np.maximum(W1.reshape(hidden, 64) @ x + b1, 0)
    e = np.exp(W2.reshape(10, hidden) @ h + b2)
    return x, h, e / e.sum()


def test_first_picture_is_read_as_by_numpy(pad):
    _, figure = pad
    stored = json.loads(figure.locator("script").text_content())
    x, h, p = forward(**stored)
    assert np.abs(ink(figure).ravel() - x).max() <= 0.051
    assert np.abs(probabilities(figure) - p).max() < 0.01
    units = figure.locator(".pad-units")
    assert units.locator("span").count() == stored["hidden"]
    assert f"{np.sum(h > 0)} of them" in units.get_attribute("aria-label")
    assert str(p.argmax()) in figure.locator(".pad-says").inner_text()


def test_vertical_stroke_by_keyboard(pad):
    page, figure = pad
    says = figure.locator(".pad-says")
    first, before = says.inner_text(), ink(figure)
    figure.get_by_role("button", name="clear").click()
    assert ink(figure).max() == 0
    empty = says.inner_text()
    assert empty.startswith("The page is empty.") and empty != first
    page.keyboard.press("Shift+Tab")  # from the button into the grid
    for key in ["ArrowRight"] * 3 + ["Space", "ArrowDown"] * 9:
        page.keyboard.press(key)
    here = page.evaluate("document.activeElement.ariaLabel")
    assert here == "row 8, column 4, ink 1"
    board = ink(figure)
    assert np.all(board[:, 3] == 1)
    assert np.allclose(board[:, [2, 4]], 0.4)
    assert board.sum() == pytest.approx(8 * 1.8)
    assert says.inner_text() not in (first, empty)
    assert probabilities(figure).argmax() == 1
    assert figure.locator(".pad-cell[tabindex='0']").count() == 1
    figure.get_by_role("button", name="the first picture again").click()
    assert np.array_equal(ink(figure), before) and says.inner_text() == first


def test_vertical_stroke_by_mouse(pad):
    page, figure = pad
    figure.get_by_role("button", name="clear").click()
    cells = figure.get_by_role("gridcell")
    cells.first.scroll_into_view_if_needed()
    empty = figure.locator(".pad-says").inner_text()
    top, bottom = cells.nth(3).bounding_box(), cells.nth(59).bounding_box()
    x = top["x"] + top["width"] / 2
    page.mouse.move(x, top["y"] + top["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, bottom["y"] + bottom["height"] / 2)  # in one go
    page.mouse.up()
    board = ink(figure)
    assert np.all(board[:, 3] == 1), "a fast stroke has no gaps"
    assert np.all(board[:, [0, 1, 5, 6, 7]] == 0)
    assert probabilities(figure).argmax() == 1
    assert figure.locator(".pad-says").inner_text() != empty
    page.mouse.move(x + 90, top["y"] + 20)  # the button is up
    assert np.array_equal(ink(figure), board)


def test_pad_is_drawn_on_with_a_finger(browser, address):
    page, complaints, _ = open_page(browser, address, PAGE, width=390)
    try:
        grid = page.get_by_role("grid")
        assert grid.evaluate("g => getComputedStyle(g).touchAction") == "none"
        box = grid.bounding_box()
        assert box["width"] == pytest.approx(box["height"], abs=1)
        cell = page.get_by_role("gridcell").first.bounding_box()
        assert min(cell["width"], cell["height"]) >= 24
        assert page.evaluate(SIDEWAYS) <= 0
        assert not complaints
    finally:
        page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_drawn_pad_has_no_violations(browser, address, scheme):
    page, _, _ = open_page(browser, address, PAGE, scheme=scheme)
    try:
        page.get_by_role("button", name="clear").click()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Space")
        assert not violations(page)
    finally:
        page.context.close()


def test_first_picture_stands_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(address + PAGE)
        figure = page.locator("figure.pad")
        assert figure.locator("img").is_visible()
        assert "probability" in figure.locator(".pad-says").inner_text()
    finally:
        context.close()
