"""The chain of layers: passes, flat parameters, gradients, messages."""

import copy
import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfdl.gradients import numerical_gradient
from mfdl.layers import Linear, ReLU
from mfdl.network import (
    Network,
    backward_pass,
    check_layer,
    check_layers,
    flatten_parameters,
    forward_pass,
)

quick = settings(deadline=None, derandomize=True, max_examples=40)
chains = st.lists(st.integers(1, 5), min_size=2, max_size=5)


class Smooth:
    """tanh: differentiable everywhere, for any kind of number."""

    parameters = ()

    def forward(self, Z):
        self.A = np.tanh(Z)
        return self.A

    def backward(self, G):
        return G * (1 - self.A**2)


class Note:
    """Passes everything on and notes what came by."""

    parameters = ()

    def __init__(self, name, log):
        self.name, self.log = name, log

    def forward(self, X):
        self.log.append(("forward", self.name, X))
        return X + 1

    def backward(self, G):
        self.log.append(("backward", self.name, G))
        return 2 * G


def build(widths, seed=0, bend=Smooth, dtype=np.float64):
    rng = np.random.default_rng(seed)
    layers = []
    for d_in, d_out in itertools.pairwise(widths):
        layers += [Linear(d_in, d_out, rng=rng), bend()]
    network = Network(layers[:-1], dtype)
    network.theta[:] = rng.standard_normal(network.theta.size)
    return network


def by_loops(network, x):
    """The output for one example, number by number, by plain Python."""
    for layer in network.layers:
        if isinstance(layer, Linear):
            x = [
                sum(float(w) * v for w, v in zip(row, x, strict=True))
                + float(bias)
                for row, bias in zip(layer.W, layer.b, strict=True)
            ]
        elif isinstance(layer, ReLU):
            x = [max(0.0, v) for v in x]
        else:
            x = [float(np.tanh(v)) for v in x]
    return x


def complex_loss(theta, X, widths, A):
    """sum A * Z for the tanh chain with parameters theta, by one formula."""
    start = 0
    H = X.astype(theta.dtype)
    for i, (d_in, d_out) in enumerate(itertools.pairwise(widths)):
        W = theta[start : start + d_in * d_out].reshape(d_out, d_in)
        start += d_in * d_out
        H = H @ W.T + theta[start : start + d_out]
        start += d_out
        if i < len(widths) - 2:
            H = np.tanh(H)
    return np.sum(A * H)


# --- values ----------------------------------------------------------------
@quick
@given(chains, st.integers(0, 99), st.sampled_from([ReLU, Smooth]))
def test_forward_equals_loops(widths, seed, bend):
    network = build(widths, seed, bend)
    X = np.random.default_rng(seed).standard_normal((3, widths[0]))
    expected = [by_loops(network, list(x)) for x in X]
    np.testing.assert_allclose(network.forward(X), expected, atol=1e-10)


@quick
@given(chains, st.integers(0, 99))
def test_gradients_equal_complex_step(widths, seed):
    network = build(widths, seed)
    rng = np.random.default_rng(seed + 1)
    X = rng.standard_normal((4, widths[0]))
    A = rng.standard_normal((4, widths[-1]))
    network.forward(X)
    dX = network.backward(A)
    for i in range(network.theta.size):
        theta = network.theta.astype(complex)
        theta[i] += 1e-30j
        step = complex_loss(theta, X, widths, A).imag / 1e-30
        assert abs(network.dtheta[i] - step) <= 1e-10 * max(1, abs(step))
    for i in np.ndindex(X.shape):
        shifted = X.astype(complex)
        shifted[i] += 1e-30j
        theta = network.theta.astype(complex)
        step = complex_loss(theta, shifted, widths, A).imag / 1e-30
        assert abs(dX[i] - step) <= 1e-10 * max(1, abs(step))


@pytest.mark.parametrize("widths", [(1, 1), (2, 5, 1), (3, 4, 4, 2)])
def test_gradients_equal_central_differences(widths):
    network = build(widths, 5, ReLU)
    rng = np.random.default_rng(6)
    X = rng.standard_normal((5, widths[0]))
    A = rng.standard_normal((5, widths[-1]))

    def loss(theta):
        kept = network.theta.copy()
        network.theta[:] = theta
        value = np.sum(A * network.forward(X))
        network.theta[:] = kept
        return value

    expected = numerical_gradient(loss, network.theta.copy())
    network.forward(X)
    network.backward(A)
    np.testing.assert_allclose(network.dtheta, expected, atol=1e-6)


