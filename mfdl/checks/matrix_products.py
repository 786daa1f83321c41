"""Checkers for the exercises of *Matrix products*."""

from itertools import pairwise

import numpy as np

from mfdl.checks._verdict import (
    Wrong,
    checker,
    eighths,
    expect_kept,
    expect_value,
)


def _same(got, other):
    """Whether ``got`` is an array of numbers close to ``other``."""
    try:
        got = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        return False
    return got.shape == np.shape(other) and np.allclose(got, other)


@checker
def outer_sum(answer):
    """G^T X as a sum of outer products; also for a batch of 0."""
    rng = np.random.default_rng(0)
    for n, d_out, d_in in [(4, 4, 4), (1, 2, 3), (5, 3, 2), (0, 2, 3)]:
        G, X = eighths(rng, n, d_out), eighths(rng, n, d_in)
        kept = G.copy(), X.copy()
        try:
            got = answer(G, X)
        except (IndexError, ValueError) as error:
            if n:
                raise
            raise Wrong(
                f"outer_sum stopped for a batch of 0 ({error}): start the "
                f"total from zeros of shape ({d_out}, {d_in}), not from the "
                "first example."
            ) from error
        expect_kept("GX", (G, X), kept)
        name = f"outer_sum for a batch of {n}"
        if got is None:
            raise Wrong("Your turn: outer_sum returns None so far.")
        if _same(got, X.T @ G):
            raise Wrong(
                f"{name} is X^T G, the transpose of what is asked: each "
                "example adds np.outer(g, x), with g first."
            )
        if n and n == d_out == d_in and _same(got, G @ X):
            raise Wrong(
                f"{name} is G X, which pairs columns of G with rows of X; "
                "G^T X pairs row i of G with row i of X."
            )
        if n > 1 and d_out == d_in == n and _same(got, G @ X.T):
            raise Wrong(
                f"{name} is G X^T: the loop runs over columns, but examples "
                "are rows. Take row i of G and row i of X."
            )
        if n == d_out == d_in and _same(got, np.full_like(G, np.sum(G * X))):
            raise Wrong(
                f"{name} adds one number to all entries: g @ x is the dot "
                "product. np.outer(g, x) has an entry for each pair."
            )
        if n > 1 and _same(got, G.T @ X / n):
            raise Wrong(
                f"{name} is the mean over the examples; G^T X is their sum."
            )
        if n > 1 and _same(got, np.outer(G[-1], X[-1])):
            raise Wrong(
                f"{name} holds the last example only: add each outer product "
                "to a running total."
            )
        if n > 1 and _same(got, np.outer(G[0], X[0])):
            raise Wrong(
                f"{name} holds the first example only: return the total after "
                "the loop, not inside it."
            )
        if n == 0 and np.ndim(got) == 0:
            raise Wrong(
                f"{name} is a single number, expected zeros of shape "
                f"({d_out}, {d_in}): start the total from such an array."
            )
        expect_value(
            name, got, G.T @ X, hint="Entry (i, j) adds up G[s, i] * X[s, j]."
        )


@checker
def fold_standardization(answer):
    """(W / scale, b - (W / scale) mean), without touching W or b."""
    rng = np.random.default_rng(1)
    for d_out, d_in in [(4, 4), (1, 1), (2, 3), (10, 64)]:
        W, b = eighths(rng, d_out, d_in), eighths(rng, d_out)
        mean, scale = eighths(rng, d_in), rng.choice([0.5, 2, 4, 8], d_in)
        given = W, b, mean, scale
        kept = tuple(a.copy() for a in given)
        got = answer(*given)
        if got is None:
            raise Wrong("Your turn: fold_standardization returns None so far.")
        expect_kept(("W", "b", "mean", "scale"), given, kept)
        if not isinstance(got, (tuple, list)) or len(got) != 2:
            raise Wrong(
                "fold_standardization returns something else than a pair: "
                "expected (new W, new b)."
            )
        new_W, new_b = got
        right = W / scale
        size = f"for d_in = {d_in}, d_out = {d_out}"
        if np.shape(new_W) == b.shape and np.shape(new_b) == W.shape:
            raise Wrong(
                "The pair is in the wrong order: the new W comes first, then "
                "the new b."
            )
        if _same(new_W, W * scale):
            raise Wrong(
                f"The new W {size} is W times scale: the pixels were divided "
                "by it, so the weights are, too."
            )
        square = d_out == d_in > 1
        if square and _same(new_W, W / scale[:, None]):
            raise Wrong(
                f"The new W {size} has its rows divided. Column j of W meets "
                "pixel j, so it is column j that is divided by scale[j]."
            )
        hint = "Entry (i, j) is W[i, j] / scale[j]."
        expect_value(f"the new W {size}", new_W, right, hint=hint)
        for guess, advice in [
            (b, "is the old b: the mean was not subtracted anywhere"),
            (b + right @ mean, "adds the mean: look at the sign"),
            (b - W @ mean, "uses the old weights: the mean is divided, too"),
            (
                b - mean[:d_out],
                "subtracts the mean itself: it must go "
                "through the weights first",
            ),
            (
                b - right.T @ mean if square else None,
                "adds up over the outputs: b[i] meets row i of the new W, so "
                "add up over the pixels",
            ),
        ]:
            if guess is not None and _same(new_b, guess):
                raise Wrong(f"The new b {size} {advice}.")
        if np.shape(new_b) == W.shape:
            raise Wrong(
                f"The new b {size} has the shape of W: the star multiplies "
                "entry by entry. The at sign adds up over the pixels, too."
            )
        hint = "It is b minus (the new W) times mean."
        expect_value(f"the new b {size}", new_b, b - right @ mean, hint=hint)


