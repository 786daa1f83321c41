"""Checkers for the exercises of *Projections and least squares*."""

import sys
import tracemalloc

import numpy as np

from mfdl.checks._verdict import (
    Wrong,
    checker,
    expect_kept,
    expect_value,
)


def _close(got, other, tolerance=1e-8):
    """Whether ``got`` is an array of numbers close to ``other``."""
    try:
        got = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        return False
    if got.shape != np.shape(other) or not np.all(np.isfinite(got)):
        return False
    scale = max(1.0, np.max(np.abs(other), initial=0.0))
    return bool(np.all(np.abs(got - other) <= tolerance * scale))


def _count(number, noun):
    """Such as "1 unknown" or "3 unknowns"."""
    return f"{number} {noun}" + "s" * (number != 1)


def _expect_number_array(name, got, shape):
    """``got`` as floats of this shape; Wrong says what it is instead."""
    if got is None:
        raise Wrong(f"Your turn: {name} is None so far.")
    try:
        array = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(f"{name} is no array of numbers.") from None
    if array.shape != shape:
        raise Wrong(f"{name} has shape {array.shape}, expected {shape}.")
    if not np.all(np.isfinite(array)):
        raise Wrong(
            f"{name} holds NaN or infinity: look for a division by zero or "
            "a square that overflows."
        )
    return array


@checker
def back_substitution(answer):
    """Upper triangular systems, with rubbish below the diagonal."""
    rng = np.random.default_rng(0)
    for d in (1, 2, 5, 8):
        R = np.triu(rng.integers(-3, 4, (d, d))) / 4.0
        np.fill_diagonal(R, rng.choice([-4.0, 0.5, 1.0, 2.0], d))
        if d == 5:  # a permuted sign, and a whole number as right-hand side
            R[0, 0] = -1.0
        right = rng.integers(-4, 5, d) / 2.0
        right[-1] += 0.5 if right[-1] == 0 else 0.0
        b = R @ right
        rubbish = R + np.tril(rng.integers(1, 9, (d, d)), -1)
        name = f"back_substitution for {_count(d, 'unknown')}"
        for kind, M in (
            ("", R),
            (" with entries below the diagonal", rubbish),
        ):
            given = M.copy(), b.copy()
            got = answer(*given)
            if got is None:
                raise Wrong(
                    "Your turn: back_substitution returns None so far."
                )
            expect_kept("Rb", given, (M, b))
            if kind and not _close(got, right):
                raise Wrong(
                    f"{name} is wrong when R holds other numbers below the "
                    "diagonal: use only R[i, i] and R[i, i + 1:]."
                )
            if d > 1 and _close(got, right[::-1]):
                raise Wrong(
                    f"{name} is in the reverse order: the last equation gives "
                    "v[-1], the first one v[0]."
                )
            if d > 1 and _close(got, b / np.diag(R)):
                raise Wrong(
                    f"{name} is b divided by the diagonal: subtract what the "
                    "other unknowns contribute, and start from the last row, "
                    "where there are none."
                )
            if d > 1 and _close(got, _added(R, b)):
                raise Wrong(
                    f"{name} adds the known terms: they stand on the left "
                    "side, so on the right side they are subtracted."
                )
            if d > 1 and _close(got, _undivided(R, b)):
                raise Wrong(
                    f"{name} does not divide by the diagonal entry R[i, i]."
                )
            if d > 1 and _close(got, np.linalg.solve(R.T, b)):
                raise Wrong(
                    f"{name} solves with the transpose: row i of R holds "
                    "equation i, so use R[i, i + 1:], from the last i up."
                )
            expect_value(
                name,
                got,
                right,
                hint="Row i: (b[i] - R[i, i + 1:] @ v[i + 1:]) / R[i, i].",
            )
    whole = np.array([[2, 1], [0, 4]]), np.array([1, 1])
    got = answer(*whole)
    if _close(got, [0.0, 0.0]) or not _close(got, [0.375, 0.25]):
        raise Wrong(
            "For whole numbers R = [[2, 1], [0, 4]], b = [1, 1] the solution "
            f"is [0.375, 0.25], but {got} came: an array of integers cuts "
            "off the fractions; make v an array of floats."
        )


def _added(R, b):
    """Back substitution with a plus for the minus."""
    v = np.zeros(len(b))
    for i in reversed(range(len(b))):
        v[i] = (b[i] + R[i, i + 1 :] @ v[i + 1 :]) / R[i, i]
    return v


def _undivided(R, b):
    """Back substitution without the division."""
    v = np.zeros(len(b))
    for i in reversed(range(len(b))):
        v[i] = b[i] - R[i, i + 1 :] @ v[i + 1 :]
    return v