@pytest.mark.parametrize("width", [1, 7])
def test_the_gradient_adds_up_over_examples(width):
    network = build((3, width, 2), 1, ReLU)
    X = np.random.default_rng(2).standard_normal((6, 3))
    network.forward(X)
    network.backward(np.ones((6, 2)))
    whole = network.dtheta.copy()
    parts = np.zeros_like(whole)
    for x in X:
        network.forward(x[None])
        network.backward(np.ones((1, 2)))
        parts += network.dtheta
    np.testing.assert_allclose(whole, parts, atol=1e-12)


# --- the passes ------------------------------------------------------------
def test_order_of_the_passes():
    log = []
    layers = [Note("a", log), Note("b", log), Note("c", log)]
    X, G = np.zeros((2, 1)), np.ones((2, 1))
    Z = forward_pass(layers, X)
    dX = backward_pass(layers, G, Z.shape)
    assert [entry[:2] for entry in log] == [
        ("forward", "a"), ("forward", "b"), ("forward", "c"),
        ("backward", "c"), ("backward", "b"), ("backward", "a"),
    ]  # fmt: skip
    assert [float(entry[2][0, 0]) for entry in log] == [0, 1, 2, 1, 2, 4]
    assert np.all(Z == 3) and np.all(dX == 8)


def test_backward_pass_takes_lists_and_returns_dX():
    layer = Linear(2, 1, rng=np.random.default_rng(0))
    layer.W[...] = [[3.0, 4.0]]
    forward_pass([layer], np.array([[1.0, 2.0]]))
    dX = backward_pass([layer], [[2.0]], (1, 1))
    assert dX.tolist() == [[6.0, 8.0]]
    assert layer.dW.tolist() == [[2.0, 4.0]] and layer.db.tolist() == [2.0]


def test_backward_overwrites_and_does_not_add():
    network = build((2, 3, 1))
    X = np.ones((4, 2))
    network.forward(X)
    network.backward(np.ones((4, 1)))
    once = network.dtheta.copy()
    assert np.any(once != 0)
    network.backward(np.ones((4, 1)))
    assert np.array_equal(network.dtheta, once)


def test_inputs_stay_as_they_are():
    network = build((2, 3, 1), bend=ReLU)
    X, G = np.ones((4, 2)), np.ones((4, 1))
    theta = network.theta.copy()
    network.forward(X)
    network.backward(G)
    assert np.all(X == 1) and np.all(G == 1)
    assert np.array_equal(network.theta, theta)


# --- flat parameters -------------------------------------------------------
@quick
@given(chains)
def test_theta_is_the_parameters_in_order(widths):
    rng = np.random.default_rng(3)
    layers = [Linear(i, o, rng=rng) for i, o in itertools.pairwise(widths)]
    for layer in layers:
        layer.b[...] = rng.standard_normal(layer.b.shape)
    kept = [(layer.W.copy(), layer.b.copy()) for layer in layers]
    network = Network(layers)
    expected = np.concatenate([a.ravel() for pair in kept for a in pair])
    assert np.array_equal(network.theta, expected)
    assert network.theta.shape == network.dtheta.shape == expected.shape
    assert not network.dtheta.any()
    for layer, (W, b) in zip(layers, kept, strict=True):
        assert np.array_equal(layer.W, W) and np.array_equal(layer.b, b)
        assert layer.dW.shape == W.shape and layer.db.shape == b.shape


def test_layers_hold_views():
    network = build((2, 3, 1))
    for layer in network.layers[::2]:
        for name in ("W", "b"):
            assert np.shares_memory(getattr(layer, name), network.theta)
            assert np.shares_memory(getattr(layer, "d" + name), network.dtheta)
    assert not np.shares_memory(network.theta, network.dtheta)
    network.theta[:] = np.arange(13)
    first, _, last = network.layers
    assert first.W.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert first.b.tolist() == [6, 7, 8]
    assert last.W.tolist() == [[9, 10, 11]] and last.b.tolist() == [12]
    last.b[...] = 99
    assert network.theta[-1] == 99


