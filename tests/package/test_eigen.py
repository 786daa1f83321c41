"""Signals through depth, power iteration and Jacobi, in independent ways."""

import re
from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from mfdl import eigen as module
from mfdl.eigen import power_iteration, signal_norms, symmetric_eigen

quick = settings(deadline=None, derandomize=True, max_examples=50)
EPS = np.finfo(float).eps


def rng(seed=0):
    return np.random.default_rng(seed)


def symmetric(d, seed):
    A = rng(seed).standard_normal((d, d))
    return A + A.T


def with_spectrum(values, seed):
    """A symmetric matrix with these eigenvalues, and its eigenvectors."""
    d = len(values)
    Q = scipy.linalg.qr(rng(seed).standard_normal((d, d)))[0]
    A = Q * np.asarray(values, float) @ Q.T
    return (A + A.T) / 2, Q


# --- signal_norms -----------------------------------------------------------


@quick
@given(st.integers(0, 5), st.integers(0, 99))
def test_norms_by_fractions(depth, seed):
    r = rng(seed)
    sizes = r.integers(1, 5, depth + 1)
    layers = [r.integers(-3, 4, (o, i)) for i, o in zip(sizes[:-1], sizes[1:])]
    x = r.integers(-3, 4, sizes[0])
    got = signal_norms(layers, x)
    assert got.shape == (depth + 1,) and got.dtype == np.float64
    signal = [Fraction(int(v)) for v in x]
    for place, norm in enumerate(got):
        assert norm == pytest.approx(float(sum(v * v for v in signal)) ** 0.5)
        if place < depth:
            signal = [
                sum(Fraction(int(w)) * v for w, v in zip(row, signal))
                for row in layers[place]
            ]


def test_norms_take_lists_generators_and_arrays():
    W = [[0, 2], [1, 0]]
    assert signal_norms([], [3, 4]).tolist() == [5.0]
    assert signal_norms([W, W], [3, 4]).tolist() == [5, np.sqrt(73), 10]
    assert np.allclose(signal_norms((W for _ in range(2)), [3, 4])[-1], 10)
    W = np.array(W, dtype=np.uint8) * 100
    big = signal_norms(np.stack([W, W]), np.array([200, 200], np.uint8))
    assert big[-1] == pytest.approx(20000 * np.hypot(200, 200))


def test_norms_change_nothing():
    W, x = rng().standard_normal((2, 3, 3)), rng(1).standard_normal(3)
    kept = W.copy(), x.copy()
    signal_norms(W, x)
    assert np.array_equal(W, kept[0]) and np.array_equal(x, kept[1])


@pytest.mark.parametrize(
    "layers, x, error, says",
    [
        ([np.eye(2)], np.ones(3), ValueError, "layers[0] has shape (2, 2)"),
        (
            [np.ones((2, 3)), np.ones((4, 3))],
            np.ones(3),
            ValueError,
            "layers[1] has shape (4, 3), expected (any, 2)",
        ),
        ([np.eye(2)], np.eye(2), ValueError, "x has shape (2, 2)"),
        ([np.eye(2)], [1, np.nan], ValueError, "x holds NaN"),
        ([np.full((2, 2), np.inf)], [1, 1], ValueError, "layers[0] holds NaN"),
        ([np.eye(2)], [1j, 1], TypeError, "x has type complex128"),
        ([np.eye(2) * 1j], [1, 1], TypeError, "take layers[0].real"),
        ([np.eye(2)], ["a", "b"], TypeError, "x has type"),
    ],
)
def test_norms_refuse(layers, x, error, says):
    with pytest.raises(error, match=re.escape(says)):
        signal_norms(layers, x)


# --- power_iteration --------------------------------------------------------


@quick
@given(st.integers(1, 12), st.integers(0, 99), st.booleans())
def test_power_finds_the_leading_pair(d, seed, negative):
    values = np.concatenate([[2], rng(seed).uniform(-1.2, 1.2, d - 1)])
    values = -values if negative else values
    A, Q = with_spectrum(values, seed)
    value, vector, steps = power_iteration(A, rng=rng(seed))
    assert isinstance(value, float) and isinstance(steps, int)
    assert vector.shape == (d,) and steps < 1000
    assert value == pytest.approx(values[0], abs=1e-12)
    assert abs(vector @ Q[:, 0]) == pytest.approx(1, abs=1e-12)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-14)
    residual = np.linalg.norm(A @ vector - value * vector)
    assert residual <= 1.01e-10 * np.linalg.norm(A @ vector) + 20 * EPS


