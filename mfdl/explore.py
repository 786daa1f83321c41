"""Sliders that work everywhere: on the page without a kernel, live in one.

``explore(draw, ...)`` shows ``draw`` for the values of one to three controls.
In a live kernel the controls are ipywidgets. When the book is made
(``MFDL_EXPLORE=frames``) a small set of frames is stored in the notebook, and
a few lines of script on the page give them plain sliders.
"""

import html
import itertools
import json
import os
import traceback

from IPython.display import display

from .frames import Album, Painter, png

GRID = 27  # up to so many combinations every one is stored
PER_CONTROL = 11  # beyond that: so many frames a control, moved alone


def explore(draw, *, alt, caption, label, size=(5, 3), **controls):
    """Show ``draw(name=value, ...)`` with a control for each name.

    Parameters
    ----------
    draw : callable
        Pure function of the controls, which takes no number from a random
        generator of others; returns ``(figure, sentence)``, where the
        sentence says in words what the picture shows. In a kernel its
        pictures are kept; in a browser they are also drawn for values that
        may be chosen next.
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
        _live(draw, ranges, size, label)


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


def _live(draw, ranges, size, label):
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
    shown = HTML().add_class("explore-live")
    values = {name: values for name, (values, _) in ranges.items()}
    album = Album(Painter(draw, size), values, label)

    def show(_=None):
        here = tuple(slider.index for slider in sliders.values())
        try:
            shown.value = album.turn_to(here)
        except Exception:  # the reader's draw: say where it failed
            shown.value = f"<pre>{html.escape(traceback.format_exc())}</pre>"

    show()
    for slider in sliders.values():
        slider.observe(show, "value")
    display(VBox([shown, *sliders.values()]))


def _stored(draw, ranges, size, alt, caption, label):
    """A mime bundle: the first picture, and frames for the page's sliders."""
    shown = {name: _thin(*r) for name, r in _fit(ranges).items()}
    names = list(shown)
    start = tuple(shown[n][1] for n in names)
    frames = {}
    for place in _places(shown, start):
        arguments = {n: shown[n][0][k] for n, k in zip(names, place)}
        image, sentence = Painter(draw, size).paint(**arguments)
        frame = {"png": png(image, optimize=True), "says": sentence}
        frames[",".join(map(str, place))] = frame
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
