"""Wrong answers to the code exercises of *Linear maps*, and right ones."""

import numpy as np


def by_columns(W, x):
    """Right: weights the columns by broadcasting, then adds them up."""
    return (W * x).sum(axis=1)


def columns_rows(W, x):
    """Wrong: combines the rows."""
    total = np.zeros(W.shape[1])
    for j in range(W.shape[0]):
        total = total + x[j] * W[j]
    return total


def columns_unweighted(W, x):
    """Wrong: forgets the weights."""
    total = np.zeros(W.shape[0])
    for j in range(W.shape[1]):
        total = total + W[:, j]
    return total


def columns_last(W, x):
    """Wrong: overwrites instead of adding up."""
    total = np.zeros(W.shape[0])
    for j in range(W.shape[1]):
        total = x[j] * W[:, j]
    return total


def columns_early_return(W, x):
    """Wrong: returns inside the loop."""
    total = np.zeros(W.shape[0])
    for j in range(W.shape[1]):
        total = total + x[j] * W[:, j]
        return total
    return total


def columns_not_added(W, x):
    """Wrong: weights the columns but does not add them up."""
    return W * x


def columns_scalar_start(W, x):
    """Wrong: starts from the number 0."""
    total = 0.0
    for j in range(W.shape[1]):
        total = total + x[j] * W[:, j]
    return total


def columns_from_first(W, x):
    """Wrong: starts from the first column, which may not exist."""
    total = x[0] * W[:, 0]
    for j in range(1, W.shape[1]):
        total = total + x[j] * W[:, j]
    return total


def columns_in_place(W, x):
    """Wrong: right result, but weights the columns of the caller."""
    W *= x
    return W.sum(axis=1)


def columns_too_few(W, x):
    """Wrong: leaves out the last column."""
    total = np.zeros(W.shape[0])
    for j in range(W.shape[1] - 1):
        total = total + x[j] * W[:, j]
    return total


def columns_rows_count(W, x):
    """Wrong: runs over as many columns as there are rows."""
    total = np.zeros(W.shape[0])
    for j in range(W.shape[0]):
        total = total + x[j] * W[:, j]
    return total


def shift_down(size):
    """Right: presses each pixel and moves the image."""
    columns = []
    for e in np.eye(size**2):
        image = np.zeros((size, size))
        image[1:] = e.reshape(size, size)[:-1]
        columns.append(image.ravel())
    return np.array(columns).T


def shift_up(size):
    """Wrong: the transpose."""
    return shift_down(size).T


def shift_right(size):
    """Wrong: moves sideways."""
    W = np.zeros((size**2, size**2))
    for i in range(size**2):
        if i % size:
            W[i, i - 1] = 1
    return W


def shift_number(size):
    """Wrong: takes the pixel before, across the ends of rows."""
    return np.eye(size**2, k=-1)


def shift_around(size):
    """Wrong: an index below zero counts from the end."""
    W = np.zeros((size**2, size**2))
    for i in range(size**2):
        W[i, i - size] = 1
    return W


def shift_small(size):
    """Wrong: a matrix of the size of the image."""
    return np.eye(size, k=-1)


def shift_nothing(size):
    """Wrong: the identity."""
    return np.eye(size**2)


def shift_keeps_top(size):
    """Wrong: the top row stays, too."""
    W = shift_down(size)
    W[:size, :size] = np.eye(size)
    return W


def shift_off_by_one(size):
    """Wrong: leaves out the last pixel."""
    W = shift_down(size)
    W[-1] = 0
    return W


def affine_parts(f, d_in):
    """Right: fills the columns one after the other."""
    b = np.asarray(f(np.zeros(d_in)))
    W = np.zeros((len(b), d_in))
    for j in range(d_in):
        e = np.zeros(d_in)
        e[j] = 1
        W[:, j] = f(e) - b
    return W, b


def parts_bias_kept(f, d_in):
    """Wrong: does not subtract the bias."""
    b = f(np.zeros(d_in))
    return np.stack([f(e) for e in np.eye(d_in)], axis=1), b


def parts_transposed(f, d_in):
    """Wrong: stacks the columns as rows."""
    b = f(np.zeros(d_in))
    return np.stack([f(e) - b for e in np.eye(d_in)]), b


