"""Notebooks as they must be committed: executed, canonical, free of litter."""

import re

import pytest

from book import ROOT, chapters, slug, toc

CELL = {"nbdev", "tags", "jupyter", "mystnb"}
JUPYTER = {"source_hidden"}
TAGS = {"hide-cell", "hide-input", "nbval-ignore-output", "raises-exception"}
NOTEBOOK = {"kernelspec", "nbdev"}
MOST_BYTES = 300_000
MOST_FIGURE = 60_000

each_chapter = pytest.mark.parametrize("chapter", chapters(), ids=slug)


def test_every_notebook_is_in_the_table_of_contents():
    there = {
        str(p.relative_to(ROOT).with_suffix(""))
        for p in (ROOT / "book").rglob("*.ipynb")
        if ".ipynb_checkpoints" not in p.parts
    }
    listed = {f for f in toc() if (ROOT / f"{f}.ipynb").exists()}
    assert there == listed


@each_chapter
def test_is_executed_in_order(chapter):
    """nbval compares nothing where counts and outputs are stripped."""
    counts = [c.execution_count for c in chapter.code() if c.source.strip()]
    assert counts == list(range(1, len(counts) + 1)), "run it: make run"


@each_chapter
def test_has_outputs(chapter):
    shows = re.compile(r"^(print\(|explore\(|plt\.show|check\.\w+\()", re.M)
    for cell in chapter.code():
        if shows.search(cell.source):
            assert cell.outputs, f"{cell.id} shows something; none is stored"


@each_chapter
def test_has_no_error_and_no_warning(chapter):
    for cell in chapter.code():
        for output in cell.outputs:
            if output.output_type == "error":
                assert "raises-exception" in cell.metadata.get("tags", []), (
                    f"{cell.id} stores a traceback"
                )
            assert output.get("name") != "stderr", f"{cell.id} wrote stderr"


@each_chapter
def test_prints_nothing_that_changes_from_run_to_run(chapter):
    litter = re.compile(r"<[^>]* at 0x|<Figure size|<Axes|<module|<matplotlib")
    for cell in chapter.code():
        for output in cell.outputs:
            text = output.get("text", "")
            text += output.get("data", {}).get("text/plain", "")
            if "image/png" not in output.get("data", {}):
                assert not litter.search(text), f"{cell.id}: {text[:80]}"


@each_chapter
def test_cells_have_names(chapter):
    names = [c.id for c in chapter.cells]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name), name


@each_chapter
def test_metadata_has_no_litter(chapter):
    assert set(chapter.metadata) <= NOTEBOOK
    for cell in chapter.cells:
        assert set(cell.metadata) <= CELL, f"{cell.id}: {dict(cell.metadata)}"
        assert set(cell.metadata.get("jupyter", {})) <= JUPYTER, cell.id
        assert set(cell.metadata.get("tags", [])) <= TAGS, cell.id
        assert not cell.get("attachments"), f"{cell.id} has attachments"


@each_chapter
def test_is_small_enough(chapter):
    size = chapter.path.stat().st_size
    assert size < MOST_BYTES, f"{size} bytes"


@each_chapter
def test_figures_are_small_enough(chapter):
    for cell in chapter.code():
        for output in cell.outputs:
            picture = output.get("data", {}).get("image/png", "")
            size = len(picture) * 3 // 4
            assert size <= MOST_FIGURE, f"{cell.id}: {size} bytes"


@each_chapter
def test_speaks_of_the_book_alone(chapter):
    words = re.compile(
        r"TODO|FIXME|lorem ipsum|future work|left to the reader|work in "
        r"progress|as an AI|language model assistant",
        re.I,
    )
    for cell in chapter.cells:
        found = words.search(cell.source)
        assert not found, f"{cell.id}: {found[0]}"
