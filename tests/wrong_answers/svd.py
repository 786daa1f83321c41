"""Wrong answers to the code exercises of *The singular value decomposition*.

And right ones, written without the notebook.
"""

import numpy as np

# components_for


def components_for(X, share):
    """Right: by eigenvalues of the covariance, counted in a loop."""
    values = np.linalg.eigvalsh(np.cov(np.transpose(X)))[::-1]
    total, running = sum(values), 0.0
    for k, value in enumerate(values, start=1):
        running += value
        if running >= share * total:
            return k
    return len(values)


def components_uncentered(X, share):
    """Wrong: the mean is not subtracted."""
    v = np.linalg.svd(X, compute_uv=False) ** 2
    return int(np.argmax(np.cumsum(v) / v.sum() >= share)) + 1


def components_unsquared(X, share):
    """Wrong: singular values instead of their squares."""
    v = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    return int(np.argmax(np.cumsum(v) / v.sum() >= share)) + 1


def components_off_by_one(X, share):
    """Wrong: the index instead of the count."""
    v = np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2
    return int(np.argmax(np.cumsum(v) / v.sum() >= share))


def components_one_too_many(X, share):
    """Wrong: counts the ones below and adds two."""
    v = np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2
    return int(np.sum(np.cumsum(v) / v.sum() < share)) + 2


def components_wrong_axis(X, share):
    """Wrong: each row is centered by its own mean."""
    v = np.linalg.svd(X - X.mean(axis=1, keepdims=True))[1] ** 2
    return int(np.argmax(np.cumsum(v) / v.sum() >= share)) + 1


def components_one_mean(X, share):
    """Wrong: one mean of all entries."""
    v = np.linalg.svd(X - X.mean(), compute_uv=False) ** 2
    return int(np.argmax(np.cumsum(v) / v.sum() >= share)) + 1


def components_shares(X, share):
    """Wrong: returns the running shares."""
    v = np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2
    return np.cumsum(v) / v.sum()


def components_in_place(X, share):
    """Wrong: right result, but X is centered in place."""
    result = components_for(X, share)
    X -= X.mean(axis=0)
    return result


# leading_pair


def leading_pair(A, v, steps):
    """Right: all but the last round by a power of the Gram matrix."""
    G = np.transpose(A) @ A
    v = np.linalg.matrix_power(G / np.trace(G), steps - 1) @ v
    u = A @ v
    u = u / np.sqrt(u @ u)
    v = u @ A
    sigma = np.sqrt(v @ v)
    return u, sigma, v / sigma


def pair_unscaled(A, v, steps):
    """Wrong: v is never divided by its norm."""
    for _ in range(steps):
        u = A @ v
        u = u / np.linalg.norm(u)
        v = A.T @ u
    return u, np.linalg.norm(v), v


def pair_swapped(A, v, steps):
    """Wrong: returns v first."""
    u, sigma, v = leading_pair(A, v, steps)
    return v, sigma, u


def pair_square(A, v, steps):
    """Wrong: the eigenvalue of the Gram matrix."""
    u, sigma, v = leading_pair(A, v, steps)
    return u, sigma**2, v


def pair_short(A, v, steps):
    """Wrong: one round too few."""
    return leading_pair(A, v, max(1, steps - 1))


def pair_long(A, v, steps):
    """Wrong: one round too many."""
    return leading_pair(A, v, steps + 1)


def pair_ahead(A, v, steps):
    """Wrong: sigma is measured with the new v."""
    u, _, v = leading_pair(A, v, steps)
    return u, np.linalg.norm(A @ v), v


def pair_early(A, v, steps):
    """Wrong: sigma is the norm of A v."""
    before = leading_pair(A, v, steps - 1)[2] if steps > 1 else v
    u, _, w = leading_pair(A, v, steps)
    return u, np.linalg.norm(A @ before), w


def pair_exact(A, v, steps):
    """Wrong: the converged pair, whatever the number of steps."""
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U[:, 0], s[0], Vt[0]


def pair_flipped(A, v, steps):
    """Wrong: the opposite signs."""
    u, sigma, v = leading_pair(A, v, steps)
    return -u, sigma, -v


def pair_two(A, v, steps):
    """Wrong: forgets sigma."""
    u, _, v = leading_pair(A, v, steps)
    return u, v


def pair_in_place(A, v, steps):
    """Wrong: scales the caller's v."""
    result = leading_pair(A, v, steps)
    v /= np.linalg.norm(v)
    return result


# zca


def zca(X_train, X):
    """Right: by the inverse square root of the covariance."""
    mean = np.mean(X_train, axis=0)
    values, Q = np.linalg.eigh(np.cov(np.transpose(X_train), bias=True))
    return (X - mean) @ (Q @ np.diag(values**-0.5) @ Q.T)


def _parts(X_train):
    mean = X_train.mean(axis=0)
    _, s, Vt = np.linalg.svd(X_train - mean, full_matrices=False)
    return mean, s / np.sqrt(len(X_train)), Vt


def zca_not_back(X_train, X):
    """Wrong: does not turn back."""
    mean, scales, Vt = _parts(X_train)
    return (X - mean) @ Vt.T / scales