def parts_wrong_axis(f, d_in):
    """Wrong: subtracts the bias along the other axis (where it fits)."""
    b = f(np.zeros(d_in))
    W = np.stack([f(e) for e in np.eye(d_in)], axis=1)
    return W - (b if len(b) == d_in else b[:, None]), b


def parts_swapped(f, d_in):
    """Wrong: the pair in the other order."""
    return affine_parts(f, d_in)[::-1]


def parts_sign(f, d_in):
    """Wrong: the sign of the bias."""
    W, b = affine_parts(f, d_in)
    return W, -b


def parts_ones(f, d_in):
    """Wrong: takes f at ones for the bias that it returns."""
    W, _ = affine_parts(f, d_in)
    return W, f(np.ones(d_in))


def parts_many_calls(f, d_in):
    """Wrong: asks for f(0) again for each column."""
    zero = np.zeros(d_in)
    W = np.stack([f(e) - f(zero) for e in np.eye(d_in)], axis=1)
    return W, f(zero)


def parts_square(f, d_in):
    """Wrong: takes W for square."""
    b, W = f(np.zeros(d_in)), np.zeros((d_in, d_in))
    for j in range(d_in):
        W[:, j] = f(np.eye(d_in)[j]) - b
    return W, b


def parts_number_zero(f, d_in):
    """Wrong: asks for f at the number 0."""
    b = f(0)
    return np.stack([f(e) - b for e in np.eye(d_in)], axis=1), b


def parts_all_at_once(f, d_in):
    """Wrong: passes all unit vectors in one call."""
    b = f(np.zeros(d_in))
    return f(np.eye(d_in)) - b, b


def parts_only_weights(f, d_in):
    """Wrong: returns the weights alone."""
    return affine_parts(f, d_in)[0]


def in_basis(W, V):
    """Right: the coordinates of each image, by einsum."""
    return np.einsum("ai,ab,bj->ij", V, W, V)


def basis_transposed(W, V):
    """Wrong: maps the left vector."""
    return in_basis(W, V).T


def basis_rows(W, V):
    """Wrong: takes the rows of V for the basis."""
    return in_basis(W, V.T)


def basis_half_right(W, V):
    """Wrong: leaves the images in the usual coordinates."""
    return W @ V


def basis_half_left(W, V):
    """Wrong: maps unit vectors."""
    return V.T @ W


def basis_same(W, V):
    """Wrong: does nothing."""
    return W.copy()


def basis_diagonal(W, V):
    """Wrong: only equal indices."""
    M = np.zeros(W.shape)
    for i in range(len(W)):
        M[i, i] = V[:, i] @ W @ V[:, i]
    return M


def basis_in_place(W, V):
    """Wrong: right result, but written into W."""
    W[:] = in_basis(W, V)
    return W


def basis_dots(W, V):
    """Wrong: forgets the map."""
    return V.T @ V


def one_pass(A, theta):
    """Right: works on a copy."""
    theta, mistakes = np.array(theta, dtype=float), 0
    for a in A:
        if np.sum(theta * a) > 0:
            continue
        theta += a
        mistakes += 1
    return theta, mistakes


def pass_strict(A, theta):
    """Wrong: waits for negative products."""
    mistakes = 0
    for a in A:
        if theta @ a < 0:
            theta = theta + a
            mistakes += 1
    return theta, mistakes


def pass_sign(A, theta):
    """Wrong: subtracts."""
    mistakes = 0
    for a in A:
        if theta @ a <= 0:
            theta = theta - a
            mistakes += 1
    return theta, mistakes


def pass_right_ones(A, theta):
    """Wrong: corrects what is right."""
    mistakes = 0
    for a in A:
        if theta @ a > 0:
            theta = theta + a
            mistakes += 1
    return theta, mistakes


def pass_all(A, theta):
    """Wrong: adds every row."""
    mistakes = 0
    for a in A:
        mistakes += theta @ a <= 0
        theta = theta + a
    return theta, mistakes


def pass_old_theta(A, theta):
    """Wrong: all rows at once, with the old theta."""
    wrong = A @ theta <= 0
    return theta + A[wrong].sum(axis=0), int(wrong.sum())


def pass_in_place(A, theta):
    """Wrong: writes into the vector of the caller."""
    mistakes = 0
    for a in A:
        if theta @ a <= 0:
            theta += a
            mistakes += 1
    return theta, mistakes


