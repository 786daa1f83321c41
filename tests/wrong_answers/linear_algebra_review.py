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


def mean_of_means(X, M):
    """Subtracts the mean of the means."""
    return (X - M.mean(axis=0)) @ np.linalg.qr((M[1:] - M[0]).T)[0]


def both_factors(X, M):
    """Returns Q and R."""
    return tuple(np.linalg.qr((M[1:] - M[0]).T))


def complex_numbers(X, M):
    """Coordinates with an imaginary part."""
    return mean_coordinates(X, M) + 1j


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


def from_ones(forward, transposed, d, rng):
    """Starts at the vector of ones, which may be the wrong eigenvector."""
    x = np.ones(d)
    for _ in range(2000):
        x = transposed(forward(x))
        x = x / np.linalg.norm(x)
    return np.linalg.norm(forward(x))


def frobenius(forward, transposed, d, rng):
    """The root of the sum of all squared entries."""
    return np.sqrt(sum(np.sum(forward(e) ** 2) for e in np.eye(d)))


def nearly_settled(forward, transposed, d, rng):
    """Stops when the value changes by less than a ten-thousandth."""
    x, before, value = rng.normal(size=d), 0.0, 1.0
    while abs(value - before) > 1e-4 * value:
        x = transposed(forward(x))
        x = x / np.linalg.norm(x)
        before, value = value, np.linalg.norm(forward(x))
    return value


def negative(forward, transposed, d, rng):
    """The other root."""
    return -map_norm(forward, transposed, d, rng)


def dense_matrix(forward, transposed, d, rng):
    """Builds the matrix, column by column."""
    return np.linalg.norm(np.array([forward(e) for e in np.eye(d)]), 2)


def dense_from_the_left(forward, transposed, d, rng):
    """Builds the transposed matrix."""
    m = len(forward(np.zeros(d)))
    return np.linalg.norm(np.array([transposed(e) for e in np.eye(m)]), 2)


def whole_identity(forward, transposed, d, rng):
    """Gives the identity matrix to forward."""
    return np.linalg.norm(forward(np.eye(d)), 2)


def with_vector(forward, transposed, d, rng):
    """Returns a pair."""
    return map_norm(forward, transposed, d, rng), rng.normal(size=d)


def one_more(P, V, x, t):
    P_new = np.linalg.inv(np.linalg.inv(P) + x[:, None] * x)
    return P_new, P_new @ (np.linalg.solve(P, V) + x[:, None] * t)


def unmoved_inverse(P, V, x, t):
    """Leaves P as it is."""
    return P.copy(), one_more(P, V, x, t)[1]


def grown_inverse(P, V, x, t):
    """Adds where it should subtract."""
    Px = P @ x
    return P + np.outer(Px, Px) / (1 + x @ Px), one_more(P, V, x, t)[1]


def undivided(P, V, x, t):
    """Forgets to divide by 1 + q."""
    Px = P @ x
    return P - np.outer(Px, Px), one_more(P, V, x, t)[1]


def divided_by_q(P, V, x, t):
    """Divides by q."""
    Px = P @ x
    return P - np.outer(Px, Px) / (x @ Px), one_more(P, V, x, t)[1]


def dot_for_outer(P, V, x, t):
    """A dot product where an outer product belongs."""
    Px = P @ x
    return P - (Px @ Px) / (1 + x @ Px), one_more(P, V, x, t)[1]


def old_inverse_for_weights(P, V, x, t):
    """Moves V with the old P."""
    return one_more(P, V, x, t)[0], V + np.outer(P @ x, t - V.T @ x)


def error_turned(P, V, x, t):
    """The prediction minus the target."""
    P = one_more(P, V, x, t)[0]
    return P, V + np.outer(P @ x, V.T @ x - t)


def target_for_error(P, V, x, t):
    """Adds the target instead of the error."""
    P = one_more(P, V, x, t)[0]
    return P, V + np.outer(P @ x, t)