def zca_no_mean(X_train, X):
    """Wrong: forgets to subtract the mean from X."""
    _, scales, Vt = _parts(X_train)
    return X @ Vt.T / scales @ Vt


def zca_own_mean(X_train, X):
    """Wrong: subtracts the mean of X."""
    _, scales, Vt = _parts(X_train)
    return (X - X.mean(axis=0)) @ Vt.T / scales @ Vt


def zca_root_n(X_train, X):
    """Wrong: divides by s instead of s / sqrt(n)."""
    mean, scales, Vt = _parts(X_train)
    return (X - mean) @ Vt.T / (scales * np.sqrt(len(X_train))) @ Vt


def zca_rows_of_x(X_train, X):
    """Wrong: the n of X."""
    mean, scales, Vt = _parts(X_train)
    scales = scales * np.sqrt(len(X_train)) / np.sqrt(len(X))
    return (X - mean) @ Vt.T / scales @ Vt


def zca_multiplied(X_train, X):
    """Wrong: multiplies by the scales."""
    mean, scales, Vt = _parts(X_train)
    return (X - mean) @ Vt.T * scales @ Vt


def zca_variances(X_train, X):
    """Wrong: divides by variances."""
    mean, scales, Vt = _parts(X_train)
    return (X - mean) @ Vt.T / scales**2 @ Vt


def zca_transposed(X_train, X):
    """Wrong: V and its transpose exchanged."""
    mean, scales, Vt = _parts(X_train)
    return (X - mean) @ Vt / scales @ Vt.T


def zca_standardized(X_train, X):
    """Wrong: pixel by pixel."""
    return (X - X_train.mean(axis=0)) / X_train.std(axis=0)


def zca_unbiased(X_train, X):
    """Wrong: variances with n - 1."""
    mean, scales, Vt = _parts(X_train)
    n = len(X_train)
    return (X - mean) @ Vt.T / (scales * np.sqrt(n / (n - 1))) @ Vt


def zca_turned_signs(X_train, X):
    """Wrong: V and its transpose exchanged, with the signs of our svd."""
    mean, scales, Vt = _parts(X_train)
    for row in Vt:
        row *= np.sign(row[np.argmax(np.abs(row))])
    return (X - mean) @ Vt / scales @ Vt.T


def zca_scaled_back(X_train, X):
    """Wrong: the scales come back with V."""
    mean, scales, Vt = _parts(X_train)
    return mean + (X - mean) @ Vt.T / scales * scales @ Vt


def zca_one_mean(X_train, X):
    """Wrong: one mean of all entries."""
    mean = X_train.mean()
    _, s, Vt = np.linalg.svd(X_train - mean, full_matrices=False)
    return (X - mean) @ Vt.T / s @ Vt * np.sqrt(len(X_train))


def zca_own_statistics(X_train, X):
    """Wrong: everything from X."""
    mean = X.mean(axis=0)
    _, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
    s = np.where(s > 1e-9, s, np.inf) / np.sqrt(len(X))
    return (X - mean) @ Vt.T / s @ Vt


def zca_fit_on_x(X_train, X):
    """Wrong: mean and directions of X."""
    rows = np.vstack([X, X_train])
    return zca(rows, X)


# best_rotation


def best_rotation(X, Y):
    """Right: polar factor of X^T Y by Newton's iteration."""
    Q = np.transpose(X) @ Y
    for _ in range(60):
        Q = (Q + np.linalg.inv(Q).T) / 2
    return Q


def rotation_transposed(X, Y):
    """Wrong: decomposes Y^T X."""
    U, _, Vt = np.linalg.svd(Y.T @ X)
    return U @ Vt


def rotation_twice(X, Y):
    """Wrong: takes Vt for V."""
    U, _, Vt = np.linalg.svd(X.T @ Y)
    return U @ Vt.T


def rotation_least_squares(X, Y):
    """Wrong: not orthogonal."""
    return np.linalg.lstsq(X, Y, rcond=None)[0]


def rotation_with_values(X, Y):
    """Wrong: leaves the singular values in."""
    return X.T @ Y


def rotation_centered(X, Y):
    """Wrong: subtracts the means."""
    A, B = X - X.mean(axis=0), Y - Y.mean(axis=0)
    U, _, Vt = np.linalg.svd(A.T @ B)
    return U @ Vt


def rotation_identity(X, Y):
    """Wrong: does not turn at all."""
    return np.eye(X.shape[1])


# fill_in


def fill_in(A, known, k, steps):
    """Right: cuts by projection onto leading eigenvectors."""
    now = np.full(np.shape(A), np.mean(A[known]))
    now[known] = A[known]
    for _ in range(steps):
        _, Q = np.linalg.eigh(now.T @ now)
        lead = Q[:, -k:]
        now = now @ lead @ lead.T
        now[known] = A[known]
    return now


