"""The optimizer, its schedules and the loader, against plain loops."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfdl.layers import Linear
from mfdl.network import Network
from mfdl.optim import SGD, Loader, constant, cosine, inverse_sqrt, warmup

quick = settings(deadline=None, derandomize=True, max_examples=50)
rates = st.floats(1e-6, 1e6)
counts = st.integers(1, 1000)

NOT_POSITIVE = [0, 0.0, -0.1, -1, math.nan, math.inf, -math.inf, 10**400]
NOT_POSITIVE += [np.float32(np.nan), np.float64(0), np.int64(-3)]
NOT_A_NUMBER = ["0.1", None, True, False, 1j, [0.1], np.ones(2), np.bool_(1)]
NOT_WHOLE = [0, -1, 2.5, 3.0, "3", None, True, math.nan, np.float64(4)]


# --- schedules --------------------------------------------------------------


@quick
@given(rates, st.integers(0, 10**6))
def test_constant_and_inverse_sqrt(lr, k):
    assert constant(lr)(k) == lr
    assert inverse_sqrt(lr)(k) ** 2 * (k + 1) == pytest.approx(lr**2)
    assert inverse_sqrt(lr)(0) == lr


@quick
@given(rates, counts, st.integers(0, 2000))
def test_cosine_falls_from_lr_to_zero(lr, steps, k):
    schedule = cosine(lr, steps)
    assert schedule(0) == lr
    assert schedule(steps) == 0 and schedule(steps + k) == 0
    here = min(k, steps - 1)
    assert 0 <= schedule(here + 1) < schedule(here) <= lr
    mirrored = schedule(here) + schedule(steps - here)
    assert mirrored == pytest.approx(lr)  # odd about the middle


@pytest.mark.parametrize(
    "k, share", [(0, 1), (20, 0.75), (30, 0.5), (40, 0.25), (60, 0), (61, 0)]
)
def test_cosine_values(k, share):
    assert cosine(0.4, 60)(k) == pytest.approx(0.4 * share, abs=1e-15)


@quick
@given(rates, counts, st.integers(0, 2000))
def test_warmup_is_a_ramp_times_the_schedule(lr, steps, k):
    ramped = warmup(inverse_sqrt(lr), steps)
    factor = (k + 1) / steps if k + 1 < steps else 1
    assert ramped(k) == pytest.approx(inverse_sqrt(lr)(k) * factor)
    assert warmup(lr, steps)(k) == pytest.approx(lr * factor)
    assert warmup(lr, steps)(steps - 1) == lr


@pytest.mark.parametrize("make", [constant, inverse_sqrt])
def test_schedules_return_python_floats(make):
    for lr in (2, 0.5, np.float32(0.5), np.float64(0.5), np.int64(2)):
        for schedule in (make(lr), cosine(lr, np.int32(3)), warmup(lr, 4)):
            assert type(schedule(1)) is float


@pytest.mark.parametrize("lr", NOT_POSITIVE)
@pytest.mark.parametrize(
    "make",
    [
        constant,
        inverse_sqrt,
        lambda lr: cosine(lr, 5),
        lambda lr: warmup(lr, 5),
    ],
)
def test_step_size_must_be_positive_and_finite(make, lr):
    with pytest.raises(ValueError, match="lr is .*positive, finite number"):
        make(lr)


@pytest.mark.parametrize("lr", NOT_A_NUMBER)
@pytest.mark.parametrize(
    "make",
    [
        constant,
        inverse_sqrt,
        lambda lr: cosine(lr, 5),
        lambda lr: warmup(lr, 5),
    ],
)
def test_step_size_must_be_a_number(make, lr):
    with pytest.raises(TypeError, match="lr is .*one positive number"):
        make(lr)


@pytest.mark.parametrize("steps", NOT_WHOLE)
def test_lengths_must_be_whole(steps):
    for make in (cosine, warmup):
        with pytest.raises(ValueError, match="steps is .*whole number from 1"):
            make(0.1, steps)


# --- SGD --------------------------------------------------------------------


@quick
@given(st.integers(0, 5), rates, st.integers(0, 2**32 - 1))
def test_step_is_theta_minus_lr_gradient_in_place(d, lr, seed):
    rng = np.random.default_rng(seed)
    theta = rng.standard_normal(d)
    expected, memory = theta.tolist(), theta
    optimizer = SGD(theta, inverse_sqrt(lr))
    for k in range(4):
        g = rng.standard_normal(d)
        kept = g.copy()
        assert optimizer.k == k
        assert optimizer.step(g) is None
        eta = lr / (k + 1) ** 0.5
        expected = [t - eta * x for t, x in zip(expected, g, strict=True)]
        assert np.array_equal(g, kept)
    assert optimizer.theta is memory
    np.testing.assert_allclose(theta, expected, rtol=1e-12, atol=1e-12 * lr)


def test_schedule_sees_the_step_numbers():
    asked = []

    def schedule(k):
        asked.append(k)
        return 0.5

    optimizer = SGD(np.zeros(2), schedule)
    for _ in range(3):
        optimizer.step(np.ones(2))
    assert asked == [0, 1, 2] and optimizer.schedule is schedule
    assert np.array_equal(optimizer.theta, [-1.5, -1.5])


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0,), (2, 1, 2)])
def test_any_shape(shape):
    theta = np.ones(shape)
    SGD(theta, 0.25).step(np.full(shape, 2.0))
    assert np.array_equal(theta, np.full(shape, 0.5))


@pytest.mark.parametrize(
    "lr", [0.1, np.float64(0.1), constant(np.float64(0.1))]
)
def test_float32_stays_float32(lr):
    theta = np.ones(3, np.float32)
    g = np.array([1, 2, 3], np.float32)
    SGD(theta, lr).step(g)
    assert theta.dtype == np.float32
    assert np.array_equal(theta, np.ones(3, np.float32) - np.float32(0.1) * g)


def test_numpy_scalars_of_a_schedule_do_not_widen_the_step():
    theta, g = np.ones(5, np.float32), np.linspace(0, 1, 5, dtype=np.float32)
    SGD(theta, lambda k: np.float64(0.3)).step(g)
    assert np.array_equal(theta, 1 - np.float32(0.3) * g)


def test_moves_the_layers_of_a_network():
    network = Network([Linear(3, 2, rng=np.random.default_rng(0))])
    before = network.layers[0].W.copy()
    SGD(network.theta, 0.5).step(np.ones_like(network.theta))
    assert np.array_equal(network.layers[0].W, before - 0.5)


def test_accepts_lists_and_integers_as_gradient():
    theta = np.zeros(2)
    optimizer = SGD(theta, 1)
    optimizer.step([1.0, 2.0])
    optimizer.step(np.array([1, 1]))
    optimizer.step(np.array([1, 1], np.uint8))
    assert np.array_equal(theta, [-3, -4])


@pytest.mark.parametrize("dtype, huge", [("f4", 1e30), ("f8", 1e200)])
def test_huge_but_finite_gradients_pass_without_a_warning(dtype, huge):
    theta = np.zeros(3, dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SGD(theta, 1e-3).step(np.full(3, huge, dtype))
    np.testing.assert_allclose(theta, -huge * 1e-3, rtol=1e-6)


def refuses(optimizer, g, error, message):
    """The step raises one sentence, and changes nothing."""
    theta, k = optimizer.theta.copy(), optimizer.k
    with pytest.raises(error, match=message) as caught:
        optimizer.step(g)
    assert np.array_equal(optimizer.theta, theta) and optimizer.k == k
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 3, 7])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_refuses_gradients_that_are_not_finite(bad, place, dtype):
    g = np.ones(8, dtype)
    g[place] = bad
    optimizer = SGD(np.ones(8, dtype), 0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refuses(optimizer, g, ValueError, "dtheta holds NaN or infinity")
    square = SGD(np.ones((2, 4), dtype), 0.1)
    refuses(square, g.reshape(2, 4), ValueError, "dtheta holds NaN")


def test_refuses_infinities_that_would_cancel():
    optimizer = SGD(np.ones(2), 0.1)
    refuses(optimizer, np.array([np.inf, -np.inf]), ValueError, "dtheta")


@pytest.mark.parametrize("shape", [(), (3,), (5,), (4, 1), (1, 4), (1,)])
def test_refuses_gradients_of_another_shape(shape):
    optimizer = SGD(np.ones(4), 0.1)
    refuses(
        optimizer, np.ones(shape), ValueError, r"dtheta has shape .*\(4,\)"
    )


def test_refuses_transposed_gradients():
    optimizer = SGD(np.ones((2, 3)), 0.1)
    refuses(optimizer, np.ones((3, 2)), ValueError, "dtheta has shape")


@pytest.mark.parametrize("kind", [complex, object, bool, "U3"])
def test_refuses_gradients_that_are_no_real_numbers(kind):
    optimizer = SGD(np.ones(2), 0.1)
    refuses(optimizer, np.ones(2).astype(kind), TypeError, "dtheta has type")


@pytest.mark.parametrize("lr", NOT_POSITIVE)
def test_refuses_bad_step_sizes(lr):
    with pytest.raises(ValueError, match="positive, finite number"):
        SGD(np.zeros(2), lr)
    optimizer = SGD(np.ones(2), lambda k: lr if k == 1 else 0.5)
    optimizer.step(np.ones(2))
    refuses(optimizer, np.ones(2), ValueError, "lr is .* at step 1, expected")


@pytest.mark.parametrize("lr", NOT_A_NUMBER)
def test_refuses_step_sizes_that_are_no_numbers(lr):
    with pytest.raises(TypeError, match="lr is .*, expected one positive"):
        SGD(np.zeros(2), lr)
    optimizer = SGD(np.ones(2), lambda k: lr)
    refuses(optimizer, np.ones(2), TypeError, "at step 0, expected one")


def test_a_schedule_past_its_end_is_named():
    optimizer = SGD(np.ones(2), cosine(0.5, 3))
    for _ in range(3):
        optimizer.step(np.ones(2))
    message = r"lr is 0.0 at step 3, .*: has the schedule ended\?$"
    refuses(optimizer, np.ones(2), ValueError, message)
    negative = SGD(np.ones(2), lambda k: -1)
    refuses(negative, np.ones(2), ValueError, r"at step 0, .*such as 0\.1\.$")


@pytest.mark.parametrize("largest", [1.7976931348623157e308, 10**308])
def test_step_sizes_up_to_the_largest_float(largest):
    assert constant(largest)(0) == float(largest)


@pytest.mark.parametrize("lr", [-1, 0])
def test_message_about_a_plain_step_size_names_no_step(lr):
    message = rf"^lr is {lr}, expected a positive, .*such as 0\.1\.$"
    with pytest.raises(ValueError, match=message):
        SGD(np.zeros(2), lr)


@pytest.mark.parametrize(
    "theta, named",
    [([1.0, 2.0], "list"), (np.zeros(2, int), "int"), (1.0, "float")]
    + [(np.zeros(2, complex), "complex128"), (np.array(["a"]), "<U1")],
)
def test_refuses_parameters_that_cannot_move(theta, named):
    with pytest.raises(TypeError, match=f"theta is of type {named}.*floats"):
        SGD(theta, 0.1)


def test_refuses_read_only_parameters():
    theta = np.zeros(2)
    theta.flags.writeable = False
    with pytest.raises(ValueError, match="theta is read-only"):
        SGD(theta, 0.1)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_refuses_parameters_that_are_not_finite(bad):
    with pytest.raises(ValueError, match="theta holds NaN or infinity"):
        SGD(np.array([1.0, bad]), 0.1)


@pytest.mark.parametrize("g", [[[1], [1, 2]], [[1, 2], [1]]])
def test_refuses_ragged_lists(g):
    optimizer = SGD(np.ones((2, 2)), 0.1)
    refuses(optimizer, g, ValueError, "dtheta is no array, expected rows")


# --- Loader -----------------------------------------------------------------


@quick
@given(st.integers(1, 40), st.data())
def test_an_epoch_deals_each_example_once(n, data):
    B = data.draw(st.integers(1, n))
    X = np.arange(3 * n).reshape(n, 3)
    y = np.arange(n)
    loader = Loader(X, y, B, rng=np.random.default_rng(n))
    batches = list(loader)
    assert len(batches) == len(loader) == math.ceil(n / B)
    assert all(len(y_b) == B for _, y_b in batches[:-1])
    assert 1 <= len(batches[-1][1]) <= B
    dealt = np.concatenate([y_b for _, y_b in batches])
    assert sorted(dealt.tolist()) == list(range(n))
    for X_b, y_b in batches:
        assert np.array_equal(X_b, X[y_b])


def test_epochs_differ_and_seeds_repeat():
    X = np.arange(50.0)[:, None]

    def epochs(seed):
        loader = Loader(X, X[:, 0], 7, rng=np.random.default_rng(seed))
        return [np.concatenate([y for _, y in loader]) for _ in range(2)]

    first, second = epochs(0)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, np.arange(50))
    assert np.array_equal(first, epochs(0)[0])
    assert not np.array_equal(first, epochs(1)[0])


def test_making_a_loader_draws_nothing():
    rng = np.random.default_rng(0)
    Loader(np.ones((5, 2)), np.ones(5), 2, rng=rng)
    assert rng.random() == np.random.default_rng(0).random()


def test_batches_are_copies_and_the_data_are_not():
    X, y = np.zeros((6, 2)), np.zeros(6, int)
    loader = Loader(X, y, 6, rng=np.random.default_rng(0))
    assert loader.X is X and loader.y is y and loader.batch_size == 6
    for X_b, _ in loader:
        X_b += 1
    assert not X.any()


def test_takes_images_matrices_of_targets_and_lists():
    rng = np.random.default_rng(0)
    ((X_b, T_b),) = Loader(np.ones((3, 8, 8)), np.ones((3, 2)), 3, rng=rng)
    assert X_b.shape == (3, 8, 8) and T_b.shape == (3, 2)
    loader = Loader([[1], [2]], [1, 2], np.int32(2), rng=rng)
    assert type(loader.batch_size) is int
    ((X_b, y_b),) = loader
    assert np.array_equal(X_b[:, 0], y_b)


@pytest.mark.parametrize("batch_size", NOT_WHOLE)
def test_batch_size_must_be_whole(batch_size):
    with pytest.raises(
        ValueError, match="batch_size is .*whole number from 1"
    ):
        Loader(
            np.ones((5, 2)),
            np.ones(5),
            batch_size,
            rng=np.random.default_rng(),
        )


@pytest.mark.parametrize(
    "X, y, B, message",
    [
        (np.ones((0, 2)), np.ones(0), 1, "X has no rows, expected at least"),
        (np.ones((5, 2)), np.ones(4), 2, "X has 5 rows and y has 4"),
        (np.ones((5, 2)), np.ones(5), 6, "batch_size is 6, .*5 examples"),
        (np.ones((5, 2)), np.float64(1), 1, "y is a single number"),
        (3.0, np.ones(1), 1, "X is a single number"),
        ([[1], [1, 2]], [0, 1], 1, "X is no array, expected rows of equal"),
        (np.ones((2, 1)), [[1], [1, 2]], 1, "y is no array"),
        ([[1.0], [np.nan]], [0, 1], 1, "X holds NaN or infinity"),
        ([[1.0], [2.0]], [0, np.inf], 1, "y holds NaN or infinity"),
    ],
)
def test_refuses_data_that_do_not_fit(X, y, B, message):
    with pytest.raises(ValueError, match=message):
        Loader(X, y, B, rng=np.random.default_rng(0))


@pytest.mark.parametrize("X, y", [(None, [1]), ([1], None), ("a", ["b"])])
def test_refuses_data_that_are_no_numbers(X, y):
    with pytest.raises(TypeError, match="[Xy] has type .*, expected numbers"):
        Loader(X, y, 1, rng=np.random.default_rng(0))


@pytest.mark.parametrize("rng", [None, 0, np.random])
def test_refuses_what_is_no_generator(rng):
    with pytest.raises(TypeError, match="rng is .*random generator"):
        Loader(np.ones((5, 2)), np.ones(5), 2, rng=rng)


# --- together ---------------------------------------------------------------


def test_finds_the_mean_with_steps_one_over_k():
    a = np.random.default_rng(0).standard_normal((20, 3))
    theta = np.full(3, 100.0)
    optimizer = SGD(theta, lambda k: 1 / (k + 1))
    for batch, _ in Loader(a, a, 1, rng=np.random.default_rng(1)):
        optimizer.step(theta - batch[0])
    np.testing.assert_allclose(theta, a.mean(axis=0), rtol=0, atol=1e-12)