def test_dtheta_is_where_backward_writes():
    network = build((2, 3, 1))
    vector = network.dtheta
    network.forward(np.ones((4, 2)))
    network.backward(np.ones((4, 1)))
    first, _, last = network.layers
    stacked = [first.dW, first.db, last.dW, last.db]
    expected = np.concatenate([a.ravel() for a in stacked])
    assert network.dtheta is vector and np.all(expected != 0)
    assert np.array_equal(vector, expected)


def test_a_chain_without_parameters():
    network = Network([ReLU()])
    assert network.theta.shape == network.dtheta.shape == (0,)
    assert network.forward([[-1.0, 2.0]]).tolist() == [[0, 2]]
    assert network.backward([[5.0, 7.0]]).tolist() == [[0, 7]]


def test_a_number_may_be_a_parameter():
    class Shift:
        parameters = ("t",)
        t = 2.5

        def forward(self, X):
            return X + self.t

        def backward(self, G):
            self.dt[...] = G.sum()
            return G

    network = Network([Shift()])
    assert network.theta.tolist() == [2.5]
    network.theta += 1
    assert network.forward([[1.0], [2.0]]).tolist() == [[4.5], [5.5]]
    network.backward([[1.0], [2.0]])
    assert network.dtheta.tolist() == [3.0]


def test_flatten_parameters_by_itself():
    layer = Linear(2, 1, rng=np.random.default_rng(0))
    kept = layer.W.copy()
    theta, dtheta = flatten_parameters([layer])
    assert theta.dtype == dtheta.dtype == np.float64
    assert np.array_equal(theta[:2], kept[0]) and theta[2] == 0
    assert np.shares_memory(layer.dW, dtheta)


# --- types -----------------------------------------------------------------
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_type_throughout(dtype):
    rng = np.random.default_rng(0)
    network = Network([Linear(2, 3, rng=rng), ReLU()], dtype)
    for X in [np.ones((4, 2)), np.ones((4, 2), np.float32), [[1, 2]]]:
        Z = network.forward(X)
        dX = network.backward(np.ones(Z.shape))
        arrays = [Z, dX, network.theta, network.dtheta]
        arrays += [network.layers[0].W, network.layers[0].db]
        assert all(a.dtype == dtype for a in arrays)


def test_layers_get_the_networks_type():
    log = []
    network = Network([Note("a", log), linear(2, 1)], np.float32)
    network.forward([[1, 2]])
    network.backward([[1]])
    network = Network([Note("b", log)], np.float32)
    network.forward(np.ones((1, 1)))
    network.backward(np.ones((1, 1)))
    assert [entry[2].dtype for entry in log] == [np.float32] * 4


def test_float32_is_close_to_float64():
    X = np.random.default_rng(1).standard_normal((8, 3))
    large, small = (build((3, 6, 2), 4, ReLU, t) for t in ("f8", "f4"))
    np.testing.assert_allclose(
        small.forward(X), large.forward(X), rtol=1e-4, atol=1e-5
    )
    small.backward(np.ones((8, 2)))
    large.backward(np.ones((8, 2)))
    np.testing.assert_allclose(
        small.dtheta, large.dtheta, rtol=1e-4, atol=1e-4
    )


def test_the_default_is_float64():
    assert build((1, 1)).theta.dtype == np.float64


# --- messages --------------------------------------------------------------
def linear(d_in, d_out):
    return Linear(d_in, d_out, rng=np.random.default_rng(0))


@pytest.mark.parametrize("dtype", [int, bool, complex, np.int32])
def test_dtype_must_be_floating(dtype):
    layer = linear(2, 1)
    W = layer.W
    with pytest.raises(TypeError, match="expected a floating type") as got:
        Network([layer], dtype)
    assert f"dtype is {np.dtype(dtype)}," in str(got.value)
    assert layer.W is W


def test_an_empty_chain():
    with pytest.raises(ValueError, match="layers is empty, expected at least"):
        Network([])


def test_one_layer_without_a_list():
    with pytest.raises(TypeError, match=r"expected a list: write \[layer\]"):
        Network(linear(2, 1))


def test_the_class_instead_of_an_object():
    layer = linear(2, 1)
    W = layer.W
    with pytest.raises(TypeError, match=r"layers\[1\] is the class ReLU") as e:
        Network([layer, ReLU])
    assert "write ReLU(...)" in str(e.value)
    assert layer.W is W


