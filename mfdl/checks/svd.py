"""Checkers for the exercises of *The singular value decomposition*."""

import numpy as np

from mfdl.checks._verdict import (
    Wrong,
    checker,
    expect_kept,
    expect_value,
)


def _numbers(name, got, shape):
    """``got`` as a float array of this shape; Wrong says what it is else."""
    if got is None:
        raise Wrong(f"Your turn: {name} is None so far.")
    try:
        array = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(
            f"{name} is {type(got).__name__}, expected an array of numbers."
        ) from None
    if array.shape != shape:
        raise Wrong(f"{name} has shape {array.shape}, expected {shape}.")
    if not np.all(np.isfinite(array)):
        raise Wrong(
            f"{name} holds NaN or infinity: look for a division by zero, or "
            "for an unknown entry that was used."
        )
    return array


def _close(a, b, tolerance=1e-6):
    """Whether two arrays of one shape agree, relative to their size."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.shape != b.shape:
        return False
    scale = max(1.0, float(np.max(np.abs(b), initial=0.0)))
    return bool(np.all(np.abs(a - b) <= tolerance * scale))


def _components(values, share):
    """The first place where the running share reaches ``share``, from 1."""
    running = np.cumsum(values) / np.sum(values)
    return int(np.argmax(running >= share)) + 1


@checker
def components_for(answer):
    """The smallest k whose components carry the share of the variance."""
    rng = np.random.default_rng(0)
    for n, d, offset in [(30, 6, 0.0), (8, 12, 5.0), (50, 10, 20.0)]:
        X = rng.standard_normal((n, d)) * 0.75 ** np.arange(d)
        X = X + offset * np.linspace(0.5, 1.5, d)  # a mean for each column
        s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
        raw = np.linalg.svd(X, compute_uv=False)
        one = np.linalg.svd(X - X.mean(), compute_uv=False)
        running = np.cumsum(s**2) / np.sum(s**2)
        middle = [(a + b) / 2 for a, b in zip(running[:4], running[1:5])]
        for share in [running[0] / 2, *middle]:
            right = _components(s**2, share)
            kept = X.copy()
            got = answer(X, share)
            expect_kept(["X"], [X], [kept])
            if got is None:
                raise Wrong("Your turn: components_for returns None so far.")
            name = f"components_for for X of shape {X.shape}"
            if isinstance(got, (str, list, tuple, dict, bool)):
                raise Wrong(f"{name} is {got!r}, expected a whole number.")
            if np.ndim(got) == 0 and got == right:
                continue
            said = f"{name}, share {share:.2f}, is {got}, expected {right}"
            if np.ndim(got) != 0:
                raise Wrong(
                    f"{name} is an array of shape {np.shape(got)}, expected "
                    "one whole number."
                )
            if offset and got in [
                _components(a**2, share) for a in (raw, one)
            ]:
                raise Wrong(
                    f"{said}: it looks as if the mean was not subtracted. "
                    "Each column has its own: axis=0."
                )
            if got == _components(s, share):
                raise Wrong(
                    f"{said}: variances are the squares of the singular "
                    "values."
                )
            if got == right - 1:
                raise Wrong(
                    f"{said}: one too few. Python counts from 0, so add 1 to "
                    "the index of the first share that is large enough."
                )
            if got == right + 1:
                raise Wrong(
                    f"{said}: one too many. The component that first reaches "
                    "the share is the last one needed."
                )
            raise Wrong(
                f"{said}: it is the first k at which the running sum of the "
                "variances, divided by their total, reaches the share."
            )


def _power(A, v, steps):
    """The pair that the exercise describes."""
    for _ in range(steps):
        u = A @ v
        u = u / np.linalg.norm(u)
        w = A.T @ u
        sigma = np.linalg.norm(w)
        v = w / sigma
    return u, sigma, v


@checker
def leading_pair(answer):
    """(u, sigma, v) after so many rounds; lengths 1; arguments kept."""
    rng = np.random.default_rng(1)
    for m, n, steps in [(4, 3, 1), (6, 3, 2), (5, 5, 3), (9, 5, 40)]:
        A, v = rng.standard_normal((m, n)), rng.standard_normal(n)
        kept = A.copy(), v.copy()
        size = f"for A of shape {A.shape} and {steps} steps"
        got = answer(A, v, steps)
        expect_kept(("A", "v"), (A, v), kept)
        if got is None:
            raise Wrong("Your turn: leading_pair returns None so far.")
        if not isinstance(got, (tuple, list)) or len(got) != 3:
            raise Wrong(
                "leading_pair returns something else than three things: "
                "expected (u, sigma, v)."
            )
        if m != n and np.shape(got[0]) == (n,) and np.shape(got[2]) == (m,):
            raise Wrong(
                "u and v are swapped: u has one entry for each row of A and "
                "comes first."
            )
        u, sigma, w = (
            _numbers(f"{part} {size}", a, shape)
            for part, a, shape in zip(
                ("u", "sigma", "v"), got, ((m,), (), (n,))
            )
        )
        for part, a in (("u", u), ("v", w)):
            if abs(np.linalg.norm(a) - 1) > 1e-5:
                raise Wrong(
                    f"{part} {size} has norm {np.linalg.norm(a):.4g}, "
                    "expected 1: divide it by its norm in each round."
                )
        right = _power(A, v, steps)
        if _close(-u, right[0]) and _close(-w, right[2]):
            raise Wrong(
                f"u and v {size} have the opposite sign: u is the direction "
                "of A v, not of -A v."
            )
        for off, what in ((-1, "one round too few"), (1, "one too many")):
            if 0 < steps + off and _close(w, _power(A, v, steps + off)[2]):
                if not _close(w, right[2]):
                    raise Wrong(f"v {size} has gone {what}.")
        if _close(u, right[0]) and _close(w, right[2]):
            if _close(sigma, right[1] ** 2) and not _close(sigma, right[1]):
                raise Wrong(
                    f"sigma {size} is the square: take the norm of A^T u, "
                    "not the eigenvalue of A^T A."
                )
            before = v if steps == 1 else _power(A, v, steps - 1)[2]
            if not _close(sigma, right[1]) and _close(
                sigma, np.linalg.norm(A @ before)
            ):
                raise Wrong(
                    f"sigma {size} is the norm of A v, half a round too "
                    "early; expected the norm of A^T u in the last round."
                )
            if not _close(sigma, right[1]) and _close(
                sigma, np.linalg.norm(A @ w)
            ):
                raise Wrong(
                    f"sigma {size} is the norm of A v for the new v, half a "
                    "round ahead; expected the norm of A^T u in the last "
                    "round."
                )
        for part, a, b in zip(("u", "sigma", "v"), (u, sigma, w), right):
            expect_value(
                f"{part} {size}",
                a,
                b,
                tolerance=1e-6,
                hint="A round is: u = A v, divided by its norm; then v = "
                "A^T u, and sigma is the norm before v is divided by it.",
            )


def _whitened(train, mean, X):
    """X whitened by these rows and this mean; what has no scale stays out."""
    _, s, Vt = np.linalg.svd(train - mean, full_matrices=False)
    kept = s > 1e-9 * s[0] if s[0] else s > 0
    Vt, scales = Vt[kept], s[kept] / np.sqrt(len(train))
    return (X - mean) @ Vt.T / scales @ Vt


@checker
def zca(answer):
    """(X - mean) V S^-1 V^T sqrt(n), all from the training rows."""
    rng = np.random.default_rng(2)
    for n, d, m in [(20, 3, 6), (50, 8, 5), (12, 5, 1)]:
        mix = rng.standard_normal((d, d)) + 2 * np.eye(d)
        train = rng.standard_normal((n, d)) @ mix + 3
        X = rng.standard_normal((m, d)) @ mix + 2
        kept = train.copy(), X.copy()
        raw = answer(train, X)
        expect_kept(("X_train", "X"), (train, X), kept)
        name = f"zca for {n} training rows and X of shape {X.shape}"
        got = _numbers(name, raw, X.shape)
        mean = train.mean(axis=0)
        _, s, Vt = np.linalg.svd(train - mean, full_matrices=False)
        scales = s / np.sqrt(n)
        centered = X - mean
        right = centered @ Vt.T / scales @ Vt
        if _close(got, right):
            continue
        if _close(np.abs(got), np.abs(centered @ Vt.T / scales)):
            raise Wrong(
                f"{name} is white, but not turned back: multiply by V^T at "
                "the end, to return to pixels."
            )
        if _close(got, X @ Vt.T / scales @ Vt):
            raise Wrong(
                f"{name} still has its mean: subtract the mean of X_train."
            )
        if _close(got, X) or _close(got, centered):
            raise Wrong(
                f"{name} is X as it came, at most shifted: to turn back, "
                "multiply by V^T, but not by the scales again."
            )
        if _close(got, _whitened(X, X.mean(axis=0), X)):
            raise Wrong(
                f"{name} is whitened by its own statistics: take mean, "
                "scales and directions from X_train."
            )
        if _close(got, _whitened(train, train.mean(), X)):
            raise Wrong(
                f"{name} has one mean of all entries subtracted: each column "
                "has its own, axis=0."
            )
        if m > 1 and _close(got, (X - X.mean(axis=0)) @ Vt.T / scales @ Vt):
            raise Wrong(
                f"{name} has the mean of X subtracted: use the mean of "
                "X_train, or the two get different rulers."
            )
        if _close(got, right / np.sqrt(n)):
            raise Wrong(
                f"{name} is too small by the factor sqrt(n): the standard "
                "deviation is s / sqrt(n), so divide by that."
            )
        if _close(got * np.sqrt(n), right * np.sqrt(m)):
            raise Wrong(
                f"{name} uses the number of rows of X: the n of s / sqrt(n) "
                "is that of X_train."
            )
        if _close(got, centered @ Vt.T * scales @ Vt):
            raise Wrong(
                f"{name} is multiplied by the scales: whitening divides by "
                "them."
            )
        if _close(got, centered @ Vt.T / scales**2 @ Vt):
            raise Wrong(
                f"{name} is divided by variances: divide by their square "
                "roots, the standard deviations."
            )
        flip = np.sign(Vt[np.arange(d), abs(Vt).argmax(axis=1)])[:, None]
        if any(
            _close(got, centered @ V / scales @ V.T) for V in (Vt, flip * Vt)
        ):
            raise Wrong(
                f"{name} has V^T and V exchanged: the rows of Vt are the "
                "directions, so coordinates are (X - mean) @ Vt.T."
            )
        if _close(got, centered / train.std(axis=0)):
            raise Wrong(
                f"{name} is standardized pixel by pixel: that leaves the "
                "pixels correlated."
            )
        if _close(got, right * np.sqrt((n - 1) / n)):
            raise Wrong(
                f"{name} divides by n - 1 in the variance; this chapter "
                "divides by n."
            )
        expect_value(
            name,
            got,
            right,
            tolerance=1e-6,
            hint="Center with the mean of X_train, go to coordinates with "
            "V, divide by s / sqrt(n), go back with V^T.",
        )


@checker
def best_rotation(answer):
    """U V^T of X^T Y: orthogonal, and no other brings X nearer to Y."""
    rng = np.random.default_rng(3)
    for n, d in [(7, 2), (20, 3), (40, 6)]:
        X = rng.standard_normal((n, d)) * np.arange(1, d + 1)
        true, _ = np.linalg.qr(rng.standard_normal((d, d)))
        Y = X @ true + 0.3 * rng.standard_normal((n, d))
        kept = X.copy(), Y.copy()
        raw = answer(X, Y)
        expect_kept("XY", (X, Y), kept)
        name = f"best_rotation for points of shape {X.shape}"
        Q = _numbers(name, raw, (d, d))
        U, _, Vt = np.linalg.svd(X.T @ Y)
        right = U @ Vt
        if _close(Q, right):
            continue
        if _close(Q, right.T):
            raise Wrong(
                f"{name} is the transpose of the right matrix, which turns "
                "Y to X. Decompose X^T Y, not Y^T X, and return U V^T."
            )
        if _close(Q, U @ Vt.T):
            raise Wrong(
                f"{name} transposes once too often: Vt is V^T already, so "
                "the product is U @ Vt."
            )
        if _close(Q, np.linalg.lstsq(X, Y, rcond=None)[0]):
            raise Wrong(
                f"{name} is the least-squares solution, which also "
                "stretches: it is not orthogonal."
            )
        if not _close(Q.T @ Q, np.eye(d), 1e-5):
            raise Wrong(
                f"{name} is not orthogonal: Q^T Q is not the identity. Leave "
                "out the singular values."
            )
        A = X - X.mean(axis=0)
        B = Y - Y.mean(axis=0)
        P, _, Wt = np.linalg.svd(A.T @ B)
        if _close(Q, P @ Wt):
            raise Wrong(
                f"{name} has the means subtracted: the exercise turns about "
                "the origin, so use X and Y as they are."
            )
        off = np.linalg.norm(X @ Q - Y)
        best = np.linalg.norm(X @ right - Y)
        raise Wrong(
            f"{name} is orthogonal, but the distance of X Q from Y is "
            f"{off:.3g}, and {best:.3g} is possible: expand the squared norm "
            "and maximize the trace that depends on Q."
        )


def _low_rank(A, k):
    """The judge's nearest matrix of rank k."""
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U[:, :k] * s[:k] @ Vt[:k]


