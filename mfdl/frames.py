"""Pictures for sliders: drawn quickly, kept, and drawn ahead."""

import asyncio
import base64
import copy
import html
import io
import operator
import sys
import time
import warnings

import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from IPython.utils.capture import capture_output
from matplotlib.axis import XTick, YTick
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.ticker import AutoLocator, LogLocator, NullLocator
from PIL import Image

DPI = 90  # of every picture
COLORS = 48  # of each, at most
TICKS = 5  # on an axis, at most
KEPT = 100  # so many pictures of an album
NEAR = 12  # of them are drawn ahead after a cell
AHEAD = 50  # and so many after a move
START = 0.1  # seconds after a cell: nobody moves a slider yet
REST = 1.0  # seconds after a move: the reader looks
QUICK = 0.3  # seconds: what takes longer is not drawn ahead
IN_A_PAGE = sys.platform == "emscripten"  # where drawing takes long


class Painter:
    """Draw one picture after another.

    All are drawn on one canvas, which remembers the sizes of words, with the
    places that the first one gave to axes and, while the limits of an axis
    are the same, to its label: the next do not jump, and Matplotlib spares a
    third of its time. Ticks take much of the rest: a linear axis gets at most
    ``TICKS`` where Matplotlib chooses, and a logarithmic one no minor ticks
    if two major ones are seen.

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
        locator = axis.get_major_locator()
        if isinstance(locator, AutoLocator) and locator._nbins == "auto":
            locator.set_params(nbins=TICKS - 1)
        low, high = sorted(axis.get_view_interval())
        ticks = axis.get_majorticklocs()
        seen = np.count_nonzero((low <= ticks) & (ticks <= high))
        if seen > 1 and isinstance(axis.get_minor_locator(), LogLocator):
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

    Drawing is most of what a slider's step takes. Thus a picture that was
    shown is kept. A cell that has run may have changed what ``draw`` shows:
    then nothing is kept. (Of what a button changes an album does not know.)

    In a browser, where it takes three times as long, pictures are also drawn
    ahead, one after another: when a slider has moved by one place, the next
    in this direction; while the reader looks, all that a move of one slider
    leads to, from near to far, the two ends early; when a cell has run, the
    nearest of all albums.

    Parameters
    ----------
    painter : Painter
    ranges : dict
        The values of each argument of its ``draw``.
    label : str
        An album takes the place of an earlier one with the same label.
    """

    plans = []  # to draw ahead, of all albums: the reader moves one
    shown = {}  # all albums by their labels, the last that moved last

    def __init__(self, painter, ranges, label=""):
        self.painter, self.ranges, self.label = painter, ranges, label
        self.kept = {}
        self.here = None
        self.cells = None  # that had begun to run
        self.seconds = 0.0  # that the last drawing took
        self.failed = set()  # not drawn ahead, since the last move or cell
        if shell := get_ipython():  # not post_execute: a move is that, too
            shell.events.register("post_run_cell", Album.after_a_cell)

    def turn_to(self, here):
        """The HTML for these places, one of each slider.

        What ``draw`` raises is raised.
        """
        self._drop_plans()
        if self.cells != _cells():
            self._forget()
        self.failed.clear()
        self.shown.pop(self.label, None)
        self.shown[self.label] = self
        before, self.here = self.here, here
        drawn = self.kept.get(here) or self._draw(here)
        self._keep(here, drawn)
        if before:
            self._plan(before)
        return drawn

    @classmethod
    def after_a_cell(cls, _=None):
        """Forget all pictures, and plan to draw the nearest."""
        cls._drop_plans()
        for album in cls.shown.values():
            album._forget()
        if cls.shown:
            cls._plan_to_fill(START, cls._nearest_of_all())

    @classmethod
    def _drop_plans(cls):
        for plan in cls.plans:
            plan.cancel()
        cls.plans.clear()

    def _forget(self):
        self.kept.clear()
        self.failed.clear()
        self.cells = _cells()

    def _keep(self, places, drawn):
        self.kept.pop(places, None)  # it is the newest now
        self.kept[places] = drawn
        if len(self.kept) > KEPT:
            del self.kept[next(iter(self.kept))]  # the oldest

    def _draw(self, places):
        begun = time.perf_counter()
        values = map(operator.getitem, self.ranges.values(), places)
        arguments = dict(zip(self.ranges, values))
        try:
            return as_html(*self.painter.paint(**arguments))
        finally:
            self.seconds = time.perf_counter() - begun

    def _plan(self, before):
        """Draw ahead, after a move from there."""
        steps = map(operator.sub, self.here, before)
        moves = [(slider, by) for slider, by in enumerate(steps) if by]
        ahead = self._reached(*(slider for slider, _ in moves))[:AHEAD]
        _, *others = self._nearest_of_all()
        self._plan_to_fill(REST, [(self, iter(ahead)), *others])
        if len(moves) == 1:
            [(slider, by)] = moves
            there = self._with(slider, self.here[slider] + by)
            if abs(by) == 1 and there in ahead:
                self._plan_to_fill(0, [(self, iter([there]))])

    def _reached(self, *moved):
        """Where a move of one slider leads, from near to far.

        The ends, by the keys Home and End, are never far. Among places that
        are equally far, those of sliders that moved come first.
        """
        far = {}
        for slider, values in enumerate(self.ranges.values()):
            last = len(values) - 1
            for k in range(last + 1):
                distance = abs(k - self.here[slider])
                if k in (0, last):
                    distance = min(distance, 2)
                if distance:
                    far[self._with(slider, k)] = distance, slider not in moved
        return sorted(far, key=far.get)

    def _with(self, slider, k):
        return (*self.here[:slider], k, *self.here[slider + 1 :])

    @classmethod
    def _nearest_of_all(cls):
        """Albums and places in each; the album that moved last comes first."""
        albums = reversed(cls.shown.values())
        return [(a, iter(a._reached()[:NEAR])) for a in albums]

    @classmethod
    def _plan_to_fill(cls, delay, missing):
        if not IN_A_PAGE:
            return
        loop = asyncio.get_running_loop()
        if delay:
            plan = loop.call_later(delay, cls._fill, missing)
        else:
            plan = loop.call_soon(cls._fill, missing)
        cls.plans.append(plan)

    @classmethod
    def _fill(cls, missing):
        """Draw the first of these that is not kept, and soon the others."""
        album, places = missing[0]
        done = album.kept.keys() | album.failed
        there = next((p for p in places if p not in done), None)
        if there is None or not album._draw_ahead(there):
            missing = missing[1:]
        if missing:
            cls._plan_to_fill(0, missing)

    def _draw_ahead(self, there):
        """Return whether others may be drawn.

        What fails, warns, prints or shows, does so when its turn comes.
        """
        slow = self.seconds > QUICK
        if slow or len(self.failed) > 1 or self.cells != _cells():
            return False
        self.failed.add(there)
        try:
            with capture_output() as said:
                with warnings.catch_warnings(record=True) as warned:
                    drawn = self._draw(there)
        except BaseException:  # nobody has asked for it: not even to exit
            return True
        if not (said.stdout or said.stderr or said.outputs or warned):
            self.failed.remove(there)
            self._keep(there, drawn)
        return True


def _cells():
    """How many cells have begun to run, this one among them."""
    shell = get_ipython()
    return shell and len(shell.history_manager.input_hist_parsed)
