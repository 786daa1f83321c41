"""Sliders that work everywhere: on the page without a kernel, live in one.

``explore(draw, ...)`` shows ``draw`` for the values of one to three controls.
In a live kernel the controls are ipywidgets. When the book is made
(``MFDL_EXPLORE=frames``) a small set of frames is stored in the notebook, and
a few lines of script on the page give them plain sliders.
"""

import base64
import html
import io
import itertools
import json
import os
import traceback

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

GRID = 27  # up to so many combinations every one is stored
DPI = 90  # of every picture
PER_CONTROL = 11  # beyond that: so many frames a control, moved alone


def explore(draw, *, alt, caption, label, size=(5, 3), **controls):
    """Show ``draw(name=value, ...)`` with a control for each name.

    Parameters
    ----------
    draw : callable
        Pure function of the controls; returns ``(figure, sentence)``, where
        the sentence says in words what the picture shows.
    alt : str
        What the first picture shows, for readers who do not see it.
    caption : str
        One or two sentences below the picture (plain text).
    label : str
        Anchor on the page, such as ``"fig-step-size"``.
    size : (float, float)
        Width and height of the picture in inches.
    **controls
        One to three of ``name=(low, high, step)``,
        ``name=(low, high, step, start)`` or ``name=[choice, choice, ...]``.
        An underscore in a name is shown as a space.

    Raises
    ------
    ValueError
        If there are no controls, more than three, or an empty range.
    """
    if not 1 <= len(controls) <= 3:
        raise ValueError(
            f"explore expects one to three controls, got {len(controls)}: "
            "drop the ones that teach least."
        )
    ranges = {name: _values(name, c) for name, c in controls.items()}
    if os.environ.get("MFDL_EXPLORE") == "frames":
        display(_stored(draw, ranges, size, alt, caption, label), raw=True)
    else:
        _live(draw, ranges, size)


def _values(name, control):
    """The values of one control and the place of its start among them."""
    if isinstance(control, list):
        if not control:
            raise ValueError(f"{name}=[] has no choices: give at least one.")
        return control, 0
    low, high, step, *start = control
    if not (step > 0 and high >= low):
        raise ValueError(
            f"{name}={control} is an empty range: expected (low, high, step) "
            "with low <= high and step > 0."
        )
    count = round((high - low) / step) + 1
    values = [_tidy(low + step * k) for k in range(count)]
    start = start[0] if start else low
    return values, min(range(count), key=lambda k: abs(values[k] - start))


def _tidy(value):
    """Round off the last digits, so that 0.1 * 3 is shown as 0.3."""
    value = float(f"{value:.10g}")
    return int(value) if value.is_integer() else value


def _live(draw, ranges, size):
    """The same controls as ipywidgets, in a kernel."""
    from ipywidgets import HTML, SelectionSlider, VBox

    sliders = {
        name: SelectionSlider(
            options=[(str(v), v) for v in values],
            value=values[start],
            description=name.replace("_", " "),
            continuous_update=True,
            style={"description_width": "initial"},
        )
        for name, (values, start) in ranges.items()
    }
    shown = HTML()
    places = []  # of the first picture's axes: the next ones do not jump

    def show(_=None):
        try:
            arguments = {name: s.value for name, s in sliders.items()}
            shown.value = _picture(draw, arguments, size, places)
        except Exception:  # the reader's draw: say where it failed
            shown.value = f"<pre>{html.escape(traceback.format_exc())}</pre>"

    show()
    for slider in sliders.values():
        slider.observe(show, "value")
    display(VBox([*sliders.values(), shown]))


def _picture(draw, arguments, size, places):
    """HTML of the picture and its sentence, for these arguments."""
    with plt.ioff():
        png, sentence = _png(draw, arguments, size, places)
    said = html.escape(sentence)
    data = base64.b64encode(png).decode()
    return (
        f'<img alt="{said}" src="data:image/png;base64,{data}">'
        f'<p class="explore-says" aria-live="polite">{said}</p>'
    )


def _stored(draw, ranges, size, alt, caption, label):
    """A mime bundle: the first picture, and frames for the page's sliders."""
    shown = {name: _thin(*r) for name, r in _fit(ranges).items()}
    names = list(shown)
    start = tuple(shown[n][1] for n in names)
    frames = {}
    for place in _places(shown, start):
        arguments = {n: shown[n][0][k] for n, k in zip(names, place)}
        png, sentence = _frame(draw, arguments, size)
        frames[",".join(map(str, place))] = {"png": png, "says": sentence}
    first = frames[",".join(map(str, start))]
    controls = [
        {"name": n.replace("_", " "), "values": v, "start": k}
        for n, (v, k) in shown.items()
    ]
    said = html.escape(first["says"])
    data = json.dumps(frames).replace("</", "<\\/")
    return {
        "text/html": (
            f'<figure class="explore" id="{html.escape(label)}" '
            f'data-controls="{html.escape(json.dumps(controls))}">'
            f'<img alt="{html.escape(alt)}" '
            f'src="data:image/png;base64,{first["png"]}">'
            f'<p class="explore-says">{said}</p>'
            f"<figcaption>{html.escape(caption)}</figcaption>"
            f'<script type="application/json">{data}</script></figure>'
        ),
        "image/png": first["png"],
        "text/plain": f"{caption} {first['says']}",
    }


def _fit(ranges):
    """Mark each control with how many of its values may be stored."""
    grid = 1
    for values, _ in ranges.values():
        grid *= len(values)
    most = None if grid <= GRID else PER_CONTROL
    return {name: (*r, most) for name, r in ranges.items()}


def _thin(values, start, most):
    """At most ``most`` evenly spread values, the start among them."""
    if most is None or len(values) <= most:
        return values, start
    last = len(values) - 1
    keep = sorted({round(k * last / (most - 1)) for k in range(most)})
    nearest = min(keep, key=lambda k: abs(k - start))
    keep[keep.index(nearest)] = start
    return [values[k] for k in keep], keep.index(start)


def _places(shown, start):
    """Which combinations to store: all of a small grid, else the axes."""
    sizes = [len(values) for values, _ in shown.values()]
    grid = list(itertools.product(*map(range, sizes)))
    if len(grid) <= GRID:
        return grid
    return [p for p in grid if sum(a != b for a, b in zip(p, start)) <= 1]


def _png(draw, arguments, size, places=None):
    """Draw for these arguments; return the PNG, and the sentence.

    ``places`` is a list: empty, it takes the places of the axes; else they
    go there, which spares Matplotlib a third of its time, the layout. (So
    does drawing on the canvas: ``savefig`` draws twice, once for the layout.)
    """
    figure, sentence = draw(**arguments)
    figure.set_size_inches(size)
    figure.set_dpi(DPI)
    if places and len(places) == len(figure.axes):
        figure.set_layout_engine("none")
        for axes, place in zip(figure.axes, places):
            axes.set_position(place)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    if places is not None and not places:
        places += [axes.get_position(original=True) for axes in figure.axes]
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(canvas.buffer_rgba())).save(buffer, "PNG")
    plt.close(figure)
    return buffer.getvalue(), sentence


def _frame(draw, arguments, size):
    """Draw one frame; return it as a palette PNG in base64, and its text."""
    png, sentence = _png(draw, arguments, size)
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.quantize(48, Image.Quantize.FASTOCTREE, dither=0)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode(), sentence
