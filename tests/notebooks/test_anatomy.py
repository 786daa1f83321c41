"""The anatomy of a chapter, read from its notebook (CONTRIBUTING says why)."""

import re

import pytest
from nbformat.v4 import new_markdown_cell

from book import Box, boxes, chapters, lessons, practiced, slug

THEOREMS = ("prf:theorem", "prf:proposition", "prf:corollary", "prf:lemma")
KINDS = ("by hand", "proof", "code", "experiment")
ENDING = ["Summary", "Exercises", "Quiz", "Further reading"]
FEWEST_EXERCISES = 8
REVIEW_PROBLEMS = 12
WORDS = (1_900, 7_000)

each_lesson = pytest.mark.parametrize("chapter", lessons(), ids=slug)
each_practiced = pytest.mark.parametrize("chapter", practiced(), ids=slug)
each_chapter = pytest.mark.parametrize("chapter", chapters(), ids=slug)


def headings(chapter):
    for cell in chapter.markdown():
        fenced = False
        for line in cell.source.splitlines():
            fenced ^= line.startswith("```")
            found = re.match(r"^(#+) +(.*)$", line)
            if found and not fenced:
                yield len(found[1]), found[2].strip()


def words(chapter):
    """Words of prose: no solutions, no formulas, no directives' options."""
    count = 0
    for cell in chapter.markdown():
        if not cell.metadata.get("jupyter", {}).get("source_hidden"):
            text = re.sub(
                r"\$\$.*?\$\$|\$[^$]*\$|^:.*$",
                " ",
                cell.source,
                flags=re.S | re.M,
            )
            count += len(re.findall(r"[A-Za-z][\w'’-]*", text))
    return count


@each_lesson
def test_opens_with_promise_objectives_and_prerequisites(chapter):
    text = chapter.text()
    assert re.match(r"# \S", text), "the first cell starts with the title"
    assert re.search(r"^> \S", text, re.M), "a quoted promise"
    assert "**You will**" in text and "**You need**" in text
    will = text.split("**You will**")[1].split("**You need**")[0]
    assert 1 <= len(re.findall(r"^[-*] ", will, re.M)) <= 4


@each_chapter
def test_heading_levels_are_not_skipped(chapter):
    levels = [level for level, _ in headings(chapter)]
    assert levels[0] == 1 and levels.count(1) == 1
    for before, after in zip(levels, levels[1:]):
        assert after <= before + 1, f"level {after} after level {before}"


@each_lesson
def test_ends_with_summary_exercises_quiz_and_reading(chapter):
    titles = [title for level, title in headings(chapter) if level == 2]
    assert titles[-4:] == ENDING
    if chapter.module:
        assert "What the network gained" in titles


@each_practiced
def test_has_prose_between_code_cells(chapter):
    for before, after in zip(chapter.cells, chapter.cells[1:]):
        if before.cell_type == after.cell_type == "code":
            assert before.id.startswith("solution-"), f"before {after.id}"


@each_practiced
def test_code_cells_are_short(chapter):
    for cell in chapter.code():
        lines = cell.source.splitlines()
        body = re.sub(r'""".*?"""', '""', cell.source, flags=re.S)
        most = 25 if not cell.id.startswith("solution-") else 40
        assert len(body.splitlines()) <= most, f"{cell.id}: {len(lines)}"
        assert max(map(len, lines), default=0) <= 79, cell.id


@each_lesson
def test_has_enough_prose(chapter):
    assert WORDS[0] <= words(chapter) <= WORDS[1], words(chapter)


@each_chapter
def test_boxes_are_written_so_that_they_read_well_everywhere(chapter):
    for cell in chapter.markdown():
        lines = cell.source.splitlines()
        opens = sum(bool(re.match(r":::+\{", line)) for line in lines)
        closes = sum(line.strip() == ":::" for line in lines)
        assert opens == closes, f"{cell.id}: {opens} opened, {closes} closed"
        assert not re.search(
            r"^```\{(prf|exercise|solution)", cell.source, re.M
        ), f"{cell.id}: use colon fences"
        assert "<details" not in cell.source, cell.id
        for i, line in enumerate(lines):
            if line.strip() == ":::":
                assert not lines[i - 1].strip() or "{margin}" in cell.source, (
                    f"{cell.id}: a blank line before the closing :::"
                )
        kinds = {b.kind for b in boxes(cell.source, 0)}
        if len(boxes(cell.source, 0)) > 1:
            assert kinds == {"admonition"}, f"{cell.id}: one box a cell"


@each_chapter
def test_labels_are_there_and_say_what_they_label(chapter):
    prefix = {
        "prf:definition": "def-",
        "exercise": "ex-",
        "solution": "ex-",
    } | dict.fromkeys(THEOREMS, "thm-")
    for box in chapter.boxes:
        if box.kind == "solution":
            box.label = box.label or box.title
        if box.kind in prefix:
            assert box.label.startswith(prefix[box.kind]), (
                f"{box.kind} {box.title!r} has the label {box.label!r}"
            )


