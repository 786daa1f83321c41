"""The first readers and their table, against plain loops."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfdl import classifiers as module
from mfdl.arrays import load_digits, stratified_split
from mfdl.classifiers import (
    NearestMean,
    accuracy_table,
    cosine_similarity,
    split_accuracies,
)

quick = settings(deadline=None, derandomize=True, max_examples=50)
size = st.integers(1, 6)


def cosines_by_loops(X, Y):
    """The definition, pair by pair."""
    C = np.empty((len(X), len(Y)))
    for i, x in enumerate(X):
        for j, z in enumerate(Y):
            dot = sum(a * b for a, b in zip(x, z, strict=True))
            length = (
                sum(a * a for a in x) ** 0.5 * sum(b * b for b in z) ** 0.5
            )
            C[i, j] = dot / length
    return C


@quick
@given(size, size, size, st.integers(0, 99))
def test_cosine_is_the_definition(n, m, d, seed):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(n, d)), rng.normal(size=(m, d))
    C = cosine_similarity(X, Y)
    assert C.shape == (n, m) and C.dtype == np.float64
    assert np.allclose(C, cosines_by_loops(X, Y), rtol=0, atol=1e-14)


@quick
@given(st.integers(0, 99), st.floats(1e-3, 1e3))
def test_cosine_keeps_angles_when_rows_are_scaled(seed, factor):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(3, 4)), rng.normal(size=(5, 4))
    C = cosine_similarity(X, Y)
    assert np.allclose(cosine_similarity(factor * X, Y), C, atol=1e-14)
    assert np.allclose(cosine_similarity(X, -factor * Y), -C, atol=1e-14)
    assert np.allclose(cosine_similarity(Y, X), C.T, atol=1e-14)


def test_cosine_never_leaves_its_range():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    C = cosine_similarity(X, np.vstack([X, -X]))
    assert C.max() == 1 and C.min() == -1
    assert np.all(np.isfinite(np.arccos(C)))


@pytest.mark.parametrize("factor", [1e300, 1e-300, 1e160, 1e-160, 5e-324])
def test_cosine_of_huge_and_tiny_rows(factor):
    X = np.array([[3.0, 4.0]]) * factor
    C = cosine_similarity(X, [[1, 0], [0, 1]])
    assert np.allclose(C, [[0.6, 0.8]], atol=1e-15)


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int32, np.float32])
def test_cosine_of_other_types(kind):
    X = np.array([[100, 50, 0], [0, 0, 120]]).astype(kind)
    C = cosine_similarity(X, X)
    assert C.dtype == np.float64
    assert np.allclose(C, np.eye(2), atol=1e-15)
    assert cosine_similarity([[True, False]], [[1, 1]])[0, 0] ** 2 < 0.51


def test_cosine_of_the_most_negative_byte():
    """|-128| overflows in int8."""
    X = np.array([[-128, 0]], dtype=np.int8)
    assert cosine_similarity(X, [[1, 0]]).tolist() == [[-1]]


def test_cosine_of_no_rows():
    assert cosine_similarity(np.zeros((0, 3)), np.ones((2, 3))).shape == (0, 2)
    assert cosine_similarity(np.ones((2, 3)), np.zeros((0, 3))).shape == (2, 0)


COSINE_ERRORS = [
    ([1, 2], [[1, 2]], ValueError, "X has shape (2,)"),
    ([[1, 2]], [1, 2], ValueError, "Y has shape (2,), expected (any, 2)"),
    ([[1, 2]], [[1, 2, 3]], ValueError, "Y has shape (1, 3)"),
    ([[1, np.nan]], [[1, 2]], ValueError, "X holds NaN"),
    ([[1, 2]], [[1, np.inf]], ValueError, "Y holds NaN or infinity"),
    ([["a", "b"]], [[1, 2]], TypeError, "X has type <U1"),
    (
        [[1j, 2]],
        [[1, 2]],
        TypeError,
        "X has type complex128, expected real numbers: pass X.real if that "
        "is what you mean.",
    ),
    ([[1, 2]], [[1j, 2]], TypeError, "pass Y.real"),
    (
        [[1, 2], [0, 0]],
        [[1, 2]],
        ValueError,
        "X has a row of zeros (row 1), which has no direction: leave it out.",
    ),
    ([[1, 2]], [[0, -0.0]], ValueError, "Y has a row of zeros (row 0)"),
    (np.ones((2, 0)), np.ones((1, 0)), ValueError, "X has a row of zeros"),
    ([[1, 2], [3]], [[1, 2]], ValueError, "rows of equal length"),
]


@pytest.mark.parametrize("X, Y, kind, says", COSINE_ERRORS)
def test_cosine_refuses(X, Y, kind, says):
    with pytest.raises(kind, match=re.escape(says)):
        cosine_similarity(X, Y)


def nearest_by_loops(X, y, Q):
    """The definition, image by image."""
    labels = sorted(set(y.tolist()))
    means = [
        np.mean([x for x, c in zip(X, y) if c == k], axis=0) for k in labels
    ]
    answers = []
    for q in Q:
        distances = [np.sum((q - m) ** 2) for m in means]
        answers.append(labels[int(np.argmin(distances))])
    return np.array(answers), np.array(means)


@quick
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 99))
def test_nearest_mean_is_the_definition(d, k, seed):
    rng = np.random.default_rng(seed)
    y = np.concatenate([np.arange(k), rng.integers(0, k, 20)]) * 3 - 4
    X = rng.normal(size=(len(y), d)) + y[:, None]
    Q = rng.normal(size=(30, d)) * 4
    machine = NearestMean()
    assert machine.fit(X, y) is machine
    answers, means = nearest_by_loops(X, y, Q)
    assert np.array_equal(machine.predict(Q), answers)
    assert np.allclose(machine.means, means, rtol=0, atol=1e-13)
    assert machine.classes.tolist() == sorted(set(y.tolist()))
    assert machine.means.shape == (k, d)


@quick
@given(st.integers(0, 99))
def test_scores_rank_like_distances(seed):
    """z_c - z_e = (|x - m_e|^2 - |x - m_c|^2) / 2 for all pairs."""
    rng = np.random.default_rng(seed)
    machine = NearestMean().fit(rng.normal(size=(12, 3)), np.arange(12) % 4)
    Q = rng.normal(size=(5, 3))
    z = machine.scores(Q)
    D = np.sum((Q[:, None, :] - machine.means) ** 2, axis=2)
    for c in range(4):
        for e in range(4):
            gap = (D[:, e] - D[:, c]) / 2
            assert np.allclose(z[:, c] - z[:, e], gap, atol=1e-12)


def test_scores_are_those_of_the_docstring():
    machine = NearestMean().fit([[1.0, 0], [5.0, 2]], [0, 1])
    o = np.array([3.0, 1])
    x = np.array([4.0, 7])
    expected = [
        (m - o) @ (x - o) - (m - o) @ (m - o) / 2 for m in machine.means
    ]
    assert machine.scores(x[None]).tolist() == [expected]


def test_ties_go_to_the_first_class():
    machine = NearestMean().fit([[-1.0], [1.0]], [7, 2])
    assert machine.classes.tolist() == [2, 7]
    assert machine.predict([[0.0]]).tolist() == [2]


def test_nearest_mean_far_from_the_origin():
    """|x|^2 - 2 m.x + |m|^2 would cancel here."""
    rng = np.random.default_rng(1)
    X, y = rng.integers(0, 17, (60, 8)) / 16, np.arange(60) % 3
    near = NearestMean().fit(X, y)
    far = NearestMean().fit(X + 2.0**28, y)
    assert np.array_equal(far.predict(X + 2.0**28), near.predict(X))


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.float32, np.int64])
def test_nearest_mean_of_other_types(kind):
    X = np.array([[100, 0], [90, 10], [0, 100], [10, 90]]).astype(kind)
    machine = NearestMean().fit(X.tolist(), [0, 0, 1, 1])
    assert machine.predict(X).tolist() == [0, 0, 1, 1]
    machine = NearestMean().fit(X, np.array([0.0, 0, 1, 1]))
    assert machine.means.tolist() == [[95, 5], [5, 95]]


def test_fit_and_predict_change_nothing():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(9, 3)), np.arange(9) % 3
    kept = X.copy(), y.copy()
    X.flags.writeable = y.flags.writeable = False
    machine = NearestMean().fit(X, y)
    machine.predict(X)
    cosine_similarity(X, X)
    assert np.array_equal(X, kept[0]) and np.array_equal(y, kept[1])
    assert not np.shares_memory(machine.means, X)


FIT_ERRORS = [
    (np.ones(3), [0, 1, 2], ValueError, "X has shape (3,)"),
    (np.ones((2, 3)), [0], ValueError, "y has shape (1,), expected (2,)"),
    (np.ones((2, 3)), [[0], [1]], ValueError, "y has shape (2, 1)"),
    (np.ones((2, 3)), [0, np.nan], ValueError, "y holds NaN"),
    ([[1, np.inf]], [0], ValueError, "X holds NaN or infinity"),
    (np.ones((2, 3)), ["a", "b"], TypeError, "y has type <U1"),
    ([[1j]], [0], TypeError, "X has type complex128"),
    (
        np.ones((0, 3)),
        [],
        ValueError,
        "X has no rows, expected at least one example: look at the split.",
    ),
]


@pytest.mark.parametrize("X, y, kind, says", FIT_ERRORS)
def test_fit_refuses_and_keeps_what_it_had(X, y, kind, says):
    machine = NearestMean().fit([[0.0, 1], [2.0, 3]], [4, 5])
    with pytest.raises(kind, match=re.escape(says)):
        machine.fit(X, y)
    assert machine.means.tolist() == [[0, 1], [2, 3]]
    assert machine.classes.tolist() == [4, 5]


LARGE = (
    "X has numbers beyond 1e150, too large to square, expected smaller ones: "
    "divide all images by a constant."
)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1.01e150, -1.7e308])
def test_numbers_too_large_to_square_are_refused(size):
    machine = NearestMean().fit([[0.0, 1], [2.0, 3]], [4, 5])
    bad = np.array([[size, 0], [size, 1], [0, size]])
    with pytest.raises(ValueError) as error:
        machine.fit(bad, [0, 0, 1])
    assert str(error.value) == LARGE
    assert machine.means.tolist() == [[0, 1], [2, 3]]
    assert machine.classes.tolist() == [4, 5]


@pytest.mark.filterwarnings("error")
def test_scores_that_overflow_are_refused():
    machine = NearestMean().fit([[-1e150], [1e150]], [4, 5])
    assert machine.predict([[-1e150], [1e149]]).tolist() == [4, 5]
    for ask in (machine.scores, machine.predict):
        with pytest.raises(ValueError) as error:
            ask([[-1.01e150]])
        assert str(error.value) == LARGE


def test_unfitted_machines_say_so():
    machine = NearestMean()
    assert machine.means is None and machine.classes is None
    for ask in (machine.predict, machine.scores):
        with pytest.raises(RuntimeError) as error:
            ask([[1.0]])
        assert str(error.value) == (
            "NearestMean has no means: call fit first."
        )


def test_predict_refuses_other_shapes():
    machine = NearestMean().fit([[0.0, 1], [2.0, 3]], [4, 5])
    for bad, says in [
        ([0.0, 1], "one example is a batch of one, so pass X[None]"),
        ([[1.0]], "X has shape (1, 1), expected (any, 2)"),
        ([[np.nan, 1]], "X holds NaN"),
    ]:
        with pytest.raises(ValueError, match=re.escape(says)):
            machine.predict(bad)
    assert machine.predict(np.zeros((0, 2))).shape == (0,)


class Recorder:
    """A machine that answers with one label and remembers what it saw."""

    seen = []

    def fit(self, X, y):
        Recorder.seen.append((X, y))

    def predict(self, X):
        Recorder.seen.append(X)
        return np.zeros(len(X), dtype=int)


def test_split_accuracies_uses_the_promised_splits():
    X, y = np.arange(80).reshape(40, 2), np.arange(40) % 4
    Recorder.seen = []
    found = split_accuracies(Recorder, X, y, n_splits=3)
    assert found.tolist() == [0.25] * 3
    for s in range(3):
        rng = np.random.default_rng(s)
        train, test = stratified_split(y, 0.2, rng=rng)
        (seen_X, seen_y), seen_test = Recorder.seen[2 * s : 2 * s + 2]
        assert np.array_equal(seen_X, X[train])
        assert np.array_equal(seen_y, y[train])
        assert np.array_equal(seen_test, X[test])


def test_split_accuracies_counts_and_makes_fresh_machines():
    made = []

    class Parity:
        def __init__(self):
            made.append(self)
            self.fits = 0

        def fit(self, X, y):
            self.fits += 1
            return self

        def predict(self, X):
            assert self.fits == 1
            return X[:, 0] % 2

    y = np.arange(100) % 4
    found = split_accuracies(Parity, np.stack([y, y], axis=1), y)
    assert found.shape == (5,) and found.tolist() == [0.5] * 5
    assert len(set(map(id, made))) == 5


def test_digits_by_nearest_mean():
    X, y = load_digits()
    found = split_accuracies(NearestMean, X, y)
    assert abs(found.mean() - 0.9025) < 0.002
    again = split_accuracies(NearestMean, X.tolist(), y.tolist(), n_splits=1)
    assert again[0] == found[0]


def test_split_accuracies_takes_images_and_numpy_counts():
    X, y = np.zeros((20, 4, 4)), np.arange(20) % 2
    assert len(split_accuracies(Recorder, X, y, n_splits=np.int32(2))) == 2


@pytest.mark.parametrize("bad", [0, -1, 2.0, "3", None, True])
def test_split_accuracies_refuses_counts(bad):
    with pytest.raises(ValueError) as error:
        split_accuracies(NearestMean, np.ones((10, 2)), np.arange(10), bad)
    assert str(error.value) == (
        f"n_splits is {bad!r}, expected a whole number from 1 on."
    )


def test_split_accuracies_refuses_machines_and_lengths():
    X, y = np.ones((20, 2)), np.arange(20) % 2
    with pytest.raises(TypeError) as error:
        split_accuracies(NearestMean(), X, y)
    assert str(error.value) == (
        "make is a NearestMean, expected something to call: pass the class "
        "itself, such as NearestMean, without brackets."
    )
    with pytest.raises(ValueError, match=re.escape("y has shape (20,)")):
        split_accuracies(NearestMean, X[:19], y)
    with pytest.raises(ValueError, match="too few examples"):
        split_accuracies(NearestMean, X[:3], [0, 0, 1])


def test_split_accuracies_refuses_what_is_no_array_of_examples():
    y = np.arange(20) % 2
    for bad, says in [
        (3, "X has shape (), expected (any,)"),
        ([[1, 2], [3]] * 10, "X is no array, expected rows of equal length"),
        (np.full((20, 2), np.nan), "X holds NaN"),
    ]:
        with pytest.raises(ValueError, match=re.escape(says)):
            split_accuracies(Recorder, bad, y)


def test_split_accuracies_refuses_answers_of_another_shape():
    class Column(Recorder):
        def predict(self, X):
            return np.zeros((len(X), 1))

    X, y = np.ones((20, 2)), np.arange(20) % 2
    with pytest.raises(ValueError) as error:
        split_accuracies(Column, X, y)
    says = "predict(X) has shape (4, 1), expected (4,)"
    assert str(error.value).startswith(says)


def test_accuracy_table_is_aligned():
    text = accuracy_table(
        {"nearest mean": [0.9, 0.8, 1.0], "x": np.array([0.055])}
    )
    assert text.splitlines() == [
        "machine         mean  lowest  highest",
        "nearest mean   90.0%   80.0%   100.0%",
        "x               5.5%    5.5%     5.5%",
    ]
    assert len({len(line) for line in text.splitlines()}) == 1


def test_accuracy_table_of_a_short_name():
    text = accuracy_table({"a": [0.5]})
    assert text.splitlines() == [
        "machine    mean  lowest  highest",
        "a         50.0%   50.0%    50.0%",
    ]


def test_accuracy_table_of_names_that_are_numbers():
    lines = accuracy_table({10: [0.5], "ten components": [1]}).splitlines()
    assert lines[1].startswith("10    ") and "50.0%" in lines[1]
    assert len({len(line) for line in lines}) == 1


TABLE_ERRORS = [
    ({}, ValueError, "rows is empty, expected at least one machine."),
    (
        [0.9],
        TypeError,
        'rows is a list, expected a dict such as {"nearest mean": '
        "accuracies}.",
    ),
    (
        {"a": [90.3]},
        ValueError,
        "the accuracies of a are [90.3], expected shares from 0 to 1, at "
        "least one: divide percents by 100.",
    ),
    ({"a": [-0.1, 0.5]}, ValueError, "the accuracies of a are [-0.1, 0.5]"),
    ({"a": []}, ValueError, "at least one"),
    ({"a": [0.5 + 1j]}, ValueError, "expected shares from 0 to 1"),
    ({"a": [0.5, 1.001]}, ValueError, "the accuracies of a are [0.5, 1.001]"),
    ({"a": 0.9}, ValueError, "a has shape ()"),
    ({"a": [[0.9]]}, ValueError, "a has shape (1, 1)"),
    ({"a": [np.nan]}, ValueError, "a holds NaN"),
    ({"a": ["high"]}, TypeError, "a has type <U4"),
]


@pytest.mark.parametrize("rows, kind, says", TABLE_ERRORS)
def test_accuracy_table_refuses(rows, kind, says):
    with pytest.raises(kind, match=re.escape(says)):
        accuracy_table(rows)


def test_accuracy_table_takes_the_ends():
    assert "0.0%" in accuracy_table({"a": [0, 0]})
    assert "100.0%" in accuracy_table({"a": [1, 1]})


def test_module_exports_and_documents():
    names = "NearestMean accuracy_table cosine_similarity split_accuracies"
    assert sorted(module.__all__) == names.split()
    for name in module.__all__:
        assert "Source:" in getattr(module, name).__doc__