def test_power_without_symmetry():
    A = np.array([[4, 1], [2, 3]])
    value, vector, _ = power_iteration(A, rng=rng())
    assert value == pytest.approx(5, abs=1e-9)
    assert vector[0] == pytest.approx(vector[1], abs=1e-9)


def test_power_starts_at_random_and_only_there():
    A = with_spectrum([3, 1, 0.5], 1)[0]
    first = power_iteration(A, rng=rng(5))
    again = power_iteration(A, rng=rng(5))
    assert np.array_equal(first[1], again[1]) and first[2] == again[2]
    start = rng(5).standard_normal(3)
    start /= np.linalg.norm(start)
    value, vector, steps = power_iteration(A, rng=rng(5), max_steps=1)
    assert steps == 1 and np.allclose(vector, start, atol=1e-15)
    assert value == pytest.approx(start @ A @ start, abs=1e-14)


def test_power_counts_its_steps():
    A = np.diag([1.9, 1.0])  # so that |A x| is not near 1
    x = rng(3).standard_normal(2)
    for tolerance in (1e-2, 1e-6, 1e-10):
        v, steps = x / np.linalg.norm(x), 1
        while True:
            y = A @ v
            if np.linalg.norm(y - (v @ y) * v) <= tolerance * np.linalg.norm(
                y
            ):
                break
            v, steps = y / np.linalg.norm(y), steps + 1
        got = power_iteration(A, rng=rng(3), tolerance=tolerance)
        assert got[2] == steps and np.allclose(got[1], v, atol=1e-14)


def test_default_limits():
    """1e-10 and a thousand steps, counted on matrices that show them."""
    A = np.diag([1.0, 0.5])
    named = power_iteration(A, rng=rng(3), tolerance=1e-10, max_steps=1000)
    assert power_iteration(A, rng=rng(3))[2] == named[2]
    assert power_iteration(np.diag([1.0, -1.0]), rng=rng())[2] == 1000


def test_power_that_does_not_settle_returns_a_consistent_pair():
    swap = [[0, 1], [1, 0]]
    value, vector, steps = power_iteration(swap, rng=rng(), max_steps=7)
    assert steps == 7
    assert value == pytest.approx(vector @ np.array(swap) @ vector)
    assert np.linalg.norm(vector) == pytest.approx(1)


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e200, 1e300, 5e-324])
def test_power_survives_extreme_scales(scale):
    A = np.array([[2.0, 0.0], [0.0, 1.0]]) * scale
    value, vector, _ = power_iteration(A, rng=rng())
    assert value == pytest.approx(2 * scale, rel=1e-9)
    assert abs(vector[0]) == pytest.approx(1, abs=1e-9)


def test_power_of_zero_and_nilpotent():
    value, vector, steps = power_iteration(np.zeros((3, 3)), rng=rng())
    assert value == 0 and steps == 1 and np.all(np.isfinite(vector))
    value, vector, _ = power_iteration([[0, 1], [0, 0]], rng=rng())
    assert value == 0 and np.allclose(abs(vector), [1, 0])
    assert power_iteration([[-3]], rng=rng())[0] == -3


def test_power_changes_nothing_and_takes_other_types():
    for kind in (np.float32, np.int32, np.uint8, bool, object):
        A = np.array([[2, 1], [1, 2]]).astype(kind)
        if kind is object:
            with pytest.raises(TypeError):
                power_iteration(A, rng=rng())
            continue
        kept = A.copy()
        value = power_iteration(A, rng=rng())[0]
        assert value == pytest.approx(2 if kind is bool else 3, abs=1e-9)
        assert np.array_equal(A, kept)
    A = np.array([[2.0, 1.0], [1.0, 2.0]])
    power_iteration(A, rng=rng())
    assert A.tolist() == [[2, 1], [1, 2]]


