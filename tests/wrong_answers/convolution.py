"""Wrong answers to the exercises of *Tensors and convolution*, right ones."""

import numpy as np


def circulant(a):
    """Right: the shifts of a as columns."""
    d = len(a)
    C = np.zeros((d, d))
    for i in range(d):
        for j in range(d):
            C[i, j] = a[i - j]  # a negative index counts from the end
    return C


def circulant_rows(a):
    """Wrong: the shifts are stacked as rows."""
    return np.stack([np.roll(a, j) for j in range(len(a))])


def circulant_no_wrap(a):
    """Wrong: a Toeplitz matrix with zeros above the diagonal."""
    d = len(a)
    return sum(a[m] * np.eye(d, k=-m) for m in range(d))


def circulant_sum(a):
    """Wrong: depends on i + j."""
    places = np.arange(len(a))
    return a[(places[:, None] + places) % len(a)]


def circulant_late(a):
    """Wrong: the first column is already shifted."""
    d = len(a)
    return np.stack([np.roll(a, j + 1) for j in range(d)], axis=1)


def circulant_diagonal(a):
    """Wrong: the entries on the diagonal only."""
    return np.diag(a)


def circulant_in_place(a):
    """Wrong: rolls the caller's array."""
    columns = []
    for _ in range(len(a)):
        columns.append(a.copy())
        a[:] = np.roll(a, 1)
    a[:] = 0
    return np.stack(columns, axis=1)


def kron_apply(A, B, x):
    """Right: one einsum over the image."""
    image = np.asarray(x).reshape(A.shape[1], B.shape[1])
    return np.einsum("ij,uv,jv->iu", A, B, image).ravel()


def kron_swapped(A, B, x):
    """Wrong: B kron A."""
    image = x.reshape(B.shape[1], A.shape[1])
    return (B @ image @ A.T).reshape(-1)


def kron_untransposed(A, B, x):
    """Wrong: B is not transposed."""
    image = x.reshape(A.shape[1], B.shape[1])
    right = B if B.shape[0] == B.shape[1] else B.T
    return (A @ image @ right).reshape(-1)


def kron_image(A, B, x):
    """Wrong: returns the image."""
    return A @ x.reshape(A.shape[1], B.shape[1]) @ B.T


def kron_columns_in(A, B, x):
    """Wrong: reads x by columns."""
    image = x.reshape(A.shape[1], B.shape[1], order="F")
    return (A @ image @ B.T).reshape(-1)


def kron_columns_out(A, B, x):
    """Wrong: writes the result by columns."""
    image = x.reshape(A.shape[1], B.shape[1])
    return (A @ image @ B.T).reshape(-1, order="F")


def kron_built(A, B, x):
    """Wrong: builds the large matrix."""
    return np.kron(A, B) @ x


def kron_in_place(A, B, x):
    """Wrong: right result, but clears x."""
    result = kron_apply(A, B, x)
    x[:] = 0
    return result


def kron_other_image(A, B, x):
    """Wrong: B X A^T, the image of B kron A."""
    return (B @ x.reshape(A.shape[1], B.shape[1]) @ A.T).reshape(-1)


def average_pool(X, size):
    """Right: by strided slices."""
    parts = [
        X[:, :, r::size, s::size] for r in range(size) for s in range(size)
    ]
    return sum(parts) / size**2


def pool_sum(X, size):
    """Wrong: sums."""
    return average_pool(X, size) * size**2