@pytest.mark.parametrize("missing", ["forward", "backward", "parameters"])
def test_something_that_is_no_layer(missing):
    names = {"forward": len, "backward": len, "parameters": ()}
    del names[missing]
    stranger = type("Stranger", (), names)()
    with pytest.raises(
        TypeError, match=f"has no {missing}, expected a l"
    ) as e:
        Network([linear(2, 1), stranger])
    assert "layers[1] is of type Stranger" in str(e.value)


def test_check_layer_alone():
    assert check_layer(ReLU(), 0) is None
    with pytest.raises(TypeError, match=r"layers\[3\] is of type int"):
        check_layer(5, 3)


@pytest.mark.parametrize("between", [[], [ReLU()]])
def test_a_layer_twice(between):
    layer = linear(2, 2)
    W = layer.W
    place = 1 + len(between)
    with pytest.raises(ValueError, match=rf"layers\[{place}\] stands in"):
        Network([layer, *between, layer])
    assert layer.W is W
    relu = ReLU()
    with pytest.raises(ValueError, match="make a new layer"):
        Network([relu, relu])


def test_equal_layers_are_not_the_same_layer():
    class Equal(ReLU):
        def __eq__(self, other):
            return True

        __hash__ = None

    assert len(Network([Equal(), Equal()]).layers) == 2


def test_check_layers_returns_a_new_list():
    layers = [linear(2, 1)]
    assert check_layers(layers) == layers
    assert check_layers(layers) is not layers
    assert check_layers(layer for layer in layers) == layers
    network = Network(layers)
    layers.append("later")
    assert len(network.layers) == 1


def test_wrong_input_shape():
    network = Network([linear(2, 3), ReLU(), linear(3, 1)])
    theta = network.theta.copy()
    with pytest.raises(ValueError, match="refuses the input") as got:
        network.forward(np.ones((5, 3)))
    assert "layers[0] (Linear)" in str(got.value)
    assert "shape (5, 3):" in str(got.value)
    assert got.value.__cause__ is not None
    with pytest.raises(ValueError, match=r"refuses the input, shape \(2,\)"):
        network.forward(np.ones(2))
    assert np.array_equal(network.theta, theta)
    assert not network.dtheta.any()


def test_layers_that_do_not_fit():
    network = Network([linear(2, 5), ReLU(), linear(4, 1)])
    with pytest.raises(ValueError, match=r"what layers\[1\] gives") as got:
        network.forward(np.ones((3, 2)))
    assert "layers[2] (Linear) refuses" in str(got.value)
    assert "shape (3, 5):" in str(got.value)


def test_backward_before_forward():
    network = Network([linear(2, 1)])
    with pytest.raises(RuntimeError, match=r"call forward\(X\) first"):
        network.backward(np.ones((3, 1)))
    assert not network.dtheta.any()


def test_backward_after_a_failed_forward():
    network = Network([linear(2, 1)])
    network.forward(np.ones((3, 2)))
    with pytest.raises(ValueError):
        network.forward(np.ones((3, 5)))
    with pytest.raises(RuntimeError, match="needs a forward pass"):
        network.backward(np.ones((3, 1)))
    network.forward(np.ones((3, 2)))
    assert network.backward(np.ones((3, 1))).shape == (3, 2)


@pytest.mark.parametrize("shape", [(3,), (1, 3), (4, 1), (3, 2)])
def test_backward_with_a_wrong_shape(shape):
    network = Network([linear(2, 4), ReLU(), linear(4, 1)])
    network.forward(np.ones((3, 2)))
    with pytest.raises(ValueError, match="G has shape") as got:
        network.backward(np.ones(shape))
    assert str(shape) in str(got.value) and "(3, 1)" in str(got.value)
    assert not network.dtheta.any()
    assert network.backward(np.ones((3, 1))).shape == (3, 2)


def test_a_wrong_shape_never_reaches_the_layers():
    log = []
    network = Network([Note("a", log)])
    network.forward(np.ones((3, 2)))
    with pytest.raises(ValueError, match="G has shape"):
        network.backward(np.ones((1, 2)))
    assert len(log) == 1