def _cut(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U[:, :k] * s[:k] @ Vt[:k]


def fill_not_restored(A, known, k, steps):
    """Wrong: known entries are not put back after the last cut."""
    now = np.where(known, A, A[known].mean())
    for _ in range(steps):
        now = _cut(np.where(known, A, now), k)
    return now


def fill_zeros(A, known, k, steps):
    """Wrong: starts from zeros."""
    now = np.where(known, A, 0)
    for _ in range(steps):
        now = np.where(known, A, _cut(now, k))
    return now


def fill_given(A, known, k, steps):
    """Wrong: starts from whatever A holds."""
    now = A.copy()
    for _ in range(steps):
        now = np.where(known, A, _cut(now, k))
    return now


def fill_once_more(A, known, k, steps):
    """Wrong: one step too many."""
    return fill_in(A, known, k, steps + 1)


def fill_rank_up(A, known, k, steps):
    """Wrong: keeps k + 1 pieces."""
    now = np.where(known, A, A[known].mean())
    for _ in range(steps):
        now = np.where(known, A, _cut(now, k + 1))
    return now


def fill_reversed(A, known, k, steps):
    """Wrong: takes known for unknown."""
    return fill_in(np.where(known, A, 1.0), ~known, k, steps)


def fill_in_place(A, known, k, steps):
    """Wrong: writes into A."""
    result = fill_in(A, known, k, steps)
    A[...] = result
    return result


def fill_mean_of_all(A, known, k, steps):
    """Wrong: the mean of all entries, NaN among them."""
    now = np.where(known, A, A.mean())
    for _ in range(steps):
        now = np.where(known, A, _cut(np.nan_to_num(now), k))
    return now


def fill_mean_of_known_numbers(A, known, k, steps):
    """Wrong: the mean of all numbers, known or not."""
    now = np.where(known, A, np.nanmean(A))
    for _ in range(steps):
        now = np.where(known, A, _cut(now, k))
    return now


RIGHT = {
    "components_for": components_for,
    "leading_pair": leading_pair,
    "zca": zca,
    "best_rotation": best_rotation,
    "fill_in": fill_in,
}

WRONG = {
    "components_for": [
        components_uncentered,
        components_unsquared,
        components_off_by_one,
        components_one_too_many,
        components_wrong_axis,
        components_one_mean,
        components_shares,
        components_in_place,
    ],
    "leading_pair": [
        pair_unscaled,
        pair_swapped,
        pair_square,
        pair_short,
        pair_long,
        pair_ahead,
        pair_early,
        pair_exact,
        pair_flipped,
        pair_two,
        pair_in_place,
    ],
    "zca": [
        zca_not_back,
        zca_no_mean,
        zca_own_mean,
        zca_root_n,
        zca_rows_of_x,
        zca_multiplied,
        zca_variances,
        zca_transposed,
        zca_standardized,
        zca_unbiased,
        zca_turned_signs,
        zca_scaled_back,
        zca_one_mean,
        zca_own_statistics,
        zca_fit_on_x,
    ],
    "best_rotation": [
        rotation_transposed,
        rotation_twice,
        rotation_least_squares,
        rotation_with_values,
        rotation_centered,
        rotation_identity,
    ],
    "fill_in": [
        fill_not_restored,
        fill_zeros,
        fill_given,
        fill_once_more,
        fill_rank_up,
        fill_reversed,
        fill_in_place,
        fill_mean_of_all,
        fill_mean_of_known_numbers,
    ],
}

HINTS = {
    "components_one_mean": "axis=0",
    "pair_early": "half a round too early",
    "zca_turned_signs": "exchanged",
    "zca_scaled_back": "not by the scales again",
    "zca_one_mean": "axis=0",
    "zca_own_statistics": "its own statistics",
    "fill_mean_of_known_numbers": "mean of all entries",
    "components_uncentered": "mean was not subtracted",
    "components_unsquared": "squares",
    "components_off_by_one": "one too few",
    "components_one_too_many": "one too many",
    "components_shares": "one whole number",
    "components_in_place": "was changed",
    "pair_unscaled": "has norm",
    "pair_swapped": "swapped",
    "pair_square": "is the square",
    "pair_short": "too few",
    "pair_long": "too many",
    "pair_ahead": "half a round ahead",
    "pair_flipped": "opposite sign",
    "pair_two": "three things",
    "pair_in_place": "was changed",
    "zca_not_back": "not turned back",
    "zca_no_mean": "still has its mean",
    "zca_own_mean": "mean of X subtracted",
    "zca_root_n": "sqrt(n)",
    "zca_rows_of_x": "that of X_train",
    "zca_multiplied": "whitening divides",
    "zca_variances": "standard deviations",
    "zca_transposed": "exchanged",
    "zca_standardized": "correlated",
    "zca_unbiased": "n - 1",
    "rotation_transposed": "transpose",
    "rotation_twice": "once too often",
    "rotation_least_squares": "stretches",
    "rotation_with_values": "not orthogonal",
    "rotation_centered": "means subtracted",
    "rotation_identity": "is possible",
    "fill_not_restored": "put them back",
    "fill_zeros": "starts from 0",
    "fill_given": "unknown entries",
    "fill_once_more": "too many",
    "fill_rank_up": "rank",
    "fill_reversed": "known entries",
    "fill_in_place": "was changed",
    "fill_mean_of_all": "",
}
