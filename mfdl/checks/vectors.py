"""Checkers for the exercises of *Vectors*."""

import numpy as np

from mfdl.checks._verdict import (
    Wrong,
    checker,
    eighths,
    expect_kept,
    expect_value,
)


def _array(got, name):
    """``got`` as an array of floats, None kept; Wrong for anything else."""
    if got is None:
        raise Wrong(f"Your turn: {name} returns None so far.")
    try:
        array = np.asarray(got)
    except ValueError:
        raise Wrong(
            f"{name} returns no array: its rows differ in length."
        ) from None
    if array.dtype.kind not in "biuf":
        raise Wrong(
            f"{name} returns something of type {array.dtype}, expected an "
            "array of real numbers."
        )
    return array.astype(float)


def _same(got, other):
    """Whether ``got`` has the shape and, nearly, the values of ``other``."""
    return got.shape == np.shape(other) and np.allclose(
        got, other, rtol=1e-5, atol=1e-6
    )


def _tolerance(got):
    """1e-9, but 1e-5 for an answer that was computed in float32."""
    single = getattr(got, "dtype", None) in (np.float32, np.float16)
    return 1e-5 if single else 1e-9


def _expect_none_of(name, got, right, guesses):
    """Raise Wrong with the advice of the first guess that ``got`` equals.

    A guess that happens to be right (or is None) says nothing.
    """
    for guess, advice in guesses:
        if guess is None or _same(np.asarray(guess), right):
            continue
        if _same(got, guess):
            raise Wrong(f"{name} {advice}.")


@checker
def shadow(answer):
    """(x . y / y . y) y, for vectors of several lengths."""
    rng = np.random.default_rng(0)
    for d in (3, 1, 2, 64):
        x, y = eighths(rng, d), eighths(rng, d)
        x[0], y[0] = 1.5, -0.75  # neither is zero, nor of length 1
        given, kept = (x, y), (x.copy(), y.copy())
        raw = answer(x, y)
        name = f"the shadow in {d} dimensions" if d > 1 else "the shadow"
        got = _array(raw, "shadow")
        expect_kept(("x", "y"), given, kept)
        dot, length = x @ y, np.sqrt(y @ y)
        right = dot / (y @ y) * y
        if d > 1 and got.ndim == 0:
            raise Wrong(
                "shadow returns a single number. That may be its length or "
                "the weight of y; the shadow itself is a vector, a multiple "
                "of y."
            )
        if d > 1:
            _expect_none_of(
                name,
                got,
                right,
                [
                    (
                        dot / length * y,
                        "is divided by the length of y only once: the shadow "
                        "on 2y must be the shadow on y, so divide by y . y",
                    ),
                    (
                        dot * y,
                        "is not divided by anything: y need not have length "
                        "1, so divide by y . y",
                    ),
                    (
                        dot / (x @ x) * x,
                        "is the shadow of y on the line of x: it must be a "
                        "multiple of y",
                    ),
                    (
                        dot / (x @ x) * y,
                        "is divided by x . x: the length of x does not "
                        "matter for the direction, divide by y . y",
                    ),
                    (
                        x - right,
                        "is what remains of x beside its shadow: it is "
                        "orthogonal to y, not a multiple of it",
                    ),
                    (
                        abs(dot) / (y @ y) * y,
                        "points along y although the dot product is "
                        "negative: it must point against y, so keep the sign",
                    ),
                    (
                        dot / (length * np.sqrt(x @ x)) * y,
                        "is y times the cosine: the weight of y is "
                        "(x . y) / (y . y), which grows with x",
                    ),
                    (
                        x * y / (y @ y) * y,
                        "multiplies entry by entry: add up the products to "
                        "one number, the dot product x @ y",
                    ),
                ],
            )
        expect_value(
            name,
            got,
            right,
            tolerance=_tolerance(raw),
            hint="It is y times (x . y) / (y . y).",
        )


