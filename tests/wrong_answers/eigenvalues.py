"""Wrong answers to the code exercises of *Eigenvalues*, and right ones."""

import numpy as np


def rayleigh_quotient(A, x):
    """Right: with a vector of length 1, by einsum."""
    unit = np.asarray(x) / np.linalg.norm(x)
    return float(np.einsum("i,ij,j->", unit, A, unit))


def rayleigh_unnormalized(A, x):
    """Wrong: forgets to divide."""
    return x @ A @ x


def rayleigh_once(A, x):
    """Wrong: divides by the length once."""
    return x @ A @ x / np.linalg.norm(x)


def rayleigh_stretch(A, x):
    """Wrong: the ratio of the lengths."""
    return np.linalg.norm(A @ x) / np.linalg.norm(x)


def rayleigh_squared(A, x):
    """Wrong: A on both sides."""
    z = A @ x
    return z @ z / (x @ x)


def rayleigh_star(A, x):
    """Wrong: a star instead of an at sign."""
    return x * (A @ x) / (x @ x)


def rayleigh_columns(A, x):
    """Wrong: makes a matrix of x and returns one."""
    column = x[:, None]
    return column.T @ A @ column / (x @ x)


def rayleigh_in_place(A, x):
    """Wrong: right number, but scales the caller's vector."""
    x /= np.linalg.norm(x)
    return x @ A @ x


def rayleigh_sign(A, x):
    """Wrong: the sign."""
    return -(x @ A @ x) / (x @ x)


def rayleigh_two_stars(A, x):
    """Wrong: stars all over, then a sum."""
    return np.sum(x * A * x) / np.sum(x * x)


def rayleigh_upside_down(A, x):
    """Wrong: the fraction is upside down."""
    return (x @ x) / (x @ A @ x)


def jacobi_two(a, b, c):
    """Right: by mean, radius and half angle."""
    radius = np.hypot((a - c) / 2, b)
    mean = (a + c) / 2
    angle = np.arctan2(2 * b, a - c) / 2
    high = np.array([np.cos(angle), np.sin(angle)])
    low = np.array([-np.sin(angle), np.cos(angle)])
    return [mean - radius, mean + radius], np.stack([low, high], axis=1)


def _rotation(a, b, c):
    """The tangent of the rotation."""
    if b == 0:
        return 0.0
    tau = (c - a) / (2 * b)
    return (1 if tau >= 0 else -1) / (abs(tau) + np.hypot(1, tau))


def jacobi_descending(a, b, c):
    """Wrong: sorts downward."""
    values, Q = jacobi_two(a, b, c)
    return values[::-1], Q[:, ::-1]


def jacobi_unsorted(a, b, c):
    """Wrong: does not sort at all."""
    t = _rotation(a, b, c)
    Q = np.array([[1, t], [-t, 1]]) / np.hypot(1, t)
    return np.array([a - t * b, c + t * b]), Q


def jacobi_vectors_unsorted(a, b, c):
    """Wrong: sorts the values and leaves the columns."""
    values, Q = jacobi_unsorted(a, b, c)
    return np.sort(values), Q


def jacobi_zero(a, b, c):
    """Wrong: divides by b even where it is 0."""
    tau = (c - a) / (2 * b)
    t = (1 if tau >= 0 else -1) / (abs(tau) + np.hypot(1, tau))
    values = np.array([a - t * b, c + t * b])
    Q = np.array([[1, t], [-t, 1]]) / np.hypot(1, t)
    order = np.argsort(values)
    return values[order], Q[:, order]


def jacobi_rows(a, b, c):
    """Wrong: eigenvectors as rows."""
    t = _rotation(a, b, c)
    values = np.array([a - t * b, c + t * b])
    Q = np.array([[1, t], [-t, 1]]) / np.hypot(1, t)
    order = np.argsort(values)
    return values[order], Q[:, order].T


