"""QR, least squares, ridge and the readout, against independent oracles."""

import re
import warnings

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from mfdl import least_squares as module
from mfdl.least_squares import (
    LeastSquares,
    householder_qr,
    ridge,
    solve_least_squares,
)

quick = settings(deadline=None, derandomize=True, max_examples=50)
EPS = np.finfo(float).eps
seeds = st.integers(0, 999)


def matrix(seed, n, d):
    return np.random.default_rng(seed).standard_normal((n, d))


# --- QR ----------------------------------------------------------------------


def expect_qr(A, Q, R):
    n, d = np.shape(A)
    assert Q.shape == (n, d) and R.shape == (d, d)
    assert Q.dtype == R.dtype == np.float64
    size = 20 * (n + 1) * EPS
    assert np.abs(Q.T @ Q - np.eye(d)).max(initial=0) <= size
    gap = np.abs(Q @ R - A).max(initial=0)
    assert gap <= size * np.abs(A).max(initial=0) * max(1, d)
    assert np.array_equal(R, np.triu(R))
    assert np.diag(R).min(initial=0) >= 0


@quick
@given(st.integers(0, 8), st.integers(0, 6), seeds)
def test_qr_of_any_tall_matrix(extra, d, seed):
    A = matrix(seed, d + extra, d)
    expect_qr(A, *householder_qr(A))


@quick
@given(st.integers(1, 6), st.integers(1, 4), seeds)
def test_qr_of_dependent_columns(extra, rank, seed):
    rng = np.random.default_rng(seed)
    B = rng.integers(-3, 4, (rank + extra, rank)).astype(float)
    A = np.column_stack([np.zeros(len(B)), B, B])[:, : len(B)]
    expect_qr(A, *householder_qr(A))


@quick
@given(st.integers(0, 8), st.integers(1, 6), seeds)
def test_qr_is_the_one_of_scipy_up_to_signs(extra, d, seed):
    A = matrix(seed, d + extra, d)
    Q, R = householder_qr(A)
    other_Q, other_R = scipy.linalg.qr(A, mode="economic")
    signs = np.where(np.diag(other_R) < 0, -1, 1)
    allowed = 100 * len(A) * EPS * np.linalg.cond(A)
    assert np.abs(Q - other_Q * signs).max() <= allowed
    other_R = other_R * signs[:, None]
    assert np.abs(R - other_R).max() <= allowed * np.abs(A).max() * d


def test_qr_stays_orthogonal_where_columns_nearly_agree():
    A = np.linspace(0, 1, 20)[:, None] ** np.arange(12)
    Q, R = householder_qr(A)
    assert np.abs(Q.T @ Q - np.eye(12)).max() < 50 * EPS
    assert np.abs(Q @ R - A).max() < 50 * EPS


