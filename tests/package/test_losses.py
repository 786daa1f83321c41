"""The losses of *Models that assign probabilities* against other judges."""

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mfdl.losses import (
    SoftmaxCrossEntropy,
    SquaredError,
    log_softmax,
    one_hot,
    softmax,
)

steady = settings(deadline=None, derandomize=True, max_examples=50)
moderate = st.floats(-30, 30)
SIZES = [(1, 1), (1, 2), (5, 3), (7, 10)]


def logits_of(n_and_k):
    return arrays(np.float64, n_and_k, elements=moderate)


matrices = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(logits_of)


def batch(n, k, seed=0):
    rng = np.random.default_rng(seed)
    return 3 * rng.standard_normal((n, k)), rng.integers(0, k, n)


def complex_step(f, Z):
    """Derivatives of f at Z with nothing subtracted."""
    G = np.empty_like(Z)
    for i in np.ndindex(Z.shape):
        moved = Z.astype(complex)
        moved[i] += 1e-30j
        G[i] = f(moved).imag / 1e-30
    return G


def central(f, Z, h=1e-5):
    """Derivatives of f at Z by central differences."""
    G = np.empty_like(Z)
    for i in np.ndindex(Z.shape):
        up, down = Z.copy(), Z.copy()
        up[i] += h
        down[i] -= h
        G[i] = (f(up) - f(down)) / (2 * h)
    return G


# --- softmax ---------------------------------------------------------------


@steady
@given(matrices)
def test_softmax_is_scipys(Z):
    expected = scipy.special.log_softmax(Z, axis=-1)
    np.testing.assert_allclose(log_softmax(Z), expected, rtol=0, atol=1e-13)
    np.testing.assert_allclose(
        softmax(Z), scipy.special.softmax(Z, axis=-1), rtol=0, atol=1e-14
    )


@steady
@given(matrices)
def test_rows_are_probabilities(Z):
    P = softmax(Z)
    assert P.shape == Z.shape
    assert np.all(P > 0) and np.all(P <= 1)
    np.testing.assert_allclose(P.sum(axis=-1), 1, rtol=0, atol=1e-14)


@pytest.mark.parametrize("shape", [(4,), (1,), (3, 4), (2, 3, 4)])
def test_softmax_works_along_the_last_axis(shape):
    Z = np.random.default_rng(1).standard_normal(shape)
    got = log_softmax(Z)
    assert got.shape == shape
    for row in np.ndindex(shape[:-1]):
        total = sum(np.exp(z) for z in Z[row])
        for c in range(shape[-1]):
            assert got[row][c] == pytest.approx(Z[row][c] - np.log(total))


def test_huge_logits_stay_finite():
    got = log_softmax(np.array([[1000.0, 0.0], [-1000.0, -1001.0]]))
    np.testing.assert_allclose(got[0], [0, -1000], rtol=1e-15, atol=0)
    np.testing.assert_allclose(
        got[1], np.log([1 / (1 + np.exp(-1)), 1 / (1 + np.e)]), rtol=1e-14
    )


def test_a_common_shift_costs_no_digits():
    """The largest logit is subtracted before anything is rounded."""
    Z = np.array([0.0, 1.0, 2.0])
    np.testing.assert_array_equal(log_softmax(Z + 2.0**30), log_softmax(Z))
    Z = Z.astype(np.float32)
    shifted = log_softmax(Z + np.float32(2.0**20))
    np.testing.assert_array_equal(shifted, log_softmax(Z))


@pytest.mark.parametrize("function", [log_softmax, softmax])
def test_precision_is_kept_and_integers_become_floats(function):
    Z = np.array([[1, 2, 3]])
    assert function(Z.astype(np.float32)).dtype == np.float32
    assert function(Z.astype(np.float64)).dtype == np.float64
    for integer in (np.int8, np.int32, np.int64, bool):
        assert function(Z.astype(integer)).dtype == np.float64
    np.testing.assert_array_equal(function(Z), function(Z.astype(float)))
    assert function([[1, 2]]).shape == (1, 2)


def test_small_integers_do_not_wrap_around():
    got = log_softmax(np.array([127, -128], dtype=np.int8))
    np.testing.assert_allclose(got, [0, -255], rtol=0, atol=1e-12)


