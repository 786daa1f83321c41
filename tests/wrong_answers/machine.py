"""Right and wrong answers to the exercises of The machine on one page."""

import numpy as np


def count_not_share(P, y):
    """Forgets to divide by the number of pictures."""
    return np.sum(P.argmax(axis=1) == y)


def wrong_axis(P, y):
    """Takes the likeliest picture for each digit."""
    best = P.argmax(axis=0)
    return np.mean(best[: len(y)] == y[: len(best)])


def share_wrong(P, y):
    """Counts the mistakes."""
    return np.mean(P.argmax(axis=1) != y)


def probability_of_truth(P, y):
    """Averages the probability of the true digit."""
    return np.mean(P[np.arange(len(y)), y])


def axis_zero(P, y):
    """Takes the largest entry of each column: ten answers for n labels."""
    return np.mean(P.argmax(axis=0) == y)


def no_axis(P, y):
    """Forgets the axis: argmax of the flattened matrix."""
    return np.mean(P.argmax() == y)


def no_mean(P, y):
    """Says for each picture whether it is right."""
    return P.argmax(axis=1) == y


def surest_only(P, y):
    """Compares with the largest entry of the whole matrix."""
    return np.mean(P[np.arange(len(y)), y] == P.max())


def more_than_half(P, y):
    """Takes likeliest to mean a probability above one half."""
    return np.mean(P[np.arange(len(y)), y] > 0.5)


def spoils_the_input(P, y):
    """Turns P into zeros and ones in place."""
    P[...] = P == P.max(axis=1, keepdims=True)
    return np.mean(P[np.arange(len(y)), y])


def right_share(P, y):
    return sum(int(np.argmax(p) == t) for p, t in zip(P, y)) / len(y)


def swapped(said, y):
    """Puts what was read in the rows."""
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (said, y), 1)
    return counts


def counted_once(said, y):
    """Uses fancy indexing, which adds once for a repeated pair."""
    counts = np.zeros((10, 10), dtype=int)
    counts[y, said] += 1
    return counts


def only_mistakes(said, y):
    """Leaves out the right answers on the diagonal."""
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (y, said), 1)
    np.fill_diagonal(counts, 0)
    return counts


def both_ways(said, y):
    """Counts each pair in both orders."""
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (y, said), 1)
    return counts + counts.T


def shares_of_rows(said, y):
    """Divides each row by its sum."""
    counts = np.zeros((10, 10))
    np.add.at(counts, (y, said), 1)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def as_large_as_needed(said, y):
    """Leaves out the rows of digits that do not occur."""
    counts = np.zeros((y.max() + 1, y.max() + 1), dtype=int)
    np.add.at(counts, (y, said), 1)
    return counts


def sorts_the_input(said, y):
    """Sorts both in place: right counts would need the pairs."""
    said.sort()
    y.sort()
    return right_counts(said, y)


def right_counts(said, y):
    return np.array(
        [
            [np.sum((y == i) & (said == j)) for j in range(10)]
            for i in range(10)
        ]
    )


WRONG = {
    "share_right": [
        count_not_share,
        wrong_axis,
        axis_zero,
        no_axis,
        no_mean,
        share_wrong,
        probability_of_truth,
        surest_only,
        more_than_half,
        spoils_the_input,
    ],
    "confusion": [
        swapped,
        counted_once,
        only_mistakes,
        both_ways,
        shares_of_rows,
        as_large_as_needed,
        sorts_the_input,
    ],
}
HINTS = {
    "count_not_share": "divide the count",
    "axis_zero": "argmax along axis 1",
    "no_axis": "argmax along axis 1",
    "no_mean": "mean over them",
    "probability_of_truth": "argmax along axis 1",
    "share_wrong": "share of wrong answers",
    "surest_only": "argmax along axis 1",
    "spoils_the_input": "is changed by the call",
    "as_large_as_needed": "expected (10, 10)",
    "swapped": "swapped",
    "counted_once": "counted once",
}
RIGHT = {"share_right": right_share, "confusion": right_counts}