@checker
def augment(answer):
    """The block matrix [[W, b], [0, 1]]."""
    rng = np.random.default_rng(2)
    for d_out, d_in in [(2, 3), (1, 1), (3, 3), (10, 64)]:
        W, b = eighths(rng, d_out, d_in), eighths(rng, d_out)
        kept = W.copy(), b.copy()
        got = answer(W, b)
        if got is None:
            raise Wrong("Your turn: augment returns None so far.")
        expect_kept("Wb", (W, b), kept)
        top, zeros = np.column_stack([W, b]), np.zeros((1, d_in))
        right = np.vstack([top, np.append(zeros, 1.0)])
        name = f"augment for d_in = {d_in}, d_out = {d_out}"
        if _same(got, top):
            raise Wrong(
                f"{name} has no last row: the 1 is lost after this layer, and "
                "the next one needs it."
            )
        if _same(got, right.T):
            raise Wrong(
                f"{name} is transposed: b belongs in the last column, next to "
                "W."
            )
        if np.shape(got) == right.shape:
            last = np.asarray(got)[-1]
            first = np.roll(right, 1, axis=1)
            if _same(got, first) or _same(got, np.roll(first, 1, axis=0)):
                raise Wrong(
                    f"{name} is made for the 1 in front, (1, x). Here the 1 "
                    "comes last: b is the last column, and the row that "
                    "copies the 1 is the last row."
                )
            if _same(last, np.zeros(d_in + 1)):
                raise Wrong(
                    f"{name} has a last row of zeros, which turns the 1 into "
                    "0: its last entry must be 1."
                )
            if _same(last, np.ones(d_in + 1)):
                raise Wrong(
                    f"{name} has a last row of ones, which adds up all inputs "
                    "and the 1: expected zeros, then a single 1."
                )
        hint = "It maps (x, 1) to (W x + b, 1)."
        expect_value(name, got, right, hint=hint)


def _fewest(sizes):
    """The fewest flops, by trying each last product (short chains)."""
    if len(sizes) <= 2:
        return 0
    return min(
        _fewest(sizes[: s + 1])
        + _fewest(sizes[s:])
        + 2 * sizes[0] * sizes[s] * sizes[-1]
        for s in range(1, len(sizes) - 1)
    )


def _in_turn(sizes):
    """Flops from left to right."""
    return sum(2 * sizes[0] * r * p for r, p in pairwise(sizes[1:]))


