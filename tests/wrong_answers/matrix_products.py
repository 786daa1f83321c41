"""Wrong answers to the code exercises of *Matrix products*, and right ones."""

import functools
from itertools import pairwise

import numpy as np


def outer_sum(G, X):
    """Right: sums over the example axis by einsum."""
    return np.einsum("si,sj->ij", G, X)


def outer_swapped(G, X):
    """Wrong: the factors of the outer product are swapped."""
    return sum((np.outer(x, g) for g, x in zip(G, X, strict=True)), 0.0)


def outer_mean(G, X):
    """Wrong: divides by the size of the batch."""
    return G.T @ X / max(1, len(X))


def outer_last(G, X):
    """Wrong: overwrites instead of adding up."""
    total = np.zeros((G.shape[1], X.shape[1]))
    for g, x in zip(G, X, strict=True):
        total = np.outer(g, x)
    return total


def outer_early_return(G, X):
    """Wrong: returns inside the loop."""
    total = np.zeros((G.shape[1], X.shape[1]))
    for g, x in zip(G, X, strict=True):
        total += np.outer(g, x)
        return total
    return total


def outer_scalar_start(G, X):
    """Wrong: starts from the number 0, which an empty batch leaves."""
    total = 0.0
    for g, x in zip(G, X, strict=True):
        total = total + np.outer(g, x)
    return total


def outer_untransposed(G, X):
    """Wrong: forgets the transpose."""
    return G @ X


def outer_from_first(G, X):
    """Wrong: starts from the first example, which an empty batch lacks."""
    total = np.outer(G[0], X[0])
    for g, x in zip(G[1:], X[1:], strict=True):
        total += np.outer(g, x)
    return total


def outer_columns(G, X):
    """Wrong: loops over the columns, as if they were the examples."""
    total = np.zeros((G.shape[1], X.shape[1]))
    for i in range(G.shape[1]):
        total += np.outer(G[:, i], X[:, i])
    return total


def outer_dot(G, X):
    """Wrong: the dot product instead of the outer product."""
    total = np.zeros((G.shape[1], X.shape[1]))
    for g, x in zip(G, X, strict=True):
        total += g @ x
    return total


def outer_in_place(G, X):
    """Wrong: right result, but writes into G."""
    result = G.T @ X
    G *= 0
    return result


def fold_standardization(W, b, mean, scale):
    """Right: by a diagonal matrix and the map at 0."""
    new_b = W @ ((0 - mean) / scale) + b
    return W @ np.diag(1 / scale), new_b


def fold_times(W, b, mean, scale):
    """Wrong: multiplies by the deviation."""
    return W * scale, b - (W * scale) @ mean


def fold_rows(W, b, mean, scale):
    """Wrong: divides the rows."""
    new = W / scale[:, None]
    return new, b - new @ mean


def fold_outputs(W, b, mean, scale):
    """Wrong: adds up over the outputs instead of the pixels."""
    new = W / scale
    return new, b - mean @ new


def fold_no_mean(W, b, mean, scale):
    """Wrong: forgets the mean."""
    return W / scale, b


def fold_sign(W, b, mean, scale):
    """Wrong: adds the mean instead of subtracting it."""
    return W / scale, b + (W / scale) @ mean


def fold_old_weights(W, b, mean, scale):
    """Wrong: sends the mean through the old weights."""
    return W / scale, b - W @ mean


def fold_in_place(W, b, mean, scale):
    """Wrong: spoils the caller's weights."""
    W /= scale
    return W, b - W @ mean


def fold_star(W, b, mean, scale):
    """Wrong: a star where an at sign belongs."""
    return W / scale, (b - (W / scale * mean).T).T


def fold_swapped(W, b, mean, scale):
    """Wrong: the pair in the other order."""
    new = W / scale
    return b - new @ mean, new


def fold_only_weights(W, b, mean, scale):
    """Wrong: returns the weights alone."""
    return W / scale


def augment(W, b):
    """Right: fills an identity-like array block by block."""
    d_out, d_in = W.shape
    A = np.zeros((d_out + 1, d_in + 1))
    A[:d_out, :d_in], A[:d_out, d_in], A[d_out, d_in] = W, b, 1
    return A


def augment_top(W, b):
    """Wrong: no last row."""
    return np.column_stack([W, b])


def augment_zeros(W, b):
    """Wrong: a last row of zeros."""
    return np.pad(np.column_stack([W, b]), ((0, 1), (0, 0)))


def augment_ones(W, b):
    """Wrong: a last row of ones."""
    top = np.column_stack([W, b])
    return np.vstack([top, np.ones(top.shape[1])])


def augment_bias_below(W, b):
    """Wrong: the transpose, with the bias in the last row."""
    return augment(W, b).T


def augment_one_first(W, b):
    """Wrong: for the vector (1, x)."""
    return np.roll(augment(W, b), (1, 1), axis=(0, 1))


def augment_bias_first(W, b):
    """Wrong: the bias in the first column, its 1 below it."""
    return np.roll(augment(W, b), 1, axis=1)


