"""Checkers for the exercises of *Jacobians and the chain rule*."""

import numpy as np

from ._verdict import Wrong, checker, expect_value

SIZES = [(6, 4), (1, 3), (5, 1), (1, 1), (4, 4)]


def _arrays(seed, *shapes):
    """Random arrays of the given shapes, the same on every machine."""
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


def _call(answer, *arrays):
    """Call the answer on copies; refuse one that changes its inputs."""
    copies = [a.copy() for a in arrays]
    got = answer(*copies)
    name = getattr(answer, "__name__", "your function")
    if got is None:
        raise Wrong(f"Your turn: {name} returns None so far.")
    for copy, array in zip(copies, arrays, strict=True):
        if not np.array_equal(copy, array):
            raise Wrong(
                f"{name} changes one of its inputs: the caller still needs "
                "it. Compute into a new array."
            )
    return got


def _parts(got, names):
    """The answer as a tuple of one array for each name."""
    if not isinstance(got, tuple | list) or len(got) != len(names):
        what = (
            f"{len(got)} values"
            if isinstance(got, tuple | list)
            else (f"one {type(got).__name__}")
        )
        raise Wrong(
            f"Expected {len(names)} values, {', '.join(names)}, got {what}."
        )
    parts = []
    for name, part in zip(names, got, strict=True):
        if part is None:
            raise Wrong(f"{name} is None so far: the other values are there.")
        parts.append(_numbers(name, part))
    return parts


def _numbers(name, value):
    """The value as an array of numbers."""
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    if not np.issubdtype(array.dtype, np.number):
        raise Wrong(f"{name} is {value!r:.40}, expected an array of numbers.")
    return array


def _value(name, got, expected, hint):
    """The right value, to the precision in which the answer is given."""
    single = got.dtype in (np.float32, np.complex64)
    tolerance = 1e-5 if single else 1e-9
    expect_value(name, got, expected, tolerance=tolerance, hint=hint)


def _shape(name, got, owner, array, hint):
    """A gradient has the shape of what it belongs to."""
    if got.shape != array.shape:
        raise Wrong(
            f"{name} has shape {got.shape}, but {owner} has shape "
            f"{array.shape}: {hint}"
        )


@checker
def scale_shift(answer):
    """``answer(G, X, s)`` gives ds, dt, dX of Z = s * X + t."""
    for seed, (n, d) in enumerate(SIZES):
        G, X, s = _arrays(seed, (n, d), (n, d), (d,))
        got = _call(answer, G, X, s)
        ds, dt, dX = _parts(got, ["ds", "dt", "dX"])
        if d > 1 and ds.shape == (d, d) != (n, d):
            raise Wrong(
                f"ds has shape {ds.shape}, but s has shape {s.shape}: s_j "
                "meets only G_ij and X_ij with the same j, so multiply entry "
                "by entry before you add up over the examples."
            )
        adds = f"touches all {n} examples, so its gradient adds up over them."
        _shape("ds", ds, "s", s, f"each s_j {adds}")
        _shape("dt", dt, "t", s, f"each t_j {adds}")
        _shape("dX", dX, "X", X, "each input has a gradient of its own.")
        where = f"for {n} examples of {d} numbers"
        right_ds, right_dt = (G * X).sum(axis=0), G.sum(axis=0)
        if n > 1 and np.allclose(ds, right_ds / n):
            raise Wrong(
                "ds is a mean over the batch: if the loss is a mean, G has "
                "the factor 1/n already. Add up, do not average."
            )
        if not np.allclose(ds, right_ds) and np.allclose(ds, right_dt):
            raise Wrong(
                "ds is the gradient that belongs to t: the order is ds, dt, "
                "dX."
            )
        hint = (
            "A nudge u of s moves Z by u_j X_ij: pair that with G and read "
            "off what stands at u_j."
        )
        _value(f"ds {where}", ds, right_ds, hint)
        hint = "A nudge v of t moves every row of Z by v; watch the sign."
        _value(f"dt {where}", dt, right_dt, hint)
        hint = "A nudge V of X moves Z by s_j V_ij."
        _value(f"dX {where}", dX, G * s, hint)


