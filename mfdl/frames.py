"""Pictures for sliders: drawn quickly, kept, and drawn ahead."""

import asyncio
import base64
import html
import io
import operator
import time
from contextlib import redirect_stderr, redirect_stdout

import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

DPI = 90  # of every picture
COLORS = 48  # of each, at most
KEPT = 100  # so many pictures of an album
QUICK = 0.3  # seconds: what takes longer is not drawn ahead


class Painter:
    """Draw one picture after another.

    All are drawn on one canvas, which remembers the sizes of words, with the
    places that the first one gave to axes and labels: the next do not jump,
    and Matplotlib spares a third of its time. No axes have minor ticks, which
    on a logarithmic one would take half of it.

    Parameters
    ----------
    draw : callable
        Returns ``(figure, sentence)``.
    size : (float, float)
        Width and height of the pictures in inches.
    """

    def __init__(self, draw, size):
        self.draw, self.size = draw, size
        self.canvas = None
        self.places = []

    def paint(self, **arguments):
        """Draw for these arguments; return the image and the sentence."""
        with plt.ioff():
            figure, sentence = self.draw(**arguments)
        figure.set_size_inches(self.size)
        figure.set_dpi(DPI)
        for axes in figure.axes:
            axes.minorticks_off()
        if self.places and len(self.places) == len(figure.axes):
            figure.set_layout_engine("none")
            for axes, places in zip(figure.axes, self.places):
                _put(axes, places)
        canvas = self._canvas_of(figure)
        canvas.draw()  # savefig draws twice, once for the layout
        if not self.places:
            self.places = [_places(axes) for axes in figure.axes]
        plt.close(figure)
        return Image.fromarray(np.asarray(canvas.buffer_rgba())), sentence

    def _canvas_of(self, figure):
        if self.canvas is None:
            self.canvas = FigureCanvasAgg(figure)
        self.canvas.figure = figure
        figure.set_canvas(self.canvas)
        return self.canvas


def _places(axes):
    """Of axes that are drawn: where they stand, and their labels."""
    return axes.get_position(original=True), [
        axis.label.get_position() for axis in (axes.xaxis, axes.yaxis)
    ]


def _put(axes, places):
    place, labels = places
    axes.set_position(place)
    for axis, (x, y) in zip((axes.xaxis, axes.yaxis), labels):
        axis.set_label_coords(x, y, transform=axis.label.get_transform())


def png(image, **options):
    """An image as a PNG with a palette, in base64.

    The palette spares two thirds of the bytes, and half the time.
    """
    image = image.convert("RGB")
    image = image.quantize(COLORS, Image.Quantize.FASTOCTREE, dither=0)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return base64.b64encode(buffer.getvalue()).decode()


def page(image, sentence):
    """HTML of an image and, below, the sentence that says what it shows."""
    return (
        f'<img alt="" width="{image.width}" height="{image.height}" '
        f'src="data:image/png;base64,{png(image, compress_level=1)}">'
        f'<p class="explore-says">{html.escape(sentence)}</p>'
    )


class Album:
    """The pictures of some sliders, as HTML, by the places of the sliders.

    Drawing is most of what a slider's step takes, above all in a browser.
    Thus a picture that was shown is kept; and when one slider has moved by
    one place, the next in this direction is drawn ahead, while the reader
    looks. When a cell has run, which may have changed what ``draw`` shows,
    nothing is kept.

    Parameters
    ----------
    painter : Painter
    ranges : dict
        The values of each argument of its ``draw``.
    """

    def __init__(self, painter, ranges):
        self.painter, self.ranges = painter, ranges
        self.pages = {}
        self.here = None
        self.cells = None  # that had run
        self.plan = None  # what is going to be drawn ahead

    def turn_to(self, here):
        """The page for these places, one of each slider."""
        if self.plan:
            self.plan.cancel()
        cells = getattr(get_ipython(), "execution_count", None)
        if cells != self.cells or len(self.pages) >= KEPT:
            self.pages.clear()
            self.cells = cells
        before, self.here = self.here or here, here
        begun = time.perf_counter()
        if here not in self.pages:
            self.pages[here] = self._page(here)
        if time.perf_counter() - begun < QUICK:
            self._plan([b - a for a, b in zip(before, here)])
        return self.pages[here]

    def _page(self, places):
        values = map(operator.getitem, self.ranges.values(), places)
        return page(*self.painter.paint(**dict(zip(self.ranges, values))))

    def _plan(self, step):
        """Draw ahead, soon, if one slider has moved by one place."""
        there = tuple(map(operator.add, self.here, step))
        sizes = map(len, self.ranges.values())
        inside = all(0 <= k < size for k, size in zip(there, sizes))
        if sum(map(abs, step)) == 1 and inside and there not in self.pages:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # nothing runs later in a plain terminal
                return
            self.plan = loop.call_soon(self._draw_ahead, there)

    def _draw_ahead(self, there):
        """If it fails or prints, it does so again when its turn comes."""
        printed = io.StringIO()
        try:
            with redirect_stdout(printed), redirect_stderr(printed):
                drawn = self._page(there)
        except Exception:
            return
        if not printed.getvalue():
            self.pages[there] = drawn