def _filled(A, known, k, steps, start=None):
    """The picture after so many rounds, from the mean or another start."""
    start = A[known].mean() if start is None else start
    now = np.where(known, A, start)
    for _ in range(steps):
        now = np.where(known, A, _low_rank(now, k))
    return now


@checker
def fill_in(answer):
    """The picture after the rounds, known entries kept; NaN does no harm."""
    rng = np.random.default_rng(4)
    for m, n, k, steps in [(6, 5, 1, 0), (8, 8, 2, 1), (12, 9, 2, 6)]:
        A = rng.standard_normal((m, k)) @ rng.standard_normal((k, n)) + 2
        A = A + 0.05 * rng.standard_normal((m, n))
        known = rng.uniform(size=(m, n)) < 0.7
        known[0, 0] = False
        for missing in (9.0, np.nan):
            holes = np.where(known, A, missing)
            kept = holes.copy(), known.copy()
            raw = answer(holes, known, k, steps)
            expect_kept(("A", "known"), (holes, known), kept)
            name = f"fill_in for {m} x {n}, rank {k}, {steps} steps"
            got = _numbers(name, raw, (m, n))
            right = _filled(A, known, k, steps)
            if _close(got, right):
                continue
            _explain_fill(name, got, A, known, k, steps)
            for start in (np.mean(holes), np.nanmean(holes)):
                if _close(got, _filled(A, known, k, steps, start)):
                    raise Wrong(
                        f"{name} starts from the mean of all entries, also "
                        "of the meaningless ones: take that of A[known]."
                    )
            if missing == 9 and _close(got, _filled(A, known, k, steps, 9.0)):
                raise Wrong(
                    f"{name} starts from what the unknown entries of A hold: "
                    "put the mean of the known ones there first."
                )
            expect_value(
                name,
                got,
                right,
                tolerance=1e-6,
                hint="Start from the mean of A[known]; each step takes the "
                "nearest matrix of rank k and restores the known entries.",
            )