@checker
def cheapest(answer):
    """The fewest flops of a chain, also of a long one."""
    tried = [
        [3, 4],
        [2, 3, 4],
        [30, 35, 15, 5, 10, 20, 25],
        [512, 512, 512, 1],
        [1, 64, 32, 10],
        [4, 9, 3, 6, 2, 8],
        [7, 2, 7, 2, 7, 2, 7],
        [20, 1, 20, 3, 40, 1, 2],
        [3, 2, 1, 2],
        [9, 2, 3, 7, 1],
    ]
    for sizes in tried:
        given = list(sizes)
        got = answer(given)
        if got is None:
            raise Wrong("Your turn: cheapest returns None so far.")
        if given != sizes:
            raise Wrong(
                "The list of sizes was changed by the call: it belongs to "
                "the caller. Work on a copy."
            )
        right, name = _fewest(sizes), f"cheapest({sizes})"
        if right and np.ndim(got) == 0:
            if _same(got, right / 2):
                raise Wrong(
                    f"{name} is {got}, which counts multiplications only: "
                    f"with the additions it is {right}."
                )
            if len(sizes) == 3 and _same(got, right - sizes[0] * sizes[2]):
                raise Wrong(
                    f"{name} is {got}, a product counted as a p (2 r - 1). "
                    f"Here it counts as 2 a r p, which is {right}."
                )
            if _same(got, _in_turn(sizes)) and got != right:
                raise Wrong(
                    f"{name} is {got}, the cost from left to right. Another "
                    f"bracketing takes {right} flops: try each last product."
                )
            if _same(got, _in_turn(sizes[::-1])) and got != right:
                raise Wrong(
                    f"{name} is {got}, the cost from right to left. Another "
                    f"bracketing takes {right} flops: try each last product."
                )
        hint = "Some other last product is cheaper."
        if len(sizes) == 2:
            hint = "A single matrix takes no product at all."
        if isinstance(got, (int, float, np.number)) and got < right:
            hint = "No bracketing is that cheap: is a product left out?"
        expect_value(name, got, right, tolerance=0, hint=hint)
    # six pairs (2, 5)(5, 2), their five products, then the two ends
    long, right = [5, 2] * 7 + [5], 6 * 40 + 5 * 16 + 40 + 100
    name = f"cheapest of {len(long) - 1} matrices"
    expect_value(name, answer(long), right, tolerance=0)


_BLOCKS = ("upper left", "upper right", "lower left", "lower right")


def _wrong_blocks(got, right):
    """The names of the half-size blocks in which two matrices differ."""
    h = len(right) // 2
    corners = slice(None, h), slice(h, None)
    places = [(rows, columns) for rows in corners for columns in corners]
    return [
        name
        for name, place in zip(_BLOCKS, places, strict=True)
        if not _same(np.asarray(got)[place], right[place])
    ]


@checker
def strassen(answer):
    """A B from seven products of half-size blocks."""
    rng = np.random.default_rng(3)
    for d in (2, 4, 6, 10):
        A, B = eighths(rng, d, d), eighths(rng, d, d)
        kept, shapes = (A.copy(), B.copy()), []

        def multiply(P, Q, shapes=shapes):
            shapes.append((np.shape(P), np.shape(Q)))
            return np.asarray(P) @ np.asarray(Q)

        got = answer(A, B, multiply)
        name, half, n = f"strassen for d = {d}", (d // 2, d // 2), len(shapes)
        if got is None:
            raise Wrong("Your turn: strassen returns None so far.")
        expect_kept("AB", (A, B), kept)
        if n == 0:
            raise Wrong(
                f"{name} never calls multiply: each of the seven products is "
                "one call, multiply(P, Q)."
            )
        if any(shape != (half, half) for shape in shapes):
            P, Q = next(s for s in shapes if s != (half, half))
            raise Wrong(
                f"{name} multiplies shapes {P} and {Q}; expected blocks of "
                f"shape {half} only: cut first."
            )
        if n == 8:
            raise Wrong(
                f"{name} calls multiply 8 times: that is the plain rule for "
                "blocks. Make the seven products first, then only add them."
            )
        if n != 7:
            raise Wrong(f"{name} calls multiply {n} times, expected 7.")
        right = A @ B
        if np.shape(got) in [(2, 2, *half), (4, *half)]:
            raise Wrong(
                f"{name} is a list of four blocks: put them together to one "
                f"matrix of shape ({d}, {d}), as np.block does."
            )
        if np.shape(got) == right.shape:
            if d > 2 and _same(got, right.T):
                raise Wrong(f"{name} is the transpose of A B.")
            wrong = _wrong_blocks(got, right)
            h, whole = d // 2, np.asarray(got)
            if wrong == list(_BLOCKS[1:3]) and _same(
                whole[:h, h:], right[h:, :h]
            ):
                raise Wrong(
                    f"{name} has the upper right and the lower left block "
                    "exchanged: M3 + M5 belongs to row group 1, column group "
                    "2."
                )
            if wrong:
                raise Wrong(
                    f"{name} is wrong in the block at the "
                    f"{' and the '.join(wrong)}. Look at the signs of its "
                    "terms, and at the order of the factors in each M."
                )
        expect_value(name, got, right)
        # the answer must be made of what multiply returns, of nothing else
        doubled = answer(
            A, B, lambda P, Q: 2 * (np.asarray(P) @ np.asarray(Q))
        )
        if not _same(doubled, 2 * right):
            raise Wrong(
                f"{name} multiplies matrices without multiply somewhere: "
                "each block of the result must be a sum of the seven that "
                "multiply returned."
            )