PAIRS = [
    ((4, 3), (4, 3)),
    ((4, 3), (3,)),
    ((4, 1), (4, 3)),
    ((4, 1), (1, 3)),
    ((), (2, 3)),
    ((2, 1, 3), (5, 1)),
    ((1,), (1, 1)),
]


@checker
def multiply(answer):
    """``answer(G, A, B)`` gives dA, dB of Z = A * B, with broadcasting."""
    for seed, (a, b) in enumerate(PAIRS):
        A, B = _arrays(seed, a, b)
        A, B = np.asarray(A), np.asarray(B)
        (G,) = _arrays(100 + seed, np.broadcast_shapes(a, b))
        dA, dB = _parts(_call(answer, G, A, B), ["dA", "dB"])
        hint = (
            "where broadcasting made copies, the gradient sums over them; "
            "unbroadcast does it."
        )
        _shape("dA", dA, "A", A, hint)
        _shape("dB", dB, "B", B, hint)
        where = f"for shapes {a} and {b}"
        hint = (
            "By the product rule G is multiplied by the other factor, then "
            "summed over the copies."
        )
        _value(f"dA {where}", dA, _sum_copies(G * B, a), hint)
        _value(f"dB {where}", dB, _sum_copies(G * A, b), hint)


def _sum_copies(G, shape):
    """Sum G over the copies of each entry, one entry at a time."""
    home = np.arange(int(np.prod(shape))).reshape(shape)
    home = np.broadcast_to(home, G.shape).ravel()
    return np.bincount(
        home, weights=G.ravel(), minlength=int(np.prod(shape))
    ).reshape(shape)


@checker
def gram(answer):
    """``answer(G, X)`` gives dX of Z = X X^T."""
    for seed, (n, d) in enumerate(SIZES):
        G, X = _arrays(seed, (n, n), (n, d))
        dX = _numbers("dX", _call(answer, G, X))
        _shape("dX", dX, "X", X, "a gradient has its parameter's shape.")
        one, other = G @ X, G.T @ X
        if np.allclose(dX, one) or np.allclose(dX, other):
            raise Wrong(
                "dX counts one use of X, but X enters twice: nudge both "
                "places and add the two gradients."
            )
        if n > 1 and (np.allclose(dX, 2 * one) or np.allclose(dX, 2 * other)):
            raise Wrong(
                "dX is twice the gradient of one use. That is right only "
                "for a symmetric G: the two uses give G and its transpose."
            )
        _value(
            f"dX for {n} rows of {d} numbers",
            dX,
            one + other,
            "A nudge U moves Z by U X^T + X U^T; pair both with G.",
        )


@checker
def unit_rows(answer):
    """``answer(G, X)`` gives dX of the layer X / its rows' lengths."""
    for seed, (n, d) in enumerate(SIZES):
        G, X = _arrays(seed, (n, d), (n, d))
        dX = _numbers("dX", _call(answer, G, X))
        _shape("dX", dX, "X", X, "each row has a gradient of its own.")
        length = np.sqrt((X**2).sum(axis=1, keepdims=True))
        Z = X / length
        if d > 1 and np.allclose(dX, G / length):
            raise Wrong(
                "dX treats the lengths as constants, but every entry changes "
                "its row's length: nudge the length, too."
            )
        right = (G - (Z * G).sum(axis=1, keepdims=True) * Z) / length
        if d > 1 and np.allclose(dX, right * length):
            raise Wrong(
                "dX points the right way but is not divided by the length: "
                "a long row is turned less by the same nudge."
            )
        if d > 1 and np.allclose(
            dX, (G - (X * G).sum(axis=1, keepdims=True) * X) / length
        ):
            raise Wrong(
                "dX removes the component along x with x itself; that needs "
                "the vector of length one, z, in both places."
            )
        along = np.abs((dX * X).sum(axis=1)).max()
        hint = (
            "It must be orthogonal to X, row by row: the row's component "
            "along x is removed with a sum over that row."
            if along > 1e-6
            else "Its rows are orthogonal to X, as they should be."
        )
        _value(f"dX for {n} rows of {d} numbers", dX, right, hint)
