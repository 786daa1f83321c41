"""Checkers for the exercises of *Tensors and convolution*."""

import numpy as np

from mfdl.checks._verdict import (
    Wrong,
    checker,
    expect_kept,
    expect_value,
)

try:
    import tracemalloc
except ImportError:  # a Python without it cannot see what was allocated
    tracemalloc = None


def _whole(rng, *shape):
    """Random whole numbers as floats: float32 adds them up exactly, too."""
    return rng.integers(-9, 10, shape).astype(float)


def _same(got, other):
    """Whether ``got`` is an array of numbers close to ``other``."""
    try:
        got = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        return False
    return got.shape == np.shape(other) and np.allclose(got, other)


def _expect_none_of(name, got, right, guesses):
    """Raise Wrong with the advice of the first guess that ``got`` equals."""
    for guess, advice in guesses:
        if guess is not None and not _same(guess, right) and _same(got, guess):
            raise Wrong(f"{name} {advice}")


@checker
def circulant(answer):
    """C_ij = a_(i-j), indices modulo d."""
    rng = np.random.default_rng(0)
    for d in (4, 1, 2, 3, 7):
        a = rng.permutation(np.arange(1, d + 1)).astype(float)
        kept = a.copy()
        got = answer(a)
        name = f"circulant(a) for d = {d}"
        if got is None:
            raise Wrong("Your turn: circulant returns None so far.")
        expect_kept(["a"], [a], [kept])
        right = np.stack([np.roll(a, j) for j in range(d)], axis=1)
        differ = np.subtract.outer(np.arange(d), np.arange(d))
        last = np.stack([np.roll(a, j + 1) for j in range(d)], axis=1)
        _expect_none_of(
            name,
            got,
            right,
            [
                (
                    right.T,
                    "is the transpose: its first row is a. Expected a as the "
                    "first column, so stack the shifts as columns.",
                ),
                (
                    np.where(differ >= 0, right, 0),
                    "has zeros above the diagonal: indices are taken modulo "
                    "d, so that i - j = -1 means the last entry of a.",
                ),
                (
                    a[(np.add.outer(np.arange(d), np.arange(d))) % d],
                    "depends on i + j: expected i - j, the difference.",
                ),
                (last, "starts with the shift by one: column 0 is a itself."),
                (
                    np.diag(a),
                    "is a diagonal matrix: each entry of a belongs along a "
                    "whole diagonal that wraps around.",
                ),
            ],
        )
        expect_value(name, got, right, hint="Entry (i, j) is a[(i - j) % d].")


@checker
def kron_apply(answer):
    """(A kron B) x without the large matrix."""
    rng = np.random.default_rng(1)
    # Square first: there a swapped or untransposed factor can be named.
    for m, n, h, w in [(3, 3, 3, 3), (2, 3, 4, 5), (1, 1, 1, 1), (1, 4, 3, 2)]:
        A, B, x = _whole(rng, m, n), _whole(rng, h, w), _whole(rng, n * w)
        kept = A.copy(), B.copy(), x.copy()
        got = answer(A, B, x)
        if got is None:
            raise Wrong("Your turn: kron_apply returns None so far.")
        expect_kept("ABx", (A, B, x), kept)
        name = f"kron_apply for A {A.shape}, B {B.shape}"
        rows, right = x.reshape(n, w), np.kron(A, B) @ x
        columns = x.reshape(n, w, order="F")
        square = m == n == h == w
        image = A @ rows @ B.T
        if _same(got, image) and image.ndim != right.ndim:
            raise Wrong(
                f"{name} has shape {np.shape(got)}: the values are right, but "
                f"a vector of {m * h} numbers is asked. Read it row by row."
            )
        _expect_none_of(
            name,
            got,
            right,
            [
                (
                    np.kron(B, A) @ x,
                    "is (B kron A) x: with rows read one after the other, A "
                    "acts on the first axis of the image.",
                ),
                (
                    (A @ rows @ B).reshape(-1) if square else None,
                    "multiplies by B where it should by its transpose: A X "
                    "B^T.",
                ),
                (
                    (A @ columns @ B.T).reshape(-1),
                    "stacks columns on the way in: reshape x row by row, "
                    "NumPy's own order.",
                ),
                (
                    image.reshape(-1, order="F"),
                    "stacks columns on the way out: read the result row by "
                    "row, NumPy's own order.",
                ),
                (
                    (A.T @ rows @ B).reshape(-1) if square else None,
                    "is the transpose of the matrix times x: look at which "
                    "of the factors are transposed.",
                ),
            ],
        )
        hint = "It is A X B^T, read row by row, with X = x.reshape(n, w)."
        expect_value(name, got, right, hint=hint)
    d = 30
    A, B, x = _whole(rng, d, d), _whole(rng, d, d), _whole(rng, d * d)
    if _peak(answer, A, B, x) > 8 * d**4 // 2:
        raise Wrong(
            "kron_apply is right but builds the large matrix: for two 30 x 30 "
            "matrices it took megabytes. Reshape x to an image and multiply "
            "it from both sides."
        )


def _peak(answer, *arguments):
    """Bytes that a call takes at most; 0 where they cannot be seen."""
    if tracemalloc is None or tracemalloc.is_tracing():
        return 0
    tracemalloc.start()
    try:
        answer(*arguments)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@checker
