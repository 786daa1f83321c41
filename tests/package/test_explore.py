"""explore(): the ranges of its controls, the frames it stores, the sliders."""

import base64
import html
import io
import itertools
import json
import re

import matplotlib.pyplot as plt
import pytest
from PIL import Image

from mfdl import explore as module
from mfdl.explore import explore

WORDS = dict(alt="a line of dots", caption="Dots & a line.", label="fig-dots")


def draw(**controls):
    fig, ax = plt.subplots()
    ax.plot(range(3))
    return fig, "It shows " + " ".join(f"{k}={v}" for k, v in controls.items())


@pytest.fixture
def shown(monkeypatch):
    """What explore hands to IPython's display."""
    shown = []
    monkeypatch.setattr(module, "display", lambda x, **_: shown.append(x))
    return shown


@pytest.fixture
def stored(shown, monkeypatch):
    """Call explore as when the book is made; return what it stores."""
    monkeypatch.setenv("MFDL_EXPLORE", "frames")

    def call(**controls):
        explore(draw, **WORDS, **controls)
        page = shown[-1]["text/html"]
        controls = html.unescape(re.search(r'controls="(.*?)">', page)[1])
        frames = re.search(r'json">(.*)</script>', page)[1]
        return json.loads(controls), json.loads(frames)

    return call


@pytest.mark.parametrize(
    "control, values, start",
    [
        ((0, 3, 1), [0, 1, 2, 3], 0),
        ((0, 0.3, 0.1), [0, 0.1, 0.2, 0.3], 0),
        ((-1, 1, 0.5, 0.5), [-1, -0.5, 0, 0.5, 1], 3),
        ((0, 10, 5, 6), [0, 5, 10], 1),
        ((2, 2, 1), [2], 0),
        (["tanh", "relu"], ["tanh", "relu"], 0),
    ],
)
def test_values_of_a_range(control, values, start):
    assert module._values("name", control) == (values, start)


def test_whole_numbers_stay_whole():
    values, _ = module._values("name", (0, 2, 0.5))
    assert [type(v) for v in values] == [int, float, int, float, int]


