"""Wrong answers to the code exercises of *Projections and least squares*."""

import numpy as np

from mfdl.least_squares import solve_least_squares


def back_substitution(R, b):
    """Right: by recursion on the last unknown."""
    R, b = np.triu(np.asarray(R, float)), np.asarray(b, float)
    if len(b) == 0:
        return b
    last = b[-1] / R[-1, -1]
    rest = back_substitution(R[:-1, :-1], b[:-1] - R[:-1, -1] * last)
    return np.append(rest, last)


def back_top_down(R, b):
    """Wrong: from the first equation down."""
    v = np.zeros(len(b))
    for i in range(len(b)):
        v[i] = (b[i] - R[i, i + 1 :] @ v[i + 1 :]) / R[i, i]
    return v


def back_plus(R, b):
    """Wrong: adds the known terms."""
    v = np.zeros(len(b))
    for i in reversed(range(len(b))):
        v[i] = (b[i] + R[i, i + 1 :] @ v[i + 1 :]) / R[i, i]
    return v


def back_undivided(R, b):
    """Wrong: forgets the diagonal."""
    v = np.zeros(len(b))
    for i in reversed(range(len(b))):
        v[i] = b[i] - R[i, i + 1 :] @ v[i + 1 :]
    return v


def back_diagonal(R, b):
    """Wrong: divides by the diagonal and no more."""
    return b / np.diag(R)


def back_full(R, b):
    """Wrong: uses what stands below the diagonal."""
    return np.linalg.solve(R, b)


def back_transposed(R, b):
    """Wrong: takes columns for rows."""
    return np.linalg.solve(np.triu(R).T, b)


def back_reversed(R, b):
    """Wrong: collects the unknowns from the last one on."""
    return back_substitution(R, b)[::-1]


def back_in_place(R, b):
    """Wrong: right result, written over b."""
    for i in reversed(range(len(b))):
        b[i] = (b[i] - R[i, i + 1 :] @ b[i + 1 :]) / R[i, i]
    return b


def back_integer(R, b):
    """Wrong: an array of the type of b cuts off fractions."""
    v = np.array(b)
    for i in reversed(range(len(v))):
        v[i] = (b[i] - R[i, i + 1 :] @ v[i + 1 :]) / R[i, i]
    return v


def mirror(x):
    """Right: in two steps, with the sign by a condition."""
    u = np.array(x, dtype=float)
    u = u / np.abs(u).max()
    length = np.sqrt(u @ u)
    u[0] = u[0] + length if u[0] >= 0 else u[0] - length
    return u / np.sqrt(u @ u)


def mirror_along_x(x):
    """Wrong: mirrors x to -x."""
    u = x / np.max(np.abs(x))
    return u / np.linalg.norm(u)


def mirror_no_unit(x):
    """Wrong: right direction, not a unit vector."""
    u = x / np.max(np.abs(x))
    u[0] += np.copysign(np.linalg.norm(u), u[0])
    return u


def mirror_cancels(x):
    """Wrong: always subtracts the length."""
    u = x / np.max(np.abs(x))
    u[0] -= np.linalg.norm(u)
    return u / np.linalg.norm(u)


def mirror_cancels_guarded(x):
    """Wrong: subtracts the length, and guards the zero vector only."""
    u = x / np.max(np.abs(x))
    u[0] -= np.linalg.norm(u)
    if not u.any():
        u[0] = 1.0
    return u / np.linalg.norm(u)


def mirror_sign_zero(x):
    """Wrong: np.sign of a first entry 0 is 0."""
    u = x / np.max(np.abs(x))
    u[0] += np.sign(u[0]) * np.linalg.norm(u)
    return u / np.linalg.norm(u)


def mirror_overflows(x):
    """Wrong: squares entries of 1e200."""
    u = x.copy()
    u[0] += np.copysign(np.sqrt(u @ u), u[0])
    return u / np.sqrt(u @ u)


def mirror_largest_signed(x):
    """Wrong: the largest entry instead of the largest in size."""
    u = x / np.max(x)
    u[0] += np.copysign(np.linalg.norm(u), u[0])
    return u / np.linalg.norm(u)


def mirror_all_entries(x):
    """Wrong: adds the length to every entry."""
    u = x / np.max(np.abs(x))
    u = u + np.copysign(np.linalg.norm(u), u[0])
    return u / np.linalg.norm(u)


def mirror_matrix(x):
    """Wrong: returns the reflection instead of its vector."""
    u = mirror(x)
    return np.eye(len(x)) - 2 * np.outer(u, u)


def mirror_in_place(x):
    """Wrong: right result, but writes into x."""
    x /= np.max(np.abs(x))
    x[0] += np.copysign(np.linalg.norm(x), x[0])
    return x / np.linalg.norm(x)


