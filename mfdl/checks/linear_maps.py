"""Checkers for the exercises of *Linear maps*."""

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
        got = np.asarray(got)
        got = np.asarray(got.real, dtype=float)  # expect_value sees the rest
    except (TypeError, ValueError):
        return False
    return got.shape == np.shape(other) and np.allclose(got, other)


def _expect_pair(name, got, parts):
    """The two parts of ``got``; Wrong if it is no pair."""
    if got is None:
        raise Wrong(f"Your turn: {name} returns None so far.")
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise Wrong(
            f"{name} returns something else than a pair: expected ({parts})."
        )
    return got


@checker
def by_columns(answer):
    """W x as a combination of columns; also without any column."""
    rng = np.random.default_rng(0)
    for d_out, d_in in [(3, 3), (1, 1), (2, 4), (4, 2), (3, 0)]:
        W, x = eighths(rng, d_out, d_in), eighths(rng, d_in)
        kept = W.copy(), x.copy()
        name = f"by_columns for W of shape ({d_out}, {d_in})"
        try:
            got = answer(W, x)
        except (IndexError, ValueError) as error:
            if d_in == d_out:
                raise
            if d_in:
                raise Wrong(
                    f"{name} stopped ({error}): there are d_in = {d_in} "
                    f"columns W[:, j], and each has d_out = {d_out} entries."
                ) from error
            raise Wrong(
                f"by_columns stopped for a matrix without columns ({error}): "
                "start the total from zeros, not from the first column."
            ) from error
        if got is None:
            raise Wrong("Your turn: by_columns returns None so far.")
        expect_kept("Wx", (W, x), kept)
        right = W @ x
        if d_in == d_out > 1 and _same(got, x @ W):
            raise Wrong(
                f"{name} combines the rows of W: column j is W[:, j], not "
                "W[j]."
            )
        if d_in > 1 and _same(got, W.sum(axis=1)):
            raise Wrong(
                f"{name} adds up the columns without their weights: column j "
                "counts x[j] times."
            )
        if d_in > d_out > 1 and _same(got, W[:, :d_out] @ x[:d_out]):
            raise Wrong(
                f"{name} leaves out columns: there are d_in = {d_in} columns "
                f"W[:, j], as many as entries of x, not d_out = {d_out}."
            )
        if d_in > 1 and _same(got, x[-1] * W[:, -1]):
            raise Wrong(
                f"{name} holds the last column only: add each one to a "
                "running total."
            )
        if d_in > 1 and _same(got, x[0] * W[:, 0]):
            raise Wrong(
                f"{name} holds the first column only: return the total after "
                "the loop, not inside it."
            )
        if d_in > 1 and _same(got, W * x):
            raise Wrong(
                f"{name} is a matrix, with the columns already weighted: they "
                "still have to be added up."
            )
        if d_in == 0 and np.ndim(got) == 0:
            raise Wrong(
                f"{name} is a single number, expected {d_out} zeros: start "
                "the total from np.zeros of that length."
            )
        hint = "It is the sum of x[j] times W[:, j]."
        expect_value(name, got, right, tolerance=1e-6, hint=hint)


def _down(size):
    """The right matrix, from the entries of the rows below the first."""
    return np.eye(size**2, k=-size)


@checker
def shift_down(answer):
    """The matrix that moves an image down by one row."""
    for size in (3, 2, 8, 1):
        got, right, n = answer(size), _down(size), size**2
        if got is None:
            raise Wrong("Your turn: shift_down returns None so far.")
        name = f"shift_down({size})"
        if _same(got, np.zeros(n)) or (
            np.shape(got) == (size, size) and size > 1
        ):
            raise Wrong(
                f"{name} has shape {np.shape(got)}: an image has size**2 = "
                f"{n} pixels, so the matrix has shape ({n}, {n})."
            )
        if size > 1 and _same(got, right.T):
            raise Wrong(
                f"{name} moves the image up, it is the transpose: row i of "
                "the matrix says which pixel the *result* copies at i, and "
                "that is the one above."
            )
        blocks = np.kron(np.eye(size), np.eye(size, k=-1))
        if size > 1 and (_same(got, blocks) or _same(got, blocks.T)):
            raise Wrong(
                f"{name} moves the image sideways: neighbors in a row differ "
                "by 1 in number, neighbors in a column by size."
            )
        if size > 1 and _same(got, np.eye(n, k=-1)):
            raise Wrong(
                f"{name} moves every pixel one number on, which is sideways, "
                "with the last of a row going to the next row: the pixel "
                "above has number i - size."
            )
        if size > 1 and _same(got, np.roll(np.eye(n), size, axis=0)):
            raise Wrong(
                f"{name} lets the bottom row come in again at the top: the "
                "row that enters is blank, so the first rows of the matrix "
                "are zero."
            )
        if _same(got, np.eye(n)):
            raise Wrong(f"{name} is the identity: nothing moves.")
        hint = "Row i has a single 1, at i - size, if that is a pixel."
        expect_value(name, got, right, tolerance=1e-6, hint=hint)


