"""Export the marked cells of notebooks into mfdl/: python tools/export.py

A notebook with the metadata ``{"nbdev": {"default_exp": "layers"}}`` becomes
``mfdl/layers.py``, made of its cells with ``{"nbdev": {"export": "true"}}``.
"""

import sys
from pathlib import Path

import nbformat
from nbdev.export import nb_export

ROOT = Path(__file__).resolve().parents[1]


def module_of(path):
    """The module a notebook exports, or None."""
    book = nbformat.read(path, as_version=4)
    return book.metadata.get("nbdev", {}).get("default_exp")


def chapters(root=ROOT):
    """All notebooks of the book, in a fixed order."""
    found = (root / "book").rglob("*.ipynb")
    return sorted(p for p in found if ".ipynb_checkpoints" not in p.parts)


def export(path, target=ROOT / "mfdl"):
    """Write the module of one notebook; return its path, or nothing."""
    name = module_of(path)
    if name is None:
        return []
    nb_export(str(path), lib_path=str(target))
    return [Path(target) / f"{name}.py"]


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:] or chapters()):
        for module in export(path.resolve()):
            print(module)
