"""Training the whole network: against formulas, slopes and a slow twin."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfdl import training as module
from mfdl.arrays import minibatches
from mfdl.layers import Linear, ReLU
from mfdl.network import Network
from mfdl.optim import SGD
from mfdl.training import FastTrainer, build, evaluate, plain_epoch, train

quick = settings(deadline=None, derandomize=True, max_examples=40)


def data(n=23, d=5, k=3, seed=0):
    """Random inputs, and labels that hold every class."""
    rng = np.random.default_rng(seed)
    y = np.concatenate([np.arange(k), rng.integers(0, k, n - k)])
    return rng.standard_normal((n, d)), rng.permutation(y)


def net(sizes=(5, 4, 3), seed=1, dtype=np.float64):
    """A network whose biases are not zero."""
    rng = np.random.default_rng(seed)
    network = build(sizes, rng=rng, dtype=dtype)
    network.theta += 0.1 * rng.standard_normal(network.theta.size)
    return network


def loss_at(network, theta, X, y):
    """Mean loss of a chain for any vector of parameters, complex too."""
    H, start = X.astype(theta.dtype), 0
    for layer in network.layers:
        if isinstance(layer, Linear):
            rows, columns = layer.W.shape
            W = theta[start : start + rows * columns].reshape(rows, columns)
            start += rows * columns
            H = H @ W.T + theta[start : start + rows]
            start += rows
        else:
            H = np.where(H.real > 0, H, 0)
    H = H - H.real.max(axis=1, keepdims=True)
    picked = H[np.arange(len(y)), y]
    return np.mean(np.log(np.exp(H).sum(axis=1)) - picked)


def slopes(network, X, y):
    """Every derivative of the loss by the complex step."""
    g = np.empty(network.theta.size)
    for j in range(g.size):
        nudged = network.theta.astype(complex)
        nudged[j] += 1e-30j
        g[j] = loss_at(network, nudged, X, y).imag / 1e-30
    return g


def slow_epoch(network, X, y, batches, lr):
    """Gradient descent with slopes that know no backward pass."""
    for rows in batches:
        network.theta -= lr * slopes(network, X[rows], y[rows])


def split(n, size):
    return np.split(np.arange(n), range(size, n, size))


# --- build -------------------------------------------------------------------


def test_build_makes_the_chain():
    network = build((64, 32, 16, 10), rng=np.random.default_rng(0))
    kinds = [type(layer) for layer in network.layers]
    assert kinds == [Linear, ReLU, Linear, ReLU, Linear]
    shapes = [layer.W.shape for layer in network.layers[::2]]
    assert shapes == [(32, 64), (16, 32), (10, 16)]
    assert network.theta.dtype == np.float32
    for layer in network.layers[::2]:
        assert not layer.b.any()
        share = layer.W.var() * layer.W.shape[1]
        assert 1.3 < share < 2.7


def test_build_is_reproducible_and_has_a_type():
    a, b, c = (
        build([8, 4], rng=np.random.default_rng(s), dtype=np.float64)
        for s in (0, 0, 1)
    )
    assert np.array_equal(a.theta, b.theta)
    assert not np.array_equal(a.theta, c.theta)
    assert a.theta.dtype == np.float64
    assert len(a.layers) == 1
    assert build((1, 1), rng=np.random.default_rng(0)).theta.size == 2


@pytest.mark.parametrize(
    "sizes",
    [(), 64, None, (64,), (64, 0, 10), (64, -1), (64, 2.5), (64, True), "ab"],
)
def test_build_refuses_sizes(sizes):
    with pytest.raises(ValueError, match="two or more whole numbers above 0"):
        build(sizes, rng=np.random.default_rng(0))


def test_build_refuses_other_things():
    with pytest.raises(TypeError, match="rng"):
        build((4, 2), rng=0)
    with pytest.raises(TypeError, match="dtype is int64, expected float32"):
        build((4, 2), rng=np.random.default_rng(0), dtype=np.int64)


# --- one epoch, plain and fast -----------------------------------------------


def plain(network, X, y, batches, lr):
    plain_epoch(network, X, y, batches, SGD(network.theta, lr))


def fast(network, X, y, batches, lr):
    FastTrainer(network, X, y).epoch(batches, lr)


@pytest.mark.parametrize("epoch", [plain, fast])
@pytest.mark.parametrize("sizes", [(5, 3), (5, 4, 3), (5, 4, 6, 3)])
def test_an_epoch_follows_the_slopes_of_the_loss(epoch, sizes):
    X, y = data()
    network, slow = net(sizes), net(sizes)
    batches = split(23, 8)
    epoch(network, X, y, batches, 0.3)
    slow_epoch(slow, X, y, batches, 0.3)
    assert np.max(np.abs(network.theta - slow.theta)) < 1e-12


@quick
@given(
    st.lists(st.integers(1, 6), min_size=0, max_size=3),
    st.integers(1, 23),
    st.integers(0, 99),
)
def test_fast_is_plain(hidden, batch_size, seed):
    X, y = data(seed=seed)
    sizes = (5, *hidden, 3)
    rng = np.random.default_rng(seed)
    batches = list(minibatches(23, batch_size, rng=rng))
    for dtype, allowed in [(np.float64, 1e-11), (np.float32, 5e-3)]:
        a, b = net(sizes, seed, dtype), net(sizes, seed, dtype)
        plain(a, X.astype(dtype), y, batches, 0.1)
        fast(b, X, y, batches, 0.1)
        assert b.theta.dtype == dtype
        assert np.max(np.abs(a.theta - b.theta)) < allowed


def test_fast_trains_without_nonlinearity():
    X, y = data()
    rng = np.random.default_rng(3)
    stacks = [
        Network(
            [Linear(5, 4, rng=rng), Linear(4, 6, rng=rng), ReLU()]
            + [Linear(6, 3, rng=rng)]
        )
        for _ in range(2)
    ]
    stacks[1].theta[...] = stacks[0].theta
    batches = split(23, 8)
    fast(stacks[0], X, y, batches, 0.2)
    slow_epoch(stacks[1], X, y, batches, 0.2)
    assert np.max(np.abs(stacks[0].theta - stacks[1].theta)) < 1e-12


def test_fast_survives_large_scores():
    network = net()
    network.theta *= 1e3
    X, y = data()
    with np.errstate(all="raise", under="ignore"):
        fast(network, X, y, split(23, 8), 0.1)
    assert np.all(np.isfinite(network.theta))


def test_dead_units_stay_dead():
    network = net()
    network.layers[0].b[...] = -1e6
    before = network.theta.copy()
    X, y = data()
    fast(network, X, y, split(23, 8), 0.5)
    assert np.array_equal(network.theta[:24], before[:24])
    assert not np.array_equal(network.theta[-3:], before[-3:])
    network.layers[0].W[...] = network.layers[0].b[...] = 0  # exactly at 0
    fast(network, X, y, split(23, 8), 0.5)
    assert not network.theta[:24].any()


def test_trainer_sees_changes_from_outside_and_leaves_dtheta():
    X, y = data()
    a, b = net(), net()
    trainer = FastTrainer(a, X, y)
    trainer.epoch(split(23, 8), 0.1)
    a.theta *= 0.5
    a.dtheta[...] = 7
    trainer.epoch(split(23, 5), 0.1)
    fast(b, X, y, split(23, 8), 0.1)
    b.theta *= 0.5
    fast(b, X, y, split(23, 5), 0.1)
    assert np.array_equal(a.theta, b.theta)
    assert np.all(a.dtheta == 7)


def test_schedule_counts_steps_through_epochs():
    X, y = data()
    network, asked = net(), []

    def schedule(k):
        asked.append(k)
        return np.float32(0.1) / (k + 1)

    trainer = FastTrainer(network, X, y)
    assert trainer.k == 0
    trainer.epoch(split(23, 8), schedule)
    trainer.epoch(split(23, 8), schedule)
    assert asked == [0, 1, 2, 3, 4, 5] and trainer.k == 6
    twin = net()
    for k in range(6):
        fast(twin, X, y, [split(23, 8)[k % 3]], 0.1 / (k + 1))
    assert np.max(np.abs(network.theta - twin.theta)) < 1e-7


def test_a_step_size_of_zero_ends_a_schedule():
    X, y = data()
    network = net()
    before = network.theta.copy()
    FastTrainer(network, X, y).epoch(split(23, 8), lambda k: 0)
    assert np.array_equal(network.theta, before)


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf, "0.1", None, 1j])
def test_trainer_refuses_a_step_size_half_way(bad):
    X, y = data()
    network = net()
    before = network.theta.copy()
    with pytest.raises(ValueError, match="a finite number above 0"):
        FastTrainer(network, X, y).epoch(
            split(23, 8), lambda k: 0.1 if k < 2 else bad
        )
    assert np.array_equal(network.theta, before)


@pytest.mark.parametrize(
    "rows",
    [[0, 23], [-1, 2], [], [[0, 1]], [[0], [1, 2]], [0.0], [True], 3],
    ids=str,
)
def test_trainer_refuses_rows(rows):
    X, y = data()
    network = net()
    before = network.theta.copy()
    with pytest.raises(ValueError, match="row numbers from 0 to 22"):
        FastTrainer(network, X, y).epoch([np.arange(23), rows], 0.1)
    assert np.array_equal(network.theta, before)


def test_first_and_last_row_and_lists_are_fine():
    X, y = data()
    network = net()
    FastTrainer(network, X, y).epoch([[0], [22], np.array([0, 22])], 0.1)


class Other:
    """A layer that is neither Linear nor ReLU."""

    parameters = ()

    def forward(self, X):
        return np.tanh(X)

    def backward(self, G):
        return G


def chains():
    rng = np.random.default_rng(0)

    def linear():
        return Linear(3, 3, rng=rng)

    return {
        "Linear, ReLU": [linear(), ReLU()],
        "ReLU, Linear": [ReLU(), linear()],
        "Linear, ReLU, ReLU, Linear": [linear(), ReLU(), ReLU(), linear()],
        "Linear, Other, Linear": [linear(), Other(), linear()],
    }


@pytest.mark.parametrize("kinds", chains())
def test_trainer_refuses_other_chains_and_train_takes_them(kinds):
    layers = chains()[kinds]
    X, y = data(d=3)
    network = Network(layers)
    message = f"the layers are {kinds}, expected Linear layers"
    with pytest.raises(ValueError, match=re.escape(message)):
        FastTrainer(network, X, y)
    twin = Network(chains()[kinds])
    twin.theta[...] = network.theta
    rng = np.random.default_rng(1)
    train(network, X, y, epochs=2, batch_size=8, rng=rng)
    rng, rule = np.random.default_rng(1), SGD(twin.theta, 0.1)
    for _ in range(2):
        plain_epoch(twin, X, y, minibatches(23, 8, rng=rng), rule)
    assert np.array_equal(network.theta, twin.theta)


# --- evaluate ----------------------------------------------------------------


@quick
@given(st.integers(1, 30), st.integers(0, 99))
def test_evaluate_is_its_definition(n, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((n, 5)), rng.integers(0, 3, n)
    network = net(seed=seed)
    before = network.theta.copy()
    accuracy, loss = evaluate(network, X, y)
    Z = network.forward(X)
    right = sum(int(np.argmax(Z[i]) == y[i]) for i in range(n))
    assert accuracy == right / n and type(accuracy) is float
    assert abs(loss - loss_at(network, network.theta, X, y)) < 1e-12
    assert type(loss) is float
    assert np.array_equal(network.theta, before)


def test_evaluate_overflow_is_nan():
    network = net(dtype=np.float32)
    network.theta[...] = 1e30
    X, y = data()
    with np.errstate(all="ignore"):
        accuracy, loss = evaluate(network, X**2, y)
    assert np.isnan(accuracy) and np.isnan(loss)


# --- train -------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_train_is_epochs_of_the_trainer(dtype):
    X, y = data()
    a, b = net(dtype=dtype), net(dtype=dtype)
    history = train(
        a,
        X,
        y,
        epochs=3,
        batch_size=8,
        lr=0.2,
        rng=np.random.default_rng(5),
        X_val=X[:7],
        y_val=y[:7],
    )
    rng, trainer = np.random.default_rng(5), FastTrainer(b, X, y)
    for epoch in range(3):
        trainer.epoch(list(minibatches(23, 8, rng=rng)), 0.2)
        accuracy, loss = evaluate(b, X, y)
        assert history["loss"][epoch] == loss
        assert history["accuracy"][epoch] == accuracy
        accuracy, loss = evaluate(b, X[:7], y[:7])
        assert history["val_loss"][epoch] == loss
        assert history["val_accuracy"][epoch] == accuracy
    assert np.array_equal(a.theta, b.theta)
    keys = {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert set(history) == keys
    assert all(len(history[key]) == 3 for key in keys)


def test_train_has_its_defaults():
    X, y = data(n=70)
    a, b = net(), net()
    history = train(a, X, y, rng=np.random.default_rng(0))
    settings = {"epochs": 30, "batch_size": 32, "lr": 0.1, "optimizer": "sgd"}
    train(b, X, y, rng=np.random.default_rng(0), **settings)
    assert np.array_equal(a.theta, b.theta)
    assert set(history) == {"loss", "accuracy"}
    assert len(history["loss"]) == 30
    assert history["loss"][-1] < history["loss"][0]


@pytest.mark.parametrize("size", [1, 23])
def test_the_smallest_and_the_largest_batch(size):
    X, y = data()
    a, b = net(), net()
    rng = np.random.default_rng(0)
    train(a, X, y, epochs=1, batch_size=size, rng=rng)
    rng = np.random.default_rng(0)
    fast(b, X, y, list(minibatches(23, size, rng=rng)), 0.1)
    assert np.array_equal(a.theta, b.theta)


def test_no_batches_change_nothing():
    X, y = data()
    network = net()
    before = network.theta.copy()
    FastTrainer(network, X, y).epoch([], 0.1)
    assert np.array_equal(network.theta, before)


def test_train_learns_and_repeats_bit_by_bit():
    X, _ = data(n=200)
    y = X[:, :3].argmax(axis=1)
    results = []
    for _ in range(2):
        network = net((5, 16, 3), dtype=np.float32)
        history = train(network, X, y, lr=0.3, rng=np.random.default_rng(1))
        results.append((network.theta, history))
    assert np.array_equal(results[0][0], results[1][0])
    assert results[0][1] == results[1][1]
    assert history["accuracy"][-1] > 0.9


def test_train_takes_a_schedule():
    X, y = data()
    a, b = net(), net()
    train(
        a, X, y, batch_size=8, lr=lambda k: 0.1, rng=np.random.default_rng(0)
    )
    train(b, X, y, batch_size=8, lr=0.1, rng=np.random.default_rng(0))
    assert np.array_equal(a.theta, b.theta)


def test_train_takes_other_optimizers(monkeypatch):
    class Half:
        def __init__(self, theta, lr):
            self.theta, self.lr = theta, lr

        def step(self, dtheta):
            self.theta -= self.lr / 2 * dtheta

    monkeypatch.setitem(module.OPTIMIZERS, "half", Half)
    X, y = data()
    a, b = net(), net()
    rng = np.random.default_rng(0)
    train(a, X, y, batch_size=8, lr=0.2, optimizer="half", rng=rng)
    rng = np.random.default_rng(0)
    train(b, X, y, batch_size=8, lr=0.1, rng=rng)
    assert np.max(np.abs(a.theta - b.theta)) < 1e-10
    assert a.dtheta.any() and not b.dtheta.any()


def test_inputs_may_be_whole_numbers_and_are_left_alone():
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 2, (23, 5)), data()[1]
    kept = X.copy(), y.copy()
    network = net()
    train(network, X, y, epochs=1, batch_size=8, rng=rng)
    evaluate(network, X > 0, y)
    assert np.array_equal(X, kept[0]) and np.array_equal(y, kept[1])


def with_nan(X, value=np.nan):
    X = X.copy()
    X[3, 1] = value
    return X


X0, Y0 = data()
GOOD = {"X": X0, "y": Y0, "batch_size": 8, "epochs": 2}
BAD = [
    ({"X": X0[:, :4]}, ValueError, "X has shape (23, 4), expected (any, 5)"),
    ({"X": X0[0]}, ValueError, "X has shape (5,)"),
    ({"X": with_nan(X0)}, ValueError, "X holds NaN or infinity"),
    ({"X": with_nan(X0, np.inf)}, ValueError, "X holds NaN or infinity"),
    ({"X": X0.astype(complex)}, TypeError, "X has type complex128, expected"),
    ({"X": X0.astype(str)}, TypeError, "X has type <U32, expected real"),
    ({"X": X0[:0], "y": Y0[:0]}, ValueError, "X holds no examples"),
    ({"y": Y0 + 1}, ValueError, "y has labels from 1 to 3"),
    ({"y": Y0 - 1}, ValueError, "y has labels from -1 to 1"),
    ({"y": Y0.astype(float)}, TypeError, "y has type float64"),
    ({"y": Y0[:, None]}, ValueError, "y has shape (23, 1)"),
    ({"y": Y0[:22]}, ValueError, "y has 22 labels, but X has 23 rows"),
    (
        {"y": np.minimum(Y0, 1)},
        ValueError,
        "3 outputs, but y has 2 classes, 0 to 1: expected one output",
    ),
    ({"epochs": 0}, ValueError, "epochs is 0, expected a whole number"),
    ({"epochs": 1.5}, ValueError, "epochs is 1.5"),
    ({"epochs": True}, ValueError, "epochs is True"),
    ({"batch_size": 0}, ValueError, "batch_size is 0, expected"),
    (
        {"batch_size": 24},
        ValueError,
        "batch_size is 24, expected a whole number from 1 to 23",
    ),
    ({"batch_size": 8.0}, ValueError, "batch_size is 8.0"),
    ({"lr": 0}, ValueError, "lr is 0, expected a step size"),
    ({"lr": -0.1}, ValueError, "lr is -0.1"),
    ({"lr": np.nan}, ValueError, "lr is nan"),
    ({"lr": np.inf}, ValueError, "lr is inf"),
    ({"lr": True}, ValueError, "lr is True"),
    ({"lr": 10**400}, ValueError, "lr is 1000"),
    ({"lr": "fast"}, ValueError, "lr is 'fast'"),
    ({"lr": lambda k: -1.0}, ValueError, "-1.0"),
    (
        {"optimizer": "adam"},
        ValueError,
        "optimizer 'adam' is unknown, expected one of: 'sgd'",
    ),
    ({"optimizer": []}, ValueError, "optimizer [] is unknown"),
    ({"rng": 0}, TypeError, "rng"),
    ({"X_val": X0}, ValueError, "both X_val and y_val, or neither"),
    ({"y_val": Y0}, ValueError, "both X_val and y_val, or neither"),
    ({"X_val": X0[:, :4], "y_val": Y0}, ValueError, "X_val has shape"),
    ({"X_val": X0, "y_val": Y0 + 1}, ValueError, "y_val has labels"),
    (
        {"X_val": X0, "y_val": Y0[:5]},
        ValueError,
        "y_val has 5 labels, but X_val has 23",
    ),
]


@pytest.mark.parametrize("change, kind, message", BAD, ids=range(len(BAD)))
def test_train_refuses_and_changes_nothing(change, kind, message):
    network, rng = net(), np.random.default_rng(0)
    before = network.theta.copy()
    with pytest.raises(kind, match=re.escape(message)) as raised:
        train(network, **(GOOD | {"rng": rng} | change))
    assert str(raised.value).endswith(".")
    assert np.array_equal(network.theta, before)
    state = np.random.default_rng(0).bit_generator.state
    if not callable(change.get("lr")):
        assert rng.bit_generator.state == state


@pytest.mark.parametrize("use", [evaluate, FastTrainer])
@pytest.mark.parametrize("change, kind, message", BAD[:12], ids=range(12))
def test_evaluate_and_trainer_refuse(use, change, kind, message):
    X, y = (change.get(name, GOOD[name]) for name in ("X", "y"))
    with pytest.raises(kind, match=re.escape(message)):
        use(net(), X, y)


def test_numbers_too_large_for_float32_are_refused():
    X, y = with_nan(X0, 1e300), Y0
    evaluate(net(), X, y)
    with pytest.raises(ValueError, match="X holds NaN or infinity"):
        evaluate(net(dtype=np.float32), X, y)


@pytest.mark.parametrize("use", [evaluate, FastTrainer])
def test_other_things_are_no_network(use):
    with pytest.raises(TypeError, match="network is of type list, expected a"):
        use([], X0, Y0)
    with pytest.raises(ValueError, match="no Linear layer"):
        use(Network([ReLU()]), X0, Y0)
    with pytest.raises(TypeError, match="network is of type list"):
        train([], X0, Y0, rng=np.random.default_rng(0))


@pytest.mark.parametrize("dtype, lr", [(np.float32, 1e38), (float, 1e307)])
@pytest.mark.parametrize("path", ["sgd", "plain"])
def test_divergence_restores_the_parameters(dtype, lr, path, monkeypatch):
    monkeypatch.setitem(module.OPTIMIZERS, "plain", SGD)
    network = net(dtype=dtype)
    before = network.theta.copy()
    message = "no longer finite after epoch 1"
    with pytest.raises(FloatingPointError, match=message):
        train(
            network,
            100 * X0,
            Y0,
            lr=lr,
            batch_size=4,
            optimizer=path,
            rng=np.random.default_rng(0),
        )
    assert np.array_equal(network.theta, before)


def test_later_divergence_names_the_epoch():
    network = net()
    before = network.theta.copy()
    with pytest.raises(FloatingPointError, match="after epoch 3,"):
        train(
            network,
            100 * X0,
            Y0,
            lr=lambda k: 0.1 if k < 6 else 1e307,
            batch_size=8,
            rng=np.random.default_rng(0),
        )
    assert np.array_equal(network.theta, before)


def test_an_interruption_restores_the_parameters(monkeypatch):
    class Interrupted(SGD):
        def step(self, dtheta):
            super().step(dtheta)
            raise KeyboardInterrupt

    monkeypatch.setitem(module.OPTIMIZERS, "interrupted", Interrupted)
    network = net()
    before = network.theta.copy()
    with pytest.raises(KeyboardInterrupt):
        settings = {"optimizer": "interrupted"}
        train(network, **GOOD, rng=np.random.default_rng(0), **settings)
    assert np.array_equal(network.theta, before)


def test_an_honest_error_of_an_optimizer_is_passed_on(monkeypatch):
    class Refuses(SGD):
        def step(self, dtheta):
            raise ValueError("not today")

    monkeypatch.setitem(module.OPTIMIZERS, "refuses", Refuses)
    with pytest.raises(ValueError, match="not today"):
        rng = np.random.default_rng(0)
        train(net(), **GOOD, optimizer="refuses", rng=rng)
