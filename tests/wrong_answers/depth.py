"""Realistic wrong answers for the checkers of *Depth and nonlinearity*."""

import numpy as np


# --- breakpoints -----------------------------------------------------------
def wrong_sign(w, b, a):
    """b/w instead of -b/w."""
    keep = (w != 0) & (a != 0)
    return np.unique(b[keep] / w[keep])


def divides_by_zero(w, b, a):
    """A constant unit gives infinity."""
    return np.unique(-b / w)


def keeps_silent_hinges(w, b, a):
    """Forgets that a hinge with a = 0 leaves no trace."""
    return np.unique(-b[w != 0] / w[w != 0])


def unsorted(w, b, a):
    """Keeps the order of the units."""
    keep = (w != 0) & (a != 0)
    return -b[keep] / w[keep]


def listed_twice(w, b, a):
    """Sorted, but a place where two hinges bend stands there twice."""
    keep = (w != 0) & (a != 0)
    return np.sort(-b[keep] / w[keep])


def never_cancels(w, b, a):
    """Forgets that the changes of slope may add up to zero."""
    keep = (w != 0) & (a != 0)
    return np.unique(-b[keep] / w[keep])


def signed_change(w, b, a):
    """Takes the change of slope to be a w, without the absolute value."""
    w, b, a = w[w != 0], b[w != 0], a[w != 0]
    places = -b / w
    return np.array(
        [t for t in np.unique(places) if np.sum((a * w)[places == t]) != 0]
    )


def cancels_in_pairs(w, b, a):
    """Looks for two hinges that cancel, never for three."""
    w, b, a = w[w != 0], b[w != 0], a[w != 0]
    places, changes = -b / w, a * np.abs(w)
    keep = changes != 0
    for i in range(len(w)):
        for j in range(i):
            if places[i] == places[j] and changes[i] == -changes[j]:
                keep[[i, j]] = False
    return np.unique(places[keep])


def sorts_in_place(w, b, a):
    """Divides b in place, and so spoils the caller's array."""
    b /= -w
    return np.unique(b)


def searches_a_grid(w, b, a):
    """Looks for a change of slope among points a thousandth apart."""
    x = np.linspace(-10, 10, 20001)
    y = np.maximum(0, np.outer(x, w) + b) @ a
    return x[1:-1][np.abs(np.diff(y, 2)) > 1e-9]


def right_breakpoints(w, b, a):
    """Compares slopes left and right of every candidate."""

    def slope(x):
        return sum(
            ai * wi
            for wi, bi, ai in zip(w, b, a, strict=True)
            if wi * x + bi > 0
        )

    places = sorted({-bi / wi for wi, bi in zip(w, b, strict=True) if wi})
    gaps = [1e-3] + [t - s for s, t in zip(places, places[1:], strict=False)]
    h = min(gaps) / 2
    return np.array(
        [t for t in places if slope(t - h) != slope(t + h)], dtype=float
    )


# --- regions_met -----------------------------------------------------------
def forgot_axis(X, W, b):
    """Counts different entries instead of different rows."""
    return len(np.unique(X @ W.T + b > 0))


def counts_how_many(X, W, b):
    """Counts how many hinges are on, not which."""
    return len(np.unique(np.sum(X @ W.T + b > 0, axis=1)))


def forgot_bias(X, W, b):
    """Puts all hinges through the origin."""
    return len(np.unique(X @ W.T > 0, axis=0))


def all_possible(X, W, b):
    """Counts the patterns that could occur, not those that do."""
    return 2 ** len(W)


def at_zero_on(X, W, b):
    """Takes a hinge to be on where its value is zero."""
    return len(np.unique(X @ W.T + b >= 0, axis=0))


def counts_rows(X, W, b):
    """Counts examples."""
    return len(X)


def powers_of_two(X, W, b):
    """Reads each pattern as a binary number, which overflows."""
    on = (X @ W.T + b > 0).astype(float)
    return len(np.unique(on @ 2.0 ** np.arange(len(W))))


def the_patterns(X, W, b):
    """Returns the patterns themselves, not their number."""
    return np.unique(X @ W.T + b > 0, axis=0)


def right_regions_met(X, W, b):
    """A set of tuples, example by example."""
    seen = set()
    for x in X:
        seen.add(tuple(bool(np.dot(w, x) + c > 0) for w, c in zip(W, b)))
    return len(seen)


# --- gradient_in_parts -----------------------------------------------------
def _parts(X, T, size):
    for start in range(0, len(X), size):
        yield X[start : start + size], T[start : start + size]


def mean_of_means(network, X, T, size):
    """Averages the parts' gradients, whatever their sizes."""
    grads = []
    for x, t in _parts(X, T, size):
        network.backward((network.forward(x) - t) / len(x))
        grads.append(network.dtheta.copy())
    return np.mean(grads, axis=0)


def own_size(network, X, T, size):
    """Divides each part by its own size and adds."""
    total = np.zeros_like(network.theta)
    for x, t in _parts(X, T, size):
        network.backward((network.forward(x) - t) / len(x))
        total += network.dtheta
    return total


def overwritten(network, X, T, size):
    """Forgets to add up: only the last part is left."""
    for x, t in _parts(X, T, size):
        network.backward((network.forward(x) - t) / len(X))
    return network.dtheta.copy()