def cheapest(sizes):
    """Right: recursion that remembers."""

    @functools.cache
    def part(i, j):
        if j - i == 1:
            return 0
        return min(
            part(i, s) + part(s, j) + 2 * sizes[i] * sizes[s] * sizes[j]
            for s in range(i + 1, j)
        )

    return part(0, len(sizes) - 1)


def cheapest_from_left(sizes):
    """Wrong: always from left to right."""
    return sum(2 * sizes[0] * r * p for r, p in pairwise(sizes[1:]))


def cheapest_from_right(sizes):
    """Wrong: always from right to left."""
    return cheapest_from_left(sizes[::-1])


def cheapest_half(sizes):
    """Wrong: counts multiplications only."""
    return cheapest(sizes) // 2


def cheapest_exact(sizes):
    """Wrong: counts the additions exactly, as a p (2 r - 1)."""
    if len(sizes) <= 2:
        return 0
    return min(
        cheapest_exact(sizes[: s + 1])
        + cheapest_exact(sizes[s:])
        + sizes[0] * (2 * sizes[s] - 1) * sizes[-1]
        for s in range(1, len(sizes) - 1)
    )


def cheapest_greedy(sizes):
    """Wrong: always the cheapest product that is possible now."""
    rest, total = list(sizes), 0
    while len(rest) > 2:
        costs = [
            2 * rest[s - 1] * rest[s] * rest[s + 1]
            for s in range(1, len(rest) - 1)
        ]
        total += min(costs)
        del rest[1 + costs.index(min(costs))]
    return total


def cheapest_pop(sizes):
    """Wrong: right number, but empties the list of the caller."""
    result = cheapest(list(sizes))
    sizes.clear()
    return result


def cheapest_no_single(sizes):
    """Wrong: a single matrix costs infinitely much."""
    return cheapest(sizes) if len(sizes) > 2 else float("inf")


def cheapest_ends(sizes):
    """Wrong: the last product only ever joins one of the two end matrices."""
    if len(sizes) <= 2:
        return 0
    return min(
        cheapest_ends(sizes[1:]) + 2 * sizes[0] * sizes[1] * sizes[-1],
        cheapest_ends(sizes[:-1]) + 2 * sizes[0] * sizes[-2] * sizes[-1],
    )


def cheapest_last_only(sizes):
    """Wrong: only the last product is counted."""
    ends = sizes[0] * sizes[-1]
    return min((2 * ends * s for s in sizes[1:-1]), default=0)


def _seven(A, B, multiply):
    """The blocks and the seven products."""
    h = len(A) // 2
    a, b, c, d = A[:h, :h], A[:h, h:], A[h:, :h], A[h:, h:]
    e, f, g, k = B[:h, :h], B[:h, h:], B[h:, :h], B[h:, h:]
    return [
        multiply(a + d, e + k),
        multiply(c + d, e),
        multiply(a, f - k),
        multiply(d, g - e),
        multiply(a + b, k),
        multiply(c - a, e + f),
        multiply(b - d, g + k),
    ]


def _assemble(C11, C12, C21, C22):
    return np.vstack([np.hstack([C11, C12]), np.hstack([C21, C22])])


def strassen(A, B, multiply):
    """Right: the blocks are written into an empty array."""
    M1, M2, M3, M4, M5, M6, M7 = _seven(A, B, multiply)
    C, h = np.empty(A.shape), len(A) // 2
    C[:h, :h], C[:h, h:] = M1 + M4 - M5 + M7, M3 + M5
    C[h:, :h], C[h:, h:] = M2 + M4, M1 - M2 + M3 + M6
    return C


def strassen_at(A, B, multiply):
    """Wrong: the right matrix, but by an at sign."""
    return A @ B


def strassen_whole(A, B, multiply):
    """Wrong: multiplies the uncut matrices."""
    return multiply(A, B)


def strassen_eight(A, B, multiply):
    """Wrong: the eight products of the plain rule."""
    h = len(A) // 2
    parts = [
        multiply(A[i : i + h, :h], B[:h, j : j + h])
        + multiply(A[i : i + h, h:], B[h:, j : j + h])
        for i in (0, h)
        for j in (0, h)
    ]
    return _assemble(*parts)


def strassen_sign(A, B, multiply):
    """Wrong: the last term of the first block has the wrong sign."""
    M1, M2, M3, M4, M5, M6, M7 = _seven(A, B, multiply)
    return _assemble(M1 + M4 - M5 - M7, M3 + M5, M2 + M4, M1 - M2 + M3 + M6)


def strassen_exchanged(A, B, multiply):
    """Wrong: two blocks in each other's place."""
    M1, M2, M3, M4, M5, M6, M7 = _seven(A, B, multiply)
    return _assemble(M1 + M4 - M5 + M7, M2 + M4, M3 + M5, M1 - M2 + M3 + M6)


