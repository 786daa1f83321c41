"""Checkers for *The machine on one page*."""

import numpy as np

from ._verdict import Wrong, checker, expect_value


@checker
def share_right(answer):
    P = np.full((5, 10), 0.02)
    best = np.array([1, 0, 2, 9, 4])
    P[np.arange(5), best] = 0.82 - 0.1 * np.array([1, 3, 0, 2, 4])
    y = np.array([1, 1, 2, 9, 3])
    try:
        got = answer(P.copy(), y.copy())
    except ValueError as error:
        if "(10,)" not in str(error):
            raise
        raise Wrong(
            "Ten numbers cannot be compared with the labels of 5 pictures. "
            "Each picture is a row of P: argmax along axis 1."
        ) from None
    if got is not None and np.shape(got) == (5,):
        raise Wrong(
            "That is one answer for each of the 5 pictures: the share is the "
            "mean over them, one number."
        )
    if got is not None and np.shape(got) == ():
        if abs(float(got) - 3) < 1e-6 or abs(float(got) - 60) < 1e-4:
            raise Wrong(
                f"The share is {got:g} where 3 of 5 are right: expected a "
                "number from 0 to 1, so divide the count by the number of "
                "pictures."
            )
        if abs(float(got) - 2 / 5) < 1e-6:
            raise Wrong(
                "The share is 2/5 where 3 of 5 are right: that is the share "
                "of wrong answers."
            )
    expect_value(
        "The share of right answers, where 3 of 5 are right,",
        got,
        3 / 5,
        tolerance=1e-6,  # of a count by 5 or 40, in float32 as well
        hint="Each row has its own likeliest digit: argmax along axis 1.",
    )
    rng = np.random.default_rng(0)
    P, y = rng.random((40, 10)), rng.integers(0, 10, 40)
    P /= P.sum(axis=1, keepdims=True)
    given = P.copy(), y.copy()
    expect_value(
        "The share for 40 random rows",
        answer(*given),
        np.mean([row.argmax() == label for row, label in zip(P, y)]),
        tolerance=1e-6,
    )
    if not (np.array_equal(given[0], P) and np.array_equal(given[1], y)):
        raise Wrong("P or y is changed by the call: count, and leave both.")


@checker
def confusion(answer):
    y = np.array([3, 3, 3, 5, 5, 8])
    said = np.array([3, 8, 8, 5, 3, 8])
    expected = np.zeros((10, 10), dtype=int)
    for truth, read in zip(y, said):
        expected[truth, read] += 1
    got = answer(said.copy(), y.copy())
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
    given = said.copy(), y.copy()
    expect_value("The matrix for 200 random pairs", answer(*given), counts)
    if not (np.array_equal(given[0], said) and np.array_equal(given[1], y)):
        raise Wrong("said or y is changed by the call: count, and leave both.")
