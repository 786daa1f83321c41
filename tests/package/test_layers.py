"""Layers: every backward pass against oracles that share none of its code."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfdl.gradients import check_gradient
from mfdl.layers import (
    Layer,
    Linear,
    ReLU,
    affine_backward,
    he_normal,
    unbroadcast,
)

quick = settings(deadline=None, derandomize=True, max_examples=50)
sizes = st.integers(1, 6)
seeds = st.integers(0, 2**32 - 1)


def random(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


def linear(d_in=3, d_out=2, seed=0):
    layer = Linear(d_in, d_out, rng=np.random.default_rng(seed))
    layer.b += np.arange(1, d_out + 1)
    return layer


# --- affine_backward ---------------------------------------------------------


@quick
@given(sizes, sizes, sizes, seeds)
def test_affine_gradients_are_the_loops(n, d_in, d_out, seed):
    G, X, W = random(seed, (n, d_out), (n, d_in), (d_out, d_in))
    dW, db, dX = np.zeros(W.shape), np.zeros(d_out), np.zeros(X.shape)
    for g, x, dx in zip(G, X, dX, strict=True):  # example by example
        dW += g[:, None] * x
        db += g
        for o in range(d_out):
            dx += g[o] * W[o]
    got = affine_backward(G, X, W)
    for a, b in zip(got, (dW, db, dX), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "G, X, W, name",
    [
        ((4, 3), (4, 3), (2, 3), "G"),
        ((5, 2), (4, 3), (2, 3), "G"),
        ((2,), (4, 3), (2, 3), "G"),
        ((1, 2), (4, 3), (2, 3), "G"),
        ((4, 2), (4, 2), (2, 3), "X"),
        ((4, 2), (3,), (2, 3), "X"),
        ((4, 2), (4, 3), (3,), "W"),
        ((4, 2), (4, 3), (2, 3, 1), "W"),
    ],
)
def test_affine_backward_names_the_wrong_shape(G, X, W, name):
    with pytest.raises(ValueError, match=f"^{name} has shape"):
        affine_backward(np.ones(G), np.ones(X), np.ones(W))


def test_affine_backward_takes_lists_and_an_empty_batch():
    dW, db, dX = affine_backward([[2]], [[3]], [[5]])
    assert (dW, db, dX) == ([[6]], [2], [[10]])
    dW, db, dX = affine_backward(
        np.ones((0, 2)), np.ones((0, 3)), np.ones((2, 3))
    )
    assert dW.shape == (2, 3) and not dW.any()
    assert db.shape == (2,) and not db.any() and dX.shape == (0, 3)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int8, np.int32])
def test_affine_backward_takes_whole_numbers_of_few_bits(dtype):
    """Sums of bytes would wrap around, sums of bools would be an or."""
    big = 1 if dtype is bool else 100
    G, X = np.full((400, 2), big, dtype), np.full((400, 3), big, dtype)
    dW, db, dX = affine_backward(G, X, np.ones((2, 3), dtype))
    assert (dW == 400 * big**2).all() and (db == 400 * big).all()
    assert (dX == 2 * big).all() and (G == big).all()


def test_affine_backward_keeps_single_precision():
    G, X, W = (np.ones(s, np.float32) for s in [(4, 2), (4, 3), (2, 3)])
    assert all(d.dtype == np.float32 for d in affine_backward(G, X, W))


# --- he_normal ---------------------------------------------------------------


def test_he_normal_has_the_shape_mean_and_variance_it_promises():
    W = he_normal(50, 4000, rng=np.random.default_rng(1))
    assert W.shape == (4000, 50) and W.dtype == np.float64
    assert abs(W.mean()) < 0.002
    np.testing.assert_allclose(W.var(), 2 / 50, rtol=0.02)
    again = he_normal(50, 4000, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(W, again)


@pytest.mark.parametrize("bad", [0, -1, 2.0, "3", None, (2, 3), True])
@pytest.mark.parametrize("name", ["d_in", "d_out"])
def test_sizes_are_whole_numbers_of_at_least_one(name, bad):
    arguments = {"d_in": 3, "d_out": 2, name: bad}
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=f"^{name} is .*at least 1"):
        he_normal(**arguments, rng=rng)
    with pytest.raises(ValueError, match=f"^{name} is"):
        Linear(**arguments, rng=rng)
    before = np.random.default_rng(0).standard_normal()
    assert rng.standard_normal() == before  # nothing was drawn


def test_a_size_may_be_one_or_a_numpy_integer():
    rng = np.random.default_rng(0)
    assert he_normal(np.int32(1), np.int64(1), rng=rng).shape == (1, 1)


@pytest.mark.parametrize("bad", [0, None, np.random, np.random.RandomState(0)])
def test_randomness_comes_from_a_generator(bad):
    with pytest.raises(TypeError, match="random generator"):
        Linear(3, 2, rng=bad)
    with pytest.raises(TypeError):
        Linear(3, 2)


# --- Linear ------------------------------------------------------------------


def test_a_new_layer():
    layer = Linear(3, 2, rng=np.random.default_rng(4))
    assert isinstance(layer, Layer) and Linear.parameters == ("W", "b")
    expected = he_normal(3, 2, rng=np.random.default_rng(4))
    np.testing.assert_array_equal(layer.W, expected)
    for array, shape in [
        (layer.b, (2,)),
        (layer.dW, (2, 3)),
        (layer.db, (2,)),
    ]:
        assert array.shape == shape and not array.any()
    assert not np.shares_memory(layer.W, layer.dW)
    assert not np.shares_memory(layer.b, layer.db)


@quick
@given(sizes, sizes, sizes, seeds)
def test_linear_is_right_by_complex_step(n, d_in, d_out, seed):
    """Im f(x + ih v) / h is the derivative along v, without cancellation."""
    layer = linear(d_in, d_out, seed)
    X, G, V = random(seed, (n, d_in), (n, d_out), (n, d_in))
    U, v = random(seed + 1, (d_out, d_in), (d_out,))
    Z = layer.forward(X)
    loops = [
        [layer.b[o] + sum(layer.W[o] * X[i]) for o in range(d_out)]
        for i in range(n)
    ]
    np.testing.assert_allclose(Z, loops, rtol=1e-12, atol=1e-12)
    dX = layer.backward(G)

    def slope(X, W, b, h=1e-30):
        judge = Linear(d_in, d_out, rng=np.random.default_rng(0))
        judge.W, judge.b = layer.W + 1j * h * W, layer.b + 1j * h * b
        return np.sum(G * judge.forward(layer.X + 1j * h * X)).imag / h

    for nudge, paired in [
        ((V, 0 * U, 0 * v), np.sum(dX * V)),
        ((0 * V, U, 0 * v), np.sum(layer.dW * U)),
        ((0 * V, 0 * U, v), np.sum(layer.db * v)),
    ]:
        np.testing.assert_allclose(slope(*nudge), paired, rtol=1e-9, atol=1e-9)


def test_a_chain_is_right_by_central_differences():
    rng = np.random.default_rng(5)
    first, relu, last = Linear(5, 7, rng=rng), ReLU(), Linear(7, 3, rng=rng)
    first.b += rng.standard_normal(7)
    X, G = rng.standard_normal((6, 5)), rng.standard_normal((6, 3))

    def loss(X):
        Z = last.forward(relu.forward(first.forward(X)))
        return np.sum(G * np.sin(Z))

    assert np.abs(first.forward(X)).min() > 1e-3
    loss(X)
    Z = last.forward(relu.forward(first.forward(X)))
    dX = first.backward(relu.backward(last.backward(G * np.cos(Z))))
    check_gradient(loss, dX, X)
    for layer in (first, last):
        for name in layer.parameters:
            array = getattr(layer, name)
            kept = array.copy()

            def loss_at(value, array=array, kept=kept):
                array[...] = value
                result = loss(X)
                array[...] = kept
                return result

            check_gradient(loss_at, getattr(layer, "d" + name), kept)


def test_gradients_are_written_into_the_arrays_that_are_there():
    """A network binds views of one flat vector; they must stay bound."""
    layer, flat = linear(), np.zeros(8, np.float32)
    layer.W = layer.W.astype(np.float32)
    layer.b = layer.b.astype(np.float32)
    layer.dW, layer.db = flat[:6].reshape(2, 3), flat[6:]
    dW, db = layer.dW, layer.db
    layer.forward(np.ones((4, 3), np.float32))
    layer.backward(np.ones((4, 2), np.float32))
    assert layer.dW is dW and layer.db is db
    np.testing.assert_array_equal(flat, 4)
    layer.backward(np.zeros((4, 2)))  # set afresh, not added up
    np.testing.assert_array_equal(flat, 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("given", [np.float32, np.float64, np.int64, bool])
def test_a_layer_computes_in_the_precision_of_its_weights(dtype, given):
    layer = linear()
    for name in ("W", "b", "dW", "db"):
        setattr(layer, name, getattr(layer, name).astype(dtype))
    Z = layer.forward(np.ones((4, 3), given))
    dX = layer.backward(np.ones((4, 2), given))
    assert Z.dtype == dX.dtype == layer.dW.dtype == layer.db.dtype == dtype
    A = ReLU().forward(Z)
    assert A.dtype == dtype


def test_forward_keeps_a_reference_and_changes_nothing():
    layer, X, G = linear(), np.ones((4, 3)), np.ones((4, 2))
    W, b = layer.W.copy(), layer.b.copy()
    layer.forward(X)
    layer.backward(G)
    assert layer.X is X and (X == 1).all() and (G == 1).all()
    np.testing.assert_array_equal(layer.W, W)
    np.testing.assert_array_equal(layer.b, b)


def test_the_latest_batch_counts():
    layer = linear()
    layer.forward(np.ones((4, 3)))
    layer.forward(2 * np.ones((5, 3)))
    layer.backward(np.ones((5, 2)))
    np.testing.assert_allclose(layer.dW, 10)


def test_lists_and_an_empty_batch_are_fine():
    layer = linear()
    assert layer.forward([[1, 2, 3]]).shape == (1, 2)
    assert layer.backward([[1, 0]]).shape == (1, 3)
    np.testing.assert_array_equal(layer.dW, [[1, 2, 3], [0, 0, 0]])
    assert layer.forward(np.ones((0, 3))).shape == (0, 2)
    assert layer.backward(np.ones((0, 2))).shape == (0, 3)
    assert not layer.dW.any() and not layer.db.any()


@pytest.mark.parametrize("layer", [linear(), ReLU()], ids=["linear", "relu"])
def test_backward_before_forward_says_so(layer):
    name = type(layer).__name__
    with pytest.raises(
        RuntimeError, match=f"^{name}.backward was called before forward: call"
    ):
        layer.backward(np.ones((4, 2)))


BAD_G = [
    (np.ones((4, 3)), ValueError, "G has shape"),
    (np.ones((3, 2)), ValueError, "G has shape"),
    (np.ones((1, 2)), ValueError, "G has shape"),
    (np.ones(2), ValueError, "G has shape"),
    (np.array([[0, 0]] * 3 + [[0, np.nan]]), ValueError, "of G, holds NaN"),
    (np.array([[0, 0]] * 3 + [[np.inf, 0]]), ValueError, "NaN or inf"),
    (np.array([[-np.inf, 0], [np.inf, 0]] * 2), ValueError, "NaN or inf"),
    (np.ones((4, 2), complex), TypeError, "^G has type complex128"),
    (np.array([["a", "b"]] * 4), TypeError, "^G has type <U1"),
    (np.array([[None, 1]] * 4), TypeError, "^G has type object"),
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("G, error, says", BAD_G)
def test_a_bad_gradient_changes_nothing(G, error, says):
    layer = linear()
    layer.forward(np.ones((4, 3)))
    layer.dW[...], layer.db[...] = 7, 8
    with pytest.raises(error, match=says):
        layer.backward(G)
    assert (layer.dW == 7).all() and (layer.db == 8).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "x, g", [(np.inf, 0.0), (np.nan, 0.0), (-np.inf, 1.0), (1e200, 1e200)]
)
def test_a_poisoned_batch_does_not_reach_the_weights(x, g):
    """0 times infinity is NaN: an off unit may hide it from the loss."""
    layer = linear()
    layer.forward(np.ones((4, 3)))
    layer.X = np.array([[1.0, x, 1.0]])
    layer.dW[...], layer.db[...] = 7, 8
    with pytest.raises(ValueError, match="^dW, the product of G and X, holds"):
        layer.backward([[g, 1.0]])
    assert (layer.dW == 7).all() and (layer.db == 8).all()


@pytest.mark.parametrize(
    "X, error, says",
    [
        (np.ones((4, 5)), ValueError, "X has shape"),
        (np.ones(3), ValueError, "X has shape"),
        (np.ones((2, 4, 3)), ValueError, "X has shape"),
        (np.ones((4, 3), complex), TypeError, "^X has type complex128"),
        ([["a", "b", "c"]], TypeError, "^X has type"),
    ],
)
def test_a_bad_batch_is_not_remembered(X, error, says):
    layer, good = linear(), np.ones((4, 3))
    layer.forward(good)
    with pytest.raises(error, match=says):
        layer.forward(X)
    assert layer.X is good


@pytest.mark.parametrize("name, shape", [("W", (2, 9)), ("b", (3,))])
def test_a_gradient_has_its_parameters_shape(name, shape):
    """Someone has put another parameter into the layer after forward."""
    layer = linear()
    layer.forward(np.ones((4, 3)))
    setattr(layer, name, np.zeros(shape))
    with pytest.raises(ValueError, match="has shape"):
        layer.backward(np.ones((4, 2)))
    assert not layer.dW.any() and not layer.db.any()


# --- Layer -------------------------------------------------------------------


class Scale(Layer):
    """A reader's own layer: Z = s * X + t."""

    parameters = ("s", "t")

    def __init__(self, d):
        self.s, self.t = np.ones(d), np.zeros(d)
        self.ds, self.dt = np.zeros(d), np.zeros(d)


