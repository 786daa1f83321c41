"""Elimination, determinants and the exact fit, against exact fractions."""

import itertools
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfdl.linear_systems import (
    ExactFit,
    determinant,
    lu_factor,
    lu_solve,
    solve,
)

quick = settings(deadline=None, derandomize=True, max_examples=50)
seeds = st.integers(0, 10_000)
EPS = np.finfo(float).eps


def whole(rng, *shape):
    return rng.integers(-9, 10, shape).astype(float)


def exact_solution(A, b):
    """Gauss and Jordan in fractions; None if A is singular."""
    M = [[Fraction(v) for v in row] + [Fraction(c)] for row, c in zip(A, b)]
    n = len(M)
    for j in range(n):
        p = next((i for i in range(j, n) if M[i][j]), None)
        if p is None:
            return None
        M[j], M[p] = M[p], M[j]
        M[j] = [v / M[j][j] for v in M[j]]
        for i in range(n):
            if i != j:
                f = M[i][j]
                M[i] = [v - f * w for v, w in zip(M[i], M[j])]
    return [row[n] for row in M]


def leibniz(A):
    """The determinant as a sum over permutations."""
    total, n = Fraction(0), len(A)
    for order in itertools.permutations(range(n)):
        inversions = sum(
            order[i] > order[j] for i in range(n) for j in range(i + 1, n)
        )
        term = Fraction((-1) ** inversions)
        for i, j in enumerate(order):
            term *= Fraction(A[i, j])
        total += term
    return total


# --- factors ---------------------------------------------------------------


@quick
@given(st.integers(0, 12), seeds)
def test_factors_are_triangular_and_multiply_to_the_reordered_matrix(n, seed):
    A = np.random.default_rng(seed).standard_normal((n, n))
    L, U, order = lu_factor(A)
    assert sorted(order.tolist()) == list(range(n))
    assert np.array_equal(np.tril(U, -1), np.zeros((n, n)))
    assert np.array_equal(np.triu(L), np.eye(n))
    assert np.abs(L).max(initial=0) <= 1
    allowed = 2 * n * EPS * (np.abs(L) @ np.abs(U))
    assert np.all(np.abs(A[order] - L @ U) <= allowed)


def test_factors_by_hand():
    L, U, order = lu_factor([[1, 1, 1], [2, 4, 2], [4, 0, 8]])
    assert order.tolist() == [2, 1, 0]
    assert L.tolist() == [[1, 0, 0], [0.5, 1, 0], [0.25, 0.25, 1]]
    assert U.tolist() == [[4, 0, 8], [0, 4, -2], [0, 0, -0.5]]


def test_the_largest_entry_in_absolute_value_is_the_pivot():
    L, U, order = lu_factor([[1.0, 2], [-3, 4]])
    assert order.tolist() == [1, 0] and U[0].tolist() == [-3, 4]
    assert L[1, 0] == pytest.approx(-1 / 3, abs=1e-16)


def test_a_tiny_pivot_is_not_used():
    assert np.allclose(solve([[1e-20, 1], [1, 1]], [1, 2]), [1, 1], atol=1e-15)


@quick
@given(st.integers(1, 6), seeds)
def test_triangles_stay_exact_below_and_above_the_diagonal(n, seed):
    """Factors found earlier are exchanged together with their rows."""
    A = whole(np.random.default_rng(seed), n, n)
    try:
        L, U, order = lu_factor(A)
    except ValueError:
        return
    assert np.allclose(L @ U, A[order], rtol=0, atol=1e-12)


# --- solving ---------------------------------------------------------------


@quick
@given(st.integers(1, 6), seeds)
def test_solve_agrees_with_exact_fractions(n, seed):
    rng = np.random.default_rng(seed)
    A, b = whole(rng, n, n), whole(rng, n)
    right = exact_solution(A, b)
    if right is None:
        return
    kappa = np.linalg.cond(A)
    gap = solve(A, b) - np.array(right, dtype=float)
    scale = np.linalg.norm(np.array(right, dtype=float))
    assert np.linalg.norm(gap) <= 10 * n * kappa * EPS * max(scale, 1e-300)


