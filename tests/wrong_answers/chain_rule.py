"""Answers to the exercises of *Jacobians and the chain rule*."""

import numpy as np

# --- right, written without the notebook's formulas --------------------------


def scale_shift(G, X, s):
    """Column by column, with inner products."""
    d = len(s)
    ds = np.array([G[:, j] @ X[:, j] for j in range(d)])
    dt = np.array([G[:, j] @ np.ones(len(G)) for j in range(d)])
    return ds, dt, G @ np.diag(s)


def multiply(G, A, B):
    """Entry by entry of the result."""
    dA, dB = np.zeros(np.shape(A)), np.zeros(np.shape(B))
    home_a = np.arange(dA.size).reshape(dA.shape)
    home_b = np.arange(dB.size).reshape(dB.shape)
    home_a = np.broadcast_to(home_a, G.shape)
    home_b = np.broadcast_to(home_b, G.shape)
    a, b = np.ravel(A), np.ravel(B)
    for g, i, j in zip(G.flat, home_a.flat, home_b.flat, strict=True):
        dA.flat[i] += g * b[j]
        dB.flat[j] += g * a[i]
    return dA, dB


def gram(G, X):
    """Pair by pair of rows: Z_ij = x_i . x_j."""
    dX = np.zeros_like(X)
    for i in range(len(X)):
        for j in range(len(X)):
            dX[i] += G[i, j] * X[j]
            dX[j] += G[i, j] * X[i]
    return dX


def unit_rows(G, X):
    """The whole Jacobian of each row, transposed, times its gradient."""
    dX = np.empty_like(X)
    for i, (g, x) in enumerate(zip(G, X, strict=True)):
        r = np.sqrt(x @ x)
        J = np.eye(len(x)) / r - np.outer(x, x) / r**3
        dX[i] = J.T @ g
    return dX


RIGHT = {
    "scale_shift": scale_shift,
    "multiply": multiply,
    "gram": gram,
    "unit_rows": unit_rows,
}


# --- scale_shift -------------------------------------------------------------


def forgot_sum(G, X, s):
    """No sum over the batch in ds."""
    return G * X, G.sum(axis=0), G * s


def forgot_sum_of_shift(G, X, s):
    """No sum over the batch in dt."""
    return (G * X).sum(axis=0), G, G * s


def wrong_axis(G, X, s):
    """Sums over the features instead of the examples."""
    return (G * X).sum(axis=1), G.sum(axis=1), G * s


def averaged(G, X, s):
    """A mean where a sum belongs."""
    return (G * X).mean(axis=0), G.mean(axis=0), G * s


def forgot_scale(G, X, s):
    """Passes G on as if s were one."""
    return (G * X).sum(axis=0), G.sum(axis=0), G


def wrong_sign(G, X, s):
    """dt with the sign of a subtracted shift."""
    return (G * X).sum(axis=0), -G.sum(axis=0), G * s


def two_values(G, X, s):
    """dX is missing."""
    return (G * X).sum(axis=0), G.sum(axis=0)


def in_place(G, X, s):
    """Multiplies G in place."""
    G *= X
    ds = G.sum(axis=0)
    return ds, G.sum(axis=0), G * s


def kept_axis(G, X, s):
    """ds and dt as rows of a matrix."""
    ds, dt = (G * X).sum(axis=0, keepdims=True), G.sum(axis=0, keepdims=True)
    return ds, dt, G * s


def all_pairs(G, X, s):
    """Pairs every column of G with every column of X."""
    return G.T @ X, G.sum(axis=0), G * s


def exchanged(G, X, s):
    """dt where ds belongs."""
    return G.sum(axis=0), (G * X).sum(axis=0), G * s


# --- multiply ----------------------------------------------------------------


def no_sum(G, A, B):
    """Does not sum over the copies."""
    return G * B, G * A


def same_factor(G, A, B):
    """Multiplies by the factor itself, not by the other one."""
    return _fold(G * A, A), _fold(G * B, B)


def first_axes_only(G, A, B):
    """Sums over the axes put in front, not over repeated ones."""
    dA, dB = G * B, G * A
    dA = dA.sum(axis=tuple(range(dA.ndim - np.ndim(A))))
    return dA, dB.sum(axis=tuple(range(dB.ndim - np.ndim(B))))