@checker
def mirror(answer):
    """Unit normals of mirrors onto the first axis; hard cases last."""
    rng = np.random.default_rng(1)
    cases = [
        ("x = (3, 4)", np.array([3.0, 4.0])),
        ("x = (-3, 4)", np.array([-3.0, 4.0])),
        ("a random x of 6 entries", rng.standard_normal(6)),
        ("x = (0, 3, 4), whose first entry is 0", np.array([0.0, 3.0, 4.0])),
        ("x = (2,)", np.array([2.0])),
        ("x = (5, 0, 0)", np.array([5.0, 0.0, 0.0])),
        ("x = (-5, 0, 0)", np.array([-5.0, 0.0, 0.0])),
        (
            "x = (1, 1e-9, -1e-9), nearly along e_1",
            np.array([1.0, 1e-9, -1e-9]),
        ),
        (
            "x = (-1, 1e-9, 1e-9), nearly along -e_1",
            np.array([-1.0, 1e-9, 1e-9]),
        ),
        ("x = (3e200, 4e200)", np.array([3e200, 4e200])),
        ("x = (3e-200, 4e-200)", np.array([3e-200, 4e-200])),
    ]
    for name, x in cases:
        given = x.copy()
        with np.errstate(all="ignore"):
            got = answer(given)
        if got is None:
            raise Wrong("Your turn: mirror returns None so far.")
        expect_kept("x", (given,), (x,))
        if np.shape(got) == (len(x), len(x)) and len(x) > 1:
            raise Wrong(
                f"mirror returns a matrix for {name}: expected the vector u "
                f"alone, of shape {x.shape}."
            )
        try:
            u = _expect_number_array(f"u for {name}", got, x.shape)
        except Wrong as wrong:
            if "e-200" in name or "e200" in name:
                raise Wrong(
                    f"{wrong} Divide x by its largest entry first, so that "
                    "no square overflows or vanishes."
                ) from None
            if x[0] < 0 and name.endswith("0, 0)"):
                raise Wrong(
                    f"{wrong} Its largest entry in size is -5, but max(x) is "
                    "0: divide by max |x_j|. And the sign of |x| must be "
                    "that of x[0], so that the two add up."
                ) from None
            if len(x) == 1 or name.endswith("0, 0)"):
                raise Wrong(
                    f"{wrong} x already points along e_1, and with the other "
                    "sign x - y is the zero vector: choose the sign so that "
                    "the two first entries add up."
                ) from None
            raise
        _judge_mirror(name, x / np.max(np.abs(x)), u)


def _judge_mirror(name, x, u):
    """Raise Wrong unless u is a unit vector whose mirror clears x."""
    length = np.linalg.norm(u)
    if abs(length - 1) > 1e-9:
        raise Wrong(
            f"u for {name} has length {length:.6g}, expected a unit vector: "
            "divide u by its norm at the end."
        )
    image = x - 2 * (u @ x) * u
    size = np.linalg.norm(x)
    if np.max(np.abs(image[1:]), initial=0.0) <= 1e-14 * size:
        return
    if x[0] == 0:
        raise Wrong(
            f"u for {name} does not clear the entries below the first one: "
            "np.sign(0) is 0, which forgets the length; np.copysign counts "
            "0 as positive."
        )
    if _close(u, x / size):
        raise Wrong(
            f"u for {name} points along x, so its mirror sends x to -x: u is "
            "the difference of x and its image, a multiple of e_1."
        )
    if "nearly" in name:
        raise Wrong(
            f"u for {name} leaves {np.max(np.abs(image[1:])):.1e} below the "
            "first entry: two nearly equal numbers were subtracted. Choose "
            "the sign of |x| so that it adds to x[0]."
        )
    raise Wrong(
        f"u for {name} sends x to {np.round(image, 4).tolist()}, expected "
        "zeros below the first entry: u is x plus or minus |x| e_1, so only "
        "the first entry differs from x."
    )


