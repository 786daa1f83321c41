"""How fast the book's network is, side by side with others: make bench

Three networks, ReLU and softmax cross-entropy, plain stochastic gradient
descent, float32, one thread; the same data, first weights, batches and
updates for all. Before anything is timed, each contestant trains one epoch
and must arrive at the same parameters. Then they take turns, and CPU time is
counted: other programs on the machine slow all of them alike.

The code that the page *The network, whole* shows, `plain_step` and the PyTorch
listing, is taken from the page itself, so that what is measured is what is
read. The result is printed and written into README.md beside this file; with
OPENBLAS_CORETYPE in the environment, into its table for prescribed kernels.
"""
# ruff: noqa: E402 (the number of threads is set before NumPy is imported)

import os

for name in ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import argparse
import datetime
import json
import math
import platform
import re
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import torch
from readme import processor, table, write
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_info

from mfdl.arrays import load_digits
from mfdl.layers import Linear
from mfdl.losses import SoftmaxCrossEntropy, one_hot
from mfdl.optim import SGD
from mfdl.training import FastTrainer, build, plain_epoch

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "book" / "network" / "digits.ipynb"
LR = 0.1
CASES = {  # name: (widths, batch size, epochs in a round)
    "i": ((64, 32, 10), 32, 30),
    "ii": ((784, 30, 10), 10, 10),
    "iii": ((784, 256, 128, 10), 128, 4),
}


def page_cell(name):
    """The source of a cell of the page, by its name."""
    cells = json.loads(PAGE.read_text("utf-8"))["cells"]
    (cell,) = [c for c in cells if c["id"] == name]
    return "".join(cell["source"])


def from_page(cell, function):
    """A function that a cell of the page defines, in a fence or not."""
    source = page_cell(cell)
    fenced = re.search(r"```python\n(.*?)```", source, re.S)
    space = {"np": np}
    exec(fenced[1] if fenced else source, space)
    return space[function]


def data(d):
    """The digits in float32; for 784 pixels drawn three times as large."""
    X, y = load_digits()
    if d == 784:
        large = np.kron(X.reshape(-1, 8, 8), np.ones((1, 3, 3)))
        X = np.pad(large, ((0, 0), (2, 2), (2, 2))).reshape(-1, 784)
    order = np.random.default_rng(0).permutation(len(X))
    return np.ascontiguousarray(X[order], np.float32), y[order]


# --- the contestants: each has epoch() and parameters() ----------------------


class Contest:
    """What all share: data, batches, and the same first weights."""

    def __init__(self, sizes, batch_size):
        self.sizes, self.batch_size = sizes, batch_size
        self.X, self.y = data(sizes[0])
        starts = range(batch_size, len(self.X), batch_size)
        self.batches = np.split(np.arange(len(self.X)), starts)
        rng = np.random.default_rng(1)
        self.network = build(sizes, rng=rng, dtype=np.float32)
        self.linears = [
            layer for layer in self.network.layers if isinstance(layer, Linear)
        ]
        self.prepare()

    def prepare(self):
        pass

    def parameters(self):
        return self.network.theta


class Layers(Contest):
    """plain_epoch: the layers as the chapters derive them, all checks on."""

    def prepare(self):
        self.rule = SGD(self.network.theta, LR)

    def epoch(self):
        plain_epoch(self.network, self.X, self.y, self.batches, self.rule)


class Plain(Contest):
    """plain_step of the page: the derived formulas in readable NumPy."""

    def prepare(self):
        self.Y = one_hot(self.y, self.sizes[-1]).astype(np.float32)
        self.step = from_page("plain-step", "plain_step")

    def epoch(self):
        for rows in self.batches:
            self.step(self.network, self.X, self.Y, rows, LR)


class Fast(Contest):
    """FastTrainer, as `train` uses it."""

    def prepare(self):
        self.trainer = FastTrainer(self.network, self.X, self.y)

    def epoch(self):
        self.trainer.epoch(self.batches, LR)


class PyTorch(Contest):
    """nn.Sequential and optim.SGD, eager."""

    def prepare(self):
        layers = []
        for linear in self.linears:
            ours = torch.nn.Linear(*linear.W.shape[::-1])
            ours.weight.data = torch.from_numpy(linear.W.copy())
            ours.bias.data = torch.from_numpy(linear.b.copy())
            layers += [ours, torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*layers[:-1])
        self.loss = torch.nn.CrossEntropyLoss()
        self.rule = torch.optim.SGD(self.model.parameters(), lr=LR)
        self.tensors = torch.from_numpy(self.X), torch.from_numpy(self.y)
        self.rows = [torch.from_numpy(rows) for rows in self.batches]

    def epoch(self):
        X, y = self.tensors
        for rows in self.rows:
            self.rule.zero_grad()
            self.loss(self.model(X[rows]), y[rows]).backward()
            self.rule.step()

    def parameters(self):
        parts = [p.detach().numpy().ravel() for p in self.model.parameters()]
        return np.concatenate(parts)


