"""Pictures of sliders: kept, drawn ahead, and made anew when they must be."""

import asyncio
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from comm.base_comm import BaseComm
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.axis import Axis
from traitlets.config import Config

from mfdl import frames
from mfdl.frames import Album, Painter


class Drawn(list):
    """A draw that keeps the arguments it was called with."""

    def __call__(self, **arguments):
        self.append(tuple(arguments.values()))
        figure, axes = plt.subplots()
        axes.plot(range(3))
        return figure, f"shows {arguments}"


@pytest.fixture
def drawn():
    return Drawn()


@pytest.fixture(autouse=True)
def on_a_quick_machine(monkeypatch):
    monkeypatch.setattr(frames, "QUICK", 60)


@pytest.fixture(autouse=True)
def with_no_other_albums():
    Album.shown.clear()
    yield
    Album.shown.clear()
    Album.plans.clear()  # their loops have ended


@pytest.fixture
def album(drawn):
    return Album(Painter(drawn, (3, 2)), {"a": [10, 20, 30, 40], "b": "xy"})


def in_a_loop(coroutine):
    """Run it, as if in a browser.

    In a thread, because tests of pages leave a loop in theirs.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "IN_A_PAGE", True)
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, coroutine).result()


def turn(album, *places):
    """Turn to these places, and give the loop a turn after each."""

    async def all_of_them():
        pages = []
        for here in places:
            pages.append(album.turn_to(here))
            await asyncio.sleep(0)
        return pages

    return in_a_loop(all_of_them())


def test_a_picture_is_kept(album, drawn):
    first = album.turn_to((0, 0))
    other = album.turn_to((2, 1))
    assert album.turn_to((0, 0)) == first != other
    assert drawn == [(10, "x"), (30, "y")]


def test_after_one_step_the_next_is_drawn_ahead(album, drawn):
    pages = turn(album, (0, 0), (1, 0))
    assert drawn == [(10, "x"), (20, "x"), (30, "x")]
    pages += turn(album, (2, 0))
    assert drawn[3:] == [(40, "x")]
    assert "shows" in pages[-1] and len(set(pages)) == 3
    turn(album, (3, 0))  # the last place: nothing ahead, nothing again
    assert len(drawn) == 4


def test_after_a_jump_or_two_sliders_nothing_is_drawn_at_once(album, drawn):
    turn(album, (0, 0), (2, 0), (1, 1))
    assert drawn == [(10, "x"), (30, "x"), (20, "y")]


def turn_and_rest(album, *places, until=lambda: False):
    """Turn to these places, and rest."""

    def turn_to_all():
        for here in places:
            album.turn_to(here)

    do_and_rest(turn_to_all, until)


def do_and_rest(action, until):
    """Do it, wait until something, and half a second more."""

    async def rest():
        action()
        for _ in range(1200):
            await asyncio.sleep(0.1)
            if until():
                break
        await asyncio.sleep(0.5)

    in_a_loop(rest())


def test_at_rest_all_that_one_move_leads_to_is_drawn(monkeypatch):
    """From near to far; of two equally far first the slider that moved."""
    drawn = Drawn()
    painter = Painter(drawn, (3, 2))
    album = Album(painter, {"b": "xy", "a": [*range(6)]})
    monkeypatch.setattr(frames, "REST", 0.02)
    turn_and_rest(album, (1, 0), (1, 2), until=lambda: len(drawn) == 7)
    assert drawn[:2] == [("y", 0), ("y", 2)]
    assert drawn[2:] == [("y", 1), ("y", 3), ("x", 2), ("y", 4), ("y", 5)]


def test_after_its_cell_the_nearest_are_drawn(monkeypatch):
    drawn = Drawn()
    shell = shell_of(monkeypatch)
    ranges = {"a": [*range(9)], "b": [*range(9)]}
    album = Album(Painter(drawn, (3, 2)), ranges)
    shell.user_ns["show"] = lambda: album.turn_to((4, 7))
    monkeypatch.setattr(frames, "REST", 60)
    run_and_rest(shell, "show()", until=lambda: len(drawn) == 13)
    near = {(3, 7), (5, 7), (0, 7), (8, 7), (2, 7), (6, 7), (4, 6), (4, 8)}
    assert drawn[0] == (4, 7) and near < set(drawn) and len(drawn) == 13
    assert set(drawn[1:5]) == {(3, 7), (5, 7), (4, 6), (4, 8)}


def test_after_another_cell_they_are_drawn_again(drawn, monkeypatch):
    """Those of all albums; and of both what the cells themselves showed."""
    shell = shell_of(monkeypatch)
    ranges = {"a": [0, 1, 2]}
    one = Album(Painter(drawn, (3, 2)), ranges, "fig-one")
    other = Album(Painter(Drawn(), (3, 2)), ranges, "fig-other")
    shell.user_ns.update(
        one=lambda: one.turn_to((1,)), other=lambda: other.turn_to((0,))
    )
    shell.run_cell("one()", store_history=True)
    run_and_rest(shell, "other()", until=lambda: len(drawn) == 3)
    assert drawn == [(1,), (0,), (2,)]
    assert list(one.kept) == [(0,), (2,)]
    assert list(other.kept) == [(1,), (2,)]


def test_a_cell_may_change_what_it_has_shown(drawn, monkeypatch):
    shell = shell_of(monkeypatch)
    album = Album(Painter(drawn, (3, 2)), {"a": [0, 1]})
    shell.user_ns["show"] = lambda: album.turn_to((0,))
    shell.run_cell("show(); x = 1", store_history=True)
    album.turn_to((0,))
    assert len(drawn) == 2


def test_a_move_is_not_a_cell(drawn, monkeypatch):
    """Though Jupyter's comm tells IPython that something was executed."""
    shell = shell_of(monkeypatch)
    album = Album(Painter(drawn, (3, 2)), {"a": [0, 1, 2], "b": "xy"})
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    shell.user_ns["show"] = lambda: album.turn_to((0, 0))
    shell.run_cell("show()", store_history=True)
    comm = BaseComm(primary=False)
    comm.on_msg(lambda message: album.turn_to((2, 0)))
    told = []
    shell.events.register("post_execute", lambda: told.append(True))
    comm.handle_msg({})
    assert told and list(album.kept) == [(2, 0)]
    comm.handle_msg({})
    assert len(drawn) == 2  # the first picture, and the one of the move


