"""Wrong answers to the exercises of *Linear systems*, and right ones."""

import numpy as np

from mfdl.linear_systems import determinant, lu_factor, lu_solve


def count_solutions(A, b):
    """Right: least squares by the library, then look at the residual."""
    x, _, rank, _ = np.linalg.lstsq(A, b, rcond=None)
    if np.abs(A @ x - b).max() > 1e-6:
        return 0.0
    return float("inf") if rank < A.shape[1] else 1.0


def count_by_shape(A, b):
    """Wrong: compares the numbers of equations and unknowns."""
    m, n = A.shape
    return 0 if m > n else 1 if m == n else np.inf


def count_without_b(A, b):
    """Wrong: never looks at the right side."""
    return 1 if np.linalg.matrix_rank(A) == A.shape[1] else np.inf


def count_full_rows(A, b):
    """Wrong: takes independent rows, not columns, for uniqueness."""
    r = np.linalg.matrix_rank(A)
    if np.linalg.matrix_rank(np.column_stack([A, b])) > r:
        return 0
    return 1 if r == len(A) else np.inf


def count_determinant(A, b):
    """Wrong: asks the determinant, which only square matrices have."""
    return 1 if determinant(A) != 0 else 0


def count_singular_none(A, b):
    """Wrong: knows no system with many solutions."""
    r = np.linalg.matrix_rank(A)
    same = np.linalg.matrix_rank(np.column_stack([A, b])) == r
    return 1 if same and r == A.shape[1] else 0


def count_augmented(A, b):
    """Wrong: compares the rank with b appended to the unknowns."""
    r = np.linalg.matrix_rank(np.column_stack([A, b]))
    n = A.shape[1]
    return 0 if r > n else 1 if r == n else np.inf


def count_dimension(A, b):
    """Wrong: the dimension of the kernel instead of a number of vectors."""
    right = count_solutions(A, b)
    return right if right < 2 else A.shape[1] - np.linalg.matrix_rank(A)


def count_text(A, b):
    """Wrong: the right count, but as a text."""
    return str(count_solutions(A, b))


def count_one_solution(A, b):
    """Wrong: returns a solution, not how many there are."""
    return np.linalg.lstsq(A, b, rcond=None)[0]


def count_in_place(A, b):
    """Wrong: right number, but eliminates in A itself."""
    right = count_solutions(A, b)
    A[-1] -= A[0] + 1
    return right


def kernel_basis(A):
    """Right: by singular vectors."""
    A = np.asarray(A, dtype=float)
    _, s, Vt = np.linalg.svd(A)
    return Vt[np.sum(s > 1e-9) :].T


def _reduced(A):
    """Reduced staircase and its pivot columns."""
    M, pivots = np.array(A, dtype=float), []
    for j in range(M.shape[1]):
        top = len(pivots)
        if top == len(M):
            break
        p = top + np.argmax(np.abs(M[top:, j]))
        if abs(M[p, j]) < 1e-9:
            continue
        M[[top, p]] = M[[p, top]]
        M[top] /= M[top, j]
        for i in range(len(M)):
            if i != top:
                M[i] -= M[i, j] * M[top]
        pivots.append(j)
    return M, pivots


def _from_reduced(A, sign):
    """The basis with one free unknown each, with a sign."""
    M, pivots = _reduced(A)
    n = M.shape[1]
    free = [j for j in range(n) if j not in pivots]
    N = np.zeros((n, len(free)))
    N[free, range(len(free))] = 1
    N[pivots] = sign * M[: len(pivots), free]
    return N


def kernel_sign(A):
    """Wrong: forgets the minus."""
    return _from_reduced(A, 1)


def kernel_rows(A):
    """Wrong: the basis vectors are rows."""
    return _from_reduced(A, -1).T


def kernel_of_transpose(A):
    """Wrong: the kernel of the transpose."""
    return _from_reduced(np.transpose(A), -1)


def kernel_one_only(A):
    """Wrong: returns one vector where there are more."""
    return _from_reduced(A, -1)[:, :1]