def _fit(A, b):
    return np.linalg.lstsq(A, b, rcond=None)[0]


def weighted_least_squares(A, b, c):
    """Right: by the weighted normal equations."""
    A = np.asarray(A, float)
    return np.linalg.solve((A.T * c) @ A, (A.T * c) @ b)


def weighted_not(A, b, c):
    """Wrong: ignores the weights."""
    return _fit(A, b)


def weighted_no_root(A, b, c):
    """Wrong: multiplies by the weights, not by their roots."""
    return _fit(c[:, None] * A, c * b)


def weighted_rows_only(A, b, c):
    """Wrong: leaves b as it is."""
    return _fit(np.sqrt(c)[:, None] * A, b)


def weighted_b_only(A, b, c):
    """Wrong: leaves A as it is."""
    return _fit(A, np.sqrt(c) * b)


def weighted_b_only_no_root(A, b, c):
    """Wrong: the weights on b alone, without the root."""
    return _fit(A, c * b)


def weighted_in_place(A, b, c):
    """Wrong: right result, but writes into A."""
    root = np.sqrt(c)
    A *= root[:, None]
    return _fit(A, root * b)


def weighted_columns(A, b, c):
    """Wrong: the root along the wrong axis where it fits."""
    root = np.sqrt(c)
    if A.shape[0] == A.shape[1]:
        return _fit(root * A, root * b)
    return _fit(root[:, None] * A, root * b)


def weighted_broadcast(A, b, c):
    """Wrong: c * A, which NumPy takes along the columns."""
    return solve_least_squares(np.sqrt(c) * A, np.sqrt(c) * b)


def fit_circle(points):
    """Right: centers the points first."""
    points = np.asarray(points, float)
    mean = points.mean(axis=0)
    moved = points - mean
    A = np.column_stack([2 * moved, np.ones(len(moved))])
    p, q, e = _fit(A, (moved**2).sum(axis=1))
    return np.array([p + mean[0], q + mean[1], np.sqrt(e + p * p + q * q)])


def _circle(points):
    A = np.column_stack([points, np.ones(len(points))])
    return _fit(A, np.sum(points**2, axis=1))


def circle_not_halved(points):
    """Wrong: takes 2p and 2q for the center."""
    v = _circle(points)
    return v[0], v[1], np.sqrt(abs(v[2] + v[0] ** 2 + v[1] ** 2))


def circle_sign(points):
    """Wrong: the center with the other sign."""
    p, q, r = fit_circle(points)
    return -p, -q, r


def circle_mean(points):
    """Wrong: the mean of the points and their mean distance."""
    mean = points.mean(axis=0)
    return *mean, np.linalg.norm(points - mean, axis=1).mean()


def circle_squared(points):
    """Wrong: forgets the root."""
    p, q, r = fit_circle(points)
    return p, q, r**2


def circle_third(points):
    """Wrong: the third unknown is taken for the squared radius."""
    v = _circle(points)
    return v[0] / 2, v[1] / 2, np.sqrt(abs(v[2]))


def circle_no_ones(points):
    """Wrong: no column for the third unknown."""
    v = _fit(points, np.sum(points**2, axis=1)) / 2
    return v[0], v[1], np.sqrt(v @ v)


def circle_pair(points):
    """Wrong: the center as an array, then the radius."""
    p, q, r = fit_circle(points)
    return np.array([p, q]), r


def leave_one_out(A, b):
    """Right: by the diagonal of A (A^T A)^-1 A^T, row by row."""
    inverse = np.linalg.inv(A.T @ A)
    leverage = np.einsum("ij,jk,ik->i", A, inverse, A)
    return (b - A @ (inverse @ (A.T @ b))) / (1 - leverage)


def _parts(A, b):
    Q = np.linalg.qr(A)[0]
    return b - Q @ (Q.T @ b), np.sum(Q**2, axis=1), Q


def loo_residual(A, b):
    """Wrong: the residual of the full fit."""
    return _parts(A, b)[0]


def loo_plus(A, b):
    """Wrong: divides by 1 + P_ii."""
    r, h, _ = _parts(A, b)
    return r / (1 + h)


def loo_times(A, b):
    """Wrong: multiplies instead of dividing."""
    r, h, _ = _parts(A, b)
    return r * (1 - h)


def loo_leverage(A, b):
    """Wrong: divides by P_ii."""
    r, h, _ = _parts(A, b)
    return r / h


def loo_sign(A, b):
    """Wrong: prediction minus reading."""
    return -leave_one_out(A, b)


def loo_predictions(A, b):
    """Wrong: returns the predictions."""
    return b - leave_one_out(A, b)


def loo_squared(A, b):
    """Wrong: returns squared errors."""
    return leave_one_out(A, b) ** 2


