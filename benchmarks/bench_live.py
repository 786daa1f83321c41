"""How fast the pages are when their cells run in the browser: make bench-live

In a real Chromium, on the built site, served from this machine:

- click to ready, click to first figure; cold, each time in a new browser
  profile, and warm, on a second page in the same profile;
- a slider moved by keyboard until the new picture is decoded: by a step, at
  once from end to end, and to an end after a rest;
- a chapter's whole run, "Run all" on its live page, beside the same notebook
  run natively by nbclient.

What is timed inside a page is in bench_live.js. The table is printed and
written into README.md beside this file.
"""

import argparse
import datetime
import os
import statistics
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from playwright.sync_api import sync_playwright
from readme import processor, table, write

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from chromium import FLAGS, find_chromium  # noqa: E402
from serve import serve  # noqa: E402

SITE = ROOT / "_build" / "html"
IN_PAGE = Path(__file__).with_name("bench_live.js").read_text("utf-8")
STARTS = ("prologue/machine", "linear-algebra/vectors")  # first and second
SLIDERS = ("appendix/plotting", "calculus/gradients", "linear-algebra/svd")
CHAPTERS = (
    "prologue/machine",
    "linear-algebra/vectors",
    "linear-algebra/svd",
    "linear-algebra/convolution",
    "calculus/gradients",
    "network/digits",
)
STEPS = 20  # of a slider, in one run
PAUSE = 150  # milliseconds between two keys
REST = 5000  # milliseconds of looking at a picture
SETTLE = 5  # seconds a reader looks at a page before the next
SLOW = 4  # times native is too slow for a chapter, and for a cell of a second


class Reader:
    """Chromium with a profile of its own, which is new and then kept."""

    def __init__(self, playwright, address, profile):
        self.address = address
        self.context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=find_chromium(),
            args=FLAGS,
            viewport={"width": 1280, "height": 900},
        )
        self.context.set_default_timeout(0)
        self.context.add_init_script(IN_PAGE)

    @contextmanager
    def page(self, name):
        """Open a page; its Python ends with it."""
        page = self.context.new_page()
        try:
            page.goto(f"{self.address}book/{name}.html", wait_until="load")
            yield page
        finally:
            page.close()


@contextmanager
def new_reader(playwright, address):
    """A browser that has never seen the site."""
    with tempfile.TemporaryDirectory(prefix="reader-") as profile:
        reader = Reader(playwright, address, profile)
        try:
            yield reader
        finally:
            reader.context.close()


# --- what is measured: each returns rows of (what, target, values, unit) -----


def measure_starts(playwright, address, runs):
    """Click to ready and to the first figure, cold and warm."""
    taken = {"cold": [], "warm": []}
    for run in range(runs):
        pages = STARTS if run % 2 else STARTS[::-1]
        with new_reader(playwright, address) as reader:
            for state, name in zip(taken, pages):
                with reader.page(name) as page:
                    times = page.evaluate("bench.startAndDraw()")
                    taken[state].append(times)
                    page.wait_for_timeout(SETTLE * 1000)
        say(f"start {run + 1} of {runs}: {taken['cold'][-1]}, then {times}")
    targets = {"ready": 6.0, "figure": 9.0}
    names = {"ready": "ready", "figure": "first figure"}
    rows = []
    for key, target in targets.items():
        cold = [times[key] for times in taken["cold"]]
        warm = [times[key] for times in taken["warm"]]
        half = statistics.median(cold) / 2
        rows += [
            row(f"click to {names[key]}, cold", cold, target, "s"),
            row(f"click to {names[key]}, warm", warm, half, "s"),
        ]
    return rows


def measure_sliders(playwright, address, runs):
    """A key on the handle to the new picture: a row for each kind of move."""
    rows = []
    for name in SLIDERS:
        cell = first_widget(name)
        moves = {}
        with new_reader(playwright, address) as reader:
            for _ in range(runs):
                with reader.page(name) as page:
                    for kind, times in slide(page, cell).items():
                        moves.setdefault(kind, []).extend(times)
        say(f"slider of {name}: measured")
        for kind, times in moves.items():
            milliseconds = [1000 * seconds for seconds in times]
            title = f"slider, {kind}: `{cell}` of {Path(name).name}"
            rows.append(row(title, milliseconds, 100, "ms"))
    return rows


def slide(page, cell):
    """The seconds of a cell's first slider, by kind of move.

    The steps go down from the upper end.
    """
    page.evaluate("bench.start()")
    handle = page.evaluate_handle("id => bench.runToSlider(id)", cell)
    handle = handle.as_element()
    handle.scroll_into_view_if_needed()
    handle.focus()

    def press(key, pause=PAUSE):
        page.wait_for_timeout(pause)
        page.evaluate("handle => { window.step = bench.step(handle) }", handle)
        page.keyboard.press(key)
        return page.evaluate("window.step")

    def at(end):
        return float(handle.get_attribute(f"aria-value{end}"))

    ends = {"Home": "min", "End": "max"}
    jumps = [press(k) for k, end in ends.items() if at("now") != at(end)]
    steps = []
    while at("now") > at("min") + 1 and len(steps) < STEPS:
        steps.append(press("ArrowLeft"))
    rests = [press(key, REST) for key in ("End", "Home")]
    undrawn = []
    for key in ("End", "Home"):  # a cell that runs may change any picture
        page.evaluate("bench.runFirst()")
        handle.focus()
        undrawn.append(press(key, pause=0))
    return {
        "a step": steps,
        "at once from end to end": jumps,
        "to an end after a rest": rests,
        "before anything is drawn ahead": undrawn,
    }


