"""For every test session: the kernels' environment, and one summary."""

import os
from collections import Counter

# Widgets are stored as frames, and sums do not depend on a thread count.
os.environ["MFDL_EXPLORE"] = "frames"
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_terminal_summary(terminalreporter):
    """Say how many notebooks, cells and tests were run."""
    reports = [
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
    ]
    cells = [r for r in reports if ".ipynb::" in r.nodeid]
    books = Counter(r.nodeid.split("::")[0] for r in cells)
    terminalreporter.write_line(
        f"{len(books)} notebooks with {len(cells)} cells, "
        f"{len(reports) - len(cells)} other tests"
    )