def summed_too_early(G, A, B):
    """Sums G over the copies before it is multiplied."""
    return _fold(_fold(G, A) * B, A), _fold(G * A, B)


def swapped(G, A, B):
    """dB where dA belongs."""
    return _fold(G * A, B), _fold(G * B, A)


def _fold(G, like):
    """Sum over copies: front axes, then axes of length one."""
    G = np.asarray(G)
    shape = np.shape(like)
    G = G.sum(axis=tuple(range(max(G.ndim - len(shape), 0))))
    axes = tuple(i for i, s in enumerate(shape) if s == 1)
    return G.sum(axis=axes, keepdims=True)


# --- gram --------------------------------------------------------------------


def one_use(G, X):
    """Nudges the first X only."""
    return G @ X


def second_use(G, X):
    """Nudges the second X only."""
    return G.T @ X


def doubled(G, X):
    """As if G were symmetric."""
    return 2 * G @ X


def difference(G, X):
    """A minus between the two uses."""
    return (G - G.T) @ X


def transposed(G, X):
    """The gradient, transposed."""
    return ((G + G.T) @ X).T


# --- unit_rows ---------------------------------------------------------------


def constant_length(G, X):
    """Treats the lengths as constants."""
    return G / np.linalg.norm(X, axis=1, keepdims=True)


def not_divided(G, X):
    """Removes the component along x, forgets to divide."""
    Z = X / np.linalg.norm(X, axis=1, keepdims=True)
    return G - (Z * G).sum(axis=1, keepdims=True) * Z


def sum_over_batch(G, X):
    """Takes the component along x with a sum over the batch."""
    length = np.linalg.norm(X, axis=1, keepdims=True)
    Z = X / length
    return (G - (Z * G).sum(axis=0) * Z) / length


def added(G, X):
    """Adds the component along x instead of removing it."""
    length = np.linalg.norm(X, axis=1, keepdims=True)
    Z = X / length
    return (G + (Z * G).sum(axis=1, keepdims=True) * Z) / length


def divided_twice(G, X):
    """Divides by the square of the length."""
    length = np.linalg.norm(X, axis=1, keepdims=True)
    Z = X / length
    return (G - (Z * G).sum(axis=1, keepdims=True) * Z) / length**2


def not_unit(G, X):
    """Projects with x where x divided by its length belongs."""
    length = np.linalg.norm(X, axis=1, keepdims=True)
    return (G - (X * G).sum(axis=1, keepdims=True) * X) / length


WRONG = {
    "scale_shift": [
        forgot_sum,
        forgot_sum_of_shift,
        wrong_axis,
        averaged,
        forgot_scale,
        wrong_sign,
        two_values,
        in_place,
        kept_axis,
        all_pairs,
        exchanged,
    ],
    "multiply": [
        no_sum,
        same_factor,
        first_axes_only,
        summed_too_early,
        swapped,
    ],
    "gram": [one_use, second_use, doubled, difference, transposed],
    "unit_rows": [
        constant_length,
        not_divided,
        sum_over_batch,
        added,
        divided_twice,
        not_unit,
    ],
}

HINTS = {
    "forgot_sum": "ds has shape (6, 4), but s has shape (4,): each s_j",
    "forgot_sum_of_shift": "each t_j touches all 6 examples",
    "wrong_axis": "adds up over them",
    "averaged": "do not average",
    "forgot_scale": "s_j V_ij",
    "wrong_sign": "watch the sign",
    "two_values": "ds, dt, dX, got 2 values",
    "kept_axis": "ds has shape (1, 4), but s has shape (4,)",
    "in_place": "changes one of its inputs",
    "all_pairs": "with the same j",
    "exchanged": "the order is ds, dt, dX",
    "no_sum": "sums over them",
    "same_factor": "other factor",
    "first_axes_only": "sums over them",
    "summed_too_early": "summed over the copies",
    "swapped": "other factor",
    "one_use": "enters twice",
    "second_use": "enters twice",
    "doubled": "transpose",
    "difference": "U X^T + X U^T",
    "transposed": "shape",
    "constant_length": "nudge the length, too",
    "not_divided": "not divided by the length",
    "sum_over_batch": "orthogonal",
    "added": "orthogonal",
    "divided_twice": "orthogonal to X, as they should be",
    "not_unit": "the vector of length one",
}