@quick
@given(st.integers(1, 30), st.integers(0, 4), seeds)
def test_columns_of_right_sides_are_solved_alike(n, m, seed):
    rng = np.random.default_rng(seed)
    A, B = rng.standard_normal((n, n)), rng.standard_normal((n, m))
    factors = lu_factor(A)
    X = lu_solve(factors, B)
    assert X.shape == (n, m)
    assert np.allclose(solve(A, B), X, rtol=0, atol=0)
    L, U, _ = factors
    reach = np.abs(L) @ (np.abs(U) @ np.abs(X))
    assert np.all(np.abs(B - A @ X)[factors[2]] <= 4 * n * EPS * reach)
    for j in range(m):
        one = lu_solve(factors, B[:, j])
        assert one.shape == (n,)
        gap = np.linalg.norm(one - X[:, j])
        allowed = 20 * n * np.linalg.cond(A) * EPS * np.linalg.norm(one)
        assert gap <= allowed


def test_solve_takes_lists_whole_numbers_and_float32():
    assert solve([[0, 2], [4, 0]], [2, 8]).tolist() == [2, 1]
    A, b = np.array([[2, 0], [0, 4]], np.int8), np.array([1, 1], np.uint8)
    assert solve(A, b).tolist() == [0.5, 0.25]
    X = solve(np.eye(2, dtype=np.float32) * 2, np.ones((2, 3), np.float32))
    assert X.dtype == np.float64 and np.all(X == 0.5)
    assert solve(np.zeros((0, 0)), np.zeros(0)).shape == (0,)


def test_arguments_are_kept():
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((5, 5)), rng.standard_normal((5, 2))
    kept = A.copy(), B.copy()
    factors = lu_factor(A)
    parts = [f.copy() for f in factors]
    lu_solve(factors, B)
    solve(A, B)
    determinant(A)
    assert np.array_equal(A, kept[0]) and np.array_equal(B, kept[1])
    for now, before in zip(factors, parts, strict=True):
        assert np.array_equal(now, before)
    B[:] = 0  # the solution shares nothing with the right side
    assert not np.shares_memory(lu_solve(factors, B), B)


SINGULAR = [
    ([[0.0]], 0),
    ([[1.0, 2.0], [2.0, 4.0]], 1),
    ([[0.0, 1.0], [0.0, 2.0]], 0),
    (np.diag([1.0, 0.0, 3.0]), 1),
]


@pytest.mark.parametrize("A, column", SINGULAR)
def test_singular_matrices_are_refused(A, column):
    message = f"A is singular: column {column} has no pivot, expected "
    for call in (lu_factor, lambda M: solve(M, np.ones(len(M)))):
        with pytest.raises(ValueError, match=message):
            call(A)


@pytest.mark.parametrize("call", [lu_factor, determinant])
def test_what_is_no_square_real_matrix_is_refused(call):
    text = "A has shape (2, 3), expected as many rows as columns"
    with pytest.raises(ValueError, match=re.escape(text)):
        call(np.ones((2, 3)))
    with pytest.raises(ValueError, match="A has shape .* expected .any, any"):
        call(np.ones(3))
    with pytest.raises(ValueError, match="A holds NaN or infinity"):
        call([[1.0, np.nan], [0.0, 1.0]])
    with pytest.raises(TypeError, match="A has type complex128, expected rea"):
        call(np.eye(2) * 1j)
    with pytest.raises(TypeError, match="A has type .* expected numbers"):
        call([["a"]])


@pytest.mark.parametrize("n", [2, 3])
def test_right_sides_that_do_not_fit_are_refused(n):
    factors = lu_factor(np.eye(n))
    for bad in (np.ones(n + 1), np.ones((n + 1, 2)), np.ones((n, 1, 1)), 1.0):
        with pytest.raises(ValueError, match="B has shape"):
            lu_solve(factors, bad)
    with pytest.raises(ValueError, match="B holds NaN"):
        lu_solve(factors, np.full(n, np.inf))
    with pytest.raises(TypeError, match="B has type complex128"):
        lu_solve(factors, np.ones(n) * 1j)


def test_overflow_is_said():
    for A, b in [
        ([[1e-300]], [1e300]),
        ([[1, 1], [0, 1e-300]], [1, 1e300]),
    ]:
        with pytest.raises(ValueError, match="too large for floating point"):
            solve(A, b)


