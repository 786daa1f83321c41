"""Linear maps, warps and the perceptron, against loops, SciPy and theorems."""

import inspect
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfdl import linear_maps as module
from mfdl.linear_maps import Perceptron, affine_map, matrix_of, warp_matrix

quick = settings(deadline=None, derandomize=True, max_examples=50)
size = st.integers(0, 6)


def whole(rng, *shape):
    """Random whole numbers, with which floats compute exactly."""
    return rng.integers(-9, 10, shape).astype(float)


def unchanged(*arrays):
    """Copies of the arrays, which become read-only."""
    kept = [a.copy() for a in arrays]
    for a in arrays:
        a.flags.writeable = False
    return kept


# --- matrix_of ---------------------------------------------------------------


@quick
@given(size, st.integers(1, 6), st.integers(0, 99))
def test_matrix_of_finds_the_matrix(d_out, d_in, seed):
    V = whole(np.random.default_rng(seed), d_out, d_in)
    W = matrix_of(lambda x: V @ x, d_in)
    assert W.shape == (d_out, d_in) and np.array_equal(W, V)


def test_matrix_of_takes_lists_and_small_integers_for_the_size():
    W = matrix_of(lambda x: [x[1], x[0], 5 * x[1]], np.int8(2))
    assert W.tolist() == [[0, 1], [1, 0], [0, 5]]


def test_matrix_of_copies_what_the_map_returns():
    """A map may write into its argument, or into one buffer each time."""
    buffer = np.zeros(3)

    def f(x):
        buffer[:] = 2 * x
        x[:] = 7
        return buffer

    assert np.array_equal(matrix_of(f, 3), 2 * np.eye(3))


def test_matrix_of_asks_for_unit_vectors_once_each():
    asked = []
    matrix_of(lambda x: asked.append(x.copy()) or x, 4)
    assert np.array_equal(asked, np.eye(4))
    assert asked[0].dtype == np.float64


@pytest.mark.parametrize("bad", [0, -1, 2.0, "3", None, True, np.float64(4)])
def test_matrix_of_refuses_sizes(bad):
    with pytest.raises(ValueError) as error:
        matrix_of(lambda x: x, bad)
    assert str(error.value) == (
        f"d_in is {bad!r}, expected a whole number above 0."
    )


@pytest.mark.parametrize(
    "f, says",
    [
        (lambda x: x.reshape(2, 2), "f(e_1) has shape (2, 2)"),
        (lambda x: 1.0, "f(e_1) has shape ()"),
        (lambda x: x[: 2 + (x[2] == 1)], "f(e_3) has shape (3,)"),
        (lambda x: x[None] if x[3] else x, "f(e_4) has shape (1, 4)"),
    ],
)
def test_matrix_of_refuses_what_is_no_vector(f, says):
    with pytest.raises(ValueError) as error:
        matrix_of(f, 4)
    assert str(error.value) == (
        f"{says}, expected a vector, as long each time: flatten an image "
        "with ravel()."
    )


# --- affine_map --------------------------------------------------------------


@quick
@given(size, size, st.integers(0, 99))
def test_affine_map_is_the_definition(d_in, d_out, seed):
    rng = np.random.default_rng(seed)
    x, W, b = whole(rng, d_in), whole(rng, d_out, d_in), whole(rng, d_out)
    kept = unchanged(x, W, b)
    z = affine_map(x, W, b)
    assert z.shape == (d_out,) and z.dtype == np.float64
    for i in range(d_out):
        assert z[i] == sum(W[i, j] * x[j] for j in range(d_in)) + b[i]
    for a, k in zip((x, W, b), kept, strict=True):
        assert np.array_equal(a, k) and not np.shares_memory(z, a)


def test_affine_map_takes_lists_and_keeps_float32():
    assert affine_map([1, 2], [[3, 4], [5, 6]], [10, 20]).tolist() == [21, 37]
    x, W, b = (np.ones(s, np.float32) for s in [3, (4, 3), 4])
    assert affine_map(x, W, b).dtype == np.float32
    assert affine_map([1j], [[1j]], [0])[0] == -1