@checker
def squared_distances(answer):
    """|x_i - y_j|^2, also far from the origin and for close points."""
    rng = np.random.default_rng(1)
    for n, m, d in [(4, 3, 5), (3, 3, 3), (1, 5, 1), (6, 1, 64)]:
        X, Y = eighths(rng, n, d), eighths(rng, m, d)
        given, kept = (X, Y), (X.copy(), Y.copy())
        raw = answer(X, Y)
        got = _array(raw, "squared_distances")
        expect_kept(("X", "Y"), given, kept)
        name = f"squared_distances for {n} rows against {m}"
        differences = X[:, None, :] - Y
        right = np.sum(differences**2, axis=2)
        if _same(got, np.sum((Y[:, None, :] - X) ** 2, axis=2)) and n != m:
            raise Wrong(
                f"{name} is transposed: entry (i, j) belongs to row i of X "
                "and row j of Y."
            )
        squares = np.sum(X**2, axis=1)[:, None] + np.sum(Y**2, axis=1)
        dots = X @ Y.T
        centered = (X - X.mean(axis=0))[:, None, :] - (Y - Y.mean(axis=0))
        _expect_none_of(
            name,
            got,
            right,
            [
                (
                    np.sqrt(right) if d > 1 else None,
                    "holds the distances, not their squares: leave out the "
                    "root",
                ),
                (
                    np.sum(np.abs(differences), axis=2) if d > 1 else None,
                    "adds up absolute values: square the differences",
                ),
                (
                    right / d if d > 1 else None,
                    "is the mean over the coordinates: it must be their sum",
                ),
                (
                    squares - dots,
                    "subtracts the dot product once: (a - b)^2 has the "
                    "middle term -2ab",
                ),
                (
                    squares + 2 * dots,
                    "adds the dot products: look at the sign of the middle "
                    "term",
                ),
                (
                    squares,
                    "lacks the dot products: |x - y|^2 is not |x|^2 + |y|^2 "
                    "unless x and y are orthogonal",
                ),
                (
                    -2 * dots,
                    "lacks the squared lengths of the rows",
                ),
                (
                    np.sum(centered**2, axis=2),
                    "moves X and Y by different vectors, which changes their "
                    "distances: subtract the same vector from both",
                ),
                (
                    differences if d > 1 else None,
                    "holds the differences of all coordinates: square them "
                    "and add them up along the last axis",
                ),
                (
                    np.sum(differences**2, axis=1) if d > 1 else None,
                    "adds up along the wrong axis: add up over the "
                    "coordinates, the last axis",
                ),
            ],
        )
        if n == m and _same(got, np.sum((X - Y) ** 2, axis=1)):
            raise Wrong(
                f"{name} compares row i with row i only: all pairs of rows "
                "are asked."
            )
        expect_value(name, got, right, tolerance=_tolerance(raw))
    base = rng.standard_normal((40, 64))
    got = _array(answer(base, base), "squared_distances")
    if got.shape == (40, 40) and got.min() < 0:
        raise Wrong(
            "squared_distances of rows with themselves has an entry below 0: "
            "rounding did that, and its root would be NaN. Cut off at 0 with "
            "np.maximum."
        )
    tiny = 2.0**-20
    X, Y = eighths(rng, 4, 3), eighths(rng, 5, 3)
    raw = answer(X * tiny, Y * tiny)
    got = _array(raw, "squared_distances") / tiny**2
    right = np.sum((X[:, None, :] - Y) ** 2, axis=2)
    hint = (
        "(Shown divided by 2^-40.) These rows lie very close together, and "
        "nothing but a number below 0 may be cut off, and to 0."
    )
    expect_value(
        "squared_distances of close rows",
        got,
        right,
        tolerance=max(1e-8, _tolerance(raw)),
        hint=hint,
    )
    far = eighths(rng, 5, 3) + 2.0**27  # exact in float64
    got = _array(answer(far, far[:4]), "squared_distances")
    right = np.sum((far[:, None, :] - far[:4]) ** 2, axis=2)
    hint = (
        "These rows lie far from the origin, where |x|^2 - 2 x.y + |y|^2 "
        "cancels: subtract the same vector from all rows first, or form "
        "the differences before you square."
    )
    expect_value(
        "squared_distances far out", got, right, tolerance=1e-6, hint=hint
    )


@checker
def signed_distances(answer):
    """(w . x + b) / |w| for each row."""
    rng = np.random.default_rng(2)
    cases = [
        (5, 3, 1.25),
        (1, 1, 0.5),
        (4, 4, -0.75),
        (0, 2, 3.0),
        (7, 64, 0.0),
    ]
    for n, d, b in cases:
        X, w = eighths(rng, n, d), eighths(rng, d)
        w[0] = -2.5
        given, kept = (X, w), (X.copy(), w.copy())
        raw = answer(X, w, b)
        got = _array(raw, "signed_distances")
        expect_kept(("X", "w"), given, kept)
        name = f"signed_distances of {n} rows in {d} dimensions"
        dots, length = X @ w, np.sqrt(w @ w)
        right = (dots + b) / length
        if n > 1:
            _expect_none_of(
                name,
                got,
                right,
                [
                    (
                        np.abs(right),
                        "has lost its signs: leave out the absolute value",
                    ),
                    (
                        dots + b,
                        "is not divided by the length of w, so it would "
                        "change if w and b were doubled",
                    ),
                    (
                        (dots + b) / (w @ w),
                        "is divided by |w|^2: that is the multiple of w to "
                        "go, and each w has the length |w|. Divide by |w|",
                    ),
                    (
                        dots / length + b,
                        "divides only the dot product: the bias is part of "
                        "the numerator",
                    ),
                    (
                        dots + b / length,
                        "divides only the bias: put brackets around the "
                        "numerator w . x + b",
                    ),
                    (
                        dots / length,
                        "has no bias: for b = 0 the hyperplane would pass "
                        "through the origin",
                    ),
                    (
                        (dots - b) / length,
                        "subtracts the bias: the hyperplane is w . x + b = 0",
                    ),
                    (
                        -right,
                        "has the wrong sign: it is positive on the side to "
                        "which w points",
                    ),
                    (
                        (dots + b) / np.abs(w).sum(),
                        "is divided by the 1-norm of w: take the Euclidean "
                        "one",
                    ),
                ],
            )
        hint = "Entry i is (w . x_i + b) / |w|."
        expect_value(name, got, right, tolerance=_tolerance(raw), hint=hint)