@pytest.mark.parametrize(
    "A, options, error, says",
    [
        (np.ones((2, 3)), {}, ValueError, "A has shape (2, 3), expected (d"),
        (np.ones(3), {}, ValueError, "A has shape (3,), expected (d, d)"),
        (np.ones((2, 2, 2)), {}, ValueError, "A has shape (2, 2, 2), exp"),
        (3.0, {}, ValueError, "A has shape (), expected (d, d)"),
        (np.ones((0, 0)), {}, ValueError, "A has shape (0, 0)"),
        ([[1, np.nan], [0, 1]], {}, ValueError, "A holds NaN"),
        (np.eye(2) * 1j, {}, TypeError, "take A.real"),
        (np.eye(2), {"rng": 3}, TypeError, "rng is 3"),
        (np.eye(2), {"tolerance": -1e-9}, ValueError, "tolerance is -1e-09"),
        (np.eye(2), {"tolerance": np.nan}, ValueError, "tolerance is nan"),
        (np.eye(2), {"tolerance": "a"}, ValueError, "tolerance is 'a'"),
        (np.eye(2), {"tolerance": None}, ValueError, "tolerance is None"),
        (np.eye(2), {"max_steps": 0}, ValueError, "max_steps is 0"),
        (np.eye(2), {"max_steps": 2.0}, ValueError, "max_steps is 2.0"),
        (np.eye(2), {"max_steps": True}, ValueError, "max_steps is True"),
    ],
)
def test_power_refuses(A, options, error, says):
    with pytest.raises(error, match=re.escape(says)):
        power_iteration(A, **{"rng": rng()} | options)


def test_power_accepts_the_borders():
    power_iteration(np.eye(2), rng=rng(), tolerance=0, max_steps=1)
    _, _, steps = power_iteration(
        np.diag([1, -1]), rng=rng(), max_steps=np.int64(4)
    )
    assert steps == 4
    assert power_iteration([[2.0]], rng=rng(), tolerance=0)[0] == 2
    for number in (1, 0.5, np.float32(0.5), np.int64(1)):
        power_iteration(np.eye(2), rng=rng(), tolerance=number)


# --- symmetric_eigen --------------------------------------------------------


@quick
@given(st.integers(1, 15), st.integers(0, 999))
def test_jacobi_diagonalizes(d, seed):
    A = symmetric(d, seed)
    kept = A.copy()
    values, Q = symmetric_eigen(A)
    assert np.array_equal(A, kept)
    assert values.shape == (d,) and Q.shape == (d, d)
    assert values.dtype == Q.dtype == np.float64
    size = np.linalg.norm(A)
    assert np.all(np.diff(values) >= 0)
    assert np.abs(values - scipy.linalg.eigvalsh(A)).max() <= 50 * EPS * size
    assert np.abs(A @ Q - Q * values).max() <= 50 * EPS * size
    assert np.abs(Q.T @ Q - np.eye(d)).max() <= 20 * d * EPS


@pytest.mark.parametrize(
    "values",
    [
        [1, 1, 1, 1],
        [0, 0, 0, 5],
        [-2, -2, 3, 3],
        [1e-12, 1e-6, 1, 1e6],
        [-1, 0, 1, 1 + 1e-13],
    ],
)
def test_jacobi_on_repeated_and_graded_eigenvalues(values):
    A = with_spectrum(values, 2)[0]
    found, Q = symmetric_eigen(A)
    allowed = 50 * EPS * np.abs(values).max()
    assert np.abs(found - values).max() <= allowed
    assert np.abs(A @ Q - Q * found).max() <= allowed
    assert np.abs(Q.T @ Q - np.eye(4)).max() <= 50 * EPS


def test_jacobi_on_special_matrices():
    for A in (np.zeros((3, 3)), np.eye(4), np.diag([3.0, 1.0, 2.0])):
        values, Q = symmetric_eigen(A)
        assert np.array_equal(values, np.sort(np.diag(A)))
        assert np.array_equal(A @ Q, Q * values)
    values, Q = symmetric_eigen(np.ones((6, 6)))
    assert np.allclose(values, [0, 0, 0, 0, 0, 6], atol=1e-14)
    assert np.allclose(np.abs(Q[:, -1]), 1 / np.sqrt(6))
    hilbert = scipy.linalg.hilbert(8)
    gap = symmetric_eigen(hilbert)[0] - scipy.linalg.eigvalsh(hilbert)
    assert np.abs(gap).max() <= 20 * EPS


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300, 5e-324])
def test_jacobi_survives_extreme_scales(scale):
    values, Q = symmetric_eigen(np.array([[1.0, 1.0], [1.0, 1.0]]) * scale)
    assert values == pytest.approx([0, 2 * scale], rel=1e-12, abs=scale / 9e9)
    assert np.allclose(np.abs(Q), np.sqrt(0.5))


def test_jacobi_takes_other_types():
    for kind in (int, np.float32, np.uint8, list):
        A = [[2, 1], [1, 2]] if kind is list else np.array([[2, 1], [1, 2]])
        A = A if kind is list else A.astype(kind)
        values, Q = symmetric_eigen(A)
        assert np.allclose(values, [1, 3], atol=1e-14)
        assert Q.dtype == np.float64