class ScikitLearn(Contest):
    """MLPClassifier; without shuffling its batches are slices, not copies."""

    def prepare(self):
        self.model = MLPClassifier(
            self.sizes[1:-1],
            solver="sgd",
            momentum=0,
            nesterovs_momentum=False,
            alpha=0,
            learning_rate_init=LR,
            batch_size=self.batch_size,
            shuffle=False,
        )
        classes = np.arange(self.sizes[-1])
        self.model.partial_fit(self.X, self.y, classes=classes)  # its arrays
        for i, linear in enumerate(self.linears):
            self.model.coefs_[i][...] = linear.W.T
            self.model.intercepts_[i][...] = linear.b

    def epoch(self):
        self.model.partial_fit(self.X, self.y)

    def parameters(self):
        pairs = zip(self.model.coefs_, self.model.intercepts_, strict=True)
        assert self.model.coefs_[0].dtype == np.float32
        return np.concatenate([np.r_[W.T.ravel(), b] for W, b in pairs])


class Autograd(Contest):
    """HIPS autograd: NumPy with reverse mode."""

    def prepare(self):
        self.theta = [[s.W.copy(), s.b.copy()] for s in self.linears]
        self.Y = one_hot(self.y, self.sizes[-1]).astype(np.float32)
        self.gradient = autograd.grad(self.loss)

    @staticmethod
    def loss(theta, X, Y):
        for W, b in theta[:-1]:
            X = anp.maximum(anp.dot(X, W.T) + b, 0)
        W, b = theta[-1]
        Z = anp.dot(X, W.T) + b
        Z = Z - anp.max(Z, axis=1, keepdims=True)
        log_p = Z - anp.log(anp.sum(anp.exp(Z), axis=1, keepdims=True))
        return -anp.sum(log_p * Y) / len(Y)

    def epoch(self):
        for rows in self.batches:
            moves = self.gradient(self.theta, self.X[rows], self.Y[rows])
            for layer, move in zip(self.theta, moves, strict=True):
                for part, d in zip(layer, move, strict=True):
                    part -= np.float32(LR) * d

    def parameters(self):
        return np.concatenate([p.ravel() for s in self.theta for p in s])


class Products(Contest):
    """The floor: the matrix products of a step, into arrays made before.

    Forward W A, backward G A^T and, except in the first layer, W^T G, with
    the examples as the columns of A; the first A is a transposed view of
    rows, as they are gathered. That is the fast trainer's layout; for ii its
    sum is within a tenth of the quickest of those tried, by either kernels.
    """

    def prepare(self):
        n, self.work = self.batch_size, []
        for i, (d, h) in enumerate(
            zip(self.sizes, self.sizes[1:], strict=False)
        ):
            A = np.ones((d, n) if i else (n, d), np.float32)
            A = A if i else A.T
            W, G = np.ones((h, d), np.float32), np.ones((h, n), np.float32)
            pairs = [(W, A), (G, A.T)] + ([(W.T, G)] if i else [])
            self.work += [(a, b, a @ b) for a, b in pairs]

    def epoch(self):
        for _ in self.batches:
            for a, b, out in self.work:
                a.dot(b, out)

    parameters = None


CONTESTANTS = {
    "products alone": Products,
    "mfdl, fast": Fast,
    "mfdl, plain": Plain,
    "mfdl, layers": Layers,
    "scikit-learn": ScikitLearn,
    "PyTorch": PyTorch,
    "autograd": Autograd,
}


# --- what must hold before anything is timed ---------------------------------


def check_gradients():
    """The page's PyTorch listing gives our gradients, in float64."""
    torch_gradients = from_page("torch-listing", "torch_gradients")
    rng = np.random.default_rng(2)
    network = build((64, 32, 10), rng=rng, dtype=np.float64)
    network.theta += 0.1 * rng.standard_normal(network.theta.size)
    first, _, last = network.layers
    X, y = load_digits()
    X, y = X[:64], y[:64]
    torch.set_default_dtype(torch.float64)
    value, gradients = torch_gradients(first.W, first.b, last.W, last.b, X, y)
    torch.set_default_dtype(torch.float32)
    loss = SoftmaxCrossEntropy()
    assert abs(loss.forward(network.forward(X), y) - value) < 1e-14
    network.backward(loss.backward())
    ours = (first.dW, first.db, last.dW, last.db)
    gaps = [
        float(np.max(np.abs(a - b)))
        for a, b in zip(ours, gradients, strict=True)
    ]
    assert max(gaps) < 1e-14, gaps
    return max(gaps)