def test_store_writes_all_gradients_or_none():
    layer = Scale(3)
    ds = layer.ds
    layer.store(s=np.full(3, 2.0), t=np.full(3, 5.0))
    assert layer.ds is ds and (ds == 2).all() and (layer.dt == 5).all()
    for bad in [np.ones((6, 3)), np.ones(1), np.ones(()), np.ones(4)]:
        with pytest.raises(ValueError, match="^dt has shape"):
            layer.store(s=np.zeros(3), t=bad)
        assert (layer.ds == 2).all() and (layer.dt == 5).all()
    layer.store(s=[1, 2, 3])  # a list will do
    np.testing.assert_array_equal(ds, [1, 2, 3])
    del layer.dt  # the reader forgot it
    with pytest.raises(AttributeError, match="dt"):
        layer.store(s=np.zeros(3), t=np.zeros(3))
    np.testing.assert_array_equal(ds, [1, 2, 3])


def test_recall_returns_what_was_kept():
    layer = Scale(3)
    assert Layer.parameters == () and layer.recall("s") is layer.s
    with pytest.raises(RuntimeError, match="Scale.backward.*before forward"):
        layer.recall("X")


# --- ReLU --------------------------------------------------------------------


@quick
@given(st.lists(sizes, max_size=3), seeds)
def test_relu_entry_by_entry(shape, seed):
    Z, G = random(seed, tuple(shape), tuple(shape))
    Z, G = np.asarray(Z), np.asarray(G)
    z, g = Z.copy(), G.copy()
    layer = ReLU()
    A, dZ = layer.forward(Z), layer.backward(G)
    assert np.shape(A) == dZ.shape == Z.shape
    for i in np.ndindex(Z.shape):
        assert A[i] == (Z[i] if Z[i] > 0 else 0)
        assert dZ[i] == (G[i] if Z[i] > 0 else 0)
    np.testing.assert_array_equal(Z, z)
    np.testing.assert_array_equal(G, g)


