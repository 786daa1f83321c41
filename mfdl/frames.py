"""Pictures for sliders: drawn quickly, kept, and drawn ahead."""

import asyncio
import base64
import copy
import html
import io
import operator
import time
import warnings

import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from IPython.utils.capture import capture_output
from matplotlib.axis import XTick, YTick
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.ticker import AutoLocator, NullLocator
from PIL import Image

DPI = 90  # of every picture
COLORS = 48  # of each, at most
TICKS = 5  # on an axis, at most
KEPT = 100  # so many pictures of an album
START = 0.1  # seconds after the first picture: nobody moves a slider yet
REST = 1.0  # seconds without a move: the reader looks
QUICK = 0.3  # seconds: what takes longer is not drawn ahead


class Painter:
    """Draw one picture after another.

    All are drawn on one canvas, which remembers the sizes of words, with the
    places that the first one gave to axes and, while the limits of an axis
    are the same, to its label: the next do not jump, and Matplotlib spares a
    third of its time. Ticks take much of the rest: of those that Matplotlib
    chooses itself, an axis gets at most ``TICKS``, and no minor ones if two
    major ones are seen.

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
        self.layout = []  # of the axes of the first figure

    def paint(self, **arguments):
        """Draw for these arguments; no figure is left open.

        Returns
        -------
        (PIL.Image.Image, str)
            The picture in RGBA, and the sentence. What ``draw`` raises is
            raised.
        """
        before = set(plt.get_fignums())
        try:
            with plt.ioff():
                figure, sentence = self.draw(**arguments)
            return self._paint(figure), sentence
        finally:
            for number in set(plt.get_fignums()) - before:
                plt.close(number)

    def _paint(self, figure):
        figure.set_size_inches(self.size)
        figure.set_dpi(DPI)
        for axes in figure.axes:
            _spare_ticks(axes)
            _copy_ticks(axes)
        if self.layout and len(self.layout) == len(figure.axes):
            figure.set_layout_engine("none")
            for axes, layout in zip(figure.axes, self.layout):
                _lay_out(axes, layout)
        canvas = self._canvas_of(figure)
        canvas.draw()  # savefig draws twice, once for the layout
        if not self.layout:
            self.layout = [_layout(axes) for axes in figure.axes]
        # a copy, because the canvas is used again
        return Image.fromarray(np.array(canvas.buffer_rgba()))

    def _canvas_of(self, figure):
        if self.canvas is None:
            self.canvas = FigureCanvasAgg(figure)
        self.canvas.figure = figure
        figure.set_canvas(self.canvas)
        return self.canvas


def _spare_ticks(axes):
    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_locator(), AutoLocator):
            axis.get_major_locator().set_params(nbins=TICKS - 1)
        low, high = sorted(axis.get_view_interval())
        ticks = axis.get_majorticklocs()
        if np.count_nonzero((low <= ticks) & (ticks <= high)) > 1:
            axis.set_minor_locator(NullLocator())


def _copy_ticks(axes):
    """Give each axis the ticks that it will ask for, as copies of its first.

    Matplotlib would build each from nothing and then make it like the first,
    which takes far longer than drawing it. Ticks of other kinds, as on polar
    axes, are left to it: they have parts that must not be shared.
    """
    for axis in (axes.xaxis, axes.yaxis):
        first = axis.majorTicks[0]
        if type(first) in (XTick, YTick):
            missing = len(axis.get_majorticklocs()) - len(axis.majorTicks)
            axis.majorTicks += [_copy(first) for _ in range(missing)]


def _copy(tick):
    tick = copy.copy(tick)
    for part in ("tick1line", "tick2line", "gridline", "label1", "label2"):
        setattr(tick, part, copy.copy(getattr(tick, part)))
    return tick


def _layout(axes):
    """Of axes that are drawn: where they stand, and where their labels."""
    labels = [
        (tuple(axis.get_view_interval()), axis.label.get_position())
        for axis in (axes.xaxis, axes.yaxis)
        if axes.axison and axis.get_visible()
    ]
    return axes.get_position(original=True), labels


def _lay_out(axes, layout):
    place, labels = layout
    axes.set_position(place)
    if len(labels) < 2:
        return
    for axis, (limits, (x, y)) in zip((axes.xaxis, axes.yaxis), labels):
        if tuple(axis.get_view_interval()) == limits:
            transform = axis.label.get_transform()
            axis.set_label_coords(x, y, transform=transform)


def png(image, **options):
    """A PIL image as a PNG with a palette, in base64.

    The palette spares two thirds of the bytes, and half the time. ``options``
    are those of PIL's ``Image.save`` for PNG.
    """
    image = image.convert("RGB")
    image = image.quantize(COLORS, Image.Quantize.FASTOCTREE, dither=0)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return base64.b64encode(buffer.getvalue()).decode()


def as_html(image, sentence):
    """A PIL image and, below it, the sentence that says what it shows."""
    return (
        f'<img alt="" width="{image.width}" height="{image.height}" '
        f'src="data:image/png;base64,{png(image, compress_level=1)}">'
        f'<p class="explore-says">{html.escape(sentence)}</p>'
    )


class Album:
    """The pictures of some sliders, as HTML, by the places of the sliders.

    Drawing is most of what a slider's step takes, above all in a browser.
    Thus a picture that was shown is kept. When a slider has moved by one
    place, the next in this direction is drawn ahead; and while the reader
    looks, its other places, one after another, from near to far, the two
    ends early; from the start those of the first slider. When a cell has
    run, which may have changed what ``draw`` shows, nothing is kept. (Of
    what a button changes an album does not know.)

    Parameters
    ----------
    painter : Painter
    ranges : dict
        The values of each argument of its ``draw``.
    """

    plans = []  # to draw ahead, of all albums: the reader moves one

    def __init__(self, painter, ranges):
        self.painter, self.ranges = painter, ranges
        self.kept = {}
        self.here = None
        self.cells = None  # that had begun to run
        self.seconds = 0.0  # that the last drawing took

    def turn_to(self, here):
        """The HTML for these places, one of each slider.

        What ``draw`` raises is raised.
        """
        for plan in self.plans:
            plan.cancel()
        self.plans.clear()
        cells = _cells()
        if cells != self.cells:
            self.kept.clear()
            self.cells = cells
        before, self.here = self.here, here
        drawn = self.kept.get(here) or self._draw(here)
        self._keep(here, drawn)
        self._plan(before)
        return drawn

    def _keep(self, places, drawn):
        self.kept.pop(places, None)  # it is the newest now
        self.kept[places] = drawn
        if len(self.kept) > KEPT:
            del self.kept[next(iter(self.kept))]  # the oldest

    def _draw(self, places):
        begun = time.perf_counter()
        values = map(operator.getitem, self.ranges.values(), places)
        drawn = as_html(*self.painter.paint(**dict(zip(self.ranges, values))))
        self.seconds = time.perf_counter() - begun
        return drawn

    def _plan(self, before):
        """Draw ahead for the slider that has moved; at first the first."""
        step = map(operator.sub, self.here, before or self.here)
        moved = [(slider, by) for slider, by in enumerate(step) if by]
        if before is None:
            moved = [(0, 0)]
        if len(moved) != 1:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # nothing runs later in a plain terminal
            return
        [(slider, by)] = moved
        here = self.here[slider]
        last = len(list(self.ranges.values())[slider]) - 1

        def there(k):
            return (*self.here[:slider], k, *self.here[slider + 1 :])

        def turn(k):  # the ends, by Home and End, are never far
            far = abs(k - here)
            return min(far, 2) if k in (0, last) else far

        rest = sorted(range(last + 1), key=turn)
        rest = map(there, rest[: KEPT // 2])
        delay = START if before is None else REST
        plan = loop.call_later(delay, self._fill, rest)
        self.plans.append(plan)
        if abs(by) == 1 and 0 <= here + by <= last:
            soon = iter([there(here + by)])
            self.plans.append(loop.call_soon(self._fill, soon))

    def _fill(self, places):
        """Draw the first of these that is not kept, and soon the others."""
        there = next((p for p in places if p not in self.kept), None)
        if there is not None and self._draw_ahead(there):
            loop = asyncio.get_running_loop()
            self.plans.append(loop.call_soon(self._fill, places))

    def _draw_ahead(self, there):
        """Return whether it was worth it.

        What fails, warns, prints or shows, does so when its turn comes.
        """
        if self.seconds > QUICK or _cells() != self.cells:
            return False
        try:
            with capture_output() as said:
                with warnings.catch_warnings(record=True) as warned:
                    drawn = self._draw(there)
        except Exception:
            return False
        if said.stdout or said.stderr or said.outputs or warned:
            return False
        self._keep(there, drawn)
        return True


def _cells():
    """How many cells have begun to run, this one among them."""
    shell = get_ipython()
    return shell and len(shell.history_manager.input_hist_parsed)