@checker
def extend_basis(answer):
    """The rows of V first, then unit vectors, d independent rows in all."""
    rng = np.random.default_rng(3)
    cases = [
        np.array([[1.0, 0, 0]]),
        np.array([[0.0, 0, 1], [0, 1, 1]]),
        np.array([[1.0, 1, 0, 0], [1, -1, 0, 0]]),
        np.eye(3)[::-1] + 0.0,
        np.array([[2.0]]),
        np.triu(np.ones((5, 5)))[2:4],
        eighths(rng, 3, 7),
    ]
    for V in cases:
        m, d = V.shape
        kept = V.copy()
        got = _array(answer(V), "extend_basis")
        expect_kept("V", (V,), (kept,))
        rows = "row" if m == 1 else "rows"
        name = f"extend_basis for {m} {rows} in {d} dimensions"
        if got.shape == (d - m, d) != (d, d):
            raise Wrong(
                f"{name} returns the new vectors only: the rows of V come "
                "first, then these."
            )
        if got.shape == (d + m, d):
            raise Wrong(
                f"{name} has {d + m} rows: more than {d} vectors are always "
                "dependent. Keep only the unit vectors that are new."
            )
        if got.shape != (d, d):
            raise Wrong(
                f"{name} has shape {got.shape}, expected ({d}, {d}): a basis "
                f"has as many vectors as the dimension."
            )
        if not _same(got[:m], V):
            if _same(got[-m:], V):
                where = "they stand at the end"
            elif _same(got[:, :m], V.T):
                where = "they stand in the columns, so transpose"
            else:
                where = "they are not there"
            raise Wrong(
                f"The first {m} rows of {name} must be those of V, "
                f"unchanged: {where}."
            )
        ones = np.sum(got[m:] == 1, axis=1) == 1
        zeros = np.sum(got[m:] == 0, axis=1) == d - 1
        if not np.all(ones & zeros):
            raise Wrong(f"{name} adds a row that is no unit vector.")
        if np.linalg.matrix_rank(got) < d:
            raise Wrong(
                f"The rows of {name} are dependent: a unit vector was added "
                "that is a combination of the rows before it."
            )


@checker
def nearest_neighbor(answer):
    """Labels of the nearest rows; labels that are no places, and ties."""
    rng = np.random.default_rng(4)
    for n, m, d in [(6, 4, 2), (5, 5, 3), (1, 3, 4), (40, 20, 64)]:
        A, Q = eighths(rng, n, d), eighths(rng, m, d)
        A[:, 0] *= 4  # so that lengths differ
        labels = rng.integers(10, 90, n)
        given, kept = (A, labels, Q), (A.copy(), labels.copy(), Q.copy())
        got = _array(answer(*given), "nearest_neighbor")
        expect_kept(("X_train", "y_train", "X"), given, kept)
        D = np.sum((Q[:, None, :] - A) ** 2, axis=2)
        name = f"nearest_neighbor for {m} rows"
        right = labels[D.argmin(axis=1)]
        if n > 1:
            _expect_none_of(
                name,
                got,
                right,
                [
                    (
                        D.argmin(axis=1),
                        "holds the places of the nearest rows: look up their "
                        "labels in y_train",
                    ),
                    (
                        D.min(axis=1),
                        "holds the squared distances: find where the "
                        "smallest is, then its label",
                    ),
                    (
                        labels[D.argmax(axis=1)],
                        "takes the farthest row: argmin, not argmax",
                    ),
                    (
                        labels[(Q @ A.T).argmax(axis=1)],
                        "takes the row with the largest dot product, which "
                        "favors long rows: subtract half their squared "
                        "length, or compute distances",
                    ),
                ],
            )
            if n != m and got.shape == (n,):
                raise Wrong(
                    f"{name} has one answer for each of the {n} training "
                    "rows: the smallest must be taken along the training "
                    "rows, axis 1 of an array (n, n_train)."
                )
            taxi = np.abs(Q[:, None, :] - A).sum(axis=2).argmin(axis=1)
            advice = "measures with the 1-norm: square the differences"
            guesses = [(labels[taxi], advice)]
            unit = A / np.sqrt(np.sum(A**2, axis=1, keepdims=True))
            advice = "takes the largest cosine: the smallest distance is asked"
            guesses.append((labels[(Q @ unit.T).argmax(axis=1)], advice))
            _expect_none_of(name, got, right, guesses)
        hint = "It is the label of the training row at smallest distance."
        expect_value(name, got, right, tolerance=0, hint=hint)
    # the mean of these rows is (2, 0): whoever subtracts it does not round
    A = np.array([[0.0, 1], [0, -1], [0, 1], [8, -1]])
    got = answer(A, np.array([5, 7, 3, 9]), np.array([[2.0, 0]]))
    hint = "The first three rows are equally far: the first one counts."
    expect_value(
        "nearest_neighbor for a tie", got, [5], tolerance=0, hint=hint
    )