def test_relu_at_the_kink_and_next_to_it():
    layer, tiny = ReLU(), np.nextafter(0, 1)
    A = layer.forward([[-0.0, 0.0, tiny, -tiny]])
    np.testing.assert_array_equal(A, [[0, 0, tiny, 0]])
    dZ = layer.backward([[3.0, 3.0, 3.0, 3.0]])
    np.testing.assert_array_equal(dZ, [[0, 0, 3, 0]])


def test_relu_does_not_hide_a_nan_or_spread_one():
    layer = ReLU()
    A = layer.forward(np.array([np.nan, np.inf, -np.inf, 1]))
    np.testing.assert_array_equal(A, [np.nan, np.inf, 0, 1])
    layer.forward(np.array([-1.0, 1.0]))
    dZ = layer.backward(np.array([np.inf, 2.0]))
    np.testing.assert_array_equal(dZ, [0, 2])


def test_relu_keeps_single_precision_and_has_no_parameters():
    layer = ReLU()
    assert layer.parameters == () and isinstance(layer, Layer)
    Z = np.array([[-1, 2]], np.float32)
    assert layer.forward(Z).dtype == np.float32
    assert layer.backward(Z).dtype == np.float32


@pytest.mark.parametrize("shape", [(2,), (1, 2), (2, 4), (4, 2, 1), ()])
def test_relu_wants_a_gradient_of_the_shape_of_its_outputs(shape):
    layer = ReLU()
    layer.forward(np.ones((4, 2)))
    with pytest.raises(ValueError, match="^G has shape"):
        layer.backward(np.ones(shape))


