"""Checkers for the exercises of *Linear systems and inverses*."""

import numpy as np

from mfdl.checks._verdict import (
    Wrong,
    checker,
    expect_kept,
    expect_value,
)
from mfdl.linear_systems import lu_factor


def _same(got, other, tolerance=1e-6):
    """Whether ``got`` is an array of numbers close to ``other``."""
    try:
        got = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        return False
    if other is None or got.shape != np.shape(other):
        return False
    return np.allclose(got, other, rtol=tolerance, atol=tolerance)


def _numbers(name, got):
    """``got`` as a float array, or a Wrong that says what came."""
    if got is None:
        raise Wrong(f"Your turn: {name} returns None so far.")
    try:
        if np.asarray(got).dtype.kind in "US":
            raise TypeError  # "0" is a text, even if float("0") works
        return np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(
            f"{name} returns {type(got).__name__}, expected an array of "
            "numbers."
        ) from None


@checker
def count_solutions(answer):
    """0, 1 or infinity, for systems of every shape."""
    rng = np.random.default_rng(0)
    cases = [
        ([[1, 2, 1], [2, 4, -1], [1, -1, 3]], [3, 3, 5]),
        ([[1, 2, 1], [2, 1, -1], [1, -1, -2]], [3, 3, 1]),
        ([[1, 2, 1], [2, 1, -1], [1, -1, -2]], [3, 3, 0]),
        ([[1, 0], [0, 1], [1, 1]], [2, 3, 5]),
        ([[1, 0], [0, 1], [1, 1]], [2, 3, 4]),
        ([[1, 2], [2, 4], [3, 6]], [1, 2, 3]),
        ([[1, 2], [2, 4], [3, 6]], [1, 2, 4]),
        ([[1, 0, 2], [0, 1, 3]], [4, 5]),
        ([[1, 2, 3], [2, 4, 6]], [1, 2]),
        ([[1, 2, 3], [2, 4, 6]], [1, 3]),
        ([[0]], [0]),
        ([[0]], [1]),
        ([[2]], [3]),
        ([[2]], [0]),
    ]
    for m, r, n in [(5, 5, 5), (6, 3, 4), (4, 3, 6), (6, 4, 4)]:
        A = rng.integers(-2, 3, (m, r)) @ rng.integers(-2, 3, (r, n))
        cases += [(A, A @ rng.integers(-2, 3, n)), (A, np.arange(1, m + 1))]
    for A, b in cases:
        A, b = np.array(A), np.array(b)
        kept = A.copy(), b.copy()
        name = f"For A of shape {A.shape} and b = {b.tolist()}"
        try:
            got = answer(A, b)
        except (IndexError, ValueError) as error:  # LinAlgError as well
            if A.shape[0] == A.shape[1]:
                raise
            raise Wrong(
                f"{name} count_solutions stopped ({error}). A need not be "
                "square: compare ranks, which every matrix has."
            ) from error
        if got is None:
            raise Wrong("Your turn: count_solutions returns None so far.")
        expect_kept(("A", "b"), (A, b), kept)
        got = _numbers("count_solutions", got)
        if got.shape != ():
            raise Wrong(
                f"{name} an array of shape {got.shape} came back: "
                "expected one number, 0, 1 or np.inf."
            )
        _judge_count(name, float(got), A, b)


def _judge_count(name, got, A, b):
    """Raise Wrong unless got is the number of solutions of A x = b."""
    n, rank = A.shape[1], np.linalg.matrix_rank
    if rank(np.column_stack([A, b])) > rank(A):
        right = 0
        why = (
            "b is not in the image, and elimination finds a row that says "
            "zero equals another number. Does the rank grow when b becomes a "
            "column?"
        )
    elif rank(A) == n:
        right = 1
        why = (
            "b is in the image, and the kernel is {0}, because the rank is "
            "the number of unknowns."
        )
    else:
        right = np.inf
        why = (
            "b is in the image, and the rank is less than the number of "
            "unknowns: to a solution we may add any vector of the kernel."
        )
    if got != right:
        raise Wrong(f"{name} the answer is {got:g}, expected {right}: {why}")