def jacobi_sign(a, b, c):
    """Wrong: the sign of t in the values."""
    t = _rotation(a, b, c)
    values = np.array([a + t * b, c - t * b])
    Q = np.array([[1, t], [-t, 1]]) / np.hypot(1, t)
    order = np.argsort(values)
    return values[order], Q[:, order]


def jacobi_unscaled(a, b, c):
    """Wrong: columns that are not of length 1."""
    t = _rotation(a, b, c)
    values = np.array([a - t * b, c + t * b])
    Q = np.array([[1, t], [-t, 1]])
    order = np.argsort(values)
    return values[order], Q[:, order]


def jacobi_other_way(a, b, c):
    """Wrong: rotates the vectors the other way around."""
    t = -_rotation(a, b, c)
    values = np.array([a + t * b, c - t * b])
    Q = np.array([[1, t], [-t, 1]]) / np.hypot(1, t)
    order = np.argsort(values)
    return values[order], Q[:, order]


def jacobi_values_only(a, b, c):
    """Wrong: no eigenvectors."""
    return jacobi_two(a, b, c)[0]


def jacobi_rough_values(a, b, c):
    """Wrong: values off by a millionth, beside columns in float32."""
    values, Q = jacobi_two(a, b, c)
    return np.array(values) * (1 + 1e-6), Q.astype(np.float32)


def jacobi_np_sign(a, b, c):
    """Wrong: np.sign(0) is 0."""
    tau = (c - a) / (2 * b) if b else 0.0
    t = np.sign(tau) / (abs(tau) + np.hypot(1, tau))
    values = np.array([a - t * b, c + t * b])
    Q = np.array([[1, t], [-t, 1]]) / np.hypot(1, t)
    order = np.argsort(values)
    return values[order], Q[:, order]


def jacobi_same_vector(a, b, c):
    """Wrong: the same column twice."""
    values, Q = jacobi_two(a, b, c)
    return values, np.stack([Q[:, 0], Q[:, 0]], axis=1)