def test_an_album_takes_the_place_of_an_earlier_one(drawn, monkeypatch):
    """Its cell ran again: nobody sees the first."""
    shell = shell_of(monkeypatch)

    def show():
        album = Album(Painter(drawn, (3, 2)), {"a": [0, 1]}, "fig-it")
        shell.user_ns["first"].append(album)
        album.turn_to((0,))

    shell.user_ns.update(show=show, first=[])
    shell.run_cell("show()", store_history=True)
    run_and_rest(shell, "show()", until=lambda: len(drawn) == 3)
    first, second = shell.user_ns["first"]
    assert list(Album.shown.values()) == [second]
    assert not first.kept and list(second.kept) == [(1,)]


def run_and_rest(shell, code, until):
    """Run a cell, as a kernel does, and rest."""
    do_and_rest(lambda: shell.run_cell(code, store_history=True), until)


def test_the_ends_of_a_slider_come_early(drawn, monkeypatch):
    album = Album(Painter(drawn, (3, 2)), {"a": [*range(8)]})
    monkeypatch.setattr(frames, "REST", 0.02)
    turn_and_rest(album, (6,), (4,), until=lambda: len(drawn) == 8)
    assert drawn == [(a,) for a in (6, 4, 3, 5, 0, 2, 7, 1)]


def test_who_moves_one_slider_does_not_wait_for_another(monkeypatch):
    """What was planned for one is dropped, and comes after the other's."""
    drawn = Drawn()
    ranges = {"a": [*range(6)]}
    one = Album(Painter(drawn, (3, 2)), ranges, "fig-one")
    other = Album(Painter(drawn, (3, 2)), ranges, "fig-other")
    monkeypatch.setattr(frames, "REST", 0.02)

    def move_both():
        one.turn_to((1,))
        other.turn_to((0,))
        one.turn_to((0,))
        drawn.clear()
        other.turn_to((5,))

    monkeypatch.setattr(one, "_draw", lambda there: drawn.append(one) or "")
    do_and_rest(move_both, until=lambda: len(one.kept) == 6)
    assert drawn == [(a,) for a in (5, 4, 3, 2, 1)] + [one] * 4