@pytest.mark.parametrize("bad", [["a", "b"], [None, 1.0]])
def test_relu_and_unbroadcast_want_numbers(bad):
    layer, good = ReLU(), np.array([1.0, -1.0])
    layer.forward(good)
    with pytest.raises(TypeError, match="^Z has type .* expected numbers"):
        layer.forward(bad)
    with pytest.raises(TypeError, match="^G has type .* expected numbers"):
        layer.backward(bad)
    with pytest.raises(TypeError, match="^G has type .* expected numbers"):
        unbroadcast(bad, ())
    np.testing.assert_array_equal(layer.backward(good), [1, 0])
    assert ReLU().forward([True, False]).tolist() == [1, 0]


# --- unbroadcast -------------------------------------------------------------


@st.composite
def broadcasts(draw):
    """A shape, and one that it broadcasts to."""
    large = draw(st.lists(st.integers(0, 4), max_size=4))
    small = [draw(st.sampled_from([d, 1])) for d in large]
    return tuple(small[draw(st.integers(0, len(small))) :]), tuple(large)


@quick
@given(broadcasts(), seeds)
def test_unbroadcast_is_the_adjoint(shapes, seed):
    small, large = shapes
    A, G = random(seed, small, large)
    back = unbroadcast(G, small)
    assert isinstance(back, np.ndarray) and back.shape == small
    forward = np.sum(G * np.broadcast_to(A, large))
    np.testing.assert_allclose(np.sum(back * A), forward, atol=1e-10)


