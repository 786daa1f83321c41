"""Checkers for the exercises of *Depth and nonlinearity*."""

import numpy as np

from mfdl.layers import Linear, ReLU
from mfdl.network import Network

from ._verdict import Wrong, checker, expect_value


def _untouched(name, after, before):
    """Raise Wrong if an array that the answer was given has changed."""
    for what, now, then in zip(name.split(), after, before, strict=True):
        if not np.array_equal(now, then):
            raise Wrong(
                f"Your function changes {what}, which belongs to the caller: "
                "work on a new array."
            )


# (what is special about it, w, b, a, where the slope changes)
_BENDS = [
    ("one hinge", [2.0], [1.0], [3.0], [-0.5]),
    ("three hinges", [1.0, 1.0, 1.0], [-3.0, 0.0, -1.0], [0.5, 1.0, -1.5],
     [0.0, 1.0, 3.0]),
    ("a negative weight", [-2.0], [6.0], [1.0], [3.0]),
    ("a weight 0", [0.0, 1.0], [4.0, -2.0], [1.0, 1.0], [2.0]),
    ("an outgoing weight 0", [1.0, 1.0], [-1.0, -2.0], [0.0, 1.0], [2.0]),
    ("two hinges that bend at one place", [1.0, 2.0], [-1.0, -2.0],
     [1.0, 1.0], [1.0]),
    ("two hinges that cancel", [1.0, 2.0, 1.0], [-1.0, -2.0, -5.0],
     [2.0, -1.0, 1.0], [5.0]),
    ("three hinges that cancel", [1.0, 1.0, 2.0, 1.0],
     [-1.0, -1.0, -2.0, -5.0], [1.0, 1.0, -1.0, 1.0], [5.0]),
    ("two hinges, one turned round, that cancel", [1.0, -1.0], [0.0, 0.0],
     [1.0, -1.0], []),
    ("two hinges, one turned round, that make a V", [1.0, -1.0], [0.0, 0.0],
     [1.0, 1.0], [0.0]),
    ("no unit that bends", [0.0], [1.0], [1.0], []),
    ("bends far apart", [1024.0, 1.0], [-1.0, -4096.5], [1.0, 1.0],
     [1 / 1024, 4096.5]),
]  # fmt: skip

_WHY = {
    "a negative weight": "A hinge bends where w x + b = 0, so at -b/w.",
    "a weight 0": "A unit with w = 0 is constant and bends nowhere.",
    "an outgoing weight 0": "A hinge with a = 0 leaves no trace.",
    "two hinges that bend at one place": "Each place is listed once.",
    "two hinges that cancel": (
        "The slope changes by a |w| at each hinge; here the changes at one "
        "place add up to 0."
    ),
    "three hinges that cancel": (
        "Any number of hinges may bend at one place: add up the changes of "
        "all of them, a |w| each."
    ),
    "two hinges, one turned round, that cancel": (
        "The change of slope at a hinge is a |w|, whichever side is on; "
        "here the changes add up to 0."
    ),
    "two hinges, one turned round, that make a V": (
        "The change of slope at a hinge is a |w|, not a w: the two changes "
        "add up here."
    ),
    "bends far apart": (
        "Compute the places, -b/w: a search on a grid of points misses what "
        "lies between them or outside."
    ),
    "three hinges": "The places come in increasing order.",
    "one hinge": "A hinge bends where w x + b = 0, so at -b/w.",
}