@checker
def kernel_basis(answer):
    """Columns that are independent, in the kernel, and enough of them."""
    rng = np.random.default_rng(1)
    cases = [
        np.array([[1.0, 2.0, 1.0], [2.0, 4.0, -1.0]]),
        np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 3.0]]),
        np.eye(3),
        np.zeros((2, 3)),
    ]
    for m, r, n in [(4, 4, 4), (5, 2, 5), (3, 3, 7), (6, 3, 4), (3, 1, 3)]:
        left, right = np.zeros((m, r)), np.zeros((r, n))
        while np.linalg.matrix_rank(left @ right) < r:
            left = rng.integers(-2, 3, (m, r)).astype(float)
            right = rng.integers(-2, 3, (r, n)).astype(float)
        cases.append(left @ right)
    for A in cases:
        n = A.shape[1]
        k = n - np.linalg.matrix_rank(A)
        name = f"kernel_basis of a matrix of shape {A.shape}"
        kept = A.copy()
        try:
            got = answer(A)
        except (IndexError, ValueError) as error:
            if k:
                raise
            raise Wrong(
                f"{name} stopped ({error}). Its kernel is {{0}}: return an "
                f"array of shape ({n}, 0)."
            ) from error
        if got is None:
            raise Wrong("Your turn: kernel_basis returns None so far.")
        expect_kept("A", (A,), (kept,))
        _judge_kernel(name, _numbers("kernel_basis", got), A, n, k)


def _judge_kernel(name, got, A, n, k):
    """Raise Wrong unless the columns of got are a basis of the kernel."""
    shape = f"has shape {got.shape}, expected ({n}, {k})"
    if got.shape != (n, k):
        m = len(A)
        if got.shape == (k, n) and not np.any(np.abs(A @ got.T) > 1e-4):
            raise Wrong(f"{name} {shape}: the basis is in the rows; .T it.")
        if got.size == 0 and k == 0:
            raise Wrong(f"{name} {shape}: no vectors, but still n rows.")
        if got.ndim != 2:
            raise Wrong(f"{name} {shape}: one column a basis vector.")
        if got.shape[0] == m != n:
            raise Wrong(
                f"{name} {shape}: the kernel is a part of the input space, "
                "so its vectors have as many entries as A has columns."
            )
        if got.shape[1] < k:
            raise Wrong(
                f"{name} {shape}: vectors are missing. There is one for "
                "each column without a pivot."
            )
        raise Wrong(
            f"{name} {shape}: too many. There is one vector for each column "
            "without a pivot, and none for the others."
        )
    if not np.isfinite(got).all():
        raise Wrong(f"{name} holds NaN or infinity: was a pivot zero?")
    scale = np.abs(got).max(initial=1.0) * np.abs(A).max(initial=1.0)
    off = np.abs(A @ got).max(initial=0.0)
    if off > 1e-5 * scale * n:
        advice = "a kernel vector is mapped to zero."
        if _kernel_up_to_signs(A, got):
            advice = (
                "look at the sign: from x_p + M x_f = 0 follows x_p = -M x_f."
            )
        raise Wrong(
            f"{name} has a column that A maps to numbers as large as "
            f"{off:.2g}: {advice}"
        )
    if k and np.linalg.matrix_rank(got, tol=1e-6) < k:
        raise Wrong(
            f"{name} has dependent columns: a basis needs independent ones, "
            "so set one free unknown to 1 and the others to 0."
        )


def _kernel_up_to_signs(A, got):
    """Whether flipping the entries of the pivot columns repairs it."""
    free = [
        j
        for j in range(A.shape[1])
        if np.linalg.matrix_rank(A[:, : j + 1])
        == (np.linalg.matrix_rank(A[:, :j]) if j else 0)
    ]
    repaired = -got
    repaired[free] = got[free]
    return np.abs(A @ repaired).max(initial=0.0) < 1e-5


