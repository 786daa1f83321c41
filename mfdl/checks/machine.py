"""Checkers for *The machine on one page*."""

import numpy as np

from ._verdict import Wrong, checker, expect_value


@checker
def share_right(answer):
    P = np.array([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1], [0.2, 0.2, 0.6]])
    P = np.hstack([P, np.zeros((3, 7))])
    got = answer(P, np.array([1, 1, 2]))
    if got is not None and np.shape(got) == ():
        if abs(float(got) - 2) < 1e-9 or abs(float(got) - 200 / 3) < 1e-9:
            raise Wrong(
                f"The share is {got:g} where 2 of 3 are right: expected a "
                "number from 0 to 1, so divide the count by the number of "
                "pictures."
            )
        if abs(float(got) - 1 / 3) < 1e-9:
            raise Wrong(
                "The share is 1/3 where 2 of 3 are right: that is the share "
                "of wrong answers."
            )
    expect_value(
        "The share of right answers, where 2 of 3 are right,",
        got,
        2 / 3,
        hint="Each row has its own likeliest digit: argmax along axis 1.",
    )
    rng = np.random.default_rng(0)
    P, y = rng.random((40, 10)), rng.integers(0, 10, 40)
    P /= P.sum(axis=1, keepdims=True)
    expect_value(
        "The share for 40 random rows",
        answer(P, y),
        np.mean([row.argmax() == label for row, label in zip(P, y)]),
    )


@checker
def confusion(answer):
    y = np.array([3, 3, 3, 5, 5, 8])
    said = np.array([3, 8, 8, 5, 3, 8])
    expected = np.zeros((10, 10), dtype=int)
    for truth, read in zip(y, said):
        expected[truth, read] += 1
    got = answer(said, y)
    if got is not None and np.shape(got) == (10, 10):
        if np.array_equal(got, expected.T):
            raise Wrong(
                "Rows and columns are swapped: a true 3 that was read as 8 "
                "belongs in row 3 and column 8."
            )
        if np.array_equal(got, np.minimum(expected, 1)):
            raise Wrong(
                "A true 3 was read as 8 twice, and is counted once: "
                "counts[y, said] += 1 adds only once where a pair repeats."
            )
    expect_value("The matrix of counts", got, expected)
    rng = np.random.default_rng(1)
    y, said = rng.integers(0, 10, 200), rng.integers(0, 10, 200)
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (y, said), 1)
    expect_value("The matrix for 200 random pairs", answer(said, y), counts)