def test_what_lies_beyond_a_slow_place_is_left_alone(monkeypatch):
    """By a clock that only goes on there: machines may be slow anywhere."""
    drawn, clock = Drawn(), [0]

    def slow_at_four(a):
        clock[0] += 100 * (a == 4)
        return drawn(a=a)

    album = Album(Painter(slow_at_four, (3, 2)), {"a": [*range(9)]})
    monkeypatch.setattr(frames, "REST", 0.02)
    time_of = SimpleNamespace(perf_counter=lambda: clock[0])
    monkeypatch.setattr(frames, "time", time_of)
    turn_and_rest(album, (0,), (1,), until=lambda: (4,) in drawn)
    assert drawn[-1] == (4,)


def test_a_draw_that_heeds_warnings_draws_ahead_what_it_draws():
    def draw(a):
        try:
            np.log(np.array(a - 2.0))
            return plt.figure(), "computed"
        except RuntimeWarning:
            return plt.figure(), "a way out"

    album = Album(Painter(draw, (3, 2)), {"a": [0, 1, 2, 3]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        turn(album, (0,), (1,))
        assert (2,) in album.kept
        assert "computed" in album.turn_to((2,))


def test_what_cannot_be_kept_is_not_drawn_again_and_again(monkeypatch, capsys):
    def draw(a):
        print("drawing", a)
        return plt.figure(), "a page"

    album = Album(Painter(draw, (3, 2)), {"a": [*range(6)]})
    monkeypatch.setattr(frames, "REST", 0.02)
    monkeypatch.setattr(album, "_draw", count := Counted(album._draw))
    turn_and_rest(album, (0,), (3,), until=lambda: count.calls == 4)
    assert count.calls == 4 and list(album.kept) == [(0,), (3,)]


@pytest.mark.parametrize("error", [ValueError, SystemExit])
def test_one_place_that_fails_is_left_out(error, drawn, monkeypatch):
    def draw(a):
        if a == 2:
            raise error
        return drawn(a=a)

    album = Album(Painter(draw, (3, 2)), {"a": [*range(6)]})
    monkeypatch.setattr(frames, "REST", 0.02)
    turn_and_rest(album, (0,), (1,), until=lambda: len(drawn) == 5)
    assert set(album.kept) == {(0,), (1,), (3,), (4,), (5,)}


class Counted:
    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *arguments):
        self.calls += 1
        return self.function(*arguments)


def test_a_cell_that_runs_ends_the_rest(album, drawn, monkeypatch):
    cells = cells_of(monkeypatch)

    async def rest():
        album.turn_to((0, 0))
        album.turn_to((2, 0))
        cells.append("x = 1")
        await asyncio.sleep(0.2)

    monkeypatch.setattr(frames, "REST", 0.02)
    in_a_loop(rest())
    assert len(drawn) == 2


def test_a_plan_that_is_overtaken_is_dropped(album, drawn):
    async def in_haste():
        album.turn_to((0, 0))
        album.turn_to((1, 0))
        album.turn_to((3, 0))
        await asyncio.sleep(0)

    in_a_loop(in_haste())
    assert drawn == [(10, "x"), (20, "x"), (40, "x")]


def test_outside_of_a_browser_nothing_is_drawn_ahead(album, drawn):
    async def move():
        album.turn_to((0, 0))
        album.turn_to((1, 0))
        Album.after_a_cell()
        assert not album.plans

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, move()).result()
    assert drawn == [(10, "x"), (20, "x")]


