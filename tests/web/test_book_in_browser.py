"""Every notebook in a real browser: it runs, and prints what is stored.

Running and comparing are nbval's own, with tests/nbval.cfg, over another
kernel: the Python of the live pages, started once.
"""

import os

import nbformat
import pytest
from browser_kernel import BrowserKernel
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.plugin import IPyNbFile, NbCellError
from site_pages import ROOT, SITE

import book

CHAPTERS = [c.path for c in book.chapters() if c.code()]
CELL_TIMEOUT = 300  # seconds, on a machine with much else to do


class NotebookInBrowser(IPyNbFile):
    """nbval's notebook, run by a kernel that is there already."""

    def get_sanitize_files(self):
        return [str(ROOT / "tests" / "nbval.cfg")]

    def check(self, kernel, name):
        """Run and compare all cells; fail at the first that is wrong."""
        kernel.open(name)
        self.kernel = kernel
        self.setup_sanitize_files()
        for cell in self.collect():
            try:
                cell.runtest()
            except NbCellError as error:
                about = pytest.ExceptionInfo.from_exception(error)
                pytest.fail(f"{name}\n{cell.repr_failure(about)}", False)


@pytest.fixture(scope="session")
def kernel(browser, address):
    """Python in a page of the site; started with the first notebook."""
    if not (SITE / "pyodide").exists():
        reason = (
            "the site was built without live pages: `make live` says what "
            "is missing"
        )
        insist = os.environ.get("CI") == "true" or os.environ.get(
            "MFDL_WHEELHOUSE"
        )
        (pytest.fail if insist else pytest.skip)(reason)
    kernel = BrowserKernel(browser, address, CELL_TIMEOUT)
    kernel.open("book/index.ipynb")
    yield kernel
    kernel.close()


@pytest.fixture
def check(request, kernel):
    """A function that checks the notebook of a path."""

    def check(path, name):
        notebook = NotebookInBrowser.from_parent(request.session, path=path)
        notebook.check(kernel, name)

    return check


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_prints_what_is_stored(check, path):
    check(path, path.relative_to(ROOT).as_posix())


# --- the test can fail -------------------------------------------------------


def printed(text):
    return [new_output("stream", name="stdout", text=text)]


@pytest.fixture
def check_cells(check, tmp_path):
    """A function that checks a notebook of (source, outputs, tags)."""

    def check_cells(*cells):
        made = [
            new_code_cell(
                source,
                outputs=outputs,
                execution_count=count,
                metadata={"tags": tags},
            )
            for count, (source, outputs, tags) in enumerate(cells, 1)
        ]
        path = tmp_path / "control.ipynb"
        nbformat.write(new_notebook(cells=made), path)
        check(path, "book/control/control.ipynb")

    return check_cells


def test_right_cells_pass(check_cells):
    check_cells(
        ("x = 6 * 7", [], []),
        ("print(x, __name__)", printed("42 __main__\n"), []),
        ("print('other')", printed("stored\n"), ["nbval-ignore-output"]),
        ("1 / 0", [], ["raises-exception", "nbval-ignore-output"]),
        (
            "from pathlib import Path\nprint(Path.cwd().name)",
            printed("control\n"),
            [],
        ),
    )


@pytest.mark.parametrize(
    "outputs, tags, says",
    [
        (printed("41\n"), [], "Cell outputs differ"),
        ([], [], "Unexpected output fields"),
        (
            printed("42\n") + [new_output("display_data", {"text/html": "x"})],
            [],
            "Missing output fields",
        ),
    ],
)
def test_other_outputs_fail(check_cells, outputs, tags, says):
    with pytest.raises(pytest.fail.Exception, match=says):
        check_cells(("x = 42", [], []), ("print(x)", outputs, tags))


@pytest.mark.parametrize("tags", [[], ["nbval-ignore-output"]])
def test_raising_cells_fail_with_their_traceback(check_cells, tags):
    with pytest.raises(pytest.fail.Exception) as failure:
        check_cells(("denominator = 0\n1 / denominator", [], tags))
    said = str(failure.value)
    assert "ZeroDivisionError" in said and "1 / denominator" in said


def test_chapters_begin_afresh(check_cells):
    check_cells(
        ("import numpy as np\nnp.set_printoptions(precision=2)", [], []),
        ("import matplotlib.pyplot as plt", [], []),
        ("plt.rcParams['lines.linewidth'] = 9.0", [], []),
        ("left_over = 1", [], []),
    )
    check_cells(
        ("print('left_over' in globals())", printed("False\n"), []),
        (
            "import numpy as np\nprint(np.array([1 / 3]))",
            printed("[0.33333333]\n"),
            [],
        ),
        (
            "import matplotlib.pyplot as plt\n"
            "print(plt.rcParams['lines.linewidth'])",
            printed("1.5\n"),
            [],
        ),
    )


def test_endless_cells_fail_and_python_starts_again(
    check_cells, kernel, monkeypatch
):
    monkeypatch.setattr(kernel, "_timeout", 1)
    with pytest.raises(pytest.fail.Exception, match="Timeout"):
        check_cells(("while True:\n    pass", [], []))
    monkeypatch.undo()
    check_cells(("print(1)", printed("1\n"), []))