def pass_swapped(A, theta):
    """Wrong: the pair in the other order."""
    return one_pass(A, theta)[::-1]


def pass_counts_right(A, theta):
    """Wrong: counts the rows that are right."""
    theta, mistakes = one_pass(A, theta)
    return theta, len(A) - mistakes


def pass_no_count(A, theta):
    """Wrong: returns theta alone."""
    return one_pass(A, theta)[0]


def pass_from_zero(A, theta):
    """Wrong: begins at zero."""
    return one_pass(A, np.zeros(len(theta)))


def pass_until_right(A, theta):
    """Wrong: goes around until no row is wrong."""
    mistakes = 0
    while np.any(A @ theta <= 0):
        theta, more = one_pass(A, theta)
        mistakes += more
    return theta, mistakes


def pass_stops(A, theta):
    """Wrong: stops at the first mistake."""
    for a in A:
        if theta @ a <= 0:
            return theta + a, 1
    return theta, 0


RIGHT = {
    "by_columns": by_columns,
    "shift_down": shift_down,
    "affine_parts": affine_parts,
    "in_basis": in_basis,
    "one_pass": one_pass,
}

WRONG = {
    "by_columns": [
        columns_rows,
        columns_unweighted,
        columns_last,
        columns_early_return,
        columns_not_added,
        columns_scalar_start,
        columns_from_first,
        columns_in_place,
        columns_too_few,
        columns_rows_count,
    ],
    "shift_down": [
        shift_up,
        shift_right,
        shift_number,
        shift_around,
        shift_small,
        shift_nothing,
        shift_keeps_top,
        shift_off_by_one,
    ],
    "affine_parts": [
        parts_bias_kept,
        parts_transposed,
        parts_wrong_axis,
        parts_swapped,
        parts_sign,
        parts_ones,
        parts_many_calls,
        parts_square,
        parts_number_zero,
        parts_all_at_once,
        parts_only_weights,
    ],
    "in_basis": [
        basis_transposed,
        basis_rows,
        basis_half_right,
        basis_half_left,
        basis_same,
        basis_diagonal,
        basis_in_place,
        basis_dots,
    ],
    "one_pass": [
        pass_strict,
        pass_sign,
        pass_right_ones,
        pass_all,
        pass_old_theta,
        pass_in_place,
        pass_swapped,
        pass_counts_right,
        pass_no_count,
        pass_from_zero,
        pass_until_right,
        pass_stops,
    ],
}

HINTS = {
    "columns_rows": "combines the rows",
    "columns_unweighted": "without their weights",
    "columns_last": "last column only",
    "columns_early_return": "first column only",
    "columns_not_added": "added up",
    "columns_scalar_start": "start the total",
    "columns_from_first": "not from the first column",
    "columns_in_place": "was changed by the call",
    "columns_rows_count": "columns W[:, j]",
    "shift_up": "moves the image up",
    "shift_right": "sideways",
    "shift_number": "sideways",
    "shift_around": "the row that enters is blank",
    "shift_small": "size**2",
    "shift_nothing": "identity",
    "parts_bias_kept": "bias in each column",
    "parts_transposed": "transposed",
    "parts_wrong_axis": "wrong axis",
    "parts_swapped": "wrong order",
    "parts_sign": "wrong sign",
    "parts_ones": "take zeros",
    "parts_many_calls": "calls are enough",
    "parts_square": "so W has shape",
    "parts_number_zero": "one vector at a time",
    "parts_all_at_once": "one vector at a time",
    "parts_only_weights": "pair",
    "basis_transposed": "is transposed",
    "basis_rows": "takes the rows of V",
    "basis_half_right": "usual coordinates",
    "basis_half_left": "not the unit vectors",
    "basis_same": "W itself",
    "basis_diagonal": "only its diagonal",
    "basis_in_place": "was changed by the call",
    "pass_strict": "<= 0",
    "pass_sign": "do not subtract",
    "pass_right_ones": "that are right",
    "pass_all": "adds every row",
    "pass_old_theta": "old theta",
    "pass_in_place": "was changed by the call",
    "pass_swapped": "wrong order",
    "pass_counts_right": "count the mistakes",
    "pass_from_zero": "begins at zero",
    "pass_until_right": "several passes",
    "pass_no_count": "pair",
}
