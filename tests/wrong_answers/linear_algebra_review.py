"""Answers to the problems that close the part on linear algebra."""

import numpy as np


def mean_coordinates(X, M):
    basis = []
    for m in M[1:] - M[0]:
        for _ in range(2):
            for q in basis:
                m = m - (q @ m) * q
        basis.append(m / np.sqrt(m @ m))
    return np.array([[q @ (x - M[0]) for q in basis] for x in X])


def unshifted(X, M):
    """Projects x instead of x - m_1."""
    return X @ np.linalg.qr((M[1:] - M[0]).T)[0]


def raw_differences(X, M):
    """Takes dot products with the differences, no orthonormal basis."""
    return (X - M[0]) @ (M[1:] - M[0]).T


def all_means(X, M):
    """A basis of the span of the means themselves: one column too many."""
    return (X - M[0]) @ np.linalg.qr(M.T)[0]


def projections(X, M):
    """The projections in pixels, not their coordinates."""
    Q = np.linalg.qr((M[1:] - M[0]).T)[0]
    return (X - M[0]) @ Q @ Q.T


def transposed_coordinates(X, M):
    """Coordinates in columns."""
    return mean_coordinates(X, M).T


def unit_differences(X, M):
    """Differences of length one that are not orthogonal."""
    D = M[1:] - M[0]
    return (X - M[0]) @ (D / np.linalg.norm(D, axis=1, keepdims=True)).T


def other_span(X, M):
    """Differences of neighbors, forgetting the last."""
    D = np.vstack([M[1:-1] - M[0], M[:1]]).T
    return (X - M[0]) @ np.linalg.qr(D)[0]


def map_norm(forward, transposed, d, rng):
    x = rng.normal(size=d)
    for _ in range(3000):
        y = transposed(forward(x))
        x = y / np.sqrt(y @ y)
    return np.sqrt(x @ transposed(forward(x)))


def squared(forward, transposed, d, rng):
    """Returns the eigenvalue of A^T A."""
    return map_norm(forward, transposed, d, rng) ** 2


def one_step(forward, transposed, d, rng):
    """Measures a random direction."""
    x = rng.normal(size=d)
    return np.linalg.norm(forward(x)) / np.linalg.norm(x)


def few_steps(forward, transposed, d, rng):
    """Stops after three steps."""
    x = rng.normal(size=d)
    for _ in range(3):
        x = transposed(forward(x))
        x = x / np.linalg.norm(x)
    return np.linalg.norm(forward(x))


def never_divided(forward, transposed, d, rng):
    """Forgets to divide by the norm."""
    x = rng.normal(size=d)
    for _ in range(5):
        x = transposed(forward(x))
    return np.linalg.norm(forward(x))


def without_transposed(forward, transposed, d, rng):
    """Iterates A alone, as if it were square and symmetric."""
    x = rng.normal(size=d)
    for _ in range(200):
        z = forward(x)
        x = z / np.linalg.norm(z)
    return np.linalg.norm(forward(x))


def from_first_unit_vector(forward, transposed, d, rng):
    """Starts at e_1, which may be orthogonal to the leading direction."""
    x = np.eye(d)[0]
    for _ in range(2000):
        x = transposed(forward(x))
        x = x / np.linalg.norm(x)
    return np.linalg.norm(forward(x))


def leave_one_out(A, b):
    errors = []
    for i in range(len(A)):
        A_, b_ = np.delete(A, i, axis=0), np.delete(b, i)
        errors.append(b[i] - A[i] @ np.linalg.lstsq(A_, b_, rcond=None)[0])
    return np.array(errors)


def residuals(A, b):
    """The residuals of the fit to all rows."""
    Q = np.linalg.qr(A)[0]
    return b - Q @ (Q.T @ b)


def turned_sign(A, b):
    """Prediction minus truth."""
    return -leave_one_out(A, b)


def plus(A, b):
    """Divides by 1 + H_ii."""
    Q = np.linalg.qr(A)[0]
    return residuals(A, b) / (1 + np.sum(Q**2, axis=1))


def square_root(A, b):
    """Divides by the root of 1 - H_ii."""
    Q = np.linalg.qr(A)[0]
    return residuals(A, b) / np.sqrt(1 - np.sum(Q**2, axis=1))


def predictions(A, b):
    """The predictions instead of their errors."""
    return b - leave_one_out(A, b)


def wrong_axis(A, b):
    """Adds the squares of Q's columns."""
    Q = np.linalg.qr(A)[0]
    return residuals(A, b) / (1 - np.sum(Q**2) / len(A))


RIGHT = {
    "mean_coordinates": mean_coordinates,
    "map_norm": map_norm,
    "leave_one_out": leave_one_out,
}
WRONG = {
    "mean_coordinates": [
        unshifted,
        raw_differences,
        all_means,
        projections,
        transposed_coordinates,
        unit_differences,
        other_span,
    ],
    "map_norm": [
        squared,
        one_step,
        few_steps,
        never_divided,
        without_transposed,
        from_first_unit_vector,
    ],
    "leave_one_out": [
        residuals,
        turned_sign,
        plus,
        square_root,
        predictions,
        wrong_axis,
    ],
}
HINTS = {
    "unshifted": "subtract the first mean",
    "raw_differences": "orthonormal basis",
    "all_means": "one coordinate for each difference",
    "unit_differences": "is the basis orthonormal",
    "squared": "square root",
    "few_steps": "iterate until",
    "residuals": "divide by 1 - H_ii",
    "turned_sign": "The sign is turned",
    "plus": "larger than the residual",
    "predictions": "These are the predictions",
}