# --- theta stays the layers' theta -------------------------------------------
@pytest.mark.parametrize("name", ["theta", "dtheta"])
def test_replacing_a_vector_is_refused(name):
    network = build((2, 3, 1))
    vector = getattr(network, name)
    kept = vector.copy()
    for other in (kept, vector[:], 0.0, None):
        with pytest.raises(AttributeError, match=f"^{name} would") as got:
            setattr(network, name, other)
        assert f"{name}[...] = or {name} -=" in str(got.value)
    assert getattr(network, name) is vector
    assert np.array_equal(vector, kept)


def test_changing_a_vector_in_place_is_welcome():
    network = build((2, 3, 1))
    vector, kept = network.theta, network.theta.copy()
    network.theta -= 1
    network.theta *= 2
    network.theta[...] += 0.5
    network.theta = vector
    assert network.theta is vector
    assert np.allclose(vector, 2 * (kept - 1) + 0.5)
    assert np.shares_memory(network.layers[0].W, vector)
    network.dtheta += 3
    assert network.layers[0].db.tolist() == [3, 3, 3]
    network.note = 1  # other names are free
    network.note = 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))],
)
def test_a_copy_has_a_vector_of_its_own(duplicate, dtype):
    network, X = build((2, 3, 1), bend=ReLU, dtype=dtype), np.ones((4, 2))
    expected = network.forward(X)
    other = duplicate(network)
    assert other.theta.dtype == dtype
    assert np.array_equal(other.theta, network.theta)
    assert np.array_equal(other.forward(X), expected)
    assert not np.shares_memory(other.theta, network.theta)
    assert np.shares_memory(other.layers[0].W, other.theta)
    assert np.shares_memory(other.layers[2].db, other.dtheta)
    other.theta[:] = 0
    assert not other.forward(X).any()
    assert np.array_equal(network.forward(X), expected)
    assert np.shares_memory(network.layers[0].W, network.theta)


def test_a_shallow_copy_is_refused():
    network = build((2, 1))
    with pytest.raises(TypeError, match=r"use copy\.deepcopy\.$"):
        copy.copy(network)
    assert np.shares_memory(network.layers[0].W, network.theta)


# --- what is no array of numbers -------------------------------------------
@pytest.mark.parametrize(
    "bad", [[["a", "b"]], np.ones((1, 2)) * 1j, None, [[object(), 1]]]
)
def test_no_numbers(bad):
    network = build((2, 2))
    for name, call in [("X", network.forward), ("G", network.backward)]:
        network.forward(np.ones((1, 2)))
        with pytest.raises(TypeError, match=f"^{name} has type") as got:
            call(bad)
        assert f"np.asarray({name}, float)" in str(got.value)
        assert not network.dtheta.any()
    assert network.backward(np.ones((1, 2))).shape == (1, 2)
    with pytest.raises(TypeError):
        network.forward(bad)
    with pytest.raises(RuntimeError, match="needs a forward pass"):
        network.backward(np.ones((1, 2)))


def test_rows_of_different_length():
    network = build((2, 2))
    network.forward(np.ones((2, 2)))
    for name, call in [("X", network.forward), ("G", network.backward)]:
        with pytest.raises(ValueError, match=f"^{name} is no array, expec"):
            call([[1, 2], [3]])
    assert not network.dtheta.any()


def test_booleans_and_integers_are_numbers():
    network = build((2, 1))
    for kind in (bool, np.int8, np.float32):
        expected = network.forward(np.ones((3, 2)))
        assert np.array_equal(network.forward(np.ones((3, 2), kind)), expected)
        assert network.backward(np.ones((3, 1), kind)).dtype == np.float64


def test_a_batch_without_examples():
    network = build((2, 3, 1), bend=ReLU)
    network.dtheta[:] = 5
    assert network.forward(np.ones((0, 2))).shape == (0, 1)
    assert network.backward(np.ones((0, 1))).shape == (0, 2)
    assert not network.dtheta.any()


# --- it learns -------------------------------------------------------------
def test_gradient_descent_learns_xor():
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    T = np.array([[0.0], [1.0], [1.0], [0.0]])
    solved = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        network = Network(
            [Linear(2, 16, rng=rng), ReLU(), Linear(16, 1, rng=rng)]
        )
        for _ in range(600):
            R = network.forward(X) - T
            network.backward(R / 4)
            network.theta -= 0.1 * network.dtheta
        solved += np.max(np.abs(R)) < 0.2
    assert solved >= 5