def test_labels_are_unique():
    labels = [
        box.label
        for chapter in chapters()
        for box in chapter.boxes
        if box.label and box.kind != "solution"
    ]
    twice = {label for label in labels if labels.count(label) > 1}
    assert not twice


@each_chapter
def test_each_theorem_is_followed_by_its_proof(chapter):
    for box in chapter.of(*THEOREMS):
        after = chapter.cells[box.place + 1].source
        assert ":::{prf:proof}" in after, f"{box.label} has no proof behind it"


def witness_missing(chapter):
    """Labels of theorems whose witness does not stand where it should."""
    missing = []
    for box in chapter.of(*THEOREMS):
        name = "witness-" + box.label.removeprefix("thm-")
        cells = [c for c in chapter.cells[box.place :] if c.id == name]
        found = cells and cells[0].cell_type == "code"
        if not (found and "assert" in cells[0].source and cells[0].outputs):
            missing.append(box.label)
    return missing


@each_chapter
def test_each_theorem_has_its_witness(chapter):
    assert not witness_missing(chapter)


@each_practiced
def test_has_exercises_of_a_stated_kind(chapter):
    exercises = chapter.of("exercise")
    fewest = REVIEW_PROBLEMS if chapter.is_review else FEWEST_EXERCISES
    assert len(exercises) >= fewest
    for box in exercises:
        kind = re.search(r"\((.+)\)$", box.title)
        assert kind and kind[1] in KINDS, box.title


@each_practiced
def test_each_exercise_has_a_solution(chapter):
    solved = {b.title: b for b in chapter.of("solution")}
    for box in chapter.of("exercise"):
        solution = solved.get(box.label)
        assert solution, f"{box.label} has no solution"
        cell = chapter.cells[solution.place]
        assert cell.metadata.get("jupyter", {}).get("source_hidden"), cell.id
        assert ":class: dropdown" in cell.source, cell.id
        assert len(solution.body.split()) >= 12, f"{box.label}: too short"
    assert set(solved) == {b.label for b in chapter.of("exercise")}


@each_lesson
def test_quiz_explains_every_answer(chapter):
    quiz = [c for c in chapter.markdown() if c.id.startswith("quiz-")]
    assert 3 <= len(quiz) <= 6
    for cell in quiz:
        choices = boxes(cell.source, 0)
        assert 2 <= len(choices) <= 5, cell.id
        says = [c.body.strip() for c in choices]
        assert sum(s.startswith("Yes:") for s in says) == 1, cell.id
        assert all(s.startswith(("Yes:", "Not quite:")) for s in says), cell.id
        assert len(set(says)) == len(says), f"{cell.id}: own explanations"
        assert all(len(s.split()) >= 5 for s in says), cell.id


@each_chapter
def test_each_figure_has_caption_label_and_alt_text(chapter):
    for cell in chapter.code():
        pictures = any("image/png" in o.get("data", {}) for o in cell.outputs)
        widget = re.search(r"\b(explore|drawing_pad)\(", cell.source)
        if widget and not cell.source.startswith("def "):
            shown = "".join(
                o.get("data", {}).get("text/html", "") for o in cell.outputs
            )
            kind = {"explore": "explore", "drawing_pad": "pad"}[widget[1]]
            assert f'class="{kind}"' in shown, f"{cell.id}: nothing stored"
            alt = re.search(r'<img alt="([^"]*)"', shown)[1]
            caption = re.search(r"<figcaption>(.*?)</figcaption>", shown)[1]
            label = re.search(r'id="([^"]*)"', shown)[1]
        elif pictures:
            meta = cell.metadata.get("mystnb", {})
            alt = meta.get("image", {}).get("alt", "")
            caption = meta.get("figure", {}).get("caption", "")
            label = meta.get("figure", {}).get("name", "")
        else:
            continue
        assert label.startswith("fig-"), f"{cell.id}: label {label!r}"
        assert len(caption.split()) >= 4, f"{cell.id}: caption {caption!r}"
        assert len(alt.split()) >= 6, f"{cell.id}: alt {alt!r}"


@each_lesson
def test_has_a_widget(chapter):
    assert any("explore(" in c.source for c in chapter.code())


# --- the tests themselves can fail ------------------------------------------


def test_a_box_is_read():
    source = ":::{prf:theorem} Name\n:label: thm-x\n\n$x$.\n\n:::"
    assert boxes(source, 3) == [
        Box("prf:theorem", "Name", "thm-x", "\n$x$.\n\n", 3)
    ]


def test_a_missing_witness_is_seen():
    chapter = lessons()[0]
    source = ":::{prf:theorem} Name\n:label: thm-none\n\nText.\n\n:::"
    bare = type(chapter)(
        chapter.path, [new_markdown_cell(source)], {}, boxes(source, 0)
    )
    assert witness_missing(bare) == ["thm-none"]