@quick
@given(broadcasts(), seeds)
def test_unbroadcast_sums_the_copies_one_by_one(shapes, seed):
    small, large = shapes
    G = np.asarray(random(seed, large)[0])
    expected = np.zeros(small)
    home = np.arange(expected.size).reshape(small)
    home = np.broadcast_to(home, large)
    for i in np.ndindex(large):
        expected.flat[home[i]] += G[i]
    np.testing.assert_allclose(unbroadcast(G, small), expected, atol=1e-12)


@pytest.mark.parametrize(
    "large, small",
    [
        ((3, 2), (3,)),
        ((3, 2), (4, 3, 2)),
        ((3, 2), (2, 2)),
        ((3, 2), (1, 3, 2)),
        ((1, 2), (3, 2)),
        ((), (1,)),
        ((4,), (0,)),
        ((2, 3, 4), (3, 3, 4)),
        ((2, 3, 4), (4, 3)),
    ],
)
def test_unbroadcast_says_when_the_shapes_do_not_fit(large, small):
    message = (
        f"G has shape {large}, but an array of shape {small} does not "
        "broadcast to it"
    )
    with pytest.raises(ValueError) as caught:
        unbroadcast(np.ones(large), small)
    assert message in str(caught.value)


def test_unbroadcast_keeps_type_and_input_and_takes_lists():
    G = np.ones((4, 3), np.float32)
    back = unbroadcast(G, [3])
    assert (
        back.dtype == np.float32 and back.shape == (3,) and (back == 4).all()
    )
    assert (G == 1).all()
    same = unbroadcast(G, (4, 3))
    same += 1
    assert (G == 1).all(), "the result is an array of its own"
    assert unbroadcast([[1, 2], [3, 4]], ()) == 10