def kernel_all_free(A):
    """Wrong: all free unknowns are 1 in every vector."""
    N = _from_reduced(A, -1)
    return np.repeat(N.sum(axis=1, keepdims=True), N.shape[1], axis=1)


def kernel_image(A):
    """Wrong: columns of A that carry pivots, a basis of the image."""
    A = np.asarray(A)
    return A[:, _reduced(A)[1]]


def kernel_in_place(A):
    """Wrong: right basis, but writes into A."""
    N = _from_reduced(A, -1)
    A *= 2
    return N


def kernel_zero_vector(A):
    """Wrong: adds the zero vector to the basis."""
    N = _from_reduced(A, -1)
    return np.column_stack([N, np.zeros(len(N))])


def kernel_empty_list(A):
    """Wrong: an empty list where there is no vector."""
    N = _from_reduced(A, -1)
    return N if N.size else []


def kernel_stack(A):
    """Wrong: stacks vectors, which fails if there are none."""
    return np.stack(list(_from_reduced(A, -1).T), axis=1)


def sign_and_log(A):
    """Right: by scaling each row before taking the determinant."""
    scale = np.abs(A).max(axis=1)
    with np.errstate(divide="ignore"):
        sign, log = np.linalg.slogdet(A / scale[:, None])
        return [sign, log + np.sum(np.log(scale))]


def log_of_product(A):
    """Wrong: takes the logarithm of the determinant itself."""
    det = determinant(A)
    with np.errstate(divide="ignore"):
        return np.sign(det), np.log(np.abs(det))


def log_no_exchanges(A):
    """Wrong: forgets the exchanges of rows."""
    try:
        pivots = np.diag(lu_factor(A)[1])
    except ValueError:
        return 0.0, -np.inf
    return np.prod(np.sign(pivots)), np.sum(np.log(np.abs(pivots)))


def log_always_plus(A):
    """Wrong: forgets the signs of the pivots and of the exchanges."""
    sign, log = sign_and_log(A)
    return abs(sign), log


def log_no_absolute(A):
    """Wrong: the logarithm of negative pivots is NaN."""
    try:
        _, U, order = lu_factor(A)
    except ValueError:
        return 0.0, -np.inf
    with np.errstate(invalid="ignore"):
        return sign_and_log(A)[0], np.sum(np.log(np.diag(U)))


def log_swapped(A):
    """Wrong: the pair is in the other order."""
    return tuple(sign_and_log(A))[::-1]


def log_base_ten(A):
    """Wrong: logarithms to base 10."""
    sign, log = sign_and_log(A)
    return sign, log / np.log(10)


def log_uncaught(A):
    """Wrong: does not catch the error of lu_factor."""
    lu_factor(A)
    return sign_and_log(A)


def log_only(A):
    """Wrong: returns the logarithm without the sign."""
    return sign_and_log(A)[1]


def log_of_l(A):
    """Wrong: reads the diagonal of L, which is all ones."""
    sign, _ = sign_and_log(A)
    return (sign, 0.0) if sign else (0.0, -np.inf)


def solve_updated(factors, u, v, b):
    """Right: puts the matrix together again and starts afresh."""
    L, U, order = factors
    A = np.empty_like(L)
    A[order] = L @ U
    return np.linalg.solve(A + np.outer(u, v), b)


def updated_old(factors, u, v, b):
    """Wrong: solves with the old matrix."""
    return lu_solve(factors, b)


def updated_no_denominator(factors, u, v, b):
    """Wrong: forgets the denominator."""
    p, q = lu_solve(factors, b), lu_solve(factors, u)
    return p - (v @ p) * q


def updated_no_one(factors, u, v, b):
    """Wrong: forgets the 1 in the denominator."""
    p, q = lu_solve(factors, b), lu_solve(factors, u)
    return p - (v @ p) / (v @ q) * q


def updated_plus(factors, u, v, b):
    """Wrong: adds the correction."""
    p, q = lu_solve(factors, b), lu_solve(factors, u)
    return p + (v @ p) / (1 + v @ q) * q


