"""mfdl.svd against NumPy's decomposition, SciPy-free oracles and loops."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mfdl
from mfdl import svd as module
from mfdl.linear_maps import warp_matrix
from mfdl.svd import (
    PCA,
    ClassSubspaces,
    load_portrait,
    low_rank,
    pseudoinverse,
    svd,
)

quick = settings(deadline=None, derandomize=True, max_examples=40)
EPS = np.finfo(float).eps


def says(text):
    return re.escape(text)


def matrix(seed, m, n):
    return np.random.default_rng(seed).standard_normal((m, n))


def check_svd(A, U, s, Vt, tolerance=1e-12):
    """Everything that svd promises."""
    A = np.asarray(A, float)
    (m, n), p = A.shape, min(A.shape)
    assert U.shape == (m, p) and s.shape == (p,) and Vt.shape == (p, n)
    assert U.dtype == s.dtype == Vt.dtype == np.float64
    assert np.abs(U.T @ U - np.eye(p)).max() < tolerance
    assert np.abs(Vt @ Vt.T - np.eye(p)).max() < tolerance
    assert np.all(s[:-1] >= s[1:]) and s[-1] >= 0
    size = np.abs(A).max() or 1.0
    assert np.abs(U * (s / size) @ Vt - A / size).max() < tolerance * max(m, n)
    judge = np.linalg.svd(A / size, compute_uv=False)
    assert np.abs(s / size - judge).max() <= tolerance * max(1, judge[0])
    top = np.abs(Vt).argmax(axis=1)
    assert np.all(Vt[np.arange(p), top] > 0)


# svd


@quick
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 99))
def test_svd_of_random_matrices(m, n, seed):
    A = matrix(seed, m, n)
    kept = A.copy()
    check_svd(A, *svd(A))
    assert np.array_equal(A, kept)


@pytest.mark.parametrize("m, n", [(64, 64), (300, 20), (20, 300), (51, 51)])
def test_svd_of_larger_matrices(m, n):
    check_svd(matrix(1, m, n), *svd(matrix(1, m, n)))


@quick
@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 3))
def test_svd_of_low_rank_completes_the_left_vectors(m, n, r):
    A = matrix(2, m, r) @ matrix(3, r, n)
    U, s, Vt = svd(A)
    check_svd(A, U, s, Vt)
    assert np.all(s[r:] <= 1e-13 * max(1, s[0]))


@pytest.mark.parametrize(
    "A",
    [
        np.zeros((4, 3)),
        np.zeros((3, 4)),
        np.ones((5, 5)),
        np.eye(4),
        -np.eye(3),
        np.diag([1.0, 3.0, 2.0]),
        np.array([[0.0, 0.0, 1.0], [0.0, 2.0, 0.0]]),
        [[3, 0], [4, 5]],
        np.array([[1, 2], [3, 4]], dtype=np.float32),
        np.array([[True, False], [True, True]]),
        np.array([[7.0]]),
        np.array([[-7.0]]),
    ],
)
def test_svd_of_special_matrices(A):
    check_svd(A, *svd(A))


@pytest.mark.parametrize("size", [1e-250, 1e-150, 1e150, 1e250])
def test_svd_of_very_small_and_very_large_entries(size):
    A = matrix(4, 6, 4)
    U, s, Vt = svd(size * A)
    check_svd(A, U, s / size, Vt)


def test_svd_has_equal_singular_values():
    Q, _ = np.linalg.qr(matrix(5, 9, 9))
    U, s, Vt = svd(Q)
    check_svd(Q, U, s, Vt)
    assert np.allclose(s, 1, rtol=0, atol=1e-13)


def test_svd_keeps_small_singular_values():
    e = 1e-9
    A = np.array([[1, 1], [e, 0], [0, e]])
    s = svd(A)[1]
    assert abs(s[1] / e - 1) < 1e-7 and abs(s[0] - 2**0.5) < 1e-15
    graded = np.diag([1.0, 1e-20, 1e-60])
    assert np.allclose(svd(graded)[1], np.diag(graded), rtol=1e-12, atol=0)
    mixed = np.diag([1e-30, 1.0]) @ np.array([[1.0, 1.0], [1.0, -1.0]])
    assert np.allclose(svd(mixed)[1], [2**0.5, 2**0.5 * 1e-30], rtol=1e-12)


def test_svd_of_graded_columns_is_orthonormal():
    A = matrix(6, 12, 12) * np.logspace(0, -100, 12)
    check_svd(A, *svd(A))


def test_svd_of_a_hilbert_matrix():
    i = np.arange(20)
    A = 1 / (i[:, None] + i + 1.0)
    check_svd(A, *svd(A))


def test_svd_gives_fresh_arrays():
    A = np.eye(3)
    for part in svd(A):
        part[...] = 9
    assert np.array_equal(A, np.eye(3))


def test_rounds_let_each_pair_meet_once():
    for n in (2, 4, 10):
        met = []
        rounds = list(module._rounds(n))
        assert len(rounds) == n - 1
        for i, j in rounds:
            assert sorted([*i, *j]) == list(range(n))
            met += [tuple(sorted(pair)) for pair in zip(i, j)]
        assert len(set(met)) == len(met) == n * (n - 1) // 2


def test_rotations_take_the_smaller_angle():
    alpha = np.array([4.0, 1.0, 2.0, 5.0])
    beta = np.array([1.0, 4.0, 2.0, 3.0])
    gamma = np.array([0.5, -0.5, 1.0, 0.0])
    c, s = (a[:, 0] for a in module._rotations(alpha, beta, gamma))
    assert np.allclose(c**2 + s**2, 1, rtol=0, atol=1e-15)
    turned = c * s * (alpha - beta) + (c**2 - s**2) * gamma
    assert np.abs(turned).max() < 1e-15
    assert np.all(np.abs(s) <= c + 1e-15) and np.all(c > 0)
    assert c[3] == 1 and s[3] == 0 and s[2] > 0


def test_orthogonal_columns_give_up_after_their_sweeps():
    A = matrix(7, 5, 5)
    with pytest.raises(ValueError, match="no orthogonal columns after 1 "):
        module._orthogonal_columns(A, max_sweeps=1)
    W, V = module._orthogonal_columns(A)
    G = W.T @ W
    assert np.abs(G - np.diag(np.diag(G))).max() < 1e-13
    assert np.abs(A @ V - W).max() < 1e-13


def test_sixty_sweeps_are_enough_and_needed_by_default():
    assert module._orthogonal_columns.__defaults__ == (60,)


def tiles(W):
    """The 64 x 64 map with its pixels regrouped: nearly of low rank."""
    return W.reshape(8, 8, 8, 8).transpose(0, 2, 1, 3).reshape(64, 64)


@pytest.mark.parametrize(
    "A, shift",
    [
        (np.eye(2), (0.3, 0.7)),
        (np.diag([1.2, 0.8]), (0.0, 0.0)),
        (np.array([[1.0, 0.2], [0.0, 1.0]]), (0.0, 0.0)),
    ],
)
def test_svd_does_not_chase_the_direction_of_rounding(A, shift):
    W = tiles(warp_matrix(A, shift))
    for M in (W, W.T, 1e-200 * W):
        U, s, Vt = svd(M)
        size = np.abs(M).max()
        check_svd(M / size, U, s / size, Vt)


def few_sweeps(A):
    """svd, but twenty sweeps must do."""
    Q, R = np.linalg.qr(A if A.shape[0] >= A.shape[1] else A.T)
    L = np.linalg.qr(R.T)[1]
    module._orthogonal_columns(L.T, max_sweeps=20)
    check_svd(A, *svd(A))


@quick
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 999))
def test_svd_of_sparse_low_rank(m, n, seed):
    rng = np.random.default_rng(seed)
    for r in (1, 2, 5):
        a, b = rng.standard_normal((m, r)), rng.standard_normal((r, n))
        a[rng.random((m, r)) < 0.7] = 0
        b[rng.random((r, n)) < 0.7] = 0
        few_sweeps(a @ b)
        few_sweeps(np.sign(a) @ np.sign(b))


@pytest.mark.parametrize("n", [30, 90])
def test_svd_of_repeated_columns_and_blocks(n):
    rng = np.random.default_rng(n)
    base = (rng.random((n, 7)) < 0.3).astype(float)
    few_sweeps(base[:, rng.integers(0, 7, n)])
    few_sweeps(base @ (rng.random((7, n)) < 0.3))
    few_sweeps(np.kron(np.eye(3), np.outer(matrix(1, 9, 1), matrix(2, 9, 1))))
    x = np.arange(n)
    check_svd(A := np.exp(-((x[:, None] - x) ** 2) / 18), *svd(A))


@quick
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 999))
def test_svd_of_badly_scaled_matrices(m, n, seed):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((m, n))
    columns = 10 ** rng.uniform(-150, 0, n)
    rows = 10 ** rng.uniform(-150, 0, (m, 1))
    wild = 10 ** rng.uniform(-300, 0, (m, n))
    for B in (A * columns, A * rows, A * columns * rows, A * wild):
        check_svd(B, *svd(B))
        for size in (1e-200, 1e200):
            U, s, Vt = svd(size * (B / np.abs(B).max()))
            check_svd(B / np.abs(B).max(), U, s / size, Vt)
    mixed = np.where(rng.random((m, n)) < 0.5, 1e-200, 1e200) * A
    U, s, Vt = svd(mixed)
    size = np.abs(mixed).max()
    check_svd(mixed / size, U, s / size, Vt)


def test_columns_of_rounding_are_left_alone():
    turned = np.array([[1.0, 1e-15], [0.0, 1e-15]])
    alone = np.array([[1.0, 1e-17], [0.0, 1e-17]])
    W, V = module._orthogonal_columns(turned)
    assert abs(W[:, 0] @ W[:, 1]) < 1e-30 and V[0, 1] != 0
    W, V = module._orthogonal_columns(alone)
    assert np.array_equal(W, alone) and np.array_equal(V, np.eye(2))
    check_svd(alone, *svd(alone))


BAD = [
    (np.zeros(3), ValueError, "A has shape (3,), expected (any, any)"),
    (np.zeros((2, 3, 4)), ValueError, "A has shape (2, 3, 4), expected"),
    ([[1, 2], [3]], ValueError, "A is no array"),
    ([[1, np.nan]], ValueError, "A holds NaN or infinity"),
    ([[np.inf]], ValueError, "A holds NaN or infinity"),
    ([["a"]], TypeError, "A has type <U1, expected numbers"),
    ([[1j]], TypeError, "A is complex, expected real numbers."),
    (
        np.zeros((0, 3)),
        ValueError,
        "A has shape (0, 3), expected at least one row and one column: look "
        "at the line that selected them.",
    ),
    (np.zeros((3, 0)), ValueError, "A has shape (3, 0), expected at least"),
]


@pytest.mark.parametrize("A, kind, message", BAD)
def test_bad_matrices(A, kind, message):
    for use in (svd, lambda A: low_rank(A, 1), pseudoinverse):
        with pytest.raises(kind, match=says(message)):
            use(A)


# low_rank


@quick
@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_low_rank_is_the_nearest(m, n, data):
    k = data.draw(st.integers(1, min(m, n)))
    A = matrix(9, m, n)
    B, C = low_rank(A, k)
    assert B.shape == (m, k) and C.shape == (k, n)
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    assert np.allclose(B @ C, U[:, :k] * s[:k] @ Vt[:k], rtol=0, atol=1e-11)
    assert np.allclose(C @ C.T, np.eye(k), rtol=0, atol=1e-12)
    assert np.allclose(np.linalg.norm(B, axis=0), s[:k], rtol=0, atol=1e-12)


def test_low_rank_takes_numpy_integers():
    A = matrix(10, 4, 3)
    for k in (np.int32(2), np.uint8(2)):
        B, C = low_rank(A, k)
        assert B.shape == (4, 2) and C.shape == (2, 3)


def test_bad_ranks():
    A = matrix(11, 4, 3)
    for k in (0, 4, -1):
        message = f"k is {k}, expected 1 to 3: A has no more pieces."
        with pytest.raises(ValueError) as caught:
            low_rank(A, k)
        assert str(caught.value) == message
    for k in (1.0, True, "2", None):
        with pytest.raises(TypeError) as caught:
            low_rank(A, k)
        assert str(caught.value) == f"k is {k!r}, expected an integer."
    low_rank(A, 3)


# pseudoinverse


@quick
@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 8))
def test_pseudoinverse_has_penroses_four_properties(m, n, r):
    A = matrix(12, m, r) @ matrix(13, r, n)
    P = pseudoinverse(A, 1e-10)
    assert P.shape == (n, m)
    assert np.allclose(A @ P @ A, A, rtol=0, atol=1e-8)
    assert np.allclose(P @ A @ P, P, rtol=1e-6, atol=1e-8)
    assert np.allclose((A @ P).T, A @ P, rtol=0, atol=1e-7)
    assert np.allclose((P @ A).T, P @ A, rtol=0, atol=1e-7)


def test_pseudoinverse_drops_rounding_by_default():
    A = matrix(14, 6, 2) @ matrix(15, 2, 5)
    judge = np.linalg.pinv(A, rcond=1e-12)
    assert np.allclose(pseudoinverse(A), judge, rtol=1e-10, atol=1e-12)
    assert np.array_equal(pseudoinverse(np.zeros((2, 3))), np.zeros((3, 2)))
    B = np.diag([1.0, 1e-3])
    assert np.allclose(pseudoinverse(B), np.diag([1, 1e3]), rtol=1e-12)
    assert np.allclose(pseudoinverse(B, 1e-2), np.diag([1.0, 0.0]))
    assert np.allclose(pseudoinverse(B, 1e-4), np.diag([1, 1e3]), rtol=1e-12)


def test_default_tolerance_is_relative_to_the_larger_side():
    for shape in ((2, 6), (6, 2)):
        A = np.zeros(shape)
        A[0, 0] = 8.0
        for factor, kept in ((5.0, False), (7.0, True)):
            A[1, 1] = 8.0 * factor * EPS
            assert (pseudoinverse(A)[1, 1] != 0) == kept


def test_tolerance_zero_is_allowed():
    A = np.diag([1.0, 1e-40])
    assert np.allclose(pseudoinverse(A, 0), np.diag([1.0, 1e40]), rtol=1e-12)


@pytest.mark.parametrize("tolerance", [-1e-3, 1, 2.0, float("nan")])
def test_bad_tolerance(tolerance):
    with pytest.raises(ValueError) as caught:
        pseudoinverse(np.eye(2), tolerance)
    assert str(caught.value) == (
        f"tolerance is {tolerance!r}, expected a number from 0 to 1."
    )


# PCA


def spread(seed, n=40, d=5):
    return matrix(seed, n, d) @ matrix(seed + 1, d, d) + 3


@quick
@given(st.integers(2, 30), st.integers(1, 8), st.data())
def test_pca_against_the_covariance(n, d, data):
    k = data.draw(st.integers(1, min(n, d)))
    X = spread(16, n, d)
    kept = X.copy()
    model = PCA(k)
    assert model.fit(X) is model
    assert np.array_equal(X, kept)
    assert np.allclose(model.mean, X.mean(axis=0), rtol=0, atol=1e-13)
    assert model.components.shape == (k, d) and model.scales.shape == (k,)
    values = np.linalg.eigvalsh(np.cov(X.T, bias=True).reshape(d, d))[::-1]
    assert np.allclose(model.scales**2, values[:k], rtol=0, atol=1e-10)
    assert abs(model.share - values[:k].sum() / values.sum()) < 1e-12
    assert type(model.share) is float
    Z = model.transform(X)
    assert Z.shape == (n, k)
    assert np.allclose(Z.mean(axis=0), 0, atol=1e-12)
    assert np.allclose(Z.std(axis=0), model.scales, rtol=0, atol=1e-12)
    assert np.allclose(Z, (X - model.mean) @ model.components.T, atol=1e-12)
    back = model.inverse_transform(Z)
    frame = model.components
    assert np.allclose(back, model.mean + Z @ frame, rtol=0, atol=1e-12)
    if k == d:
        assert np.allclose(back, X, rtol=0, atol=1e-11)


def test_pca_whitens():
    X, new = spread(17), spread(18)
    plain, white = PCA(3).fit(X), PCA(3, whiten=True).fit(X)
    Z = white.transform(X)
    assert np.allclose(np.cov(Z.T, bias=True), np.eye(3), atol=1e-12)
    assert np.allclose(Z * plain.scales, plain.transform(X), atol=1e-12)
    assert np.allclose(
        white.inverse_transform(white.transform(new)),
        plain.inverse_transform(plain.transform(new)),
        rtol=0,
        atol=1e-11,
    )
    assert np.allclose(
        white.inverse_transform(np.eye(3)),
        white.mean + white.scales[:, None] * white.components,
    )


def test_pca_of_constant_data():
    X = np.full((4, 3), 2.5)
    model = PCA(2).fit(X)
    assert np.array_equal(model.scales, [0, 0]) and model.share == 1.0
    assert np.array_equal(model.transform(X), np.zeros((4, 2)))
    for value in (2.5, 0.1, 1e-200 / 3):  # the mean may be rounded
        for n in (3, 4, 7, 10):
            with pytest.raises(ValueError, match="along component 1"):
                PCA(1, whiten=True).fit(np.full((n, 3), value))
    PCA(1, whiten=True).fit(np.array([[1e6], [1e6 + 1e-6]]))


def test_whitening_refuses_directions_without_variance():
    X = spread(19)
    X[:, 4] = X[:, 0] + X[:, 1]
    PCA(4, whiten=True).fit(X)
    PCA(5).fit(X)
    with pytest.raises(ValueError) as caught:
        PCA(5, whiten=True).fit(X)
    assert str(caught.value) == (
        "X does not vary along component 5, expected a variance to divide "
        "by: choose a smaller k."
    )
    small = np.diag([1.0, 1e-8])[[0, 0, 1, 1]] * [[1], [-1], [1], [-1]]
    PCA(2, whiten=True).fit(small)


def test_pca_takes_lists_integers_and_single_precision():
    rows = [[0, 1], [2, 1], [4, 3]]
    model = PCA(1).fit(rows)
    for kind in (np.int32, np.float32, np.uint8):
        other = PCA(np.int64(1)).fit(np.array(rows, kind))
        assert np.allclose(other.components, model.components, atol=1e-14)
        assert other.transform(np.array(rows, kind)).dtype == np.float64
    assert model.transform(np.zeros((0, 2))).shape == (0, 1)
    assert model.inverse_transform(np.zeros((0, 1))).shape == (0, 2)


def test_pca_errors():
    X = spread(20, 4, 6)
    model = PCA(2)
    for use in (model.transform, model.inverse_transform):
        with pytest.raises(RuntimeError) as caught:
            use(X)
        assert str(caught.value) == (
            "this PCA has seen no data: call fit first."
        )
    for k in (0, 5):
        with pytest.raises(ValueError) as caught:
            PCA(k).fit(X)
        assert str(caught.value) == (
            f"k is {k}, expected 1 to 4: X has no more."
        )
    with pytest.raises(TypeError, match="k is 1.5, expected an integer"):
        PCA(1.5).fit(X)
    with pytest.raises(ValueError, match=says("X has shape (6,), expected")):
        model.fit(X[0])
    assert not hasattr(model, "mean")
    model.fit(X)
    with pytest.raises(ValueError, match=says("expected (any, 6)")):
        model.transform(X[:, :5])
    with pytest.raises(ValueError, match=says("Z has shape (4, 6)")):
        model.inverse_transform(X)
    with pytest.raises(ValueError, match="X holds NaN"):
        model.transform(np.full((1, 6), np.nan))
    before = model.mean.copy(), model.components.copy()
    with pytest.raises(ValueError, match="X holds NaN"):
        model.fit(np.full((4, 6), np.nan))
    assert np.array_equal(before[0], model.mean)
    assert np.array_equal(before[1], model.components)


# ClassSubspaces


def two_lines(rng, n=30):
    """Points near two crossing lines in space; the labels are 3 and 7."""
    y = np.repeat([7, 3], n)
    t = rng.uniform(-4, 4, 2 * n)
    way = np.where((y == 7)[:, None], [1.0, 0, 0], [0, 1.0, 0.5])
    X = t[:, None] * way + [1, 2, 3]
    return X + 0.01 * rng.standard_normal(X.shape), y


def test_class_subspaces_separate_crossing_lines():
    X, y = two_lines(np.random.default_rng(0))
    kept = X.copy(), y.copy()
    model = ClassSubspaces(1)
    assert model.fit(X, y) is model
    new, labels = two_lines(np.random.default_rng(1))
    assert np.mean(model.predict(new) == labels) > 0.95
    assert model.classes.tolist() == [3, 7]
    assert np.array_equal(X, kept[0]) and np.array_equal(y, kept[1])


def test_residuals_against_projections():
    rng = np.random.default_rng(2)
    X, y = rng.standard_normal((60, 6)), np.arange(60) % 3
    model = ClassSubspaces(2).fit(X, y)
    new = rng.standard_normal((5, 6))
    found = model.residuals(new)
    assert found.shape == (5, 3)
    for c in range(3):
        own = X[y == c]
        mean = own.mean(axis=0)
        V = np.linalg.svd(own - mean)[2][:2].T
        for i, x in enumerate(new):
            rest = x - mean - V @ (V.T @ (x - mean))
            assert abs(found[i, c] - rest @ rest) < 1e-11
    assert np.array_equal(model.predict(new), found.argmin(axis=1))


def test_class_subspaces_default_and_labels():
    assert ClassSubspaces().k == 10
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((30, 12)), np.repeat([5, -2], 15)
    model = ClassSubspaces().fit(X.tolist(), y.tolist())
    assert set(model.predict(X.astype(np.float32))) <= {-2, 5}
    assert model.predict(np.zeros((0, 12))).shape == (0,)
    assert model.residuals(np.zeros((0, 12))).shape == (0, 2)


def test_class_subspaces_need_examples():
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((10, 5)), np.array([0] * 7 + [1] * 3)
    ClassSubspaces(3).fit(X, y)
    with pytest.raises(ValueError) as caught:
        ClassSubspaces(4).fit(X, y)
    assert str(caught.value) == (
        "class 1 has 3 examples, expected at least k = 4: choose a smaller k."
    )
    with pytest.raises(ValueError, match="k is 6, expected 1 to 5: no more."):
        ClassSubspaces(6).fit(X, y)
    with pytest.raises(TypeError, match="k is 2.0, expected an integer"):
        ClassSubspaces(2.0).fit(X, y)


def test_class_subspaces_errors():
    X, y = matrix(21, 6, 3), np.array([0, 0, 0, 1, 1, 1])
    model = ClassSubspaces(1)
    for use in (model.predict, model.residuals):
        with pytest.raises(RuntimeError) as caught:
            use(X)
        assert str(caught.value) == (
            "this ClassSubspaces has seen no data: call fit first."
        )
    with pytest.raises(ValueError, match=says("y has shape (5,), expected")):
        model.fit(X, y[:5])
    with pytest.raises(ValueError, match="X has shape"):
        model.fit(X[0], y)
    with pytest.raises(ValueError, match="X holds NaN"):
        model.fit(X * np.nan, y)
    with pytest.raises(ValueError, match="y holds NaN"):
        model.fit(X, y * np.nan)
    assert not hasattr(model, "models")
    model.fit(X, y)
    with pytest.raises(ValueError, match=says("expected (any, 3)")):
        model.predict(X[:, :2])


# load_portrait

FILE = Path(mfdl.__file__).resolve().parents[1] / "book/data/portrait.npz"


def check_portrait(A):
    assert A.shape == (120, 100) and A.dtype == np.float64
    assert A.max() == 1 and 0 < A.min() < 0.1
    assert 0.2 < A.mean() < 0.6


def test_load_portrait():
    A = load_portrait()
    check_portrait(A)
    with np.load(FILE) as archive:
        image = archive["image"]
    assert image.dtype == np.uint8
    assert A[17, 33] == image[17, 33] / 255
    A[:] = 9
    check_portrait(load_portrait())


@pytest.mark.parametrize("kind", [str, Path])
def test_load_portrait_from_a_path(tmp_path, kind):
    copy = tmp_path / "copy.npz"
    copy.write_bytes(FILE.read_bytes())
    check_portrait(load_portrait(kind(copy)))


def test_load_portrait_from_an_installed_package(tmp_path, monkeypatch):
    package = tmp_path / "site" / "mfdl"
    (package / "_data").mkdir(parents=True)
    monkeypatch.setattr(mfdl, "__file__", str(package / "__init__.py"))
    beside = tmp_path / "site" / "book" / "data" / "portrait.npz"
    inside = package / "_data" / "portrait.npz"
    with pytest.raises(FileNotFoundError) as caught:
        load_portrait()
    assert str(caught.value) == (
        f"portrait.npz is not at {beside} or {inside}: install the package "
        "afresh, or pass the path of your copy to load_portrait."
    )
    inside.write_bytes(FILE.read_bytes())
    check_portrait(load_portrait())
    inside.unlink()
    beside.parent.mkdir(parents=True)
    beside.write_bytes(FILE.read_bytes())
    check_portrait(load_portrait())


def test_load_portrait_from_a_path_that_is_no_file(tmp_path):
    for path in (tmp_path, tmp_path / "missing.npz"):
        message = f"portrait.npz is not at {path}: install the package"
        with pytest.raises(FileNotFoundError, match=says(message)):
            load_portrait(path)


def test_load_portrait_refuses_a_damaged_file(tmp_path):
    damaged = tmp_path / "portrait.npz"
    content = bytearray(FILE.read_bytes())
    content[1000] ^= 1
    damaged.write_bytes(content)
    came = hashlib.sha256(content).hexdigest()
    with pytest.raises(ValueError) as caught:
        load_portrait(damaged)
    assert str(caught.value) == (
        f"{damaged} is damaged: its sha256 begins {came[:12]}, expected "
        "3e91c789d4e9; replace it by a fresh copy."
    )