@checker
def weighted_least_squares(answer):
    """Least squares with a weight for each reading."""
    rng = np.random.default_rng(2)
    for n, d in [(4, 1), (6, 3), (3, 3), (5, 2), (40, 5)]:
        A, b = rng.standard_normal((n, d)), rng.standard_normal(n)
        c = rng.choice([0.25, 1.0, 4.0, 9.0], n)
        c[0] = 16.0
        if n > d + 1:
            c[1] = 0.0
        kept = A.copy(), b.copy(), c.copy()
        try:
            got = answer(A, b, c)
        except ValueError as error:
            raise Wrong(
                f"weighted_least_squares stopped with ValueError: {error} "
                "If you multiply A by a vector: root * A would scale the "
                "columns, root[:, None] * A scales row i."
            ) from None
        if got is None:
            raise Wrong(
                "Your turn: weighted_least_squares returns None so far."
            )
        expect_kept("Abc", (A, b, c), kept)
        name = (
            f"weighted_least_squares for {n} readings, {_count(d, 'unknown')}"
        )
        root = np.sqrt(c)
        right = _lstsq(root[:, None] * A, root * b)
        for guess, advice in [
            (_lstsq(A, b), "does not use the weights"),
            (
                _lstsq(c[:, None] * A, c * b),
                "multiplies the rows by the weights themselves: the squares "
                "then carry their squares, so multiply by the square root",
            ),
            (
                _lstsq(root[:, None] * A, b),
                "weights the rows of A but not b: both sides of an equation "
                "are multiplied",
            ),
            (
                _lstsq(A, root * b),
                "weights b but not the rows of A: both sides of an equation "
                "are multiplied",
            ),
            (
                _lstsq(A, c * b),
                "weights b but not the rows of A: both sides of an equation "
                "are multiplied, by the square root",
            ),
            (
                _lstsq(root * A, root * b) if n == d else None,
                "multiplies the columns of A: equation i is row i, so write "
                "root[:, None] * A",
            ),
        ]:
            wrong = guess is not None and _close(got, guess)
            if wrong and not _close(got, right):
                raise Wrong(f"{name} {advice}.")
        expect_value(
            name,
            got,
            right,
            tolerance=1e-8,
            hint="Multiply row i of A and b[i] by the root of c[i].",
        )
    A, b = np.array([[1.0], [1.0]]), np.array([0.0, 3.0])
    expect_value(
        "the constant for readings 0 (weight 1) and 3 (weight 2)",
        answer(A, b, np.array([1.0, 2.0])),
        np.array([2.0]),
        hint="A weight of 2 counts the reading twice.",
    )


def _lstsq(A, b):
    """The judge; NaN if it finds nothing."""
    try:
        return np.linalg.lstsq(A, b, rcond=None)[0]
    except np.linalg.LinAlgError:
        return np.full(A.shape[1], np.nan)


@checker
def fit_circle(answer):
    """Circles from points on them, and near them."""
    rng = np.random.default_rng(3)
    for p, q, r, noise in [
        (2.0, -1.0, 3.0, 0.0),
        (0.0, 0.0, 1.0, 0.0),
        (10.0, 4.0, 2.5, 0.0),
        (-3.0, 5.0, 4.0, 0.05),
    ]:
        turn = rng.uniform(0, 2 * np.pi, 12)
        points = np.column_stack([p + r * np.cos(turn), q + r * np.sin(turn)])
        points += noise * rng.standard_normal(points.shape)
        kept = points.copy()
        got = answer(points)
        if got is None:
            raise Wrong("Your turn: fit_circle returns None so far.")
        expect_kept(["points"], (points,), (kept,))
        name = f"The circle with center ({p:g}, {q:g}) and radius {r:g}"
        if isinstance(got, tuple | list) and len(got) == 2:
            raise Wrong("fit_circle returns two things, expected (p, q, r).")
        got = _expect_number_array("fit_circle", got, (3,))
        A = np.column_stack([points, np.ones(len(points))])
        v = _lstsq(A, np.sum(points**2, axis=1))
        center = v[:2] / 2
        squared = v[2] + center @ center
        right = np.append(center, np.sqrt(squared))
        if _close(got, right, 1e-6):
            continue
        mean = points.mean(axis=0)
        if _close(got[:2], v[:2]) and not _close(got[:2], center):
            raise Wrong(
                f"{name}: the first two unknowns of the linear system are 2p "
                "and 2q, so halve them."
            )
        no_ones = _lstsq(points, np.sum(points**2, axis=1)) / 2
        if _close(got[:2], no_ones) and not _close(no_ones, center):
            raise Wrong(
                f"{name}: two unknowns are not enough: the third one, "
                "r^2 - p^2 - q^2, needs a column of ones."
            )
        if _close(got[:2], -center) and not _close(got[:2], center):
            raise Wrong(
                f"{name}: the center came out mirrored: look at the sign of "
                "2 p x + 2 q y when the squares are moved to the other side."
            )
        if _close(got[:2], mean) and not _close(got[:2], center):
            raise Wrong(
                f"{name}: that is the mean of the points, which is not the "
                "center where points crowd on one side. Solve for it."
            )
        if _close(got[:2], center):
            if _close(got[2], squared):
                raise Wrong(f"{name}: the radius is squared; take its root.")
            wrong_roots = (v[2], np.sqrt(abs(v[2])))
            if any(_close(got[2], w) for w in wrong_roots):
                raise Wrong(
                    f"{name}: the third unknown is r^2 - p^2 - q^2, so add "
                    "p^2 + q^2 before you take the root."
                )
        expect_value(
            f"(p, q, r) of {name[0].lower()}{name[1:]}",
            got,
            right,
            tolerance=1e-6,
            hint="x^2 + y^2 = 2 p x + 2 q y + (r^2 - p^2 - q^2).",
        )