def _explain_fill(name, got, A, known, k, steps):
    """Raise Wrong for the mistakes that have a name."""
    right = _filled(A, known, k, steps)
    cut = _low_rank(_filled(A, known, k, max(0, steps - 1)), k)
    if steps and _close(got, cut):
        raise Wrong(
            f"{name} changed known entries: put them back after the last "
            "cut, too."
        )
    if _close(got, np.where(known, right, A[known].mean())) and steps:
        raise Wrong(
            f"{name} still has the mean in the holes: keep what the cut to "
            "rank k puts there."
        )
    if _close(got, _filled(A, known, k, steps, 0.0)):
        raise Wrong(
            f"{name} starts from 0 in the holes: start from the mean of the "
            "known entries."
        )
    for off, what in ((-1, "one step too few"), (1, "one step too many")):
        if steps + off >= 0 and _close(got, _filled(A, known, k, steps + off)):
            raise Wrong(f"{name} has gone {what}.")
    for off in (-1, 1):
        if k + off and _close(got, _filled(A, known, k + off, steps)):
            raise Wrong(f"{name} cuts to rank {k + off} instead of {k}.")
    if not _close(got[known], A[known]):
        raise Wrong(
            f"{name} changed known entries: they must be those of A. Is "
            "`known` perhaps used the wrong way round?"
        )