@checker
def sign_and_log(answer):
    """Sign and logarithm of the determinant, also of huge ones."""
    rng = np.random.default_rng(2)
    cases = [
        np.array([[3.0]]),
        np.array([[-3.0]]),
        np.array([[0.0, 2.0], [3.0, 0.0]]),
        rng.standard_normal((5, 5)),
        rng.standard_normal((4, 4)),
        np.array([[0.0, 2, 0], [0, 0, 3], [4, 0, 0]]),
        np.array([[1.0, 2.0], [2.0, 4.0]]),
        100 * rng.standard_normal((200, 200)),
        0.001 * np.eye(150),
    ]
    for A in cases:
        kept, n = A.copy(), len(A)
        with np.errstate(all="ignore"):
            got = answer(A)
        if got is None:
            raise Wrong("Your turn: sign_and_log returns None so far.")
        expect_kept("A", (A,), (kept,))
        pair = isinstance(got, (tuple, list, np.ndarray))
        if not pair or np.ndim(got) == 0 or len(got) != 2:
            raise Wrong(
                "sign_and_log returns something else than a pair: expected "
                "(sign, log of the absolute value)."
            )
        sign, log = (_numbers("sign_and_log", g) for g in got)
        right_sign, right_log = (float(v) for v in np.linalg.slogdet(A))
        name = f"for a matrix of size {n}"
        if sign.shape != () or log.shape != ():
            raise Wrong(
                f"The pair {name} holds arrays of shapes {sign.shape} and "
                f"{log.shape}, expected two numbers."
            )
        if right_sign == 0:
            if sign != 0 or log != -np.inf:
                raise Wrong(
                    f"The pair for the singular matrix is {got}, expected 0 "
                    "and minus infinity. lu_factor raises ValueError there: "
                    "catch it."
                )
            continue
        if _same(sign, right_log) and _same(log, right_sign):
            raise Wrong("The pair is in the wrong order: the sign first.")
        if np.isnan(log):
            raise Wrong(
                f"The logarithm {name} is NaN: some pivots are negative, and "
                "only positive numbers have a logarithm. Take their absolute "
                "values first."
            )
        if np.isinf(log):
            raise Wrong(
                f"The logarithm {name} is {log}: the determinant itself is "
                "too large or too small for a float. Add up the logarithms "
                "of the pivots instead."
            )
        for base, text in [(2, "to base 2"), (10, "to base 10")]:
            guess = right_log / np.log(base)
            if abs(guess) > 0.1 and _same(log, guess):
                raise Wrong(f"The logarithm {name} is {text}: use np.log.")
        hint = "It is the sum of the logarithms of the |U_jj|."
        name_log = f"the logarithm {name}"
        expect_value(name_log, log, right_log, tolerance=1e-4, hint=hint)
        if sign == 0 or abs(abs(sign) - 1) > 1e-6:
            raise Wrong(
                f"The sign {name} is {sign:.6g}, expected {right_sign:.0f}: "
                "use np.sign of each pivot."
            )
        if sign * right_sign < 0:
            _, U, _ = lu_factor(A)
            if sign == np.prod(np.sign(np.diag(U))):
                raise Wrong(
                    f"The sign {name} forgets the exchanges of rows: each "
                    "one changes it, and `order` tells how they were."
                )
            raise Wrong(
                f"The sign {name} is {sign:.0f}, expected {right_sign:.0f}: "
                "do the negative pivots count?"
            )


@checker
def solve_updated(answer):
    """(A + u v^T) x = b by two solves with the old factors."""
    rng = np.random.default_rng(3)
    for n in (5, 2, 12, 1):
        A = rng.standard_normal((n, n)) + 3 * n * np.eye(n)
        A = np.roll(A, 1, axis=0)  # so that rows must be exchanged
        u, v, b = rng.standard_normal((3, n)) * 2
        factors = lu_factor(A)
        given = (*factors, u, v, b)
        kept = tuple(a.copy() for a in given)
        got = answer(factors, u, v, b)
        if got is None:
            raise Wrong("Your turn: solve_updated returns None so far.")
        expect_kept(("L", "U", "order", "u", "v", "b"), given, kept)
        got = _numbers("solve_updated", got)
        name = f"solve_updated for n = {n}"
        right = np.linalg.solve(A + np.outer(u, v), b)
        p, q = np.linalg.solve(A, b), np.linalg.solve(A, u)
        r = np.linalg.solve(A, v)
        for guess, advice in [
            (p, "solves with the old matrix: the update is missing"),
            (
                np.linalg.solve(A - np.outer(u, v), b),
                "solves with A - u v^T: look at the signs",
            ),
            (
                p - (v @ p) * q,
                "is not divided by 1 + v^T q: v^T x is not v^T p, since x "
                "contains the correction itself",
            ),
            (
                p - (v @ p) / (v @ q) * q,
                "is divided by v^T q alone: the 1 is missing",
            ),
            (
                p + (v @ p) / (1 + v @ q) * q,
                "adds the correction: it is subtracted",
            ),
            (
                p - (v @ p) / (1 - v @ q) * q,
                "is divided by 1 - v^T q: it must be a plus",
            ),
            (
                np.linalg.solve(A + np.outer(v, u), b),
                "has u and v exchanged: the update is u v^T",
            ),
            (
                p - (u @ p) / (1 + u @ r) * r,
                "has u and v exchanged: the update is u v^T",
            ),
            (
                np.linalg.solve(factors[0] @ factors[1] + np.outer(u, v), b),
                "takes L U for the old matrix, but that has its rows in "
                "another order: lu_solve knows how to use `order`",
            ),
            (
                p - (v @ p) / (1 + v @ q) * u,
                "subtracts a multiple of u: it must go through the old "
                "solver first, q = A^-1 u",
            ),
        ]:
            if n > 1 and _same(got, guess) and not _same(guess, right):
                raise Wrong(f"{name} {advice}.")
        hint = "Put v^T x = c, solve for x, and then find c."
        expect_value(name, got, right, tolerance=1e-5, hint=hint)