def strassen_nested(A, B, multiply):
    """Wrong: a list of blocks."""
    M1, M2, M3, M4, M5, M6, M7 = _seven(A, B, multiply)
    top = [M1 + M4 - M5 + M7, M3 + M5]
    return [top, [M2 + M4, M1 - M2 + M3 + M6]]


def strassen_four(A, B, multiply):
    """Wrong: the four blocks one after the other."""
    top, bottom = strassen_nested(A, B, multiply)
    return (*top, *bottom)


def strassen_order(A, B, multiply):
    """Wrong: takes the factors of each product in the other order."""
    return strassen(A, B, lambda P, Q: multiply(Q, P))


def strassen_in_place(A, B, multiply):
    """Wrong: right matrix, but adds into a block of the caller."""
    right = strassen(A, B, multiply)
    h = len(A) // 2
    A[:h, :h] += A[h:, h:]
    return right


def strassen_twice(A, B, multiply):
    """Wrong: right matrix, but M1 is computed for each use."""
    right = strassen(A, B, multiply)
    h = len(A) // 2
    multiply(A[:h, :h] + A[h:, h:], B[:h, :h] + B[h:, h:])
    multiply(A[:h, :h], B[:h, h:] - B[h:, h:])
    return right


def strassen_eighth(A, B, multiply):
    """Wrong: the plain rule, whose eighth product is an at sign."""
    h = len(A) // 2
    a, b, c, d = A[:h, :h], A[:h, h:], A[h:, :h], A[h:, h:]
    e, f, g, k = B[:h, :h], B[:h, h:], B[h:, :h], B[h:, h:]
    return _assemble(
        multiply(a, e) + multiply(b, g),
        multiply(a, f) + multiply(b, k),
        multiply(c, e) + multiply(d, g),
        multiply(c, f) + d @ k,
    )


RIGHT = {
    "outer_sum": outer_sum,
    "fold_standardization": fold_standardization,
    "augment": augment,
    "cheapest": cheapest,
    "strassen": strassen,
}

WRONG = {
    "outer_sum": [
        outer_swapped,
        outer_mean,
        outer_last,
        outer_early_return,
        outer_scalar_start,
        outer_untransposed,
        outer_from_first,
        outer_columns,
        outer_dot,
        outer_in_place,
    ],
    "fold_standardization": [
        fold_times,
        fold_rows,
        fold_outputs,
        fold_no_mean,
        fold_sign,
        fold_old_weights,
        fold_in_place,
        fold_star,
        fold_swapped,
        fold_only_weights,
    ],
    "augment": [
        augment_top,
        augment_zeros,
        augment_ones,
        augment_bias_below,
        augment_one_first,
        augment_bias_first,
    ],
    "cheapest": [
        cheapest_from_left,
        cheapest_from_right,
        cheapest_half,
        cheapest_exact,
        cheapest_greedy,
        cheapest_pop,
        cheapest_no_single,
        cheapest_ends,
        cheapest_last_only,
    ],
    "strassen": [
        strassen_at,
        strassen_whole,
        strassen_eight,
        strassen_sign,
        strassen_exchanged,
        strassen_nested,
        strassen_four,
        strassen_order,
        strassen_in_place,
        strassen_twice,
        strassen_eighth,
    ],
}

HINTS = {
    "outer_swapped": "g first",
    "outer_mean": "their sum",
    "outer_last": "last example only",
    "outer_early_return": "first example only",
    "outer_scalar_start": "start the total",
    "outer_untransposed": "pairs columns of G",
    "outer_from_first": "not from the first example",
    "outer_columns": "examples are rows",
    "outer_dot": "dot product",
    "outer_in_place": "was changed by the call",
    "fold_times": "divided",
    "fold_rows": "rows divided",
    "fold_outputs": "over the pixels",
    "fold_no_mean": "not subtracted",
    "fold_sign": "look at the sign",
    "fold_old_weights": "old weights",
    "fold_in_place": "was changed by the call",
    "fold_star": "at sign",
    "fold_swapped": "wrong order",
    "fold_only_weights": "pair",
    "augment_top": "no last row",
    "augment_zeros": "must be 1",
    "augment_ones": "last row of ones",
    "augment_bias_below": "transposed",
    "augment_one_first": "comes last",
    "augment_bias_first": "comes last",
    "cheapest_from_left": "left to right",
    "cheapest_from_right": "right to left",
    "cheapest_half": "multiplications only",
    "cheapest_exact": "counts as 2 a r p",
    "cheapest_greedy": "cheaper",
    "cheapest_pop": "was changed by the call",
    "cheapest_no_single": "no product at all",
    "cheapest_ends": "cheaper",
    "cheapest_last_only": "left out",
    "strassen_at": "never calls multiply",
    "strassen_whole": "cut first",
    "strassen_eight": "plain rule",
    "strassen_sign": "upper left",
    "strassen_exchanged": "exchanged",
    "strassen_nested": "np.block",
    "strassen_four": "np.block",
    "strassen_order": "order of the factors",
    "strassen_in_place": "was changed by the call",
    "strassen_twice": "9 times",
    "strassen_eighth": "without multiply",
}