def pool_max(X, size):
    """Wrong: the largest of each block."""
    n, c, h, w = X.shape
    blocks = X.reshape(n, c, h // size, size, w // size, size)
    return blocks.max(axis=(3, 5), initial=-np.inf)


def pool_strips(X, size):
    """Wrong: place in the block first, block second."""
    n, c, h, w = X.shape
    blocks = X.reshape(n, c, size, h // size, size, w // size)
    return blocks.mean(axis=(2, 4))


def pool_runs(X, size):
    """Wrong: reshapes runs of memory into blocks."""
    n, c, h, w = X.shape
    blocks = X.reshape(n, c, h // size, w // size, size, size)
    return blocks.mean(axis=(4, 5))


def pool_first(X, size):
    """Wrong: one pixel of each block."""
    return X[:, :, ::size, ::size]


def pool_channels(X, size):
    """Wrong: averages over the channels, too."""
    return average_pool(X, size).mean(axis=1)


def pool_rows_only(X, size):
    """Wrong: averages over rows only."""
    n, c, h, w = X.shape
    return X.reshape(n, c, h // size, size, w).mean(axis=3)


def pool_other_axes(X, size):
    """Wrong: averages over the blocks, keeps the places in a block."""
    n, c, h, w = X.shape
    blocks = X.reshape(n, c, h // size, size, w // size, size)
    return blocks.mean(axis=(2, 4))


def conv_adjoint(Z, K):
    """Right: full correlation with the turned kernel."""
    k = len(K)
    P = np.pad(np.asarray(Z), k - 1)
    turned = np.asarray(K)[::-1, ::-1]
    high, wide = P.shape[0] - k + 1, P.shape[1] - k + 1
    return np.array(
        [
            [np.sum(turned * P[i : i + k, j : j + k]) for j in range(wide)]
            for i in range(high)
        ]
    )


def adjoint_unturned(Z, K):
    """Wrong: full correlation with the kernel as it is."""
    return conv_adjoint(Z, K[::-1, ::-1])


def adjoint_transposed(Z, K):
    """Wrong: transposes the kernel."""
    return conv_adjoint(Z, K.T)


def adjoint_rows(Z, K):
    """Wrong: turns rows only."""
    return conv_adjoint(Z, K[::-1])


def adjoint_columns(Z, K):
    """Wrong: turns columns only."""
    return conv_adjoint(Z, K[:, ::-1])


def adjoint_same(Z, K):
    """Wrong: cuts the result to the shape of Z."""
    return conv_adjoint(Z, K)[: Z.shape[0], : Z.shape[1]]


def adjoint_overwrites(Z, K):
    """Wrong: later windows overwrite earlier ones."""
    k, (high, wide) = len(K), Z.shape
    image = np.zeros((high + k - 1, wide + k - 1))
    for u in range(high):
        for v in range(wide):
            image[u : u + k, v : v + k] = Z[u, v] * K
    return image


def adjoint_overwrites_moved(Z, K):
    """Wrong: moved copies of Z overwrite each other."""
    k, (high, wide) = len(K), Z.shape
    image = np.zeros((high + k - 1, wide + k - 1))
    for r in range(k):
        for s in range(k):
            image[r : r + high, s : s + wide] = K[r, s] * Z
    return image


def adjoint_built(Z, K):
    """Wrong: right result, but by the large matrix."""
    k, (high, wide) = len(K), Z.shape
    h, w = high + k - 1, wide + k - 1
    W = np.zeros((high, wide, h, w))
    for u in range(high):
        for v in range(wide):
            W[u, v, u : u + k, v : v + k] = K
    return (W.reshape(Z.size, h * w).T @ Z.reshape(-1)).reshape(h, w)


def adjoint_in_place(Z, K):
    """Wrong: right result, but turns the caller's kernel."""
    result = conv_adjoint(Z, K)
    K[:] = K[::-1, ::-1].copy()
    return result


def adjoint_forward(Z, K):
    """Wrong: the layer itself, once more."""
    k = len(K)
    high, wide = max(0, len(Z) - k + 1), max(0, Z.shape[1] - k + 1)
    return np.array(
        [
            [np.sum(K * Z[i : i + k, j : j + k]) for j in range(wide)]
            for i in range(high)
        ]
    )


RIGHT = {
    "circulant": circulant,
    "kron_apply": kron_apply,
    "average_pool": average_pool,
    "conv_adjoint": conv_adjoint,
}

WRONG = {
    "circulant": [
        circulant_rows,
        circulant_no_wrap,
        circulant_sum,
        circulant_late,
        circulant_diagonal,
        circulant_in_place,
    ],
    "kron_apply": [
        kron_swapped,
        kron_untransposed,
        kron_image,
        kron_columns_in,
        kron_columns_out,
        kron_built,
        kron_in_place,
        kron_other_image,
    ],
    "average_pool": [
        pool_sum,
        pool_max,
        pool_strips,
        pool_runs,
        pool_first,
        pool_channels,
        pool_rows_only,
        pool_other_axes,
    ],
    "conv_adjoint": [
        adjoint_unturned,
        adjoint_transposed,
        adjoint_rows,
        adjoint_columns,
        adjoint_same,
        adjoint_overwrites,
        adjoint_overwrites_moved,
        adjoint_forward,
        adjoint_built,
        adjoint_in_place,
    ],
}

HINTS = {
    "circulant_rows": "stack the shifts as columns",
    "circulant_no_wrap": "modulo",
    "circulant_sum": "the difference",
    "circulant_late": "column 0 is a itself",
    "circulant_diagonal": "whole diagonal",
    "circulant_in_place": "was changed by the call",
    "kron_swapped": "acts on the first axis",
    "kron_untransposed": "transpose",
    "kron_image": "values are right",
    "kron_columns_in": "on the way in",
    "kron_columns_out": "on the way out",
    "kron_built": "builds the large matrix",
    "kron_in_place": "was changed by the call",
    "kron_other_image": "acts on the first axis",
    "pool_sum": "holds sums",
    "pool_max": "max pooling",
    "pool_strips": "far apart",
    "pool_runs": "in memory",
    "pool_first": "one pixel",
    "pool_channels": "channel axis",
    "pool_rows_only": "expected",
    "pool_other_axes": "3 and 5",
    "adjoint_unturned": "180 degrees",
    "adjoint_transposed": "does not transpose K",
    "adjoint_rows": "rows reversed",
    "adjoint_columns": "columns reversed",
    "adjoint_same": "shape of Z",
    "adjoint_overwrites": "add up",
    "adjoint_overwrites_moved": "copies of Z",
    "adjoint_forward": "once more",
    "adjoint_built": "builds the large matrix",
    "adjoint_in_place": "was changed by the call",
}