@checker
def breakpoints(answer):
    """The places where x -> sum_i a_i max(0, w_i x + b_i) changes slope."""
    for case, w, b, a, expected in _BENDS:
        given = [np.array(v) for v in (w, b, a)]
        kept = [v.copy() for v in given]
        with np.errstate(all="ignore"):
            got = answer(*given)
        _untouched("w b a", given, kept)
        if got is None:
            raise Wrong("Your turn: breakpoints returns None so far.")
        try:
            got = np.asarray(got, dtype=float)
        except (TypeError, ValueError):
            raise Wrong(
                "breakpoints should return an array of numbers, got "
                f"{type(got).__name__}."
            ) from None
        where = f"breakpoints for {case} (w={w}, b={b}, a={a})"
        hint = _WHY.get(case, "")
        if got.ndim != 1:
            raise Wrong(
                f"{where} has shape {got.shape}, expected a vector of "
                f"{len(expected)} places."
            )
        if not np.all(np.isfinite(got)):
            raise Wrong(
                f"{where} holds NaN or infinity: -b/w needs w different "
                f"from 0. {hint}"
            )
        if len(got) != len(expected):
            raise Wrong(
                f"{where} gives {len(got)} places, {got.tolist()}; expected "
                f"{len(expected)}, {expected}. {hint}"
            )
        if sorted(got.tolist()) == expected and got.tolist() != expected:
            raise Wrong(
                f"{where} gives {got.tolist()}: the places are right, but "
                "they should come in increasing order."
            )
        expect_value(where, got, np.array(expected), hint=hint)


@checker
def regions_met(answer):
    """How many on/off patterns of the hinges occur among the rows of X."""
    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    cross, zero = np.eye(2), np.zeros(2)
    rng = np.random.default_rng(0)
    inside = np.array([[0.1, 0.1], [0.2, 0.3], [0.5, 0.1], [0.9, 0.9]])
    cases = [
        ("two points, each with one hinge on", corners[1:3], cross, zero, 2,
         "Which hinges are on matters, not how many; and only regions that "
         "a row of X meets are counted."),
        ("four points in four quadrants", corners, cross, zero, 4,
         "A region is a pattern, a whole row of X @ W.T + b > 0."),
        ("four points of one quadrant", inside, cross, zero, 1,
         "Count the regions that the data meet, each once."),
        ("hinges moved away by the bias", corners, cross, zero + 5, 1,
         "A hinge is on where w x + b > 0: the bias moves it."),
        ("a point on a hinge", np.array([[0.0, 0.0], [-1.0, -1.0]]), cross,
         zero, 1, "On means greater than zero; at zero a hinge is off."),
        ("one point, one hinge", np.ones((1, 3)), np.ones((1, 3)),
         np.zeros(1), 1, ""),
    ]  # fmt: skip
    # 70 hinges: the first sees x1, the last x2, the others are always on
    many = np.tile([1.0, 0.0], (70, 1))
    many[-1] = [0.0, 1.0]
    shift = np.full(70, 10.0)
    shift[[0, -1]] = 0.0
    cases.append(
        ("70 hinges, two of which matter", corners, many, shift, 4,
         "Numbering the patterns by powers of two fails for so many hinges: "
         "neither an int64 nor a float64 holds 2^69 and 1 together.")
    )  # fmt: skip
    for n, d, m in [(50, 1, 7), (200, 2, 5), (30, 8, 3)]:
        X, W = rng.standard_normal((n, d)), rng.standard_normal((m, d))
        b = rng.standard_normal(m)
        met = {tuple((W @ x + b > 0).tolist()) for x in X}
        name = f"{n} points in {d} dimensions and {m} hinges"
        cases.append((name, X, W, b, len(met), ""))
    for name, X, W, b, expected, hint in cases:
        given, kept = (X, W, b), (X.copy(), W.copy(), b.copy())
        got = answer(X, W, b)
        if got is None:
            raise Wrong("Your turn: regions_met returns None so far.")
        _untouched("X W b", given, kept)
        if np.ndim(got) > 0:
            raise Wrong(
                "regions_met should return one number, how many different "
                f"patterns there are; it returns shape {np.shape(got)}."
            )
        expect_value(f"regions_met for {name}", got, expected, hint=hint)


class _Gate:
    """A layer without parameters that notes how many rows pass at once."""

    parameters = ()

    def __init__(self):
        self.rows = []

    def forward(self, X):
        self.rows.append(len(X))
        return X

    def backward(self, G):
        return G