def test_jacobi_forgives_rounding_and_nothing_else():
    A = with_spectrum(np.arange(6.0), 3)[0]
    bumped = A.copy()
    bumped[0, 1] += 1e-9
    values, _ = symmetric_eigen(bumped)
    mean = (bumped + bumped.T) / 2
    assert np.allclose(values, scipy.linalg.eigvalsh(mean), atol=1e-13)
    bumped[0, 1] += 1e-6
    with pytest.raises(ValueError, match="not symmetric"):
        symmetric_eigen(bumped)
    single = A.astype(np.float32)
    single[2, 1] += 1e-4  # rounding of float32
    symmetric_eigen(single)
    single[2, 1] += 1e-2
    with pytest.raises(ValueError, match=re.escape("A[1, 2] differs from A")):
        symmetric_eigen(single)
    slack = 1.9 * np.sqrt(EPS)
    symmetric_eigen(np.array([[1.9, 0.0], [0.9 * slack, 1.0]]))
    with pytest.raises(ValueError, match="not symmetric"):
        symmetric_eigen(np.array([[1.9, 0.0], [1.1 * slack, 1.0]]))
    huge = np.array([[1e9, 1.0], [2.0, 1.0]])  # relative to the largest entry
    symmetric_eigen(huge)
    with pytest.raises(ValueError, match="not symmetric"):
        symmetric_eigen(np.array([[1e-9, 1e-9], [2e-9, 1e-9]]))


@pytest.mark.parametrize(
    "A, error, says",
    [
        (np.ones((2, 3)), ValueError, "A has shape (2, 3), expected (d, d)"),
        (np.ones((3,)), ValueError, "A has shape (3,)"),
        (np.ones((0, 0)), ValueError, "expected (d, d) with d >= 1"),
        ([[1, 2], [3]], ValueError, "A is no array"),
        ([[0, np.inf], [np.inf, 0]], ValueError, "A holds NaN or infinity"),
        ([[0, 1j], [1j, 0]], TypeError, "A has type complex128"),
        ([["a"]], TypeError, "A has type"),
        (
            [[0, 1], [-1, 0]],
            ValueError,
            "A is not symmetric: A[0, 1] differs from A[1, 0]; average them",
        ),
    ],
)
def test_jacobi_refuses(A, error, says):
    with pytest.raises(error, match=re.escape(says)):
        symmetric_eigen(A)


# --- the parts --------------------------------------------------------------


@quick
@given(st.integers(2, 8), st.integers(0, 99))
def test_one_rotation(d, seed):
    A, Q = symmetric(d, seed), np.eye(d)
    p, q = sorted(int(k) for k in rng(seed).choice(d, 2, replace=False))
    B, before = A.copy(), module._off(A)
    module._rotate(B, Q, p, q)
    size = np.linalg.norm(A)
    assert B[p, q] == B[q, p] == 0
    assert np.abs(Q.T @ A @ Q - B).max() <= 20 * EPS * size
    assert np.abs(Q.T @ Q - np.eye(d)).max() <= 4 * EPS
    assert abs(Q[p, q]) <= Q[p, p]  # the smaller of the two angles
    drop = before**2 - 2 * A[p, q] ** 2
    assert abs(module._off(B) ** 2 - drop) <= 50 * EPS * size**2


def test_rotation_of_equal_diagonal_is_a_right_one():
    A, Q = np.array([[1.0, -2.0], [-2.0, 1.0]]), np.eye(2)
    module._rotate(A, Q, 0, 1)
    assert np.allclose(A, np.diag([3, -1]), atol=1e-15)
    assert np.allclose(Q, np.array([[1, 1], [-1, 1]]) / np.sqrt(2))


def test_off_leaves_the_diagonal_out():
    assert module._off(np.array([[5.0, 3.0], [4.0, 7.0]])) == 5


@pytest.mark.parametrize("d", [3, 20])
def test_few_rotations_suffice(monkeypatch, d):
    """The threshold skips what is small, and the loop stops in time."""
    calls = []
    rotate = module._rotate

    def counted(A, Q, p, q):
        assert p < q and A[p, q] != 0
        calls.append((p, q))
        rotate(A, Q, p, q)

    monkeypatch.setattr(module, "_rotate", counted)
    for seed in range(5):
        calls.clear()
        symmetric_eigen(symmetric(d, seed))
        assert d <= len(calls) <= 4 * d * d
    calls.clear()
    symmetric_eigen(np.diag(np.arange(float(d))))
    assert not calls