def test_overflow_in_the_elimination_is_said():
    big = [[1e308, 1e308, 1], [-1e308, 1e308, 1e308], [1e308, -1e308, 1e308]]
    calls = (lu_factor, determinant, lambda A: solve(A, np.ones(3)))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for call in calls:
            with pytest.raises(ValueError, match="A is too large for float"):
                call(big)
        half = np.array([[1e308, 1.0], [1.0, 1e308]])
        assert np.array_equal(solve(half, [1e308, 1e308]), [1, 1])


@pytest.mark.parametrize("bad", [np.eye(3), (1, 2), None, "abc"])
def test_what_are_no_factors_is_refused(bad):
    with pytest.raises(TypeError, match="factors is of type .* lu_factor"):
        lu_solve(bad, np.ones(3))
    assert lu_solve(list(lu_factor([[2]])), [4]).tolist() == [2]


# --- determinants ----------------------------------------------------------


@quick
@given(st.integers(0, 5), seeds)
def test_determinant_is_the_sum_over_permutations(n, seed):
    A = whole(np.random.default_rng(seed), n, n)
    if seed % 3 == 0 and n > 1:
        A[:, 0] = A[:, 1]
    exact = float(leibniz(A)) if n else 1.0
    assert determinant(A) == pytest.approx(exact, abs=1e-9, rel=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_determinants_of_permutations_are_their_signs(n):
    for order in itertools.permutations(range(n)):
        P = np.eye(n)[list(order)]
        det = determinant(P)
        assert isinstance(det, float) and det == float(leibniz(P))


def test_determinant_of_singular_and_of_huge_matrices():
    assert determinant([[1, 2], [2, 4]]) == 0
    assert determinant(np.zeros((3, 3))) == 0
    assert determinant([[0, 1], [0, 0]]) == 0
    assert determinant(1e200 * np.eye(2)) == np.inf
    assert determinant(np.diag([1e200, 1e200, 0])) == 0  # and not NaN
    assert determinant(1e-200 * np.eye(2)) == 0


@quick
@given(st.integers(1, 40), seeds)
def test_determinant_agrees_with_the_library(n, seed):
    A = np.random.default_rng(seed).standard_normal((n, n))
    assert determinant(A) == pytest.approx(np.linalg.det(A), rel=1e-9)


# --- exact fit -------------------------------------------------------------


@quick
@given(st.integers(1, 8), st.integers(8, 20), st.integers(2, 4), seeds)
def test_exact_fit_is_exact_and_smallest(n, d, k, seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n + 5, d))
    y = rng.permutation(np.arange(n + 5) % k) * 3 + 2
    machine = ExactFit(n)
    assert machine.fit(X, y) is machine
    assert machine.classes.tolist() == np.unique(y).tolist()
    assert machine.W.shape == (k, d) and machine.b.shape == (k,)
    assert machine.W.base is None and machine.b.base is None
    scores = X[:n] @ machine.W.T + machine.b
    targets = (y[:n, None] == machine.classes).astype(float)
    assert np.allclose(scores, targets, rtol=0, atol=1e-8)
    assert np.array_equal(machine.predict(X[:n]), y[:n])
    A = np.hstack([X[:n], np.ones((n, 1))])
    smallest = np.linalg.lstsq(A, targets, rcond=None)[0]
    V = np.hstack([machine.W, machine.b[:, None]]).T
    assert np.allclose(V, smallest, rtol=0, atol=1e-7)


def data(n=12, d=20, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)), np.arange(n) % 3


def test_exact_fit_uses_fifty_rows_unless_told():
    X, y = data(60, 80)
    machine = ExactFit().fit(X, y)
    assert machine.n_examples == 50
    assert np.array_equal(machine.W, ExactFit(50).fit(X[:50], y[:50]).W)
    assert not np.array_equal(machine.W, ExactFit(49).fit(X, y).W)


def test_exact_fit_knows_classes_beyond_its_rows():
    X, y = data(6)
    y[5] = 7
    machine = ExactFit(5).fit(X, y)
    assert machine.classes.tolist() == [0, 1, 2, 7]
    assert np.abs(machine.W[3]).max() < 1e-12