SMALL = [np.int8, np.uint8, np.int16, np.int32, np.int64, bool]


@pytest.mark.parametrize("kind", SMALL)
def test_affine_map_of_whole_numbers_does_not_overflow(kind):
    x, W = np.full(64, 100).astype(kind), np.full((3, 64), 2).astype(kind)
    b = np.array([1, 0, 1]).astype(kind)
    z = affine_map(x, W, b)
    assert z.dtype == np.float64
    assert z[0] == z[1] + 1 == (65 if kind is bool else 12801)


def test_affine_map_shows_nan_where_it_enters():
    z = affine_map([np.nan, 1], [[1, 0], [0, 1]], [0, 0])
    assert np.isnan(z[0])


GOOD = dict(x=np.zeros(3), W=np.zeros((2, 3)), b=np.zeros(2))


@pytest.mark.parametrize(
    "name, bad, says",
    [
        ("x", np.zeros(2), "x has shape (2,), expected (3,)"),
        ("x", np.zeros((3, 1)), "x has shape (3, 1), expected (3,)"),
        ("x", np.zeros((3, 1)), "pass x[:, 0]"),
        ("x", np.zeros((5, 3)), "x has shape (5, 3), expected (3,)"),
        ("x", np.zeros((5, 3)), "pass one example, such as x[0]"),
        ("x", np.zeros((1, 1, 3)), "x has shape (1, 1, 3)"),
        ("x", 1.0, "x has shape ()"),
        ("W", np.zeros(3), "W has shape (3,)"),
        ("W", np.zeros((3, 2)), "x has shape (3,), expected (2,)"),
        ("b", 0.0, "b has shape ()"),
        ("b", np.zeros(3), "b has shape (3,), expected (2,)"),
        ("b", np.zeros((2, 1)), "b has shape (2, 1)"),
    ],
)
def test_affine_map_names_the_misfit(name, bad, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        affine_map(**(GOOD | {name: bad}))


def test_affine_map_gives_no_wrong_advice():
    with pytest.raises(ValueError) as error:
        affine_map(np.zeros((5, 4)), GOOD["W"], GOOD["b"])
    assert "x[0]" not in str(error.value)


@pytest.mark.parametrize("name", ["x", "W", "b"])
def test_affine_map_refuses_rows_of_unequal_length(name):
    with pytest.raises(ValueError) as error:
        affine_map(**(GOOD | {name: [[1, 2, 3], [4]]}))
    assert str(error.value).startswith(f"{name} is no array, expected rows")


@pytest.mark.parametrize("name", ["x", "W", "b"])
@pytest.mark.parametrize("kind", ["U3", "S3", "O"])
def test_affine_map_refuses_what_is_no_number(name, kind):
    bad = np.zeros(GOOD[name].shape, dtype=kind)
    with pytest.raises(TypeError) as error:
        affine_map(**(GOOD | {name: bad}))
    assert str(error.value) == (
        f"{name} has type {bad.dtype}, expected numbers: convert it."
    )


# --- warp_matrix -------------------------------------------------------------


def ink_at(image, q):
    """Bilinear, 0 outside: the definition, pixel by pixel."""
    total = 0.0
    for r in np.ndindex(image.shape):
        near = [max(0.0, 1 - abs(q[k] - r[k])) for k in (0, 1)]
        total += near[0] * near[1] * image[r]
    return total


@quick
@given(st.integers(1, 6), st.integers(0, 99))
def test_warp_matrix_is_the_definition(side, seed):
    rng = np.random.default_rng(seed)
    A, t = rng.normal(size=(2, 2)), rng.normal(size=2)
    x, c = rng.normal(size=(side, side)), (side - 1) / 2
    W = warp_matrix(A, t, side)
    assert W.shape == (side**2, side**2)
    got = (W @ x.ravel()).reshape(side, side)
    for p in np.ndindex(side, side):
        q = A @ (np.array(p) - c) + c + t
        assert abs(got[p] - ink_at(x, q)) < 1e-12


def test_warp_matrix_against_scipy():
    ndimage = pytest.importorskip("scipy.ndimage")
    rng = np.random.default_rng(0)
    for side in (2, 5, 8):
        A, t = np.eye(2) + rng.normal(size=(2, 2)) / 3, rng.normal(size=2)
        x, c = rng.random((side, side)), np.full(2, (side - 1) / 2)
        judge = ndimage.affine_transform(
            np.pad(x, 3), A, c + 3 + t - A @ (c + 3), order=1, mode="constant"
        )[3:-3, 3:-3]
        got = (warp_matrix(A, t, side) @ x.ravel()).reshape(side, side)
        assert np.abs(got - judge).max() < 1e-12


def test_warp_matrix_of_exact_warps():
    x = np.arange(64.0).reshape(8, 8)

    def warp(*arguments):
        return (warp_matrix(*arguments) @ x.ravel()).reshape(8, 8)

    assert np.array_equal(warp(np.eye(2)), x)
    assert np.array_equal(warp([[0, 1], [-1, 0]]), np.rot90(x))
    assert np.array_equal(warp([[1, 0], [0, -1]]), np.fliplr(x))
    down = warp(np.eye(2), (-1, 0))
    assert np.array_equal(down[1:], x[:-1]) and not down[0].any()
    left = warp([[1, 0], [0, 1]], [0, 2])
    assert np.array_equal(left[:, :-2], x[:, 2:]) and not left[:, -2:].any()
    half = warp(np.eye(2), (0, 0.5))
    assert np.array_equal(half[:, :-1], (x[:, 1:] + x[:, :-1]) / 2)
    assert np.array_equal(half[:, -1], x[:, -1] / 2)
    assert warp_matrix(np.eye(2), size=3).shape == (9, 9)


def test_warp_matrix_of_places_far_away_is_blank():
    for far in (1e30, -1e30, 8.0, -8.0):
        assert not warp_matrix(np.eye(2), (far, 0)).any()
        assert not warp_matrix(np.eye(2), (0, far)).any()
    assert np.count_nonzero(warp_matrix(np.eye(2) * 1e300, size=3)) == 1


def test_warp_matrix_rows_are_weights():
    rng = np.random.default_rng(1)
    for _ in range(20):
        W = warp_matrix(rng.normal(size=(2, 2)), rng.normal(size=2))
        assert np.all(W >= 0) and W.sum(axis=1).max() <= 1 + 1e-12
        assert np.count_nonzero(W, axis=1).max() <= 4


def test_warp_matrix_changes_nothing():
    A, t = np.eye(2) * 0.9, np.array([0.25, 1.0])
    kept = unchanged(A, t)
    warp_matrix(A, t)
    assert np.array_equal(A, kept[0]) and np.array_equal(t, kept[1])


@pytest.mark.parametrize(
    "arguments, says",
    [
        ((np.eye(3),), "A has shape (3, 3), expected (2, 2)"),
        (([1, 0],), "A has shape (2,)"),
        (([[np.nan, 0], [0, 1]],), "A holds NaN or infinity"),
        ((np.eye(2), 1.0), "shift has shape (), expected (2,)"),
        ((np.eye(2), (0, 0, 0)), "shift has shape (3,)"),
        ((np.eye(2), (0, np.inf)), "shift holds NaN or infinity"),
        ((np.eye(2), (0, 0), 0), "size is 0, expected a whole number above"),
        ((np.eye(2), (0, 0), 2.5), "size is 2.5"),
    ],
)
def test_warp_matrix_refuses(arguments, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        warp_matrix(*arguments)


@pytest.mark.parametrize(
    "arguments, name",
    [((np.eye(2) + 0j,), "A"), ((np.eye(2), (1j, 0)), "shift")],
)
def test_warp_matrix_refuses_complex_numbers(arguments, name):
    with pytest.raises(TypeError) as error:
        warp_matrix(*arguments)
    assert str(error.value) == (
        f"{name} has type complex128, expected real numbers: pass "
        f"{name}.real if that is what you mean."
    )


# --- Perceptron --------------------------------------------------------------


def by_hand(X, y, epochs, seed):
    """The rule, one score at a time; stops after a pass without mistakes."""
    classes = sorted(set(y))
    w = {c: [0.0] * len(X[0]) for c in classes}
    b, mistakes = dict.fromkeys(classes, 0.0), []
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        mistakes.append(0)
        for i in rng.permutation(len(X)):
            z = [
                b[c] + sum(p * q for p, q in zip(w[c], X[i], strict=True))
                for c in classes
            ]
            answer = classes[z.index(max(z))]
            if answer != y[i]:
                for c, sign in ((y[i], 1), (answer, -1)):
                    w[c] = [
                        p + sign * q for p, q in zip(w[c], X[i], strict=True)
                    ]
                    b[c] += sign
                mistakes[-1] += 1
        if mistakes[-1] == 0:
            break
    return classes, w, b, mistakes


@quick
@given(
    st.integers(1, 8),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(1, 5),
    st.integers(0, 99),
)
def test_perceptron_is_the_rule(n, d, k, epochs, seed):
    rng = np.random.default_rng(seed)
    X, y = whole(rng, n, d), rng.integers(0, k, n) * 3 - 2
    kept = unchanged(X, y)
    machine = Perceptron(epochs, seed)
    assert machine.fit(X, y) is machine
    classes, w, b, mistakes = by_hand(X.tolist(), y.tolist(), epochs, seed)
    assert machine.classes.tolist() == classes
    assert machine.W.tolist() == [w[c] for c in classes]
    assert machine.b.tolist() == [b[c] for c in classes]
    assert machine.mistakes == mistakes
    assert all(type(m) is int for m in machine.mistakes)
    assert np.array_equal(X, kept[0]) and np.array_equal(y, kept[1])


def test_perceptron_defaults():
    assert (Perceptron().epochs, Perceptron().seed) == (30, 0)
    X, y = np.array([[0.0], [0.0]]), [0, 1]  # one point, two labels
    assert len(Perceptron().fit(X, y).mistakes) == 30


def test_perceptron_separates_what_can_be_separated():
    rng = np.random.default_rng(3)
    X = np.round(rng.normal(size=(300, 5)) * 64) / 64
    Z = X @ rng.normal(size=(5, 4))
    top = np.sort(Z, axis=1)
    clear = top[:, -1] - top[:, -2] > 0.3
    X, y = X[clear], Z.argmax(axis=1)[clear]
    machine = Perceptron(1000, seed=1).fit(X, y)
    assert machine.mistakes[-1] == 0 and 0 not in machine.mistakes[:-1]
    assert np.array_equal(machine.predict(X), y)


def test_perceptron_begins_afresh():
    rng = np.random.default_rng(4)
    X, y = whole(rng, 20, 3), rng.integers(0, 3, 20)
    machine = Perceptron(4).fit(X, y)
    first = machine.W.copy(), machine.b.copy(), machine.mistakes
    machine.fit(whole(rng, 9, 2), np.arange(9) % 2)
    assert machine.W.shape == (2, 2)
    machine.fit(X, y)
    assert np.array_equal(machine.W, first[0])
    assert np.array_equal(machine.b, first[1])
    assert machine.mistakes == first[2]


def test_perceptron_takes_lists_strings_and_small_types():
    X, y = [[0, 255], [255, 0], [0, 254]], ["one", "two", "one"]
    machine = Perceptron(50).fit(X, y)
    assert machine.predict(X).tolist() == y
    small = Perceptron(50).fit(np.array(X, np.uint8), y)
    assert np.array_equal(small.W, machine.W) and small.W.dtype == np.float64
    assert small.predict(np.array(X, np.uint8)).tolist() == y
    half = Perceptron(50).fit(np.array(X, np.float32), y)
    assert np.array_equal(half.W, machine.W) and half.W.dtype == np.float64
    assert Perceptron().fit(X, [0.5, 1.5, 0.5]).predict(X)[1] == 1.5


def test_perceptron_predicts_the_largest_score():
    rng = np.random.default_rng(5)
    X, y = whole(rng, 30, 4), rng.integers(5, 9, 30)
    machine = Perceptron(3).fit(X, y)
    new = whole(rng, 10, 4)
    kept = unchanged(new)[0]
    for x, label in zip(new, machine.predict(new), strict=True):
        scores = affine_map(x, machine.W, machine.b)
        assert label == machine.classes[scores.argmax()]
    assert np.array_equal(new, kept)
    assert machine.predict(np.zeros((0, 4))).shape == (0,)


@pytest.mark.parametrize("bad", [0, -3, 1.5, True, "30", None])
def test_perceptron_refuses_epochs(bad):
    with pytest.raises(ValueError) as error:
        Perceptron(bad)
    assert str(error.value).startswith(f"epochs is {bad!r}, expected a whole")


@pytest.mark.parametrize(
    "X, y, kind, says",
    [
        (np.zeros(3), [0], ValueError, "X has shape (3,)"),
        (np.zeros((2, 3)), [0, 1, 2], ValueError, "y has shape (3,)"),
        (np.zeros((2, 3)), [[0], [1]], ValueError, "y has shape (2, 1)"),
        (np.zeros((0, 3)), [], ValueError, "X has no rows, expected"),
        ([[0.0], [np.nan]], [0, 1], ValueError, "X holds NaN"),
        ([[0.0], [1.0]], [0, np.nan], ValueError, "y holds NaN"),
        ([["a"], ["b"]], [0, 1], TypeError, "X has type <U1"),
        ([[1j], [0]], [0, 1], TypeError, "X has type complex128, expected"),
        ([[1.1e150], [0]], [0, 1], ValueError, "X has numbers beyond 1e150"),
        ([[0], [-1e200]], [0, 1], ValueError, "too large to square"),
    ],
)
def test_perceptron_refuses_examples_and_stays_as_it_was(X, y, kind, says):
    machine = Perceptron().fit([[0.0], [1.0]], [0, 1])
    before = {k: np.copy(v) for k, v in vars(machine).items()}
    with pytest.raises(kind, match=re.escape(says)):
        machine.fit(X, y)
    for k, v in vars(machine).items():
        assert np.array_equal(v, before[k])


def test_perceptron_must_be_fitted_before_it_predicts():
    with pytest.raises(RuntimeError) as error:
        Perceptron().predict([[0.0]])
    assert str(error.value) == "Perceptron has no weights yet: fit first."


@pytest.mark.parametrize(
    "X, says",
    [
        ([1.0, 2.0], "pass X[None]"),
        ([[1.0]], "X has shape (1, 1), expected (any, 2)"),
        ([[np.nan, 0.0]], "X holds NaN"),
    ],
)
def test_perceptron_refuses_to_predict(X, says):
    machine = Perceptron().fit([[0, 1], [1, 0]], [0, 1])
    with pytest.raises(ValueError, match=re.escape(says)):
        machine.predict(X)


def test_module_exports_and_documents():
    names = {"matrix_of", "affine_map", "warp_matrix", "Perceptron"}
    assert set(module.__all__) == names
    for name in names:
        assert "Source:" in getattr(module, name).__doc__
    parameters = inspect.signature(warp_matrix).parameters
    assert parameters["shift"].default == (0.0, 0.0)
    assert parameters["size"].default == 8


def test_perceptron_predicts_from_real_numbers_that_can_be_multiplied():
    machine = Perceptron().fit([[0.0], [1e150]], [0, 1])
    assert machine.mistakes[-1] == 0
    assert machine.predict([[0.0], [1e150]]).tolist() == [0, 1]
    with pytest.raises(ValueError, match="X has numbers beyond 1e150"):
        machine.predict([[-1.1e150]])
    with pytest.raises(TypeError, match="expected real numbers"):
        machine.predict([[1j]])