def test_qr_cancels_nothing_near_the_axis():
    for sign in (1, -1):
        A = np.array([[1.0, 2.0], [1e-9, 1.0], [-1e-9, 3.0]])
        A[:, 0] *= sign
        Q, R = householder_qr(A)
        assert np.abs(Q[:, 0] - A[:, 0]).max() <= 2 * EPS
        assert abs(Q[1, 0] - A[1, 0]) <= 1e-24
        expect_qr(A, Q, R)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_qr_of_extreme_sizes(scale):
    A = matrix(1, 6, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Q, R = householder_qr(scale * A)
    good_Q, good_R = householder_qr(A)
    assert np.abs(Q - good_Q).max() < 1e-14
    assert np.abs(R / scale - good_R).max() < 1e-13
    A[:, 1] *= scale if scale < 1 else 1 / scale
    expect_qr(A, *householder_qr(A))


def test_qr_takes_lists_integers_and_float32():
    expected = householder_qr(np.array([[3.0, 1.0], [4.0, 2.0]]))
    assert np.abs(expected[1] - [[5, 2.2], [0, 0.4]]).max() < 1e-15 * 10
    for A in (
        [[3, 1], [4, 2]],
        np.array([[3, 1], [4, 2]], np.uint8),
        np.array([[3, 1], [4, 2]], np.float32),
    ):
        for mine, other in zip(householder_qr(A), expected, strict=True):
            assert mine.dtype == np.float64
            assert np.array_equal(mine, other)


def test_qr_of_columns_without_a_positive_entry():
    for A in ([[0, 1], [-1, 2]], [[0, 1], [0, -2], [-3, 0]], [[-1, 0]] * 2):
        expect_qr(np.array(A, float), *householder_qr(A))


def test_qr_of_truth_values():
    expect_qr(np.eye(3), *householder_qr(np.eye(3, dtype=bool)))


# --- least squares -----------------------------------------------------------


@quick
@given(st.integers(0, 8), st.integers(1, 6), st.integers(0, 3), seeds)
def test_solution_is_scipys(extra, d, k, seed):
    A = matrix(seed, d + extra, d)
    B = matrix(seed + 1, d + extra, k)
    V = solve_least_squares(A, B)
    assert V.shape == (d, k) and V.dtype == np.float64
    if k:
        judge = scipy.linalg.lstsq(A, B)[0]
        c = np.linalg.cond(A)
        allowed = 1000 * EPS * (c + c**2) * np.abs(B).max()
        assert np.abs(V - judge).max() <= allowed * max(1, np.abs(V).max())
        one = solve_least_squares(A, B[:, 0])
        assert one.shape == (d,)
        assert np.allclose(one, V[:, 0], rtol=0, atol=allowed)


def test_solution_by_hand():
    A, b = [[1, 0], [1, 1], [1, 2]], [1, 1, 4]
    assert np.abs(solve_least_squares(A, b) - [0.5, 1.5]).max() < 1e-14
    v = solve_least_squares(np.array(A, np.float32), np.array(b, np.int8))
    assert np.abs(v - [0.5, 1.5]).max() < 1e-14


def test_error_grows_with_the_condition_number_not_its_square():
    rng = np.random.default_rng(5)
    Q, _ = np.linalg.qr(rng.standard_normal((40, 6)))
    Z, _ = np.linalg.qr(rng.standard_normal((6, 6)))
    A = Q * np.geomspace(1, 1e-9, 6) @ Z.T
    v = rng.standard_normal(6)
    assert np.abs(solve_least_squares(A, A @ v) - v).max() < 1e-5


DEPENDENT = (
    "column {} of A is, up to rounding, a combination of those before it, "
    "expected independent columns: drop it, or use ridge with a larger "
    "strength."
)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_dependent_columns_are_refused_by_name(scale):
    A = matrix(2, 8, 4)
    A[:, 2] = scale * (A[:, 0] - 3 * A[:, 1])
    with pytest.raises(ValueError) as error:
        solve_least_squares(A, np.ones(8))
    assert str(error.value) == DEPENDENT.format(2)
    A[:, 1] = 0
    with pytest.raises(ValueError) as error:
        solve_least_squares(A, np.ones(8))
    assert str(error.value) == DEPENDENT.format(1)


def test_nearly_dependent_columns_are_not_refused():
    A = matrix(3, 6, 3)
    A[:, 2] = A[:, 0] + 1e-12 * A[:, 2]
    assert np.isfinite(solve_least_squares(A, np.ones(6))).all()
    tiny = matrix(3, 6, 3) * [1, 1e-100, 1e100]
    assert np.isfinite(solve_least_squares(tiny, np.ones(6))).all()


def test_the_bound_of_dependence_is_ten_n_machine_epsilons():
    """R is A here: column 1 keeps the part r of its length 1."""
    for n in (2, 64):
        for factor, refused in [(0.9, True), (1.1, False)]:
            A = np.zeros((n, 2))
            A[0] = 1.0
            A[1, 1] = factor * 10 * n * EPS
            if refused:
                with pytest.raises(ValueError, match="column 1 of A"):
                    solve_least_squares(A, np.ones(n))
            else:
                assert solve_least_squares(A, np.ones(n)).shape == (2,)


def test_a_multiple_of_a_column_is_always_refused():
    for seed in range(200):
        A = matrix(seed, 2, 2)
        A[:, 1] = 3 * A[:, 0]
        with pytest.raises(ValueError, match="column 1 of A"):
            solve_least_squares(A, np.ones(2))


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_solution_for_extreme_sizes(scale):
    A, b = matrix(4, 6, 3), np.ones(6)
    v = solve_least_squares(A, b)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scaled = solve_least_squares(scale * A, b)
    assert np.abs(scaled * scale - v).max() < 1e-13
    A[:, 2] = A[:, 0] - A[:, 1]
    with pytest.raises(ValueError, match="column 2 of A"):
        solve_least_squares(scale * A, b)


def test_a_strength_lost_in_rounding_is_refused():
    A = np.ones((4, 2))
    with pytest.raises(ValueError, match="ridge with a larger strength"):
        ridge(A, np.ones(4), 1e-40)
    assert np.abs(ridge(A, np.ones(4), 1e-20) - 0.5).max() < 1e-5


# --- ridge -------------------------------------------------------------------


@quick
@given(
    st.integers(1, 8),
    st.integers(1, 8),
    st.sampled_from([1e-3, 0.5, 1, 40.0]),
    seeds,
)
def test_ridge_solves_its_normal_equations(n, d, strength, seed):
    A, B = matrix(seed, n, d), matrix(seed + 1, n, 2)
    V = ridge(A, B, strength)
    gap = A.T @ (A @ V - B) + strength * V
    assert np.abs(gap).max() < 1e-11
    assert np.array_equal(ridge(A, B[:, 0], strength), V[:, 0]) or np.allclose(
        ridge(A, B[:, 0], strength), V[:, 0], rtol=0, atol=1e-10
    )


def test_ridge_with_a_strength_for_each_column():
    A, b = matrix(6, 9, 3), matrix(7, 9, 1)[:, 0]
    strength = np.array([0.0, 2.0, 50.0])
    v = ridge(A, b, strength)
    assert np.abs(A.T @ (A @ v - b) + strength * v).max() < 1e-13
    assert np.array_equal(v, ridge(A.tolist(), b.tolist(), [0, 2, 50]))


def test_ridge_of_strength_zero_is_least_squares():
    A, b = matrix(8, 9, 3), matrix(9, 9, 1)[:, 0]
    v = solve_least_squares(A, b)
    assert np.abs(ridge(A, b, 0) - v).max() < 1e-14
    assert np.abs(ridge([[2]], [6], 0) - 3).max() < 1e-15
    assert np.abs(ridge([[2]], [6], 4) - 1.5).max() < 1e-15


def test_ridge_of_strength_zero_refuses_dependent_columns():
    A = np.column_stack([np.ones(5), np.ones(5)])
    with pytest.raises(ValueError) as error:
        ridge(A, np.ones(5), 0)
    assert str(error.value) == DEPENDENT.format(1)
    with pytest.raises(ValueError, match="column 2 of A"):
        ridge(matrix(1, 2, 4), np.ones(2), 0)
    halves = ridge(A, np.ones(5), 1e-3)
    assert np.abs(halves - 5 / 10.001).max() < 1e-12


def test_a_column_of_zeros_gets_the_weight_zero():
    A = matrix(4, 6, 3)
    A[:, 1] = 0
    for strength in (1e-9, 1.0):
        v = ridge(A, np.ones(6), strength)
        assert abs(v[1]) < 1e-10 and np.abs(v[[0, 2]]).min() > 0.01


# --- the readout -------------------------------------------------------------


def toy(seed=0, n=30, d=4, k=3):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % k
    return rng.standard_normal((n, d)) + 2 * np.eye(k, d)[y] + 5, y


def test_readout_is_ridge_with_a_free_bias():
    X, y = toy()
    for strength in (0.0, 0.3, 10.0, np.array([0.1, 1, 2, 3])):
        machine = LeastSquares(strength).fit(X, y)
        assert machine.W.shape == (3, 4) and machine.b.shape == (3,)
        A = np.column_stack([X, np.ones(len(X))])
        price = np.diag(np.append(np.broadcast_to(strength, 4), 0.0))
        V = np.linalg.solve(A.T @ A + price, A.T @ np.eye(3)[y])
        assert np.abs(machine.W - V[:-1].T).max() < 1e-11
        assert np.abs(machine.b - V[-1]).max() < 1e-11


def test_readout_does_not_care_where_the_origin_is():
    X, y = toy(1)
    near, far = LeastSquares().fit(X, y), LeastSquares().fit(X + 100, y)
    assert np.abs(near.W - far.W).max() < 1e-11
    Z = X @ near.W.T + near.b
    assert np.abs(Z - ((X + 100) @ far.W.T + far.b)).max() < 1e-10
    assert np.abs(Z.sum(axis=1) - 1).max() < 1e-12  # wishes add up to 1


def test_readout_default_strength_is_one():
    X, y = toy(2)
    assert LeastSquares().strength == 1.0
    one, default = LeastSquares(1.0).fit(X, y), LeastSquares().fit(X, y)
    assert np.array_equal(one.W, default.W)


def test_readout_predicts_the_class_of_the_largest_score():
    X, y = toy(3)
    names = np.array([7, -2, 40])
    machine = LeastSquares()
    assert machine.fit(X, names[y]) is machine
    assert machine.classes.tolist() == [-2, 7, 40]
    scores = X @ machine.W.T + machine.b
    expected = machine.classes[scores.argmax(axis=1)]
    assert np.array_equal(machine.predict(X), expected)
    assert np.mean(machine.predict(X) == names[y]) > 0.7
    assert machine.predict(X[:0]).shape == (0,)
    assert machine.predict(X[:1].tolist()).shape == (1,)


def test_readout_with_one_class_or_one_example():
    X, _ = toy(4)
    machine = LeastSquares().fit(X, np.full(len(X), 3))
    assert set(machine.predict(X)) == {3}
    assert np.abs(machine.W).max() < 1e-15 and machine.b.tolist() == [1.0]
    assert LeastSquares().fit(X[:1], [5]).predict(X).tolist() == [5] * 30


def test_readout_takes_lists_bytes_and_float32():
    X, y = toy(5)
    X = np.round(X).astype(np.uint8)
    expected = LeastSquares().fit(X.astype(float), y)
    for images in (X, X.tolist(), X.astype(np.float32)):
        machine = LeastSquares().fit(images, y.tolist())
        assert np.abs(machine.W - expected.W).max() < 1e-13
        assert np.array_equal(machine.predict(images), expected.predict(X))


def test_readout_reads_the_digits():
    from mfdl.arrays import load_digits
    from mfdl.classifiers import split_accuracies

    X, y = load_digits()
    found = split_accuracies(LeastSquares, X, y, 2)
    assert 0.92 < found.min() and found.max() < 0.95


# --- bad input ---------------------------------------------------------------

SAYS = [
    (lambda: householder_qr(np.ones(3)), "A has shape (3,)"),
    (lambda: householder_qr(np.ones((2, 2, 2))), "A has shape (2, 2, 2)"),
    (
        lambda: householder_qr(np.ones((2, 3))),
        "A has shape (2, 3), expected at least as many rows as columns: "
        "factor A.T, or add rows.",
    ),
    (lambda: householder_qr([[1.0, np.nan]] * 2), "A holds NaN or infinity"),
    (lambda: householder_qr([[np.inf]]), "A holds NaN or infinity"),
    (lambda: householder_qr([[1.0], [2.0, 3.0]]), "A is no array"),
    (
        lambda: solve_least_squares(np.ones((2, 3)), np.ones(2)),
        "at least as many rows",
    ),
    (
        lambda: solve_least_squares(np.eye(3), np.ones(2)),
        "B has shape (2,), expected (3,) or (3, k): one row for each row of "
        "A.",
    ),
    (lambda: solve_least_squares(np.eye(3), 1.0), "B has shape ()"),
    (
        lambda: solve_least_squares(np.eye(3), np.ones((3, 1, 1))),
        "B has shape (3, 1, 1)",
    ),
    (
        lambda: solve_least_squares(np.eye(3), np.ones((1, 3))),
        "B has shape (1, 3)",
    ),
    (
        lambda: solve_least_squares(np.eye(2), [1, np.nan]),
        "B holds NaN or infinity",
    ),
    (lambda: ridge(np.ones(3), np.ones(3), 1), "A has shape (3,)"),
    (lambda: ridge(np.ones((3, 2)), np.ones(5), 1), "B has shape (5,)"),
    (lambda: ridge([[np.nan]], [1], 1), "A holds NaN or infinity"),
    (lambda: ridge([[1]], [np.inf], 1), "B holds NaN or infinity"),
    (lambda: ridge([[1]], [1], np.nan), "strength holds NaN"),
    (
        lambda: ridge(np.eye(2), [1, 1], [1, -0.5]),
        "strength has the entry -0.5, expected none below 0: it is the "
        "price of large weights.",
    ),
    (lambda: ridge(np.eye(2), [1, 1], -1), "strength has the entry -1,"),
    (
        lambda: ridge(np.eye(2), [1, 1], [1, 1, 1]),
        "strength has shape (3,), expected a number or one for each of the "
        "2 columns of A.",
    ),
    (
        lambda: ridge(np.eye(2), [1, 1], [1]),
        "strength has shape (1,), expected",
    ),
    (lambda: LeastSquares().fit(np.ones(3), [0]), "X has shape (3,)"),
    (lambda: LeastSquares().fit(np.eye(3), [0, 1]), "y has shape (2,)"),
    (lambda: LeastSquares().fit(np.eye(2), [[0], [1]]), "y has shape (2, 1)"),
    (
        lambda: LeastSquares().fit(np.ones((0, 3)), []),
        "X has no rows, expected at least one example: look at the split.",
    ),
    (lambda: LeastSquares().fit([[np.inf]], [0]), "X holds NaN or infinity"),
    (lambda: LeastSquares().fit([[1.0]], [np.nan]), "y holds NaN"),
    (lambda: LeastSquares(-1).fit(*toy()), "strength has the entry -1,"),
    (
        lambda: LeastSquares(0).fit(np.zeros((3, 2)), [0, 1, 1]),
        "column 0 of A",
    ),
    (
        lambda: LeastSquares().fit(*toy()).predict(np.ones((2, 3))),
        "X has shape (2, 3), expected (any, 4)",
    ),
    (
        lambda: LeastSquares().fit(*toy()).predict(np.ones(4)),
        "pass X[None]",
    ),
    (
        lambda: LeastSquares().fit(*toy()).predict([[np.nan] * 4]),
        "X holds NaN or infinity",
    ),
]


@pytest.mark.parametrize("case", range(len(SAYS)))
def test_bad_input_gets_one_sentence(case):
    call, says = SAYS[case]
    with pytest.raises(ValueError, match=re.escape(says)):
        call()


@pytest.mark.parametrize(
    "call, name",
    [
        (lambda bad: householder_qr([[bad]]), "A"),
        (lambda bad: solve_least_squares([[1]], [bad]), "B"),
        (lambda bad: ridge([[bad]], [1], 1), "A"),
        (lambda bad: ridge([[1]], [1], bad), "strength"),
        (lambda bad: LeastSquares().fit([[bad]], [0]), "X"),
        (lambda bad: LeastSquares().fit([[1]], [0]).predict([[bad]]), "X"),
    ],
)
def test_what_is_no_real_number_is_refused(call, name):
    with pytest.raises(TypeError, match=f"{name} has type <U"):
        call("three")
    with pytest.raises(TypeError) as error:
        call(1j)
    assert str(error.value) == (
        f"{name} has type complex128, expected real numbers: take its real "
        "part if the rest is zero."
    )


def test_labels_must_be_numbers():
    with pytest.raises(TypeError, match="y has type"):
        LeastSquares().fit([[1.0], [2.0]], ["a", "b"])


def test_an_unfitted_readout_says_so():
    class Special(LeastSquares):
        pass

    for kind in (LeastSquares, Special):
        machine = kind()
        assert machine.W is machine.b is machine.classes is None
        with pytest.raises(RuntimeError) as error:
            machine.predict(np.ones((1, 2)))
        says = f"{kind.__name__} has no weights yet: fit first."
        assert str(error.value) == says


def test_a_failed_fit_changes_nothing():
    X, y = toy(6)
    machine = LeastSquares().fit(X, y)
    kept = machine.classes, machine.W, machine.b
    machine.strength = 0
    for bad_X, bad_y in [(X * 0, y + 1), (X[:3], y), (X * np.nan, y)]:
        with pytest.raises(ValueError):
            machine.fit(bad_X, bad_y)
        now = machine.classes, machine.W, machine.b
        assert all(a is b for a, b in zip(now, kept, strict=True))


def test_arguments_stay_as_they_are():
    A, B = matrix(1, 6, 3), matrix(2, 6, 2)
    X, y = toy(7)
    strength = np.array([1.0, 2.0, 3.0])
    arguments = A, B, X, y, strength
    kept = [a.copy() for a in arguments]
    for a in arguments:
        a.flags.writeable = False
    results = [*householder_qr(A), solve_least_squares(A, B)]
    results += [ridge(A, B, strength)]
    machine = LeastSquares().fit(X, y)
    results += [machine.W, machine.b, machine.predict(X)]
    assert all(
        np.array_equal(a, b) for a, b in zip(arguments, kept, strict=True)
    )
    for result in results:
        assert not any(np.shares_memory(result, a) for a in arguments)
        assert result.flags.writeable


def test_module_exports_and_documents():
    assert sorted(module.__all__) == [
        "LeastSquares",
        "householder_qr",
        "ridge",
        "solve_least_squares",
    ]
    for name in module.__all__:
        assert "Source:" in getattr(module, name).__doc__