def alias(network, X, T, size):
    """Adds up in dtheta itself."""
    total = network.dtheta
    total[:] = 0
    for x, t in _parts(X, T, size):
        network.backward((network.forward(x) - t) / len(X))
    return total


def whole_batch(network, X, T, size):
    """Ignores the memory."""
    network.backward((network.forward(X) - T) / len(X))
    return network.dtheta.copy()


def drops_rest(network, X, T, size):
    """Leaves out the smaller last part."""
    total = np.zeros_like(network.theta)
    for start in range(0, len(X) - size + 1, size):
        part = slice(start, start + size)
        network.backward((network.forward(X[part]) - T[part]) / len(X))
        total += network.dtheta
    return total


def turned_round(network, X, T, size):
    """Target minus output."""
    total = np.zeros_like(network.theta)
    for x, t in _parts(X, T, size):
        network.backward((t - network.forward(x)) / len(X))
        total += network.dtheta
    return total


def no_mean(network, X, T, size):
    """Forgets the 1/n."""
    total = np.zeros_like(network.theta)
    for x, t in _parts(X, T, size):
        network.backward(network.forward(x) - t)
        total += network.dtheta
    return total


def single_precision(network, X, T, size):
    """Adds up in another floating type."""
    total = np.zeros(network.theta.size, np.float32)
    for x, t in _parts(X, T, size):
        network.backward((network.forward(x) - t) / len(X))
        total += network.dtheta
    return total


def takes_steps(network, X, T, size):
    """Updates the parameters on the way."""
    total = np.zeros_like(network.theta)
    for x, t in _parts(X, T, size):
        network.backward((network.forward(x) - t) / len(X))
        total += network.dtheta
        network.theta -= 0.1 * network.dtheta
    return total


def starts_from_old(network, X, T, size):
    """Starts from what dtheta held before."""
    total = network.dtheta.copy()
    for x, t in _parts(X, T, size):
        network.backward((network.forward(x) - t) / len(X))
        total += network.dtheta
    return total


def never_backward(network, X, T, size):
    """Adds up dtheta without a backward pass."""
    total = np.zeros_like(network.theta)
    for x, _ in _parts(X, T, size):
        network.forward(x)
        total += network.dtheta
    return total


def list_of_views(network, X, T, size):
    """Collects the same array again and again."""
    parts = []
    for x, t in _parts(X, T, size):
        network.backward((network.forward(x) - t) / len(X))
        parts.append(network.dtheta)
    return np.sum(parts, axis=0)


def total_is_dtheta(network, X, T, size):
    """Adds dtheta to itself, and copies too late."""
    total = network.dtheta
    for x, t in _parts(X, T, size):
        network.backward((network.forward(x) - t) / len(X))
        total += network.dtheta
    return total.copy()


def right_gradient_in_parts(network, X, T, size):
    """Weighs the mean gradient of each part by its share of the examples."""
    shares = []
    for x, t in _parts(X, T, size):
        network.backward((network.forward(x) - t) / len(x))
        shares.append(network.dtheta * (len(x) / len(X)))
    return np.sum(shares, axis=0)


WRONG = {
    "breakpoints": [
        wrong_sign,
        divides_by_zero,
        keeps_silent_hinges,
        unsorted,
        listed_twice,
        never_cancels,
        signed_change,
        cancels_in_pairs,
        sorts_in_place,
        searches_a_grid,
    ],
    "regions_met": [
        forgot_axis,
        counts_how_many,
        forgot_bias,
        all_possible,
        at_zero_on,
        counts_rows,
        powers_of_two,
        the_patterns,
    ],
    "gradient_in_parts": [
        mean_of_means,
        own_size,
        overwritten,
        alias,
        whole_batch,
        drops_rest,
        turned_round,
        no_mean,
        takes_steps,
        single_precision,
        starts_from_old,
        never_backward,
        list_of_views,
        total_is_dtheta,
    ],
}

HINTS = {
    "wrong_sign": "-b/w",
    "divides_by_zero": "bends nowhere",
    "keeps_silent_hinges": "leaves no trace",
    "unsorted": "increasing order",
    "listed_twice": "listed once",
    "never_cancels": "add up to 0",
    "signed_change": "a |w|",
    "cancels_in_pairs": "all of them",
    "sorts_in_place": "changes b",
    "searches_a_grid": "a search on a grid",
    "forgot_axis": "a whole row",
    "counts_how_many": "not how many",
    "forgot_bias": "bias",
    "all_possible": "a row of X meets",
    "at_zero_on": "at zero a hinge is off",
    "counts_rows": "each once",
    "powers_of_two": "powers of two",
    "the_patterns": "one number",
    "mean_of_means": "mean of the parts' means",
    "own_size": "its own number of rows",
    "overwritten": "overwrites dtheta",
    "alias": "network.dtheta itself",
    "whole_batch": "rows at once",
    "drops_rest": "missing",
    "turned_round": "sign",
    "no_mean": "divide by n",
    "takes_steps": "without taking a step",
    "single_precision": "in the network's own type",
    "starts_from_old": "start from zeros",
    "never_backward": "call backward",
    "list_of_views": "append copies",
    "total_is_dtheta": "twice the last part",
}

RIGHT = {
    "breakpoints": right_breakpoints,
    "regions_met": right_regions_met,
    "gradient_in_parts": right_gradient_in_parts,
}
