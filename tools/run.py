"""Execute, canonicalize and export notebooks: python tools/run.py FILE...

A failing cell stops the run and leaves the notebook as it was. Afterwards the
notebook has fresh outputs and execution counts 1..n, metadata without litter,
and the cells it marks for export stand in mfdl/.
"""

import base64
import io
import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from export import export  # noqa: E402

LITTER = (
    "metadata.language_info metadata.widgets metadata.vscode metadata.toc "
    "cell.metadata.execution cell.metadata.ExecuteTime "
    "cell.metadata.collapsed cell.metadata.editable cell.metadata.slideshow "
    "cell.metadata.trusted cell.metadata.scrolled"
)


def run(path):
    """Run one notebook in its own folder and save it in canonical form."""
    book = nbformat.read(path, as_version=4)
    client = NotebookClient(
        book,
        timeout=300,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        coalesce_streams=True,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        sys.exit(f"{path}: a cell failed; nothing was saved.\n{error}")
    book.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    for cell in book.cells:
        shrink(cell)
    nbformat.write(book, path)
    canonicalize(path)
    for module in export(path):
        print(f"  exported {module}")


def shrink(cell):
    """Store pictures with a palette of 256 colors: a third of the bytes."""
    for output in cell.get("outputs", []):
        png = output.get("data", {}).get("image/png")
        if png:
            picture = Image.open(io.BytesIO(base64.b64decode(png)))
            small = io.BytesIO()
            picture.convert("RGB").quantize(
                256, Image.Quantize.FASTOCTREE, dither=0
            ).save(small, "PNG", optimize=True)
            if small.tell() < len(png) * 3 // 4:
                text = base64.b64encode(small.getvalue()).decode()
                output["data"]["image/png"] = text


def canonicalize(path):
    """Strip what a run leaves behind; keep outputs, counts and cell ids."""
    subprocess.run(
        [sys.executable, "-m", "nbstripout", "--keep-output", "--keep-count"]
        + ["--keep-id", "--extra-keys", LITTER, str(path)],
        check=True,
    )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("expected a notebook: make run CHAPTER=book/....ipynb")
    os.environ["MFDL_EXPLORE"] = "frames"
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in sys.argv[1:]:
        print(f"running {name}", flush=True)
        run(Path(name).resolve())