@checker
def affine_parts(answer):
    """(W, b) of a black box, with at most d_in + 1 calls."""
    rng = np.random.default_rng(1)
    for d_out, d_in in [(3, 3), (1, 1), (2, 4), (10, 64)]:
        V, s = eighths(rng, d_out, d_in), eighths(rng, d_out) + 3
        calls = []

        def f(x, V=V, s=s, calls=calls):
            calls.append(np.shape(x))
            if np.shape(x) != (V.shape[1],):
                raise Wrong(
                    f"f was called with an argument of shape {np.shape(x)}: "
                    "it takes one vector at a time, here of shape "
                    f"({V.shape[1]},)."
                )
            return V @ np.asarray(x, dtype=float) + s

        size = f"for d_in = {d_in}, d_out = {d_out}"
        try:
            got = answer(f, d_in)
        except (IndexError, ValueError) as error:
            if d_in == d_out:
                raise
            raise Wrong(
                f"affine_parts stopped {size} ({error}): f takes {d_in} "
                f"numbers and returns {d_out}, so W has shape ({d_out}, "
                f"{d_in})."
            ) from error
        W, b = _expect_pair("affine_parts", got, "W, b")
        if np.shape(W) == (d_out,) and np.shape(b) == (d_out, d_in):
            raise Wrong("The pair is in the wrong order: W comes first.")
        if _same(W, V + s[:, None]):
            raise Wrong(
                f"W {size} has the bias in each column: subtract b = f(0) "
                "from f(e_j)."
            )
        if d_in > 1 and (_same(W, V.T) or _same(W, (V + s[:, None]).T)):
            raise Wrong(
                f"W {size} is transposed: f(e_j) is a column of W, not a row."
            )
        if d_out == d_in > 1 and _same(W, V + s[:, None] - s):
            raise Wrong(
                f"W {size} has the bias added along the wrong axis: b belongs "
                "to the outputs, so subtract it from each column f(e_j)."
            )
        hint = "Column j is f(e_j) - f(0)."
        expect_value(f"W {size}", W, V, tolerance=1e-6, hint=hint)
        if d_in > 0 and _same(b, -s):
            raise Wrong(f"b {size} has the wrong sign: it is f(0) itself.")
        if _same(b, V.sum(axis=1) + s):
            raise Wrong(f"b {size} is f at a vector of ones: take zeros.")
        hint = "It is f at the zero vector."
        expect_value(f"b {size}", b, s, tolerance=1e-6, hint=hint)
        if len(calls) > d_in + 1:
            raise Wrong(
                f"affine_parts called f {len(calls)} times {size}: d_in + 1 "
                f"= {d_in + 1} calls are enough; keep f(0) in a variable."
            )


def _rotation(rng, d):
    """An orthonormal basis: random mirrors, one after the other."""
    V = np.eye(d)
    for _ in range(d):
        n = rng.standard_normal(d)
        V = V - 2 * np.outer(n, n @ V) / (n @ n)
    return V


