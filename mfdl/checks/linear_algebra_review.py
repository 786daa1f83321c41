"""Checkers for the problems that close the part on linear algebra."""

import numpy as np

from ._verdict import Wrong, checker, expect_value


def _sizes(name, got, shape, hint):
    """``got`` as a float array; Wrong unless it has this shape."""
    if got is None:
        raise Wrong(f"Your turn: {name} is None so far.")
    try:
        got = np.asarray(got)
    except ValueError:  # parts of different shapes, such as Q and R
        raise Wrong(
            f"{name} has {len(got)} parts, expected one array."
        ) from None
    if got.shape != shape:
        raise Wrong(f"{name} has shape {got.shape}, expected {shape}: {hint}")
    real = np.issubdtype(got.dtype, np.number) and not np.iscomplexobj(got)
    if not real:
        raise Wrong(f"{name} has type {got.dtype}, expected real numbers.")
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
        rows, moved = got - got[0], (X - X[0]) @ U
        if n > 1 and np.allclose(
            rows @ rows.T, moved @ moved.T, rtol=1e-4, atol=1e-5
        ):
            raise Wrong(
                "The basis is right, but the coordinates are shifted: "
                "subtract m_1, the first mean, from X, and nothing else."
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
    ones_short = np.array([[2.0, -1.0], [-1.0, 2.0]])
    _expect_norm(answer, ones_short, "the rows (2, -1) and (-1, 2)")


def _expect_norm(answer, A, what):
    largest = np.linalg.norm(A, 2)
    rng = np.random.default_rng(1)
    forward, transposed = _Map("forward", A), _Map("transposed", A.T)
    got = answer(forward, transposed, A.shape[1], rng)
    if isinstance(got, tuple | list) or np.ndim(got) > 0:
        raise Wrong("map_norm returns an array or a tuple, expected a number.")
    hint = ""
    if got is not None and np.ndim(got) == 0 and np.isreal(got):
        if np.isclose(got, largest, rtol=1e-4):
            hint = "Nearly: iterate until six digits have settled."
        elif np.isclose(got, largest**2, rtol=1e-3):
            hint = "That is the eigenvalue of A^T A: take its square root."
        elif np.isclose(got, np.linalg.norm(A), rtol=1e-6):
            hint = "That is the Frobenius norm, the root of all squares."
        elif got < 0:
            hint = "A norm is not negative."
        elif got < largest:
            hint = (
                "No unit vector found so far is lengthened most: start from "
                "a random vector, and iterate until the value settles."
            )
        else:
            hint = "Divide x by its norm in each step, before you measure."
    expect_value(
        f"the norm of {what}", got, largest, tolerance=2e-6, hint=hint
    )
    if max(len(forward.axes), len(transposed.axes)) > 1:
        raise Wrong(
            "The value is right, but you ask for A e_1, A e_2, ...: these "
            "are the columns of A. Iterate on one vector, without a matrix."
        )


class _Map:
    """x -> A x for one vector; remembers the axes it was asked for."""

    def __init__(self, name, A):
        self.name, self.A = name, A
        self.axes = set()

    def __call__(self, x):
        if np.size(x) != self.A.shape[1]:
            raise Wrong(
                f"{self.name} was called with an array of shape "
                f"{np.shape(x)}, expected one vector "
                f"({self.A.shape[1]},)."
            )
        at = np.flatnonzero(x)
        if len(at) == 1:
            self.axes.add(int(at[0]))
        return self.A @ x


@checker
def one_more(answer):
    rng = np.random.default_rng(0)
    for n, d, k in [(4, 1, 1), (3, 5, 2), (20, 6, 3)]:
        A, Y = rng.normal(size=(n, d)), rng.normal(size=(n, k))
        x, t = rng.normal(size=d), rng.normal(size=k)
        inverse = A.T @ A + 0.5 * np.eye(d)
        P = np.linalg.inv(inverse)
        V = P @ A.T @ Y
        kept = [array.copy() for array in (P, V, x, t)]
        got = answer(P, V, x, t)
        if got is None:
            raise Wrong("Your turn: one_more is None so far.")
        if not (isinstance(got, tuple | list) and len(got) == 2):
            raise Wrong("one_more returns two arrays: the new P, the new V.")
        for name, part in zip(("P", "V"), got):
            if part is None:
                raise Wrong(f"The new {name} is None so far.")
        for old, now in zip(kept, (P, V, x, t)):
            if not np.array_equal(old, now):
                raise Wrong("An argument has changed: make new arrays.")
        P_new = np.linalg.inv(inverse + np.outer(x, x))
        V_new = P_new @ (A.T @ Y + np.outer(x, t))
        case = f"for {n} examples with d = {d}, k = {k}"
        expect_value(
            f"P {case}",
            got[0],
            P_new,
            tolerance=1e-6,
            hint=_about_inverse(got[0], P, x),
        )
        expect_value(
            f"V {case}",
            got[1],
            V_new,
            tolerance=1e-6,
            hint=_about_weights(got[1], P, P_new, V, x, t),
        )


def _about_inverse(got, P, x):
    """What is probably wrong with P."""
    Px, q = P @ x, x @ P @ x
    for value, says in [
        (P, "P has not moved: subtract the outer product."),
        (P + np.outer(Px, Px) / (1 + q), "The sign: P becomes smaller."),
        (P - np.outer(Px, Px), "Divide the outer product by 1 + q."),
        (P - np.outer(Px, Px) / q, "Divide by 1 + q, not by q."),
        (P - np.outer(Px, Px) / (1 - q), "Divide by 1 + q, not by 1 - q."),
        (P - np.outer(x, x) / (1 + q), "The outer product is that of P x."),
        (P - np.outer(Px, Px) / (1 + x @ x), "q is x^T P x, not x^T x."),
        (P - (Px @ Px) / (1 + q), "(Px)(Px)^T is a matrix: an outer product."),
    ]:
        if _same(got, value):
            return says
    return ""


def _about_weights(got, P, P_new, V, x, t):
    """What is probably wrong with V."""
    error, move = t - V.T @ x, P_new @ x
    for value, says in [
        (V + np.outer(P @ x, error), "Use the new P for V, not the old one."),
        (V - np.outer(move, error), "The sign: the error is t - V^T x."),
        (V + np.outer(move, t), "Use the error t - V^T x, not t."),
        (V + np.outer(x, error), "The direction is P' x, not x."),
        (
            V + np.outer(move, error) / (1 + x @ P @ x),
            "The new P contains the division by 1 + q already.",
        ),
        (np.outer(move, t), "Add to the old V: it knows the old examples."),
        (np.outer(move, error), "Add this to the old V."),
        (V, "V has not moved."),
    ]:
        if _same(got, value):
            return says
    return ""


def _same(got, value):
    """Whether got is an array of numbers like value, of the same shape."""
    got = np.asarray(got)
    if got.shape != value.shape or got.dtype.kind not in "biufc":
        return False
    return np.allclose(got, value, rtol=1e-5, atol=1e-8)