def average_pool(answer):
    """Means of size x size blocks."""
    rng = np.random.default_rng(2)
    tried = [
        (2, 3, 4, 6, 2),
        (1, 1, 2, 2, 2),
        (2, 1, 6, 6, 3),
        (3, 2, 5, 4, 1),
    ]
    for n, c, h, w, size in [*tried, (1, 2, 4, 4, 2), (0, 1, 4, 4, 2)]:
        X = _whole(rng, n, c, h, w) * 36
        kept = X.copy()
        got = answer(X, size)
        if got is None:
            raise Wrong("Your turn: average_pool returns None so far.")
        expect_kept(["X"], [X], [kept])
        high, wide = h // size, w // size
        blocks = X.reshape(n, c, high, size, wide, size)
        right = blocks.mean(axis=(3, 5))
        name = f"average_pool of {X.shape} with size {size}"
        strips = X.reshape(n, c, size, high, size, wide).mean(axis=(2, 4))
        runs = X.reshape(n, c, high, wide, size, size).mean(axis=(4, 5))
        _expect_none_of(
            name,
            got,
            right,
            [
                (
                    blocks.sum(axis=(3, 5)),
                    "holds sums: expected means, the sums divided by "
                    f"{size * size}.",
                ),
                (
                    blocks.max(axis=(3, 5), initial=-np.inf),
                    "holds the largest pixel of each block: that is max "
                    "pooling, expected means.",
                ),
                (
                    strips,
                    "averages pixels that stand far apart: in the reshape "
                    "the number of the block comes first, then the place in "
                    "the block.",
                ),
                (
                    runs,
                    "averages pixels that follow each other in memory: split "
                    "the row axis and the column axis each into two, (h // "
                    "size, size, w // size, size).",
                ),
                (
                    blocks.mean(axis=(2, 4)),
                    "averages over axes 2 and 4, the numbers of the blocks, "
                    "and keeps the places in a block: the mean runs over "
                    "the two axes of length size, 3 and 5.",
                ),
                (
                    X[:, :, ::size, ::size],
                    "keeps one pixel of each block: expected the mean of all "
                    "of them.",
                ),
                (
                    right.mean(axis=1) if c > 1 else None,
                    "has lost the channel axis: average over the two short "
                    "axes only.",
                ),
            ],
        )
        hint = "Axis h becomes (h // size, size); average over the last of it."
        expect_value(name, got, right, hint=hint)


def _adjoint(Z, K):
    """Scatter each number of Z over a window."""
    k, (high, wide) = len(K), Z.shape
    image = np.zeros((high + k - 1, wide + k - 1))
    for u, v in np.ndindex(high, wide):
        image[u : u + k, v : v + k] += Z[u, v] * K
    return image


@checker
def conv_adjoint(answer):
    """W^T Z for the layer with kernel K."""
    rng = np.random.default_rng(3)
    for high, wide, k in [(4, 5, 3), (1, 1, 1), (3, 3, 2), (1, 2, 4)]:
        Z, K = _whole(rng, high, wide), _whole(rng, k, k)
        kept = Z.copy(), K.copy()
        got = answer(Z, K)
        if got is None:
            raise Wrong("Your turn: conv_adjoint returns None so far.")
        expect_kept("ZK", (Z, K), kept)
        name = f"conv_adjoint of Z {Z.shape} with a {k} x {k} kernel"
        right = _adjoint(Z, K)
        shape = np.shape(got)
        if k > 1 and shape == Z.shape:
            raise Wrong(
                f"{name} has the shape of Z: expected the shape of the input "
                f"image, {right.shape}. Each number of Z goes to a whole "
                "window."
            )
        if k > 1 and shape == (high - k + 1, wide - k + 1):
            raise Wrong(
                f"{name} has shape {shape}: that is the layer applied once "
                f"more. The way back leads to the larger image {right.shape}."
            )
        _expect_none_of(
            name,
            got,
            right,
            [
                (
                    _adjoint(Z, K[::-1, ::-1]),
                    "has the kernel turned by 180 degrees: the pixel (u + r, "
                    "v + s) was multiplied by K[r, s] on the way forward, and "
                    "is on the way back. (conv2d with padding needs the "
                    "turned kernel, a scatter does not.)",
                ),
                (
                    _adjoint(Z, K.T),
                    "has the kernel transposed: the transpose of the large "
                    "matrix W does not transpose K.",
                ),
                (
                    _adjoint(Z, K[::-1]),
                    "has the kernel's rows reversed, but not its columns.",
                ),
                (
                    _adjoint(Z, K[:, ::-1]),
                    "has the kernel's columns reversed, but not its rows.",
                ),
                (
                    _overwrite(Z, K),
                    "keeps only the last window wherever windows overlap: "
                    "their contributions add up, so use +=.",
                ),
                (
                    _overwrite_moved(Z, K),
                    "keeps only the last weight wherever the moved copies of "
                    "Z overlap: they add up, so use +=.",
                ),
            ],
        )
        hint = "Entry (i, j) adds up K[i - u, j - v] * Z[u, v]."
        expect_value(name, got, right, hint=hint)
    entries = 20**2 * 22**2
    if _peak(answer, _whole(rng, 20, 20), _whole(rng, 3, 3)) > 2 * entries:
        raise Wrong(
            "conv_adjoint is right but builds the large matrix W: for Z of "
            "20 x 20 it took a megabyte. Add K[r, s] * Z to the image, moved "
            "by (r, s), for each weight."
        )


def _overwrite(Z, K):
    """The scatter with = instead of +=."""
    k, (high, wide) = len(K), Z.shape
    image = np.zeros((high + k - 1, wide + k - 1))
    for u, v in np.ndindex(high, wide):
        image[u : u + k, v : v + k] = Z[u, v] * K
    return image


def _overwrite_moved(Z, K):
    """Copies of Z moved by (r, s), times K[r, s], with = instead of +=."""
    k, (high, wide) = len(K), Z.shape
    image = np.zeros((high + k - 1, wide + k - 1))
    for r, s in np.ndindex(k, k):
        image[r : r + high, s : s + wide] = K[r, s] * Z
    return image
