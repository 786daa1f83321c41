"""Each checker takes right answers, and names what is wrong with others."""

import importlib
import inspect
import re

import pytest

from book import practiced

FEWEST_WRONG = 3


def checkers(chapter):
    """The checkers that a chapter's exercises call."""
    found = []
    for cell in chapter.code():
        for name in re.findall(r"\bcheck\.(\w+)\(", cell.source):
            if name not in found:
                found.append(name)
    return found


def answers(chapter):
    return importlib.import_module(f"wrong_answers.{chapter.checks}")


CASES = [(c, name) for c in practiced() for name in checkers(c)]
each_checker = pytest.mark.parametrize(
    "chapter, name", CASES, ids=[f"{c.slug}.{n}" for c, n in CASES]
)


def verdict(chapter, name, answer):
    module = importlib.import_module(f"mfdl.checks.{chapter.checks}")
    return getattr(module, name).verdict(answer)


@each_checker
def test_starts_from_an_empty_answer_and_ends_with_a_right_one(chapter, name):
    """What the notebook prints: a kind word for the stub, then Correct."""
    prints = [
        "".join(o.get("text", "") for o in cell.outputs)
        for cell in chapter.code()
        if f"check.{name}(" in cell.source
    ]
    assert prints[0].startswith("Your turn"), prints[0]
    assert prints[-1].startswith("Correct"), prints[-1]


@each_checker
def test_accepts_a_right_answer_written_independently(chapter, name):
    right, message = verdict(chapter, name, answers(chapter).RIGHT[name])
    assert right, message


@each_checker
def test_rejects_wrong_answers_and_says_why(chapter, name):
    wrong = answers(chapter).WRONG[name]
    sources = {inspect.getsource(answer) for answer in wrong}
    assert len(sources) >= FEWEST_WRONG
    messages = set()
    for answer in wrong:
        right, message = verdict(chapter, name, answer)
        assert not right, f"{answer.__name__} was accepted"
        assert len(message.split()) >= 5, message
        hint = answers(chapter).HINTS.get(answer.__name__)
        assert hint is None or hint in message, message
        messages.add(message)


@each_checker
@pytest.mark.parametrize(
    "odd",
    [
        lambda *a, **k: None,
        lambda *a, **k: "forty-two",
        lambda *a, **k: [],
        lambda *a, **k: float("nan"),
        lambda: 0,
        None,
        3,
    ],
    ids=["none", "text", "list", "nan", "no-arguments", "not-set", "number"],
)
def test_survives_odd_answers(chapter, name, odd):
    right, message = verdict(chapter, name, odd)
    assert not right and isinstance(message, str)


def test_every_checker_is_used_and_tested():
    for chapter in practiced():
        if not checkers(chapter):
            continue
        module = importlib.import_module(f"mfdl.checks.{chapter.checks}")
        written = {n for n, f in vars(module).items() if hasattr(f, "verdict")}
        assert written == set(checkers(chapter)), chapter.slug
        assert written == set(answers(chapter).WRONG), chapter.slug
        assert written == set(answers(chapter).RIGHT), chapter.slug


def test_code_exercises_have_checkers():
    for chapter in practiced():
        code = [b for b in chapter.of("exercise") if "(code)" in b.title]
        assert len(checkers(chapter)) >= len(code), chapter.slug