@checker
def gradient_in_parts(answer):
    """dL/dtheta of the half mean square, from parts of at most size rows."""
    for n, size in [(4, 4), (6, 2), (1, 1), (7, 3), (3, 10), (5, 1)]:
        rng = np.random.default_rng(n)
        gate = _Gate()
        layers = [Linear(3, 4, rng=rng), ReLU(), Linear(4, 2, rng=rng)]
        network = Network([gate, *layers])
        network.theta[:] = rng.standard_normal(network.theta.size)
        X, T = rng.standard_normal((n, 3)), rng.standard_normal((n, 2))
        network.backward((network.forward(X) - T) / n)
        expected = network.dtheta.copy()
        network.dtheta[:] = 7.0  # what an earlier step may have left
        gate.rows.clear()
        given, kept = (X, T), (X.copy(), T.copy())
        theta, vector = network.theta.copy(), network.theta
        got = answer(network, X, T, size)
        if got is None:
            raise Wrong("Your turn: gradient_in_parts returns None so far.")
        _untouched("X T", given, kept)
        if network.theta is not vector or not np.array_equal(vector, theta):
            raise Wrong(
                "network.theta has changed: compute the gradient only, "
                "without taking a step."
            )
        if max(gate.rows, default=0) > size:
            raise Wrong(
                f"For n={n}, size={size} a forward pass saw "
                f"{max(gate.rows)} rows at once, but only {size} fit into "
                "memory."
            )
        where = f"the gradient for n={n}, size={size}"
        if np.shape(got) != expected.shape:
            raise Wrong(
                f"{where} has shape {np.shape(got)}, expected "
                f"{expected.shape}, one number for each parameter."
            )
        if np.shares_memory(got, network.dtheta):
            raise Wrong(
                "The answer is network.dtheta itself (or a view of it): the "
                "next backward pass overwrites it. Add up in a vector of "
                "your own."
            )
        _blame(where, np.asarray(got), expected, network, X, T, size)


def _blame(where, got, expected, network, X, T, size):
    """Compare with the right gradient, and with the usual wrong ones."""
    n, parts = len(X), []
    for start in range(0, n, size):
        rows = slice(start, start + size)
        Z = network.forward(X[rows])
        network.backward(Z - T[rows])
        parts.append((network.dtheta.copy(), len(Z)))
    slips = [
        (-expected, "The sign is turned round: G is (Z - T)/n."),
        (n * expected, "L is a mean over the n examples: divide by n."),
        (
            sum(g / k for g, k in parts),
            "Each part was divided by its own number of rows; divide by the "
            "number n of all examples.",
        ),
        (
            sum(g / k for g, k in parts) / len(parts),
            "A mean of the parts' means weighs the examples of a smaller "
            "last part too heavily: divide by n instead.",
        ),
        (
            np.full_like(expected, 7.0 * len(parts)),
            "It is what an earlier pass left in dtheta: after forward, call "
            "backward with (Z - T)/n.",
        ),
        (
            parts[-1][0] / n,
            "Only the last part is in it: backward overwrites dtheta, so add "
            "it up after each part.",
        ),
        (
            expected - parts[-1][0] / n,
            "The last part, which may be smaller, is missing.",
        ),
        (
            len(parts) * parts[-1][0] / n,
            "It is the last part as often as there are parts: dtheta is one "
            "array that backward overwrites, so append copies of it.",
        ),
        (
            2 * parts[-1][0] / n,
            "It is twice the last part: after total = network.dtheta both "
            "names stand for one array; start from zeros of your own.",
        ),
        (
            expected + 7.0,
            "It contains what stood in dtheta before: start from zeros.",
        ),
    ]
    if not np.allclose(got, expected, rtol=1e-9, atol=1e-12):
        if np.allclose(got, expected, rtol=1e-4, atol=1e-5):
            raise Wrong(
                f"{where} is right to a few digits only (its type is "
                f"{got.dtype}): add up in the network's own type, "
                f"{network.theta.dtype}, as np.zeros_like(network.theta) does."
            )
        for slip, message in slips:
            if np.allclose(got, slip, rtol=1e-9, atol=1e-12):
                raise Wrong(f"{where} is off. {message}")
    expect_value(where, got, expected)