def weights_transposed(P, V, x, t):
    """V with the classes in rows."""
    P, V = one_more(P, V, x, t)
    return P, V.T


def outer_of_x(P, V, x, t):
    """The outer product of x instead of P x."""
    new = P - np.outer(x, x) / (1 + x @ P @ x)
    return new, one_more(P, V, x, t)[1]


def one_minus(P, V, x, t):
    """Divides by 1 - q."""
    new = P - np.outer(P @ x, P @ x) / (1 - x @ P @ x)
    return new, one_more(P, V, x, t)[1]


def along_x(P, V, x, t):
    """Moves V along x, as the perceptron does."""
    return one_more(P, V, x, t)[0], V + np.outer(x, t - V.T @ x)


def divided_twice(P, V, x, t):
    """Takes the new P, and divides by 1 + q once more."""
    new = one_more(P, V, x, t)[0]
    step = np.outer(new @ x, t - V.T @ x) / (1 + x @ P @ x)
    return new, V + step


def short_q(P, V, x, t):
    """Takes the squared length of x for q."""
    Px = P @ x
    new = P - np.outer(Px, Px) / (1 + x @ x)
    return new, one_more(P, V, x, t)[1]


def forgets_the_past(P, V, x, t):
    """Fits the new example alone."""
    new = one_more(P, V, x, t)[0]
    return new, np.outer(new @ x, t)


def forgotten_weights(P, V, x, t):
    """Returns no V."""
    return one_more(P, V, x, t)[0], None


def exchanged(P, V, x, t):
    """V first."""
    return one_more(P, V, x, t)[::-1]


def in_place(P, V, x, t):
    """Changes the arguments."""
    P[:], V[:] = one_more(P, V, x, t)
    return P, V


RIGHT = {
    "mean_coordinates": mean_coordinates,
    "map_norm": map_norm,
    "one_more": one_more,
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
        mean_of_means,
        both_factors,
        complex_numbers,
    ],
    "map_norm": [
        squared,
        one_step,
        few_steps,
        never_divided,
        without_transposed,
        from_first_unit_vector,
        from_ones,
        frobenius,
        nearly_settled,
        negative,
        dense_matrix,
        dense_from_the_left,
        whole_identity,
        with_vector,
    ],
    "one_more": [
        unmoved_inverse,
        grown_inverse,
        undivided,
        divided_by_q,
        dot_for_outer,
        old_inverse_for_weights,
        error_turned,
        target_for_error,
        weights_transposed,
        outer_of_x,
        one_minus,
        along_x,
        divided_twice,
        short_q,
        forgets_the_past,
        forgotten_weights,
        exchanged,
        in_place,
    ],
}
HINTS = {
    "unshifted": "subtract the first mean",
    "raw_differences": "orthonormal basis",
    "all_means": "one coordinate for each difference",
    "unit_differences": "is the basis orthonormal",
    "squared": "square root",
    "few_steps": "iterate until",
    "unmoved_inverse": "P has not moved",
    "grown_inverse": "P becomes smaller",
    "undivided": "by 1 + q",
    "divided_by_q": "not by q",
    "dot_for_outer": "an outer product",
    "old_inverse_for_weights": "the new P for V",
    "error_turned": "The sign",
    "target_for_error": "not t",
    "in_place": "has changed",
    "complex_numbers": "expected real numbers",
    "mean_of_means": "subtract m_1",
    "both_factors": "expected one array",
    "dense_matrix": "columns of A",
    "dense_from_the_left": "without a matrix",
    "whole_identity": "one vector",
    "with_vector": "expected a number",
    "short_q": "not x^T x",
    "forgets_the_past": "old V",
    "from_ones": "start from a random vector",
    "frobenius": "Frobenius norm",
    "nearly_settled": "Nearly",
    "negative": "not negative",
    "weights_transposed": "has shape",
    "outer_of_x": "that of P x",
    "one_minus": "not by 1 - q",
    "along_x": "not x",
    "divided_twice": "already",
    "forgotten_weights": "is None so far",
}