def test_what_is_slow_is_not_drawn_ahead(monkeypatch):
    """Nor when it is turned to again, which takes no time."""
    drawn = Drawn()

    def slow(a):
        time.sleep(0.1)
        return drawn(a=a)

    album = Album(Painter(slow, (3, 2)), {"a": [0, 1, 2, 3]})
    monkeypatch.setattr(frames, "QUICK", 0.05)
    turn(album, (1,), (2,), (1,), (2,))
    assert drawn == [(1,), (2,)]


def shell_of(monkeypatch):
    """An IPython in which albums now are."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}))
    monkeypatch.setattr(frames, "get_ipython", lambda: shell)
    return shell


def cells_of(monkeypatch):
    """The list of cells of an IPython in which albums now are."""
    return shell_of(monkeypatch).history_manager.input_hist_parsed


def test_a_cell_that_ran_may_have_changed_everything(
    album, drawn, monkeypatch
):
    cells = cells_of(monkeypatch)
    album.turn_to((0, 0))
    album.turn_to((0, 0))
    assert len(drawn) == 1
    cells.append("x = 1")
    album.turn_to((0, 0))
    assert len(drawn) == 2


def test_not_all_pictures_of_a_day_are_kept(album, drawn, monkeypatch):
    monkeypatch.setattr(frames, "KEPT", 2)
    for here in [(0, 0), (2, 0), (0, 1), (0, 1)]:
        album.turn_to(here)
    assert len(drawn) == 3 and list(album.kept) == [(2, 0), (0, 1)]


def test_what_prints_or_fails_does_so_when_its_turn_comes(capsys):
    def draw(a):
        if a == 3:
            raise ValueError("no picture of 3")
        print("drawing", a)
        return plt.figure(), "a page"

    album = Album(Painter(draw, (3, 2)), {"a": [0, 1, 2, 3]})
    turn(album, (0,), (1,))
    assert capsys.readouterr().out == "drawing 0\ndrawing 1\n"
    turn(album, (2,))
    assert capsys.readouterr().out == "drawing 2\n"
    with pytest.raises(ValueError, match="no picture of 3"):
        album.turn_to((3,))


def test_a_warning_comes_when_its_turn_comes():
    def draw(a):
        if a == 2:
            warnings.warn("two is near the end", stacklevel=1)
        return plt.figure(), "a page"

    album = Album(Painter(draw, (3, 2)), {"a": [0, 1, 2, 3]})
    turn(album, (0,), (1,))
    with pytest.warns(UserWarning, match="two is near the end"):
        turn(album, (2,))


def test_a_draw_that_fails_leaves_no_figure_open():
    def draw(a):
        plt.figure()
        raise ValueError

    before = plt.get_fignums()
    with pytest.raises(ValueError):
        Painter(draw, (3, 2)).paint(a=1)
    assert plt.get_fignums() == before


def test_a_picture_stays_when_the_next_is_drawn():
    painter = Painter(lines, (3, 2))
    first, _ = painter.paint(a=1)
    copy = np.array(first)
    assert not np.array_equal(np.asarray(painter.paint(a=3)[0]), copy)
    assert np.array_equal(np.asarray(first), copy)


def lines(a):
    figure, axes = plt.subplots()
    axes.plot([0, a, 1])
    return figure, ""


def test_labels_make_room_for_wider_ticks():
    def draw(top):
        figure, axes = plt.subplots(layout="constrained")
        axes.set(ylim=(0, top), ylabel="up")
        kept.append(axes)
        return figure, ""

    kept = []
    painter = Painter(draw, (3, 2))
    painter.paint(top=1)
    painter.paint(top=20_000)
    axes = kept[-1]
    label = axes.yaxis.label.get_window_extent()
    numbers = [text.get_window_extent().x0 for text in axes.get_yticklabels()]
    assert label.x1 <= min(numbers)


def test_labels_of_hidden_axes_have_no_place():
    def draw(shown):
        figure, axes = plt.subplots()
        axes.set(xlabel="across")
        if not shown:
            axes.axis("off")
        return figure, ""

    painter = Painter(draw, (3, 2))
    painter.paint(shown=False)
    later, _ = painter.paint(shown=True)
    fresh, _ = Painter(draw, (3, 2)).paint(shown=True)
    assert np.array_equal(np.asarray(later), np.asarray(fresh))


def test_labels_stay_with_the_axes():
    """What a painter draws second is what a new one draws, but for places."""

    def draw(a):
        figure, axes = plt.subplots(layout="constrained")
        axes.plot([0, a])
        axes.set(xlabel="across", ylabel="up", ylim=(0, 2))
        return figure, ""

    painter = Painter(draw, (3, 2))
    painter.paint(a=1)
    again, fresh = painter.paint(a=2)[0], Painter(draw, (3, 2)).paint(a=2)[0]
    assert np.array_equal(np.asarray(again), np.asarray(fresh))


def test_logarithmic_axes_have_no_minor_ticks():
    figures = []

    def draw():
        figure, axes = plt.subplots()
        axes.loglog([1, 10, 100], [1, 10, 100])
        figures.append(figure)
        return figure, ""

    Painter(draw, (3, 2)).paint()
    (axes,) = figures[0].axes
    assert len(axes.get_xticks()) > 0
    assert len(axes.get_xticks(minor=True)) == 0


def test_of_its_own_choice_an_axis_has_five_ticks_at_most():
    figures = []

    def draw():
        figure, axes = plt.subplots()
        axes.set(xlim=(0, 1), ylim=(-7, 90), yticks=range(0, 90, 10))
        figures.append(figure)
        return figure, ""

    Painter(draw, (8, 5)).paint()
    (axes,) = figures[0].axes
    assert 3 <= len(axes.get_xticks()) <= 5
    assert len(axes.get_yticks()) == 9  # the reader's choice


def plain(axes):
    axes.tick_params(axis="x", rotation=30, labelcolor="C1", length=9)
    axes.tick_params(top=True, labeltop=True, right=True, labelright=True)
    axes.plot([0, 5, 2])
    axes.set_yticks([0, 1, 5], ["none", "one", "five"], fontsize=6)


def by_hand(axes):
    axes.grid(True, color="C2", linestyle="--")
    axes.set_xticks(range(9))
    axes.get_xticklabels()[3].set(color="C3", rotation=90)
    axes.get_xticklabels()[0].set(bbox={"facecolor": "C4"})


def polar(axes):
    axes.plot([0, 2, 4], [1, 2, 5])


def solid(axes):
    axes.plot([0, 1], [1, 2], [5, 2])


KINDS = (
    (plain, None),
    (lambda axes: axes.loglog([1, 10, 1e4], [1, 2, 1e-3]), None),
    (by_hand, None),
    (polar, "polar"),
    (solid, "3d"),
)


@pytest.mark.parametrize("plot, projection", KINDS)
def test_copies_of_ticks_look_like_ticks(plot, projection, monkeypatch):
    def draw():
        figure, axes = plt.subplots(subplot_kw={"projection": projection})
        plot(axes)
        return figure, ""

    copied, made = Painter(draw, (5, 3)), Painter(draw, (5, 3))
    pictures = [copied.paint()[0], copied.paint()[0]]
    monkeypatch.setattr(frames, "_copy_ticks", lambda axes: None)
    for picture in pictures:
        again = made.paint()[0]
        assert np.array_equal(np.asarray(picture), np.asarray(again))


def test_ticks_are_copied_and_not_built(monkeypatch):
    """One is built of each kind of each axis."""
    built = []
    build = Axis._get_tick

    def count(axis, major):
        built.append(major)
        return build(axis, major)

    monkeypatch.setattr(Axis, "_get_tick", count)

    def draw():
        figure, axes = plt.subplots()
        axes.plot([0, 5, 2])
        return figure, ""

    Painter(draw, (3, 2)).paint()
    assert built.count(True) <= 2


def test_minor_ticks_stay_where_there_are_no_others():
    figures = []

    def draw():
        figure, axes = plt.subplots()
        axes.semilogy([0.3, 0.4, 0.9])
        figures.append(figure)
        return figure, ""

    Painter(draw, (3, 2)).paint()
    (axes,) = figures[0].axes
    assert len(axes.get_yticks(minor=True)) > 2