def updated_minus(factors, u, v, b):
    """Wrong: the sign in the denominator."""
    p, q = lu_solve(factors, b), lu_solve(factors, u)
    return p - (v @ p) / (1 - v @ q) * q


def updated_exchanged(factors, u, v, b):
    """Wrong: exchanges u and v."""
    p, q = lu_solve(factors, b), lu_solve(factors, v)
    return p - (u @ p) / (1 + u @ q) * q


def updated_unsolved(factors, u, v, b):
    """Wrong: subtracts a multiple of u itself."""
    p, q = lu_solve(factors, b), lu_solve(factors, u)
    return p - (v @ p) / (1 + v @ q) * u


def updated_unordered(factors, u, v, b):
    """Wrong: forgets that L U is the matrix with its rows reordered."""
    L, U, _ = factors
    return np.linalg.solve(L @ U + np.outer(u, v), b)


def updated_in_place(factors, u, v, b):
    """Wrong: right result, but writes into b."""
    x = solve_updated(factors, u, v, b)
    b[:] = x
    return x


WRONG = {
    "count_solutions": [
        count_by_shape,
        count_without_b,
        count_full_rows,
        count_determinant,
        count_singular_none,
        count_augmented,
        count_dimension,
        count_text,
        count_one_solution,
        count_in_place,
    ],
    "kernel_basis": [
        kernel_sign,
        kernel_rows,
        kernel_of_transpose,
        kernel_one_only,
        kernel_all_free,
        kernel_image,
        kernel_in_place,
        kernel_zero_vector,
        kernel_empty_list,
        kernel_stack,
    ],
    "sign_and_log": [
        log_of_product,
        log_no_exchanges,
        log_always_plus,
        log_no_absolute,
        log_swapped,
        log_base_ten,
        log_uncaught,
        log_only,
        log_of_l,
    ],
    "solve_updated": [
        updated_old,
        updated_no_denominator,
        updated_no_one,
        updated_plus,
        updated_minus,
        updated_exchanged,
        updated_unsolved,
        updated_unordered,
        updated_in_place,
    ],
}

HINTS = {
    "count_by_shape": "not in the image",
    "count_without_b": "not in the image",
    "count_full_rows": "the number of unknowns",
    "count_determinant": "any vector of the kernel",
    "count_singular_none": "any vector of the kernel",
    "count_augmented": "expected",
    "count_dimension": "any vector of the kernel",
    "count_text": "returns str",
    "count_one_solution": "expected one number",
    "count_in_place": "was changed by the call",
    "kernel_sign": "look at the sign",
    "kernel_rows": "in the rows",
    "kernel_of_transpose": "expected",
    "kernel_one_only": "vectors are missing",
    "kernel_all_free": "dependent columns",
    "kernel_image": "as many entries as A has columns",
    "kernel_in_place": "was changed by the call",
    "kernel_zero_vector": "too many",
    "kernel_empty_list": "still n rows",
    "kernel_stack": "return an array of shape",
    "log_of_product": "Add up the logarithms",
    "log_no_exchanges": "forgets the exchanges",
    "log_always_plus": "negative pivots",
    "log_no_absolute": "pivots are negative",
    "log_swapped": "wrong order",
    "log_base_ten": "base 10",
    "log_uncaught": "singular",
    "log_only": "pair",
    "log_of_l": "|U_jj|",
    "updated_old": "the update is missing",
    "updated_no_denominator": "not divided by",
    "updated_no_one": "the 1 is missing",
    "updated_plus": "it is subtracted",
    "updated_minus": "must be a plus",
    "updated_exchanged": "u and v exchanged",
    "updated_unsolved": "through the old solver",
    "updated_unordered": "another order",
    "updated_in_place": "was changed by the call",
}

RIGHT = {
    "count_solutions": count_solutions,
    "kernel_basis": kernel_basis,
    "sign_and_log": sign_and_log,
    "solve_updated": solve_updated,
}