def first_widget(name):
    """The name of a chapter's first cell that makes sliders."""
    book = nbformat.read(notebook(name), as_version=4)
    return next(
        cell.id
        for cell in book.cells
        if cell.cell_type == "code" and "\nexplore(" in f"\n{cell.source}"
    )


def measure_chapters(playwright, address, runs, names, slow):
    """A whole run here and natively; cells that are slow go into `slow`."""
    rows = []
    with new_reader(playwright, address) as reader:
        for name in names:
            here, native = [], []
            for _ in range(runs):
                with reader.page(name) as page:
                    page.evaluate("bench.start()")
                    here.append(page.evaluate("bench.runAll()"))
                native.append(run_natively(notebook(name)))
            wholes = [run["whole"] for run in here]
            natives = [run["whole"] for run in native]
            half = statistics.median(natives)
            title = f"{Path(name).name}, all cells (natively {half:.1f} s)"
            rows.append(row(title, wholes, SLOW * half, "s", half))
            slow += slow_cells(name, here, native)
            say(f"{name}: {rows[-1]}")
    return rows


def run_natively(path):
    """The seconds of a notebook in a kernel that is ready, and of its cells.

    As `make run` does it, but with live widgets, as on the page.
    """
    book = nbformat.read(path, as_version=4)
    client = NotebookClient(
        book,
        timeout=None,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    cells = {}
    with client.setup_kernel():
        begun = time.perf_counter()
        for index, cell in enumerate(book.cells):
            if cell.cell_type == "code":
                start = time.perf_counter()
                client.execute_cell(cell, index)
                cells[cell.id] = time.perf_counter() - start
        return {"whole": time.perf_counter() - begun, "cells": cells}


def slow_cells(name, here, native):
    """Rows of the cells over a second and over SLOW times native."""
    rows = []
    for cell in native[0]["cells"]:
        a = statistics.median(run["cells"].get(cell, 0) for run in here)
        b = statistics.median(run["cells"][cell] for run in native)
        if a > 1 and a > SLOW * b:
            times = [f"{a:.1f} s", f"{b:.2f} s", f"{a / b:.1f}"]
            rows.append([f"{Path(name).name}, `{cell}`", *times])
    return rows


def notebook(name):
    return ROOT / "book" / f"{name}.ipynb"


# --- the report --------------------------------------------------------------


def row(what, values, target, unit, native=None):
    """A line of the table: median, range, target, and whether it is kept."""
    median = statistics.median(values)
    digits = 0 if unit == "ms" else 1
    return [
        what,
        f"{median:.{digits}f} {unit}"
        + (f", {median / native:.1f} times native" if native else ""),
        f"{min(values):.{digits}f} to {max(values):.{digits}f}",
        str(len(values)),
        f"{target:.{digits}f} {unit}",
        "yes" if median <= target else "no",
    ]


def report(rows, slow, version):
    """The tables, in Markdown."""
    head = ["", "median", "range", "runs", "at most", "reached"]
    texts = [
        f"Measured on {datetime.date.today()}: {processor()}, "
        f"{os.cpu_count()} cores, Chromium {version}.",
        table(head, rows),
    ]
    if slow:
        texts += [
            f"Cells of more than a second, and more than {SLOW} times native:",
            table(["", "browser", "native", "ratio"], slow),
        ]
    return "\n\n".join(texts)


def say(text):
    print(text, file=sys.stderr, flush=True)


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=6)
    parser.add_argument(
        "--only", nargs="+", choices=["start", "slider", "chapter"]
    )
    parser.add_argument("--chapters", nargs="+", default=CHAPTERS)
    parser.add_argument("--dry", action="store_true", help="write no README")
    return parser.parse_args()


def main():
    """Measure and report; the exit status is a sentence if that cannot be."""
    chosen = options()
    if not (SITE / "pyodide").exists():
        return "the site has no live pages: run `make live SERVE=0` first"
    if find_chromium() is None:
        return "no Chromium or Chrome on this machine: install one first"
    os.environ.pop("MFDL_EXPLORE", None)  # widgets are live, here and there
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    server = serve(str(SITE), 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    parts = chosen.only or ["start", "slider", "chapter"]
    rows, slow = [], []
    with sync_playwright() as playwright:
        if "start" in parts:
            rows += measure_starts(playwright, address, chosen.runs)
        if "slider" in parts:
            rows += measure_sliders(playwright, address, chosen.runs)
        if "chapter" in parts:
            rows += measure_chapters(
                playwright, address, chosen.runs, chosen.chapters, slow
            )
        with new_reader(playwright, address) as reader:
            version = reader.context.browser.version
    server.shutdown()
    text = report(rows, slow, version)
    print(text)
    if not (chosen.dry or chosen.only):
        write("results in the browser", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