@pytest.mark.parametrize(
    "controls, words",
    [
        ({}, "one to three controls, got 0"),
        ({n: (0, 1, 1) for n in "abcd"}, "one to three controls, got 4"),
        ({"a": []}, "a=[] has no choices"),
        ({"a": (1, 0, 1)}, "a=(1, 0, 1) is an empty range"),
        ({"a": (0, 1, 0)}, "a=(0, 1, 0) is an empty range"),
        ({"a": (0, 1, -1)}, "a=(0, 1, -1) is an empty range"),
    ],
)
def test_bad_controls_get_a_sentence(shown, controls, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        explore(draw, **WORDS, **controls)
    assert not shown


@pytest.mark.parametrize("count", [12, 27, 40, 101])
def test_thinning_keeps_the_start_and_the_order(count):
    values = list(range(100, 100 + count))
    for start in range(count):
        thin, place = module._thin(values, start, 11)
        assert thin[place] == values[start]
        assert len(thin) == 11 and thin == sorted(set(thin))
    assert module._thin(values, 3, None) == (values, 3)
    assert module._thin(values[:11], 3, 11) == (values[:11], 3)


def test_thinning_keeps_the_ends_where_the_start_allows():
    thin, _ = module._thin(list(range(101)), 50, 11)
    assert thin == list(range(0, 101, 10))


@pytest.mark.parametrize(
    "controls",
    [
        {"a": (0, 4, 1)},
        {"a": (0, 2, 1), "b": (0, 2, 1), "c": (0, 2, 1)},
    ],
)
def test_all_combinations_of_a_small_grid_are_stored(stored, controls):
    shown, frames = stored(**controls)
    sizes = [range(len(c["values"])) for c in shown]
    grid = {",".join(map(str, p)) for p in itertools.product(*sizes)}
    assert set(frames) == grid
    for place, frame in frames.items():
        values = [c["values"][int(k)] for k, c in zip(place.split(","), shown)]
        said = " ".join(f"{n}={v}" for n, v in zip(controls, values))
        assert frame["says"] == f"It shows {said}"


def test_of_a_large_grid_each_control_moves_alone(stored):
    shown, frames = stored(a=(0, 6, 1, 2), b=(0, 60, 1, 25))
    assert [len(c["values"]) for c in shown] == [7, 11]
    a, b = (c["start"] for c in shown)
    assert (shown[0]["values"][a], shown[1]["values"][b]) == (2, 25)
    axes = {f"{k},{b}" for k in range(7)} | {f"{a},{k}" for k in range(11)}
    assert set(frames) == axes


def test_bundle_reads_without_scripts(stored, shown):
    controls, frames = stored(step_size=(0, 1, 0.5, 0.5))
    assert controls[0]["name"] == "step size"
    bundle = shown[0]
    page = bundle["text/html"]
    assert page.startswith('<figure class="explore" id="fig-dots" ')
    assert f'<img alt="{WORDS["alt"]}"' in page
    assert "<figcaption>Dots &amp; a line.</figcaption>" in page
    assert '<p class="explore-says">It shows step_size=0.5</p>' in page
    assert bundle["image/png"] == frames["1"]["png"]
    assert bundle["text/plain"] == "Dots & a line. It shows step_size=0.5"
    png = base64.b64decode(bundle["image/png"])
    assert Image.open(io.BytesIO(png)).size == (450, 270)


def test_sentences_cannot_end_the_script(shown, monkeypatch):
    monkeypatch.setenv("MFDL_EXPLORE", "frames")
    explore(lambda a: (plt.figure(), "a</script>"), **WORDS, a=(0, 1, 1))
    page = shown[0]["text/html"]
    assert page.count("</script>") == 1
    assert '<p class="explore-says">a&lt;/script&gt;</p>' in page


def test_no_figure_is_left_open(stored):
    before = plt.get_fignums()
    stored(a=(0, 2, 1))
    assert plt.get_fignums() == before


def test_live_controls_are_sliders_that_redraw(shown, monkeypatch):
    monkeypatch.delenv("MFDL_EXPLORE", raising=False)
    calls = []

    def watched(**controls):
        calls.append(controls)
        return draw(**controls)

    before = plt.get_fignums()
    explore(watched, **WORDS, step_size=(0, 1, 0.25, 0.5), kind=["x", "y"])
    _, slider, choice = shown[-1].children
    assert slider.description == "step size"
    assert [v for _, v in slider.options] == [0, 0.25, 0.5, 0.75, 1]
    assert (slider.value, choice.value) == (0.5, "x")
    assert calls[-1] == {"step_size": 0.5, "kind": "x"}
    slider.value = 0.75
    choice.value = "y"
    assert calls[-1] == {"step_size": 0.75, "kind": "y"}
    assert plt.get_fignums() == before


def test_live_picture_comes_with_its_sentence(shown, monkeypatch):
    monkeypatch.delenv("MFDL_EXPLORE", raising=False)
    says = iter(["a < b & c", "later"])
    explore(lambda a: (plt.figure(), next(says)), **WORDS, a=(0, 1, 1))
    picture, slider = shown[-1].children
    assert '<p class="explore-says">a &lt; b &amp; c</p>' in picture.value
    first = picture.value
    slider.value = 1
    assert '<p class="explore-says">later</p>' in picture.value
    assert first.count("<img") == picture.value.count("<img") == 1


def test_live_draw_that_fails_shows_where(shown, monkeypatch):
    monkeypatch.delenv("MFDL_EXPLORE", raising=False)

    def draw_badly(a):
        if a:
            raise ValueError("<a> is not drawn")
        return plt.figure(), "fine"

    explore(draw_badly, **WORDS, a=(0, 2, 1))
    picture, slider = shown[-1].children
    slider.value = 1
    assert "ValueError: &lt;a&gt; is not drawn" in picture.value
    assert "draw_badly" in picture.value
    slider.value = 0
    assert "<img" in picture.value


def test_live_pictures_do_not_jump(shown, monkeypatch):
    """Wider labels would move the axes; the first picture's places stay."""
    monkeypatch.delenv("MFDL_EXPLORE", raising=False)
    figures = []

    def draw_wide(a):
        figure, axes = plt.subplots(layout="constrained")
        axes.plot([0, 10.0 ** (6 * a)])
        axes.ticklabel_format(style="plain")
        figures.append(figure)
        return figure, f"{a}"

    explore(draw_wide, **WORDS, a=(0, 1, 1))
    _, slider = shown[-1].children
    slider.value = 1
    first, second = (f.axes[0].get_position().bounds for f in figures)
    assert first == pytest.approx(second)
    fresh, _ = draw_wide(1)
    fresh.set_size_inches(5, 3)
    fresh.draw_without_rendering()
    assert fresh.axes[0].get_position().x0 > first[0] + 0.05
    plt.close(fresh)