@checker
def leave_one_out(answer):
    """The n leave-one-out errors, against n fits."""
    rng = np.random.default_rng(4)
    for n, d in [(3, 1), (6, 2), (12, 5), (60, 6)]:
        A, b = rng.standard_normal((n, d)), rng.standard_normal(n)
        A[0] *= 3  # a row with much leverage
        right = np.empty(n)
        for i in range(n):
            rest = np.arange(n) != i
            right[i] = b[i] - A[i] @ _lstsq(A[rest], b[rest])
        kept = A.copy(), b.copy()
        with np.errstate(all="ignore"):
            got = answer(A, b)
        if got is None:
            raise Wrong("Your turn: leave_one_out returns None so far.")
        expect_kept("Ab", (A, b), kept)
        name = f"leave_one_out for {n} readings, {_count(d, 'unknown')}"
        Q = np.linalg.qr(A)[0]
        h, r = np.sum(Q**2, axis=1), b - Q @ (Q.T @ b)
        if np.shape(got) == (n,) and not np.all(np.abs(got) < 1e9):
            raise Wrong(
                f"{name} divides by 0: the columns of Q have length 1, so 1 "
                "minus the sum of such squares is 0. P_ii adds the squares "
                "in row i of Q: axis=1."
            )
        for guess, advice in [
            (
                r,
                "is the residual of the full fit, which has seen them all: "
                "divide by 1 - P_ii",
            ),
            (
                -right,
                "has the wrong sign: it is the reading minus its prediction",
            ),
            (
                b - right,
                "holds the predictions: the errors are the readings "
                "minus these",
            ),
            (r / (1 + h), "divides by 1 + P_ii: look at the sign"),
            (
                r * (1 - h),
                "multiplies by 1 - P_ii: the error of an unseen "
                "reading is larger than its residual, so divide",
            ),
            (r / h, "divides by P_ii: divide by 1 - P_ii"),
            (
                r / (1 - h) ** 2,
                "divides by the square of 1 - P_ii: once is enough",
            ),
            (right**2, "is squared: return the errors themselves"),
            (
                np.mean(right**2),
                "is one number: return one error for each reading",
            ),
            (
                r / (1 - d / n),
                "uses the mean d/n for every P_ii: each row has its own",
            ),
            (
                r / (1 - np.sqrt(h)),
                "takes the length of row i of Q: P_ii is "
                "the sum of its squares",
            ),
        ]:
            if _close(got, guess) and not _close(got, right):
                raise Wrong(f"{name} {advice}.")
        expect_value(
            name,
            got,
            right,
            tolerance=1e-8,
            hint="It is r_i / (1 - P_ii), P_ii from row i of Q.",
        )
    _expect_no_big_matrix(answer)


_SOLVERS = {
    "householder_qr",
    "inv",
    "lstsq",
    "pinv",
    "qr",
    "ridge",
    "solve",
    "solve_least_squares",
}


def _expect_no_big_matrix(answer):
    """Raise Wrong if a long A makes an (n, n) matrix, or n solutions."""
    n, solved = 1500, 0
    A = np.column_stack([np.ones(n), np.arange(n) / n])
    b = np.sin(np.arange(n))

    def count(frame, event, _):
        nonlocal solved
        solved += event == "call" and frame.f_code.co_name in _SOLVERS

    before = sys.getprofile()
    tracemalloc.start()
    sys.setprofile(count)
    try:
        answer(A, b)
    finally:
        sys.setprofile(before)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    if solved >= n:
        raise Wrong(
            f"leave_one_out solves again for each of {n} readings: one fit "
            "is enough, all errors are read off its residuals and its Q."
        )
    if peak > 8 * n * n / 2:
        raise Wrong(
            f"leave_one_out forms an ({n}, {n}) matrix for {n} readings: "
            "of P only the diagonal is needed, the row sums of Q**2, and "
            "Q @ (Q.T @ b) starts with the small product."
        )