def check_parameters(sizes, batch_size, teams):
    """After one epoch all have the same parameters, up to rounding.

    Each of T steps adds lr times a gradient whose sums have at most m terms
    together, so the parameters may differ by T lr m machine epsilons.
    """
    steps = len(teams["mfdl, layers"].batches)
    m = sum(sizes) + batch_size
    allowed = steps * LR * m * np.finfo(np.float32).eps
    start = build(sizes, rng=np.random.default_rng(1), dtype=np.float32).theta
    for team in teams.values():
        team.epoch()
    expected = teams["mfdl, layers"].parameters()
    assert np.max(np.abs(expected - start)) > 100 * allowed
    gaps = {}
    for name, team in teams.items():
        if team.parameters:
            theta = team.parameters()
            assert theta.dtype == np.float32, (name, theta.dtype)
            gaps[name] = float(np.max(np.abs(theta - expected)))
            assert gaps[name] <= allowed, (name, gaps[name], allowed)
    return max(gaps.values()), allowed


# --- the measurement ---------------------------------------------------------


def measure(teams, epochs, rounds):
    """CPU seconds of each round, in turns."""
    spent = {name: [] for name in teams}
    for round in range(rounds):
        names = list(teams)
        shift = round % len(names)  # nobody always comes first
        for name in names[shift:] + names[:shift]:
            epoch = teams[name].epoch
            start = time.process_time()
            for _ in range(epochs):
                epoch()
            spent[name].append(time.process_time() - start)
    return {name: np.array(s) for name, s in spent.items()}


def ratio(spent, a, b):
    """Median over rounds of time of a / time of b, in the same round."""
    return float(np.median(spent[a] / spent[b]))


QUESTIONS = [
    ("plain against PyTorch", "PyTorch", "mfdl, plain"),
    ("layers, with all checks, against PyTorch", "PyTorch", "mfdl, layers"),
    ("fast against PyTorch", "PyTorch", "mfdl, fast"),
    ("fast against scikit-learn", "scikit-learn", "mfdl, fast"),
    ("fast against autograd", "autograd", "mfdl, fast"),
    ("bare products, share of fast", "products alone", "mfdl, fast"),
]


def report(results, rounds):
    """The tables, in Markdown."""
    names = list(results)
    heads = [
        f"{n}: {'-'.join(map(str, CASES[n][0]))}, batch {CASES[n][1]}"
        for n in names
    ]
    times = []
    for team in CONTESTANTS:
        row = [team]
        for n in names:
            spent, steps = results[n]
            row.append(f"{np.median(spent[team]) / steps * 1e6:,.1f}")
        times.append(row)
    ratios = [
        [text] + [f"{ratio(results[n][0], a, b):.2f}" for n in names]
        for text, a, b in QUESTIONS
    ]
    blas = {
        f"{i['internal_api']} {i['version']}, {i['architecture']}"
        for i in threadpool_info()
        if i.get("user_api") == "blas" and i.get("architecture")
    }
    versions = ", ".join(
        f"{p} {version(p)}"
        for p in ("numpy", "torch", "scikit-learn", "autograd")
    )
    return "\n\n".join(
        [
            f"Measured on {datetime.date.today()}: {processor()}, one "
            f"thread, {platform.system()}, Python "
            f"{platform.python_version()}, {versions}; NumPy's products by "
            f"{' and '.join(sorted(blas))}; PyTorch uses "
            f"{torch.backends.cpu.get_cpu_capability()}. Medians of {rounds} "
            "rounds.",
            "CPU time of one step, in microseconds:",
            table(["", *heads], times),
            "How many times as fast (last row: the share of the fast "
            "trainer's time that its bare matrix products need):",
            table(["", *names], ratios),
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=[*CASES])
    parser.add_argument("--dry", action="store_true", help="write no README")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", module="sklearn")
    torch.set_num_threads(1)
    gap = check_gradients()
    print(f"PyTorch's gradients equal ours (largest gap {gap:.0e})")
    results = {}
    for name in options.cases:
        sizes, batch_size, epochs = CASES[name]
        teams = {t: c(sizes, batch_size) for t, c in CONTESTANTS.items()}
        gap, allowed = check_parameters(sizes, batch_size, teams)
        print(
            f"({name}) {sizes}: all reach the same parameters (largest gap "
            f"{gap:.0e}, allowed {allowed:.0e})",
            flush=True,
        )
        measure(teams, max(1, math.ceil(epochs / 5)), 1)  # warm up
        steps = epochs * len(teams["PyTorch"].batches)
        results[name] = measure(teams, epochs, options.rounds), steps
    text = report(results, options.rounds)
    print("\n" + text)
    if not options.dry and len(results) == len(CASES):
        prescribed = "OPENBLAS_CORETYPE" in os.environ
        write(
            "results of prescribed kernels" if prescribed else "results", text
        )


if __name__ == "__main__":
    main()
