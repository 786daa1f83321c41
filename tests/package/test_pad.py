"""The drawing pad: what is stored for the page, and the pad in a kernel."""

import base64
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from mfdl import pad

ALT = "a three and ten bars, of which one is long"
CAPTION = "What the machine makes of a drawing & how sure it is."


def some_knobs(hidden=32, seed=0):
    rng = np.random.default_rng(seed)
    shapes = (hidden, 64), (hidden,), (10, hidden), (10,)
    return [rng.standard_normal(shape) for shape in shapes]


def some_picture(seed=1):
    return np.random.default_rng(seed).integers(0, 17, 64) / 16


@pytest.fixture
def shown(monkeypatch):
    """What the pad hands to IPython's display."""
    bundles = []
    monkeypatch.setattr(pad, "display", lambda x, **_: bundles.append(x))
    return bundles


def call(knobs=None, start=None):
    pad.drawing_pad(
        some_knobs() if knobs is None else knobs,
        start=some_picture() if start is None else start,
        alt=ALT,
        caption=CAPTION,
        label="fig-pad",
    )


@pytest.mark.parametrize("hidden", [1, 7, 32])
def test_the_page_gets_the_rounded_network_and_picture(
    shown, monkeypatch, hidden
):
    monkeypatch.setenv("MFDL_EXPLORE", "frames")
    knobs, x = some_knobs(hidden), some_picture()
    call(knobs, x)
    page = shown[0]["text/html"]
    data = json.loads(re.search(r"json\">(.*)</script>", page)[1])
    assert data["hidden"] == hidden
    assert re.fullmatch(r"[A-Za-z0-9+/=]{200,}", data["numbers"])
    stored = np.frombuffer(base64.b64decode(data["numbers"]), "<f4")
    wanted = np.concatenate([part.ravel() for part in (*knobs, x)])
    assert stored.size == 75 * hidden + 10 + 64
    assert np.allclose(stored, np.round(wanted, 3), atol=1e-6, rtol=1e-6)


def test_the_page_gets_a_picture_and_words(shown, monkeypatch):
    monkeypatch.setenv("MFDL_EXPLORE", "frames")
    call()
    bundle = shown[0]
    page = bundle["text/html"]
    assert page.startswith('<figure class="pad" id="fig-pad">')
    assert f'<img alt="{ALT}"' in page
    assert "drawing &amp; how sure" in page
    sentence = re.search(r'"pad-says">(.*?)</p>', page)[1]
    assert re.fullmatch(r"The machine .* \d: probability \d\.\d\d\.", sentence)
    assert bundle["text/plain"] == f"{CAPTION} {sentence}"
    assert bundle["image/png"] in page
    png = base64.b64decode(bundle["image/png"])
    assert Image.open(io.BytesIO(png)).size == (486, 225)


def test_nothing_given_is_changed(shown, monkeypatch):
    monkeypatch.setenv("MFDL_EXPLORE", "frames")
    knobs, x = some_knobs(), some_picture()
    before = [part.copy() for part in (*knobs, x)]
    call(knobs, x)
    for old, new in zip(before, (*knobs, x)):
        assert np.array_equal(old, new)


def test_lists_and_float32_will_do(shown, monkeypatch):
    monkeypatch.setenv("MFDL_EXPLORE", "frames")
    call([k.astype(np.float32) for k in some_knobs()], list(some_picture()))
    assert len(shown) == 1


def test_forward_pass_is_the_network_s():
    W1, b1, W2, b2 = some_knobs()
    x = some_picture()
    h, p = pad._read(x, (W1, b1, W2, b2))
    hidden = [max(sum(w * v for w, v in zip(row, x)) + b, 0)
              for row, b in zip(W1, b1)]  # fmt: skip
    scores = np.exp(W2 @ np.array(hidden) + b2)
    assert np.allclose(h, hidden) and np.allclose(p, scores / scores.sum())
    _, sure = pad._read(x, (W1, b1, 1e4 * W2, b2))  # no overflow
    assert np.isclose(sure.sum(), 1)


@pytest.mark.parametrize(
    "most, says",
    [
        (0.95, "The machine is nearly sure of 4: probability 0.95."),
        (0.7, "The machine leans toward 4: probability 0.70."),
        (0.3, "The machine hardly knows, and guesses 4: probability 0.30."),
    ],
)
def test_sentence_says_how_sure(most, says):
    p = np.full(10, (1 - most) / 9)
    p[4] = most
    assert pad._says(np.ones(64), p) == says
    assert pad._says(np.zeros(64), p) == "The page is empty. " + says


def test_pen_has_soft_edges_and_never_wipes():
    x = np.zeros(64)
    pad._ink(x, 0, 3)
    board = x.reshape(8, 8)
    assert board[0, 3] == 1
    assert np.allclose([board[0, 2], board[0, 4], board[1, 3]], 0.4)
    assert np.count_nonzero(x) == 4
    pad._ink(x, 0, 4)
    assert board[0, 3] == board[0, 4] == 1 and x.max() == 1


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda k, x: (k[:3], x), "b2 (10,)"),
        (lambda k, x: ([k[0].T, *k[1:]], x), "(64, 32)"),
        (lambda k, x: ([k[0], 3.0, *k[2:]], x), "expected W1 (hidden, 64)"),
        (lambda k, x: ([*k[:3], k[3] + np.nan], x), "finite"),
        (lambda k, x: (k, x.reshape(8, 8)), "expected (64,)"),
        (lambda k, x: (k, 16 * x), "outside 0 to 1"),
        (lambda k, x: (k, x - 1), "outside 0 to 1"),
        (lambda k, x: (k, x * np.nan), "outside 0 to 1"),
    ],
)
def test_bad_input_gets_a_sentence(shown, change, words):
    knobs, x = change(some_knobs(), some_picture())
    with pytest.raises(ValueError, match=re.escape(words)):
        call(knobs, x)
    assert not shown


@pytest.fixture
def live(shown, monkeypatch):
    """The widgets of a live pad: pixels, the two buttons, the picture."""
    monkeypatch.delenv("MFDL_EXPLORE", raising=False)
    start = some_picture()
    call(start=start)
    left, picture = shown[-1].children
    grid, buttons = left.children
    return start, grid.children, buttons.children, picture


def grays(pixels):
    colors = [pixel.style.button_color for pixel in pixels]
    return np.array([int(c.split(",")[1]) for c in colors])


def test_live_pad_shows_the_first_picture(live):
    start, pixels, _, picture = live
    assert np.array_equal(grays(pixels), np.round(255 * (1 - start)))
    assert '<p class="explore-says">The machine' in picture.value
    assert pixels[10].tooltip.startswith("row 2, column 3, ink ")


def test_live_pad_draws_clears_and_starts_again(live):
    start, pixels, (clear, again), picture = live
    first = picture.value
    clear.click()
    assert np.all(grays(pixels) == 255)
    assert '<p class="explore-says">The page is empty. ' in picture.value
    pixels[9].click()
    expected = np.zeros(64)
    pad._ink(expected, 1, 1)
    assert np.array_equal(grays(pixels), np.round(255 * (1 - expected)))
    again.click()
    assert np.array_equal(grays(pixels), np.round(255 * (1 - start)))
    assert picture.value == first
