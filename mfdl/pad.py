"""A pad to draw a digit on: with a mouse on the page, with buttons live.

``drawing_pad(knobs, ...)`` shows what a network 64 - hidden - 10 makes of a
picture. In a live kernel the picture is a grid of ipywidgets buttons. When
the book is made (``MFDL_EXPLORE=frames``) the network itself is stored in the
notebook, rounded, and ``pad.js`` computes it on the page while you draw.
"""

import base64
import html
import json
import os

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

from .frames import Painter, as_html, png
from .plotting import MODEL

DECIMALS = 3  # of the stored knobs
SIZE = (5.4, 2.5)  # of the picture, in inches
LARGE = 4  # a hidden answer drawn in full color


def drawing_pad(knobs, *, start, alt, caption, label):
    """Show an 8 by 8 pad, the hidden units and the ten probabilities.

    Parameters
    ----------
    knobs : [W1 (hidden, 64), b1 (hidden,), W2 (10, hidden), b2 (10,)]
        A network of two layers with ReLU between them and softmax behind.
    start : array (64,)
        The first picture: ink from 0 to 1, row by row.
    alt : str
        What the first picture shows, for readers who do not see it.
    caption : str
        One or two sentences below the pad (plain text).
    label : str
        Anchor on the page, such as ``"fig-pad"``.

    Raises
    ------
    ValueError
        If the shapes do not fit, a knob is not finite, or ink is outside
        0 to 1.
    """
    knobs, start = _checked(knobs, start)
    if os.environ.get("MFDL_EXPLORE") == "frames":
        display(_stored(knobs, start, alt, caption, label), raw=True)
    else:
        _live(knobs, start)


def _checked(knobs, start):
    """The knobs and the picture as arrays of floats, or a clear sentence."""
    knobs = [np.asarray(knob, dtype=float) for knob in knobs]
    hidden = len(knobs[1]) if len(knobs) == 4 and knobs[1].ndim else 0
    expected = [(hidden, 64), (hidden,), (10, hidden), (10,)]
    shapes = [knob.shape for knob in knobs]
    if not hidden or shapes != expected:
        raise ValueError(
            f"the knobs have the shapes {shapes}; expected W1 (hidden, 64), "
            "b1 (hidden,), W2 (10, hidden), b2 (10,)."
        )
    if not all(np.isfinite(knob).all() for knob in knobs):
        raise ValueError(
            "a knob is not a finite number: train with shorter steps."
        )
    start = np.asarray(start, dtype=float)
    if start.shape != (64,):
        raise ValueError(
            f"start has shape {start.shape}, expected (64,): one picture, "
            "row by row."
        )
    if not np.all((start >= 0) & (start <= 1)):
        raise ValueError(
            "start has ink outside 0 to 1: divide the gray levels by the "
            "largest that is possible (16 for the book's digits)."
        )
    return knobs, start


def _read(x, knobs):
    """Hidden answers (hidden,) and probabilities (10,) for one picture."""
    W1, b1, W2, b2 = knobs
    h = np.maximum(W1 @ x + b1, 0)
    z = W2 @ h + b2
    e = np.exp(z - z.max())
    return h, e / e.sum()


def _says(x, p):
    """What the machine thinks, and how sure it is (the same in pad.js)."""
    best = int(p.argmax())
    if p[best] > 0.9:
        thinks = f"The machine is nearly sure of {best}"
    elif p[best] > 0.5:
        thinks = f"The machine leans toward {best}"
    else:
        thinks = f"The machine hardly knows, and guesses {best}"
    opening = "" if x.any() else "The page is empty. "
    return f"{opening}{thinks}: probability {p[best]:.2f}."


def _ink(x, row, column):
    """Press the pen on a pixel, in place: 1 there, less beside it."""
    rows, columns = np.indices((8, 8))
    distance = np.hypot(rows - row, columns - column).ravel()
    np.maximum(x, np.clip(1.4 - distance, 0, 1), out=x)