def matrix_power(A, k):
    """Right: recursive, by halves."""
    if k == 0:
        return np.eye(len(A))
    if k == 1:
        return np.array(A)
    half = matrix_power(A, k // 2)
    whole = half @ half
    return whole @ A if k % 2 else whole


def power_slow(A, k):
    """Wrong: k products."""
    result = np.eye(len(A))
    for _ in range(k):
        result = result @ A
    return result


def power_slow_copy(A, k):
    """Wrong: k products, with a copy that nobody counts."""
    result, A = np.eye(len(A)), np.array(A)
    for _ in range(k):
        result = result @ A
    return result


def power_slow_einsum(A, k):
    """Wrong: k products, which are not called products."""
    result = np.eye(len(A))
    for _ in range(k):
        result = np.einsum("ij,jk->ik", result, A)
    return result


def power_entries(A, k):
    """Wrong: entry by entry."""
    return A**k


def power_one_more(A, k):
    """Wrong: starts from A."""
    result, square = A, A
    while k:
        if k % 2:
            result = result @ square
        square, k = square @ square, k // 2
    return result


def power_one_less(A, k):
    """Wrong: one factor too few."""
    return matrix_power(A, max(k - 1, 0))


def power_largest_square(A, k):
    """Wrong: forgets the other binary digits."""
    result = np.eye(len(A)) if k == 0 else A
    while k > 1:
        result, k = result @ result, k // 2
    return result


def power_never_zero(A, k):
    """Wrong: returns A for k = 0."""
    return matrix_power(A, k) if k else A


def power_diagonalized(A, k):
    """Wrong: by the eigenbasis, which a shear lacks."""
    values, V = np.linalg.eig(np.asarray(A))
    return (V * values**k @ np.linalg.inv(V)).real


def power_eigenbasis(A, k):
    """Wrong: by the eigenbasis, openly."""
    values, V = np.linalg.eig(A)
    return V * values**k @ np.linalg.inv(V)


def power_library(A, k):
    """Wrong: asks the judge."""
    return np.linalg.matrix_power(A, k)


def power_in_place(A, k):
    """Wrong: writes into A."""
    result = matrix_power(np.array(A), k)
    A[...] = result
    return result


def second_step(A, q, x):
    """Right: with the projection matrix."""
    P = np.eye(len(q)) - np.outer(q, q)
    z = P @ A @ x
    return z / np.sqrt(np.sum(z**2))


def step_plain(A, q, x):
    """Wrong: plain power iteration."""
    z = A @ x
    return z / np.linalg.norm(z)


def step_unscaled(A, q, x):
    """Wrong: not of length 1."""
    z = A @ x
    return z - q * (q @ z)


def step_scaled_first(A, q, x):
    """Wrong: scales before it subtracts."""
    z = A @ x
    z = z / np.linalg.norm(z)
    return z - q * (q @ z)


def step_plus(A, q, x):
    """Wrong: adds the projection."""
    z = A @ x
    z = z + q * (q @ z)
    return z / np.linalg.norm(z)


def step_projection(A, q, x):
    """Wrong: keeps what should go."""
    z = q * (q @ (A @ x))
    return z / np.linalg.norm(z)


def step_without_matrix(A, q, x):
    """Wrong: never multiplies."""
    z = x - q * (q @ x)
    return z / np.linalg.norm(z)


def step_cleaned_before(A, q, x):
    """Wrong: removes the part along q from x only."""
    z = A @ (x - q * (q @ x))
    return z / np.linalg.norm(z)


def step_in_place(A, q, x):
    """Wrong: writes into x."""
    x[:] = second_step(A, q, x)
    return x


def step_part_of_x(A, q, x):
    """Wrong: measures the part along q in x instead of in A x."""
    z = A @ x - q * (q @ x)
    return z / np.linalg.norm(z)


def pagerank_step(links, r, damping):
    """Right: page by page, in loops."""
    d = len(r)
    new = [(1 - damping) / d] * d
    for j in range(d):
        targets = [i for i in range(d) if links[i, j]] or list(range(d))
        for i in targets:
            new[i] += damping * r[j] / len(targets)
    return np.array(new)


def rank_dead_end(links, r, damping):
    """Wrong: a page without links loses its rank."""
    M = links / np.maximum(links.sum(axis=0), 1)
    return damping * M @ r + (1 - damping) / len(r)


def rank_divides_by_zero(links, r, damping):
    """Wrong: divides zero by zero."""
    return damping * (links / links.sum(axis=0)) @ r + (1 - damping) / len(r)


def rank_rows(links, r, damping):
    """Wrong: divides rows."""
    M = links / links.sum(axis=1, keepdims=True)
    return damping * M @ r + (1 - damping) / len(r)


def rank_transposed(links, r, damping):
    """Wrong: follows links backward."""
    M = np.where(links.sum(axis=0) == 0, 1.0, links)
    M = M / M.sum(axis=0)
    return damping * M.T @ r + (1 - damping) / len(r)


def rank_backward(links, r, damping):
    """Wrong: takes links[i, j] for a link from i to j."""
    return pagerank_step(links.T, r, damping)


def rank_not_shared(links, r, damping):
    """Wrong: adds 1 - damping to each page."""
    return pagerank_step(links, r, damping) + (1 - damping) * (1 - 1 / len(r))


def rank_exchanged(links, r, damping):
    """Wrong: damping and the rest exchanged."""
    return pagerank_step(links, r, 1 - damping)


def rank_undivided(links, r, damping):
    """Wrong: each link carries the whole rank."""
    return damping * links @ r + (1 - damping) / len(r)


def rank_undamped(links, r, damping):
    """Wrong: no damping."""
    return pagerank_step(links, r, 1.0)


def rank_in_place(links, r, damping):
    """Wrong: writes into links."""
    links[:, links.sum(axis=0) == 0] = 1.0
    return pagerank_step(links, r, damping)


def rank_fixed_damping(links, r, damping):
    """Wrong: ignores the argument."""
    return pagerank_step(links, r, 0.85)


WRONG = {
    "rayleigh_quotient": [
        rayleigh_unnormalized,
        rayleigh_once,
        rayleigh_stretch,
        rayleigh_squared,
        rayleigh_star,
        rayleigh_columns,
        rayleigh_in_place,
        rayleigh_sign,
        rayleigh_two_stars,
        rayleigh_upside_down,
    ],
    "jacobi_two": [
        jacobi_descending,
        jacobi_unsorted,
        jacobi_vectors_unsorted,
        jacobi_zero,
        jacobi_rows,
        jacobi_sign,
        jacobi_unscaled,
        jacobi_other_way,
        jacobi_values_only,
        jacobi_same_vector,
        jacobi_rough_values,
        jacobi_np_sign,
    ],
    "matrix_power": [
        power_slow,
        power_slow_copy,
        power_slow_einsum,
        power_entries,
        power_one_more,
        power_one_less,
        power_largest_square,
        power_never_zero,
        power_diagonalized,
        power_eigenbasis,
        power_library,
        power_in_place,
    ],
    "second_step": [
        step_plain,
        step_unscaled,
        step_scaled_first,
        step_plus,
        step_projection,
        step_without_matrix,
        step_cleaned_before,
        step_in_place,
        step_part_of_x,
    ],
    "pagerank_step": [
        rank_dead_end,
        rank_divides_by_zero,
        rank_rows,
        rank_transposed,
        rank_backward,
        rank_not_shared,
        rank_exchanged,
        rank_undivided,
        rank_undamped,
        rank_in_place,
        rank_fixed_damping,
    ],
}

HINTS = {
    "rayleigh_unnormalized": "divide by x^T x",
    "rayleigh_once": "x stands twice on top",
    "rayleigh_stretch": "|A x| / |x|",
    "rayleigh_squared": "A twice on top",
    "rayleigh_star": "star",
    "rayleigh_columns": "leave x a vector",
    "rayleigh_in_place": "was changed by the call",
    "rayleigh_two_stars": "star for an at sign",
    "rayleigh_upside_down": "upside down",
    "jacobi_np_sign": "np.sign(0) is 0",
    "power_eigenbasis": "no basis",
    "rank_backward": "other way around",
    "jacobi_descending": "descending",
    "jacobi_unsorted": "descending",
    "jacobi_vectors_unsorted": "wrong order",
    "jacobi_zero": "divides by zero",
    "jacobi_rows": "transposed",
    "jacobi_sign": "a - t b",
    "jacobi_unscaled": "expected 1",
    "jacobi_other_way": "sign",
    "jacobi_values_only": "pair",
    "power_slow": "products",
    "power_slow_copy": "grows like k",
    "power_slow_einsum": "grows like k",
    "power_entries": "two stars",
    "power_one_more": "too many",
    "power_one_less": "too few",
    "power_largest_square": "largest square only",
    "power_never_zero": "identity",
    "power_library": "library",
    "power_in_place": "was changed by the call",
    "step_plain": "still has its part along q",
    "step_unscaled": "divide by its norm",
    "step_scaled_first": "too short",
    "step_plus": "doubled",
    "step_projection": "what must go",
    "step_without_matrix": "does not multiply by A",
    "step_cleaned_before": "after the product",
    "step_in_place": "was changed by the call",
    "rank_dead_end": "loses the rank",
    "rank_divides_by_zero": "not finite",
    "rank_rows": "divides rows",
    "rank_transposed": "transpose",
    "rank_not_shared": "divide by d",
    "rank_exchanged": "exchanged",
    "rank_undivided": "does not share",
    "rank_undamped": "no damping",
    "rank_in_place": "was changed by the call",
}

RIGHT = {
    "rayleigh_quotient": rayleigh_quotient,
    "jacobi_two": jacobi_two,
    "matrix_power": matrix_power,
    "second_step": second_step,
    "pagerank_step": pagerank_step,
}