@pytest.mark.parametrize("function", [log_softmax, softmax])
def test_softmax_leaves_its_input_alone(function):
    Z, _ = batch(4, 3)
    before = Z.copy()
    function(Z)
    np.testing.assert_array_equal(Z, before)


@pytest.mark.parametrize("function", [log_softmax, softmax])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_softmax_refuses_what_is_not_finite(function, bad):
    with pytest.raises(ValueError, match="Z.*NaN"):
        function(np.array([[0.0, bad]]))


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (0, 3)])
def test_softmax_refuses_no_logits(shape):
    with pytest.raises(ValueError, match="one logit for each class") as error:
        log_softmax(np.zeros(shape))
    assert f"Z has shape {shape}" in str(error.value)


def test_words_are_no_numbers():
    for words in ([["1", "2"]], [["a", "b"]], [[None, 1.0]]):
        with pytest.raises(TypeError, match="Z has type"):
            log_softmax(words)
        with pytest.raises(TypeError, match="Z has type"):
            SoftmaxCrossEntropy().forward(words, [0])
        with pytest.raises(TypeError, match="T has type"):
            SquaredError().forward(np.ones((1, 2)), words)


# --- one_hot ---------------------------------------------------------------


def test_one_hot_is_one_at_the_label():
    Y = one_hot(np.array([2, 0, 1, 2]), 4)
    expected = [[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
    np.testing.assert_array_equal(Y, expected)
    assert Y.dtype == np.float64
    assert one_hot([0, 1], 2, np.float32).dtype == np.float32
    np.testing.assert_array_equal(one_hot([0], 1), [[1]])
    np.testing.assert_array_equal(one_hot([1], np.int64(2)), [[0, 1]])


def test_one_hot_refuses_bad_labels():
    for y in ([3], [-1]):
        with pytest.raises(ValueError, match="y has"):
            one_hot(np.array(y), 3)
    with pytest.raises(TypeError, match="y has"):
        one_hot(np.array([0.0, 1.0]), 3)
    with pytest.raises(ValueError, match="y has"):
        one_hot(np.array([[0, 1]]), 3)


@pytest.mark.parametrize("n_classes", [0, -1, 3.0, "3", None])
def test_one_hot_refuses_no_classes(n_classes):
    with pytest.raises(ValueError, match="whole number, at least 1"):
        one_hot(np.array([0]), n_classes)


# --- SoftmaxCrossEntropy ---------------------------------------------------


def plain_loss(Z, y):
    """With a loop, from the definition."""
    total = 0
    for z, label in zip(Z, y, strict=True):
        total = total - np.log(np.exp(z[label]) / np.exp(z).sum())
    return total / len(y)


@pytest.mark.parametrize("n, k", SIZES)
def test_loss_is_the_mean_of_minus_log_p(n, k):
    Z, y = batch(n, k)
    got = SoftmaxCrossEntropy().forward(Z, y)
    assert np.shape(got) == ()
    assert got == pytest.approx(plain_loss(Z, y), abs=1e-13)


@pytest.mark.parametrize("n, k", SIZES)
def test_gradient_by_differences_and_complex_step(n, k):
    Z, y = batch(n, k)
    loss = SoftmaxCrossEntropy()
    loss.forward(Z, y)
    G = loss.backward()
    assert G.shape == Z.shape
    exact = complex_step(lambda Z: plain_loss(Z, y), Z)
    np.testing.assert_allclose(G, exact, rtol=0, atol=1e-14)
    differences = central(lambda Z: SoftmaxCrossEntropy().forward(Z, y), Z)
    np.testing.assert_allclose(G, differences, rtol=0, atol=1e-8)


@steady
@given(matrices, st.randoms(use_true_random=False))
def test_gradient_rows_add_up_to_zero(Z, random):
    n, k = Z.shape
    y = np.array([random.randrange(k) for _ in range(n)])
    loss = SoftmaxCrossEntropy()
    assert loss.forward(Z, y) >= 0
    G = loss.backward()
    np.testing.assert_allclose(G.sum(axis=1), 0, rtol=0, atol=1e-14)
    assert np.all(G[np.arange(n), y] <= 0)


def test_it_keeps_the_probabilities():
    Z, y = batch(5, 3)
    loss = SoftmaxCrossEntropy()
    loss.forward(Z, y)
    np.testing.assert_allclose(loss.P, softmax(Z), rtol=0, atol=1e-15)


def test_known_values():
    loss = SoftmaxCrossEntropy()
    assert loss.forward(np.zeros((4, 10)), np.arange(4)) == pytest.approx(
        np.log(10)
    )
    Z = np.log(np.array([[1.0, 2.0, 5.0]]))
    assert loss.forward(Z, [1]) == pytest.approx(np.log(4))
    np.testing.assert_allclose(loss.backward(), [[1 / 8, -3 / 4, 5 / 8]])
    assert loss.forward(np.array([[0.0, -800.0]]), [1]) == 800


def test_backward_may_be_repeated_and_gives_fresh_arrays():
    Z, y = batch(5, 3)
    loss = SoftmaxCrossEntropy()
    loss.forward(Z, y)
    first = loss.backward()
    kept = first.copy()
    first[...] = 7
    np.testing.assert_array_equal(loss.backward(), kept)


def test_the_caller_may_refill_the_arrays_before_backward():
    Z, y = batch(5, 3)
    loss = SoftmaxCrossEntropy()
    loss.forward(Z, y)
    expected = loss.backward()
    Z[...], y[...] = 0, (y + 1) % 3
    np.testing.assert_array_equal(loss.backward(), expected)


@pytest.mark.parametrize("kind", [SoftmaxCrossEntropy, SquaredError])
def test_losses_leave_their_input_alone(kind):
    Z, y = batch(5, 3)
    target = y if kind is SoftmaxCrossEntropy else Z + 1
    before = Z.copy(), target.copy()
    loss = kind()
    loss.forward(Z, target)
    loss.backward()
    np.testing.assert_array_equal(Z, before[0])
    np.testing.assert_array_equal(target, before[1])


def test_cross_entropy_keeps_float32():
    Z, y = batch(5, 3)
    loss = SoftmaxCrossEntropy()
    assert loss.forward(Z.astype(np.float32), y).dtype == np.float32
    assert loss.P.dtype == np.float32
    assert loss.backward().dtype == np.float32
    assert loss.forward(Z, y).dtype == np.float64
    assert loss.backward().dtype == np.float64


BAD_BATCHES = [
    (np.zeros(3), [0], ValueError, "Z has shape"),
    (np.zeros((2, 3, 4)), [0, 0], ValueError, "Z has shape"),
    (np.zeros((0, 3)), np.zeros(0, int), ValueError, "at least one example"),
    (np.zeros((2, 0)), np.zeros(2, int), ValueError, "at least one example"),
    (np.zeros((3, 2)), [0, 1], ValueError, "y has shape"),
    (np.zeros((2, 2)), [0, 1, 0], ValueError, "y has shape"),
    (np.zeros((2, 2)), [[0, 1], [1, 0]], ValueError, "y has shape"),
    (np.zeros((2, 2)), [0, 2], ValueError, "y has"),
    (np.zeros((2, 2)), [0, -1], ValueError, "y has"),
    (np.zeros((2, 2)), [0.0, 1.0], TypeError, "y has"),
    (np.zeros((2, 2)), [True, False], TypeError, "y has"),
    (np.array([[0, np.nan]]), [0], ValueError, "Z.*NaN"),
    (np.array([[0, np.inf]]), [0], ValueError, "Z.*NaN"),
    (np.array([[0, -np.inf]]), [0], ValueError, "Z.*NaN"),
]


@pytest.mark.parametrize("Z, y, error, text", BAD_BATCHES)
def test_cross_entropy_refuses_and_keeps_nothing(Z, y, error, text):
    fresh = SoftmaxCrossEntropy()
    with pytest.raises(error, match=text):
        fresh.forward(Z, np.asarray(y))
    with pytest.raises(RuntimeError, match="call forward"):
        fresh.backward()
    used = SoftmaxCrossEntropy()
    used.forward(*batch(4, 3))
    expected = used.backward()
    with pytest.raises(error, match=text):
        used.forward(Z, np.asarray(y))
    np.testing.assert_array_equal(used.backward(), expected)


@pytest.mark.parametrize("kind", [SoftmaxCrossEntropy, SquaredError])
def test_backward_before_forward(kind):
    with pytest.raises(RuntimeError, match="backward was called before"):
        kind().backward()


def test_two_losses_do_not_share_what_they_keep():
    first, second = SoftmaxCrossEntropy(), SoftmaxCrossEntropy()
    first.forward(*batch(4, 3))
    with pytest.raises(RuntimeError):
        second.backward()


# --- SquaredError ----------------------------------------------------------


@pytest.mark.parametrize("shape", [(1,), (5,), (1, 1), (4, 3), (2, 3, 2)])
def test_squared_error_by_a_loop_and_two_gradients(shape):
    rng = np.random.default_rng(2)
    Z, T = rng.standard_normal((2, *shape))

    def plain(Z):
        total = 0
        for i in np.ndindex(shape):
            total = total + (Z[i] - T[i]) ** 2 / 2
        return total / shape[0]

    loss = SquaredError()
    assert loss.forward(Z, T) == pytest.approx(plain(Z), rel=1e-14)
    G = loss.backward()
    assert G.shape == Z.shape
    np.testing.assert_allclose(G, complex_step(plain, Z), rtol=0, atol=1e-14)
    differences = central(lambda Z: SquaredError().forward(Z, T), Z)
    np.testing.assert_allclose(G, differences, rtol=0, atol=1e-8)


def test_squared_error_keeps_float32():
    Z = np.ones((2, 3), np.float32)
    loss = SquaredError()
    assert loss.forward(Z, np.zeros((2, 3))).dtype == np.float32
    assert loss.backward().dtype == np.float32
    assert loss.forward(np.ones((2, 3)), Z).dtype == np.float64
    assert loss.forward([[1, 2]], [[0, 0]]) == 2.5
    assert loss.forward(np.ones(1, np.int8), np.zeros(1, bool)) == 0.5


def test_squared_error_survives_small_integers():
    loss = SquaredError()
    got = loss.forward(np.array([200], np.uint8), np.array([255], np.uint8))
    assert got == 55**2 / 2
    np.testing.assert_array_equal(loss.backward(), [-55])


def test_refilled_targets_do_not_change_backward():
    Z, T = np.ones((2, 2)), np.zeros((2, 2))
    loss = SquaredError()
    loss.forward(Z, T)
    Z[...], T[...] = 5, 7
    np.testing.assert_array_equal(loss.backward(), np.full((2, 2), 0.5))


BAD_TARGETS = [
    (np.zeros((3, 1)), np.zeros(3), "T has shape"),
    (np.zeros((3, 2)), np.zeros((2, 3)), "T has shape"),
    (np.zeros((3, 2)), np.zeros((1, 2)), "T has shape"),
    (np.zeros((0, 2)), np.zeros((0, 2)), "expected at least one"),
    (np.zeros((2, 0)), np.zeros((2, 0)), "expected at least one"),
    (np.zeros(()), np.zeros(()), "expected at least one"),
    (np.array([np.nan]), np.zeros(1), "Z.*NaN"),
    (np.array([np.inf]), np.zeros(1), "Z.*NaN"),
    (np.zeros(1), np.array([np.nan]), "T.*NaN"),
    (np.zeros(1), np.array([-np.inf]), "T.*NaN"),
]


@pytest.mark.parametrize("Z, T, text", BAD_TARGETS)
def test_squared_error_refuses_and_keeps_nothing(Z, T, text):
    used = SquaredError()
    used.forward(np.ones((2, 2)), np.zeros((2, 2)))
    with pytest.raises(ValueError, match=text):
        used.forward(Z, T)
    np.testing.assert_array_equal(used.backward(), np.full((2, 2), 0.5))
    fresh = SquaredError()
    with pytest.raises(ValueError, match=text):
        fresh.forward(Z, T)
    with pytest.raises(RuntimeError, match="call forward"):
        fresh.backward()
