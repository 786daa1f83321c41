"""The convolution layer against loops and SciPy; edges; every message."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from mfdl.arrays import load_digits
from mfdl.convolution import (
    EDGES,
    EdgeLeastSquares,
    conv2d,
    conv_output_size,
    edge_features,
    im2col,
)
from mfdl.least_squares import LeastSquares

quick = settings(deadline=None, derandomize=True, max_examples=60)
few = st.integers(1, 3)


def whole(rng, *shape):
    """Random whole numbers, with which floats compute exactly."""
    return rng.integers(-9, 10, shape).astype(float)


def patches_by_loops(X, size, stride, padding):
    """The definition of im2col, number by number."""
    n, c, h, w = X.shape
    framed = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
    framed[:, :, padding : padding + h, padding : padding + w] = X
    tops = range(0, h + 2 * padding - size + 1, stride)
    lefts = range(0, w + 2 * padding - size + 1, stride)
    M = np.empty((n, len(tops), len(lefts), c * size * size))
    for i in range(n):
        for u, top in enumerate(tops):
            for v, left in enumerate(lefts):
                window = framed[i, :, top : top + size, left : left + size]
                M[i, u, v] = window.ravel()
    return M


shapes = {
    "n": st.integers(0, 3),
    "c": few,
    "h": st.integers(1, 8),
    "w": st.integers(1, 8),
    "o": few,
    "size": st.integers(1, 4),
    "stride": few,
    "padding": st.integers(0, 2),
    "seed": st.integers(0, 99),
}


@quick
@given(**shapes)
def test_im2col_and_conv2d_are_the_definition(
    n, c, h, w, o, size, stride, padding, seed
):
    rng = np.random.default_rng(seed)
    X, K = whole(rng, n, c, h, w), whole(rng, o, c, size, size)
    b = whole(rng, o)
    if size > min(h, w) + 2 * padding:
        for call in (
            lambda: conv2d(X, K, b, stride, padding),
            lambda: im2col(X, size, stride, padding),
        ):
            with pytest.raises(ValueError, match="does not fit on images"):
                call()
        return
    kept = X.copy(), K.copy(), b.copy()
    M = patches_by_loops(X, size, stride, padding)
    got = im2col(X, size, stride, padding)
    assert got.shape == M.shape and np.array_equal(got, M)
    Z = conv2d(X, K, b, stride, padding)
    expected = M @ K.reshape(o, -1).T + b
    assert Z.shape == (n, o, *M.shape[1:3])
    assert np.array_equal(Z.transpose(0, 2, 3, 1), expected)
    bare = conv2d(X, K, stride=stride, padding=padding)
    assert np.array_equal(bare, Z - b[:, None, None])
    for now, before in zip((X, K, b), kept, strict=True):
        assert np.array_equal(now, before)


@quick
@given(few, few, st.integers(3, 9), st.integers(3, 9), st.integers(0, 99))
def test_conv2d_agrees_with_scipy(n, c, h, w, seed):
    rng = np.random.default_rng(seed)
    X, K = rng.normal(size=(n, c, h, w)), rng.normal(size=(2, c, 3, 3))
    valid, same = conv2d(X, K), conv2d(X, K, padding=1)
    full = conv2d(X, K, padding=2)
    for i in range(n):
        for o in range(2):
            for Z, mode in [(valid, "valid"), (same, "same"), (full, "full")]:
                expected = sum(
                    signal.correlate2d(X[i, s], K[o, s], mode)
                    for s in range(c)
                )
                np.testing.assert_allclose(Z[i, o], expected, atol=1e-12)


def test_conv2d_does_not_turn_the_kernel():
    X = np.zeros((1, 1, 3, 3))
    X[0, 0, 1, 1] = 1
    K = np.arange(9.0).reshape(1, 1, 3, 3)
    Z = conv2d(X, K, padding=1)
    assert np.array_equal(Z[0, 0], K[0, 0, ::-1, ::-1])


def test_conv2d_is_linear_in_complex_numbers_too():
    rng = np.random.default_rng(0)
    X, V = rng.normal(size=(2, 2, 2, 5, 5))
    K = rng.normal(size=(3, 2, 3, 3))
    Z = conv2d(X + 1j * V, K)
    np.testing.assert_allclose(Z.real, conv2d(X, K), atol=1e-13)
    np.testing.assert_allclose(Z.imag, conv2d(V, K), atol=1e-13)


def test_conv2d_shifts_with_its_input():
    rng = np.random.default_rng(1)
    X = np.zeros((1, 1, 12, 12))
    X[0, 0, 4:8, 4:8] = whole(rng, 4, 4)
    K = whole(rng, 2, 1, 3, 3)
    for shift in [(0, 1), (2, 0), (-1, 3)]:
        moved = conv2d(np.roll(X, shift, (2, 3)), K, padding=1)
        again = np.roll(conv2d(X, K, padding=1), shift, (2, 3))
        assert np.array_equal(moved, again)


def test_results_are_new_arrays():
    X, K = np.ones((1, 1, 2, 2)), np.ones((1, 1, 1, 1))
    for got in (conv2d(X, K), im2col(X, 1)):
        got += 1
        assert np.all(X == 1) and np.all(K == 1)


def test_lists_and_float32():
    assert conv2d([[[[1, 2], [3, 4]]]], [[[[2]]]], [1]).tolist() == [
        [[[3, 5], [7, 9]]]
    ]
    X, K = np.ones((2, 1, 4, 4), np.float32), np.ones((1, 1, 3, 3), np.float32)
    b = np.ones(1, np.float32)
    assert conv2d(X, K, b, 1, 1).dtype == np.float32
    assert im2col(X, 2, padding=1).dtype == np.float32


@pytest.mark.parametrize("kind", [bool, np.uint8, np.int8, np.int32, np.int64])
def test_whole_numbers_do_not_overflow(kind):
    X = np.full((1, 1, 3, 3), 127).astype(kind)
    K = np.full((1, 1, 3, 3), 100).astype(kind)
    expected = 9 if kind is bool else 9 * 127 * 100
    Z = conv2d(X, K)
    assert Z.dtype == np.float64 and Z.item() == expected
    assert im2col(X, 3).dtype == np.float64


def test_nan_passes_through_where_it_is():
    X = np.zeros((2, 1, 5, 5))
    X[0, 0, 0, 0] = np.nan
    Z = conv2d(X, np.ones((1, 1, 2, 2)))
    assert np.argwhere(np.isnan(Z)).tolist() == [[0, 0, 0, 0]]


# --- sizes ------------------------------------------------------------------


@quick
@given(
    st.integers(0, 12), st.integers(1, 6), st.integers(1, 4), st.integers(0, 3)
)
def test_output_size_counts_windows(length, size, stride, padding):
    last = length + 2 * padding - size
    found = conv_output_size(length, size, stride, padding)
    assert found == len(range(0, last + 1, stride))
    assert type(found) is int


def test_output_size_defaults_and_numpy_integers():
    assert conv_output_size(8, 3) == 6
    assert conv_output_size(np.int8(100), np.int8(3), padding=np.int8(90)) == (
        278
    )


@pytest.mark.parametrize(
    "arguments, name",
    [
        ((8.0, 3), "length"),
        ((8, 3.5), "size"),
        ((8, 3, "2"), "stride"),
        ((8, 3, True), "stride"),
        ((8, 3, 1, np.True_), "padding"),
        ((8, 3, 1, None), "padding"),
    ],
)
def test_output_size_wants_whole_numbers(arguments, name):
    message = rf"^{name} is .*, expected a whole number: convert it"
    with pytest.raises(TypeError, match=message):
        conv_output_size(*arguments)


@pytest.mark.parametrize(
    "arguments, said",
    [
        ((-1, 3), "length is -1, expected at least 0: look for a mix-up"),
        ((8, 0), "size is 0, expected at least 1"),
        ((8, 3, 0), "stride is 0, expected at least 1"),
        ((8, 3, 1, -1), "padding is -1, expected at least 0"),
    ],
)
def test_output_size_wants_numbers_in_range(arguments, said):
    with pytest.raises(ValueError, match="^" + re.escape(said)):
        conv_output_size(*arguments)


# --- wrong arguments --------------------------------------------------------

X, K = np.ones((2, 3, 4, 5)), np.ones((6, 3, 2, 2))


@pytest.mark.parametrize(
    "arguments, kind, said",
    [
        ((X[0], K), ValueError, "X has shape (3, 4, 5), expected (any, 3, "),
        ((X[:, :2], K), ValueError, "X has shape (2, 2, 4, 5), expected "),
        ((X, K[0]), ValueError, "K has shape (3, 2, 2), expected (any, any"),
        (
            (X, K[:, :, :1]),
            ValueError,
            "K has shape (6, 3, 1, 2), expected square kernels (c_out, c_in, "
            "size, size): pad the shorter side with zeros.",
        ),
        ((X, K, np.ones(3)), ValueError, "b has shape (3,), expected (6,)"),
        ((X, K, np.ones(6).astype(str)), TypeError, "b has type <U32, expec"),
        ((X, K[:, :, :0, :0]), ValueError, "size is 0, expected at least 1"),
        ((X.astype(str), K), TypeError, "X has type <U32, expected numbers: "),
        ((X, K.astype(object)), TypeError, "K has type object, expected num"),
        ((X, K, None, 0), ValueError, "stride is 0, expected at least 1"),
        ((X, K, None, 1, -1), ValueError, "padding is -1, expected at least"),
        ((X, K, None, 1.5), TypeError, "stride is 1.5, expected a whole num"),
        (
            (X, np.ones((1, 3, 7, 7)), None, 1, 1),
            ValueError,
            "a kernel of size 7 does not fit on images of 4x5 with padding "
            "1: use a smaller kernel or more padding.",
        ),
    ],
)
def test_conv2d_says_what_is_wrong(arguments, kind, said):
    with pytest.raises(kind, match="^" + re.escape(said)):
        conv2d(*arguments)


def test_conv2d_wants_both_sides_to_fit():
    for shape in [(1, 1, 2, 9), (1, 1, 9, 2)]:
        with pytest.raises(ValueError, match="does not fit"):
            conv2d(np.ones(shape), np.ones((1, 1, 3, 3)))


def test_im2col_says_what_is_wrong():
    with pytest.raises(ValueError, match=r"^X has shape \(4, 5\), expected"):
        im2col(X[0, 0], 2)
    with pytest.raises(TypeError, match="^X has type <U"):
        im2col(X.astype(str), 2)
    with pytest.raises(TypeError, match="^size is 2.0, expected a whole"):
        im2col(X, 2.0)


def test_batches_and_kernels_may_be_empty():
    assert conv2d(X[:0], K).shape == (0, 6, 3, 4)
    assert conv2d(X, K[:0]).shape == (2, 0, 3, 4)
    assert (
        conv2d(X[:, :0], K[:, :0]).tolist() == np.zeros((2, 6, 3, 4)).tolist()
    )
    assert im2col(X[:0], 2).shape == (0, 3, 4, 12)


# --- edges ------------------------------------------------------------------


def test_edges_are_sobel_kernels():
    across = np.outer([1, 2, 1], [-1, 0, 1]) / 4
    diagonal = np.array([[0, 1, 2], [-1, 0, 1], [-2, -1, 0]]) / 4
    assert EDGES.shape == (4, 1, 3, 3)
    expected = [across, across.T, diagonal, diagonal[:, ::-1]]
    assert np.array_equal(EDGES[:, 0], expected)


def features_by_scipy(x):
    """The same features, for one digit, in another way."""
    maps = [
        signal.correlate2d(x.reshape(8, 8), k, "same") for k in EDGES[:, 0]
    ]
    maps = [np.maximum(z, 0) for z in maps] + [np.maximum(-z, 0) for z in maps]
    corners = [(0, 0), (0, 1), (1, 0), (1, 1)]
    return np.concatenate(
        [sum(m[r::2, s::2] for r, s in corners).ravel() / 4 for m in maps]
    )


def test_edge_features_of_digits():
    digits = load_digits()[0][:20]
    kept = digits.copy()
    F = edge_features(digits)
    assert F.shape == (20, 128) and F.min() >= 0
    assert np.array_equal(F, [features_by_scipy(x) for x in digits])
    assert np.array_equal(digits, kept)
    assert np.array_equal(edge_features(digits.tolist()), F)
    assert edge_features(digits[:0]).shape == (0, 128)


def test_edge_features_say_what_is_wrong():
    with pytest.raises(ValueError, match=r"^X has shape \(64,\), expected"):
        edge_features(np.ones(64))
    with pytest.raises(ValueError, match=r"^X has shape \(2, 63\)"):
        edge_features(np.ones((2, 63)))
    bad = np.ones((2, 64))
    bad[1, 3] = np.nan
    with pytest.raises(ValueError, match="^X holds NaN or infinity"):
        edge_features(bad)
    with pytest.raises(TypeError, match="expected numbers"):
        edge_features(np.ones((2, 64)).astype(str))
    with pytest.raises(TypeError, match="^X has type complex128, expected re"):
        edge_features(np.ones((2, 64)) * 1j)


def test_edge_least_squares_is_least_squares_on_edges():
    digits, y = load_digits()
    machine = EdgeLeastSquares()
    assert machine.strength == 0.1
    assert machine.fit(digits[:500], y[:500]) is machine
    judge = LeastSquares(0.1).fit(edge_features(digits[:500]), y[:500])
    found = machine.predict(digits[500:])
    assert found.shape == (1297,)
    assert np.array_equal(found, judge.predict(edge_features(digits[500:])))
    assert np.mean(found == y[500:]) > 0.9
    assert EdgeLeastSquares(2.0).strength == 2.0
    assert EdgeLeastSquares(strength=3.0).strength == 3.0


def test_edge_least_squares_wants_to_be_fitted():
    with pytest.raises(RuntimeError, match="EdgeLeastSquares .*fit first"):
        EdgeLeastSquares().predict(np.zeros((1, 64)))
    with pytest.raises(ValueError, match=r"^X has shape \(2, 128\), expected"):
        EdgeLeastSquares().fit(np.zeros((2, 128)), [0, 1])