def _draw(x, knobs):
    """The picture, the hidden units and the probabilities, side by side."""
    h, p = _read(x, knobs)
    columns = -(-len(h) // 8)
    units = np.full(8 * columns, np.nan)
    units[: len(h)] = h
    fig, axes = plt.subplots(1, 3, figsize=SIZE, width_ratios=[1, 0.5, 1.4])
    axes[0].imshow(x.reshape(8, 8), cmap="Greys", vmin=0, vmax=1)
    axes[1].imshow(units.reshape(8, -1), cmap="Blues", vmin=0, vmax=LARGE)
    axes[2].barh(range(10), p, color=MODEL)
    axes[2].set(xlim=(0, 1), yticks=range(10), ylim=(9.6, -0.6))
    names = "the picture", f"{len(h)} units", "probability"
    for ax, name in zip(axes, names):
        ax.grid(False)
        ax.set_xlabel(name)
    for ax in axes[:2]:
        ax.set(xticks=[], yticks=[])
    return fig, _says(x, p)


def _packed(knobs, start):
    """Rounded knobs and picture as one block of base64 (float32, LSB first).

    One long block, because the last digit of a trained knob may differ from
    machine to machine: the notebook test leaves such blocks out.
    """
    rounded = [np.round(part, DECIMALS).ravel() for part in (*knobs, start)]
    return base64.b64encode(np.concatenate(rounded).astype("<f4")).decode()


def _stored(knobs, start, alt, caption, label):
    """A mime bundle: the first picture, and the network for pad.js."""
    network = {"hidden": len(knobs[1]), "numbers": _packed(knobs, start)}
    image, sentence = Painter(_draw, SIZE).paint(x=start, knobs=knobs)
    picture = png(image, optimize=True)
    return {
        "text/html": (
            f'<figure class="pad" id="{html.escape(label)}">'
            f'<img alt="{html.escape(alt)}" '
            f'src="data:image/png;base64,{picture}">'
            f'<p class="pad-says">{html.escape(sentence)}</p>'
            f"<figcaption>{html.escape(caption)}</figcaption>"
            f'<script type="application/json">{json.dumps(network)}</script>'
            "</figure>"
        ),
        "image/png": picture,
        "text/plain": f"{caption} {sentence}",
    }


def _live(knobs, start):
    """The same pad in a kernel: a button for each pixel."""
    from ipywidgets import HTML, Button, GridBox, HBox, Layout, VBox

    x = start.copy()
    side = Layout(width="26px", height="26px", border="1px solid #bbb")
    pixels = [Button(layout=side) for _ in range(64)]
    grid = GridBox(
        pixels,
        layout=Layout(grid_template_columns="repeat(8, 28px)", width="240px"),
    )
    fit = Layout(width="auto")
    clear = Button(description="clear", layout=fit)
    again = Button(description="the first picture again", layout=fit)
    shown = HTML().add_class("explore-live")
    painter = Painter(_draw, SIZE)

    def update():
        for k, (pixel, ink) in enumerate(zip(pixels, x)):
            gray = round(255 * (1 - ink))
            pixel.style.button_color = f"rgb({gray}, {gray}, {gray})"
            pixel.tooltip = f"row {k // 8 + 1}, column {k % 8 + 1}"
            pixel.tooltip += f", ink {ink:.1f}"
        shown.value = as_html(*painter.paint(x=x, knobs=knobs))

    def replace(picture):
        x[:] = picture
        update()

    def press(place):
        _ink(x, *divmod(place, 8))
        update()

    for place, pixel in enumerate(pixels):
        pixel.on_click(lambda _, place=place: press(place))
    clear.on_click(lambda _: replace(0))
    again.on_click(lambda _: replace(start))
    update()
    fixed = Layout(flex="0 0 auto", width="244px")
    left = VBox([grid, HBox([clear, again])], layout=fixed)
    row = Layout(flex_flow="row wrap")
    display(HBox([left, shown], layout=row))