def loo_mean_leverage(A, b):
    """Wrong: the same mean leverage for all (generalized validation)."""
    r, _, _ = _parts(A, b)
    return r / (1 - A.shape[1] / A.shape[0])


def loo_length(A, b):
    """Wrong: the length of row i of Q instead of its square."""
    r, h, _ = _parts(A, b)
    return r / (1 - np.sqrt(h))


def loo_columns(A, b):
    """Wrong: adds up the columns of Q, whose squares make 1."""
    r, _, Q = _parts(A, b)
    return r / (1 - np.sum(Q**2, axis=0))


def loo_one_number(A, b):
    """Wrong: the mean square as a single number."""
    return np.mean(leave_one_out(A, b) ** 2)


def loo_loop(A, b):
    """Wrong: right errors, from n fits."""
    errors = np.empty(len(b))
    for i in range(len(b)):
        v = _fit(np.delete(A, i, axis=0), np.delete(b, i))
        errors[i] = b[i] - A[i] @ v
    return errors


def loo_big_matrix(A, b):
    """Wrong: right result by the n x n projection."""
    Q = np.linalg.qr(A)[0]
    P = Q @ Q.T
    return (b - P @ b) / (1 - np.diag(P))


RIGHT = {
    "back_substitution": back_substitution,
    "mirror": mirror,
    "weighted_least_squares": weighted_least_squares,
    "fit_circle": fit_circle,
    "leave_one_out": leave_one_out,
}

WRONG = {
    "back_substitution": [
        back_top_down,
        back_plus,
        back_undivided,
        back_diagonal,
        back_full,
        back_transposed,
        back_reversed,
        back_in_place,
        back_integer,
    ],
    "mirror": [
        mirror_along_x,
        mirror_no_unit,
        mirror_cancels,
        mirror_cancels_guarded,
        mirror_sign_zero,
        mirror_overflows,
        mirror_largest_signed,
        mirror_all_entries,
        mirror_matrix,
        mirror_in_place,
    ],
    "weighted_least_squares": [
        weighted_not,
        weighted_no_root,
        weighted_rows_only,
        weighted_b_only,
        weighted_b_only_no_root,
        weighted_in_place,
        weighted_columns,
        weighted_broadcast,
    ],
    "fit_circle": [
        circle_not_halved,
        circle_sign,
        circle_mean,
        circle_squared,
        circle_third,
        circle_no_ones,
        circle_pair,
    ],
    "leave_one_out": [
        loo_residual,
        loo_plus,
        loo_times,
        loo_leverage,
        loo_sign,
        loo_predictions,
        loo_squared,
        loo_mean_leverage,
        loo_length,
        loo_columns,
        loo_one_number,
        loo_big_matrix,
        loo_loop,
    ],
}

HINTS = {
    "back_top_down": "start from the last row",
    "back_plus": "they are subtracted",
    "back_undivided": "does not divide",
    "back_diagonal": "divided by the diagonal",
    "back_full": "below the diagonal",
    "back_transposed": "transpose",
    "back_reversed": "reverse order",
    "back_in_place": "b was changed",
    "back_integer": "integers",
    "mirror_along_x": "points along x",
    "mirror_no_unit": "unit vector",
    "mirror_cancels": "add up",
    "mirror_cancels_guarded": "nearly equal numbers were subtracted",
    "mirror_sign_zero": "np.sign(0)",
    "mirror_overflows": "largest entry first",
    "mirror_largest_signed": "max |x_j|",
    "mirror_all_entries": "only the first entry",
    "mirror_matrix": "matrix",
    "mirror_in_place": "x was changed",
    "weighted_not": "does not use the weights",
    "weighted_no_root": "square root",
    "weighted_rows_only": "but not b",
    "weighted_b_only": "not the rows of A",
    "weighted_b_only_no_root": "not the rows of A",
    "weighted_in_place": "A was changed",
    "weighted_columns": "columns of A",
    "weighted_broadcast": "root[:, None]",
    "circle_not_halved": "halve",
    "circle_sign": "sign",
    "circle_mean": "mean of the points",
    "circle_squared": "root",
    "circle_no_ones": "column of ones",
    "circle_third": "r^2 - p^2 - q^2",
    "circle_pair": "(p, q, r)",
    "loo_residual": "residual of the full fit",
    "loo_plus": "1 + P_ii",
    "loo_times": "multiplies",
    "loo_leverage": "divides by P_ii",
    "loo_sign": "wrong sign",
    "loo_predictions": "predictions",
    "loo_squared": "squared",
    "loo_mean_leverage": "d/n",
    "loo_columns": "axis=1",
    "loo_length": "length of row",
    "loo_one_number": "one number",
    "loo_big_matrix": "diagonal",
    "loo_loop": "one fit is enough",
}