@checker
def in_basis(answer):
    """M_ij = v_i . W v_j for an orthonormal basis in the columns of V."""
    rng = np.random.default_rng(2)
    for d in (3, 2, 1, 8):
        W, V = eighths(rng, d, d), _rotation(rng, d)
        kept = W.copy(), V.copy()
        got = answer(W, V)
        if got is None:
            raise Wrong("Your turn: in_basis returns None so far.")
        expect_kept("WV", (W, V), kept)
        right = V.T @ W @ V
        name = f"in_basis for d = {d}"
        for guess, advice in [
            (
                right.T,
                "is transposed: row i belongs to the vector v_i on the left, "
                "column j to the vector that is mapped",
            ),
            (
                V @ W @ V.T,
                "takes the rows of V for the basis: its columns V[:, j] are",
            ),
            (
                W @ V,
                "has the columns f(v_j), still in the usual coordinates: take "
                "their dot products with the basis vectors",
            ),
            (
                V.T @ W,
                "has the columns f(e_j) in the new coordinates: map the basis "
                "vectors v_j, not the unit vectors",
            ),
            (W, "is W itself, the matrix in the usual coordinates"),
        ]:
            if d > 1 and _same(got, guess):
                raise Wrong(f"{name} {advice}.")
        if d > 1 and _same(got, np.diag(np.diag(right))):
            raise Wrong(
                f"{name} has only its diagonal: i and j run independently, so "
                "there are d * d dot products."
            )
        hint = "Entry (i, j) is V[:, i] @ (W @ V[:, j])."
        expect_value(name, got, right, tolerance=1e-5, hint=hint)


def _until_right(A, theta):
    """theta after passes until no row is wrong, or after a hundred."""
    for _ in range(100):
        theta, mistakes = _pass(A, theta)
        if mistakes == 0:
            break
    return theta


def _pass(A, theta, *, wrong=lambda product: product <= 0, sign=1):
    """One pass of the perceptron, or of one that errs."""
    mistakes = 0
    for a in A:
        if wrong(theta @ a):
            theta, mistakes = theta + sign * a, mistakes + 1
    return theta, mistakes


@checker
def one_pass(answer):
    """One pass of the perceptron, from zero and from elsewhere."""
    rng = np.random.default_rng(3)
    # One pass leaves the first case wrong, but several passes would end.
    cases = [(np.array([[0.5]]), np.array([-2.25]))]
    for n, d in [(6, 3), (1, 1), (20, 5), (9, 2)]:
        cases.append((eighths(rng, n, d), eighths(rng, d)))
        cases.append((eighths(rng, n, d), np.zeros(d)))
    cases.append((np.zeros((0, 3)), np.ones(3)))
    for A, theta in cases:
        kept = A.copy(), theta.copy()
        got = _expect_pair("one_pass", answer(A, theta), "theta, mistakes")
        expect_kept(("A", "theta"), (A, theta), kept)
        new, count = got
        right, mistakes = _pass(A, theta)
        start = "zero" if not theta.any() else "another vector"
        rows = "1 row" if len(A) == 1 else f"{len(A)} rows"
        size = f"after {rows}, begun at {start},"
        if np.ndim(new) == 0 and np.shape(count) == theta.shape:
            raise Wrong(
                "The pair is in the wrong order: theta comes first, then the "
                "number of mistakes."
            )
        for guess, advice in [
            (
                _pass(A, theta, wrong=lambda product: product < 0)[0],
                "misses the rows with product 0: from theta = 0 nothing would "
                "ever move, so the test is <= 0",
            ),
            (
                _pass(A, theta, sign=-1)[0],
                "moves away from the rows: add a, do not subtract it",
            ),
            (
                _pass(A, theta, wrong=lambda product: product > 0)[0],
                "corrects the rows that are right: add a where the product is "
                "not positive",
            ),
            (
                theta + A.sum(axis=0),
                "adds every row: only mistakes are corrected",
            ),
            (
                theta + A[A @ theta <= 0].sum(axis=0),
                "tests all rows with the old theta: each row must meet the "
                "theta of its moment, so go one after the other",
            ),
            (
                _pass(A, np.zeros(len(theta)))[0],
                "begins at zero: begin at the theta that was passed in",
            ),
            (
                _until_right(A, theta),
                "comes from several passes: meet each row once, then stop",
            ),
        ]:
            if _same(new, guess) and not _same(new, right):
                raise Wrong(f"theta {size} {advice}.")
        hint = "Add the row wherever theta @ a <= 0."
        expect_value(f"theta {size}", new, right, tolerance=1e-6, hint=hint)
        if np.ndim(count) == 0 and _same(count, len(A) - mistakes):
            if 2 * mistakes != len(A):
                raise Wrong(
                    f"The count {size} is that of the right rows: count the "
                    "mistakes."
                )
        hint = "Count one for each row that was added."
        expect_value(f"the count {size}", count, mistakes, hint=hint)