def test_exact_fit_takes_lists_and_whole_numbers():
    machine = ExactFit(2).fit([[0, 4], [4, 0]], [-5, 5])
    assert machine.predict([[0, 3], [3, 0]]).tolist() == [-5, 5]
    X, y = np.array([[0, 200], [200, 0]], np.uint8), np.array([1, 0])
    assert ExactFit(np.int64(2)).fit(X, y).predict(X).tolist() == [1, 0]
    single = ExactFit(1).fit([[1.0, 2.0]], [3])
    assert single.predict([[5.0, 5.0]]).tolist() == [3]


def test_exact_fit_keeps_its_arguments():
    X, y = data()
    kept = X.copy(), y.copy()
    machine = ExactFit(5).fit(X, y)
    machine.predict(X)
    assert np.array_equal(X, kept[0]) and np.array_equal(y, kept[1])


@pytest.mark.parametrize("n", [0, -1, 13, 2.5, "5", True, None])
def test_exact_fit_refuses_a_wrong_number_of_examples(n):
    X, y = data()
    text = f"n_examples is {n!r}, expected a whole number from 1 to 12"
    with pytest.raises(ValueError, match=re.escape(text)):
        ExactFit(n).fit(X, y)
    assert ExactFit(12).fit(X, y).W.shape == (3, 20)


def test_exact_fit_refuses_dependent_rows():
    X, y = data()
    X[3] = X[1]
    with pytest.raises(ValueError, match="first 4 rows of X are dependent"):
        ExactFit(4).fit(X, y)
    ExactFit(3).fit(X, y)
    X[:5] = np.outer([0.1, 0.2, 0.3, 0.4, 0.5], X[0])  # up to rounding
    with pytest.raises(ValueError, match="lower n_examples"):
        ExactFit(5).fit(X, np.arange(12) % 4)


def test_exact_fit_refuses_rows_that_are_too_nearly_dependent():
    X = np.array([[1.0, 0], [1.0, 1e-9], [0, 1]])
    with pytest.raises(ValueError, match="too nearly so"):
        ExactFit(2).fit(X, [0, 1, 1])
    for gap in (3e-7, 1e-7):  # solvable, but off by 0.005, 0.05
        with pytest.raises(ValueError, match="too nearly so"):
            ExactFit(2).fit([[1.0, 0.3], [1.0, 0.3 + gap]], [0, 1])
    for left in (0.46, 0.53, 1.35, 1.36):  # all scores too small
        with pytest.raises(ValueError, match="too nearly so"):
            ExactFit(2).fit([[1.0, left], [1.0, left + 1e-7]], [0, 1])
    X[1, 1] = 1e-3
    assert ExactFit(2).fit(X, [0, 1, 1]).predict(X[:2]).tolist() == [0, 1]


def test_exact_fit_refuses_bad_data_and_stays_unfitted():
    X, y = data()
    for bad_X, bad_y, text in [
        (X[0], y, "X has shape"),
        (X, y[:-1], "y has shape"),
        (X, y[:, None], "y has shape"),
        (np.where(X > 1, np.nan, X), y, "X holds NaN"),
    ]:
        machine = ExactFit(3)
        with pytest.raises(ValueError, match=text):
            machine.fit(bad_X, bad_y)
        with pytest.raises(RuntimeError, match="fit first"):
            machine.predict(X)
    with pytest.raises(TypeError, match="X has type complex128"):
        ExactFit(3).fit(X * 1j, y)
    with pytest.raises(TypeError, match="y has type"):
        ExactFit(3).fit(X, ["cat"] * 12)
    with pytest.raises(ValueError, match="y holds NaN"):
        ExactFit(3).fit(X, np.where(y == 1, np.nan, y))


def test_a_failed_fit_leaves_the_old_weights():
    X, y = data()
    machine = ExactFit(4).fit(X, y)
    W, b, classes = machine.W.copy(), machine.b.copy(), machine.classes.copy()
    with pytest.raises(ValueError):
        machine.fit(np.ones((4, 2)), np.arange(4))
    assert np.array_equal(machine.W, W) and np.array_equal(machine.b, b)
    assert np.array_equal(machine.classes, classes)


def test_predict_refuses_images_of_another_size():
    X, y = data()
    machine = ExactFit(4).fit(X, y)
    for bad in (X[0], X[:, :5]):
        with pytest.raises(ValueError, match="X has shape"):
            machine.predict(bad)
    assert machine.predict(X[:0]).shape == (0,)
