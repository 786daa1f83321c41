"""Checkers for the problems that close the part on linear algebra."""

import numpy as np

from ._verdict import Wrong, checker, expect_value


def _sizes(name, got, shape, hint):
    """``got`` as a float array; Wrong unless it has this shape."""
    if got is None:
        raise Wrong(f"Your turn: {name} is None so far.")
    got = np.asarray(got)
    if got.shape != shape:
        raise Wrong(f"{name} has shape {got.shape}, expected {shape}: {hint}")
    if not np.issubdtype(got.dtype, np.number):
        raise Wrong(f"{name} has type {got.dtype}, expected numbers.")
    return got.astype(float)


@checker
def mean_coordinates(answer):
    rng = np.random.default_rng(0)
    for n, d, k in [(5, 4, 3), (1, 7, 2), (12, 64, 10)]:
        X, M = rng.normal(size=(n, d)), rng.normal(size=(k, d))
        kept = X.copy(), M.copy()
        got = _sizes(
            f"mean_coordinates for {n} images and {k} means",
            answer(X, M),
            (n, k - 1),
            "one coordinate for each difference m_c - m_1, c = 2, ..., k.",
        )
        if not (np.array_equal(X, kept[0]) and np.array_equal(M, kept[1])):
            raise Wrong("X or M has changed: work on new arrays.")
        differences = (M[1:] - M[0]).T
        U = np.linalg.svd(differences, full_matrices=False)[0]
        expected = ((X - M[0]) @ U) @ ((X - M[0]) @ U).T
        if np.allclose(got @ got.T, expected, rtol=1e-4, atol=1e-5):
            continue
        unshifted = (X @ U) @ (X @ U).T
        if np.allclose(got @ got.T, unshifted, rtol=1e-4, atol=1e-5):
            raise Wrong(
                "The lengths are those of the rows of X, projected: subtract "
                "the first mean from X before you take dot products."
            )
        raw = (X - M[0]) @ differences
        if np.allclose(got, raw, rtol=1e-4, atol=1e-5):
            raise Wrong(
                "These are dot products with the differences themselves, "
                "which are neither of length 1 nor orthogonal: take an "
                "orthonormal basis of their span first."
            )
        raise Wrong(
            "The coordinates do not have the lengths and angles of the "
            "projections of x - m_1 on the span of the differences: is the "
            "basis orthonormal, and does it span m_c - m_1 for c = 2, ..., k?"
        )


@checker
def map_norm(answer):
    rng = np.random.default_rng(0)
    for shape in [(3, 3), (6, 2), (2, 6), (1, 1), (30, 20)]:
        A = rng.normal(size=shape)
        _expect_norm(answer, A, f"a random matrix of shape {shape}")
    turn = 3 * np.linalg.qr(rng.normal(size=(5, 5)))[0]
    _expect_norm(answer, turn, "3 times a turn, whose singular values agree")
    symmetric = np.diag([2.0, -5.0, 1.0])
    _expect_norm(answer, symmetric, "diag(2, -5, 1)")


def _expect_norm(answer, A, what):
    largest = np.linalg.norm(A, 2)
    rng = np.random.default_rng(1)
    got = answer(lambda x: A @ x, lambda z: A.T @ z, A.shape[1], rng)
    hint = ""
    if got is not None and np.ndim(got) == 0 and np.isreal(got):
        if np.isclose(got, largest**2, rtol=1e-3):
            hint = "That is the eigenvalue of A^T A: take its square root."
        elif abs(got) < largest:
            hint = (
                "No unit vector found so far is lengthened most: iterate "
                "until the value settles."
            )
        else:
            hint = "Divide x by its norm in each step, before you measure."
    expect_value(
        f"the norm of {what}", got, largest, tolerance=2e-6, hint=hint
    )


@checker
def leave_one_out(answer):
    rng = np.random.default_rng(0)
    for n, d in [(5, 1), (8, 3), (40, 6)]:
        A = rng.normal(size=(n, d)) * 10.0 ** rng.uniform(-1, 1, size=d)
        b = rng.normal(size=n)
        kept = A.copy(), b.copy()
        got = answer(A, b)
        if not (np.array_equal(A, kept[0]) and np.array_equal(b, kept[1])):
            raise Wrong("A or b has changed: work on new arrays.")
        H = A @ np.linalg.pinv(A)
        residual = b - H @ b
        expected = residual / (1 - np.diag(H))
        hint = "Compare with a loop that really leaves row i out."
        came = np.asarray(got) if got is not None else None
        if came is not None and came.shape == (n,) and came.dtype.kind == "f":
            for value, says in [
                (
                    residual,
                    "These are the residuals of the fit to all rows: row i "
                    "has pulled the fit towards itself; divide by 1 - H_ii.",
                ),
                (
                    -expected,
                    "The sign is turned: the error is b_i minus the "
                    "prediction.",
                ),
                (
                    residual / (1 + np.diag(H)),
                    "A point pulls the fit towards itself, so the error is "
                    "larger than the residual: 1 - H_ii, not 1 + H_ii.",
                ),
                (
                    residual / np.sqrt(1 - np.diag(H)),
                    "That divides by a square root: see the equation for p "
                    "once more.",
                ),
                (
                    b - expected,
                    "These are the predictions; the errors are b_i minus "
                    "them.",
                ),
            ]:
                if np.allclose(came, value, rtol=1e-5, atol=1e-8):
                    hint = says
        expect_value(
            f"leave_one_out for A of shape {A.shape}",
            got,
            expected,
            tolerance=1e-6,
            hint=hint,
        )
