"""Answers to the exercises of *The network, whole*: wrong ones and right."""

import numpy as np


def transposed(y, y_hat, k):
    """Rows and columns are exchanged."""
    M = np.zeros((k, k), int)
    np.add.at(M, (y_hat, y), 1)
    return M


def once_only(y, y_hat, k):
    """An index that occurs twice is added once."""
    M = np.zeros((k, k), int)
    M[y, y_hat] += 1
    return M


def shares(y, y_hat, k):
    """Each row is divided by its sum."""
    M = np.zeros((k, k))
    np.add.at(M, (y, y_hat), 1)
    return M / np.maximum(M.sum(axis=1, keepdims=True), 1)


def no_minlength(y, y_hat, k):
    """Classes that never occur are lost."""
    seen = max(y.max(), y_hat.max()) + 1
    M = np.zeros((seen, seen), int)
    np.add.at(M, (y, y_hat), 1)
    return M


def changes_labels(y, y_hat, k):
    """The pairs are numbered in the caller's array."""
    y *= k
    y += y_hat
    return np.bincount(y, minlength=k * k).reshape(k, k)


def confusion_matrix(y, y_hat, k):
    return np.array(
        [[np.sum((y == c) & (y_hat == e)) for e in range(k)] for c in range(k)]
    )


def population(a, b, t):
    """The deviation has J in its denominator."""
    d = a - b
    half = t * d.std() / np.sqrt(len(d))
    return d.mean() - half, d.mean() + half


def single(a, b, t):
    """The square root of J is forgotten."""
    d = a - b
    half = t * d.std(ddof=1)
    return d.mean() - half, d.mean() + half


def unpaired(a, b, t):
    """Two separate deviations are combined."""
    half = t * np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))
    return np.mean(a) - np.mean(b) - half, np.mean(a) - np.mean(b) + half


def middle_and_half(a, b, t):
    """The middle and the half width, not the ends."""
    d = a - b
    return d.mean(), t * d.std(ddof=1) / np.sqrt(len(d))


def turned(a, b, t):
    """b - a."""
    d = b - a
    half = t * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean() - half, d.mean() + half


def unsigned(a, b, t):
    """The differences lose their sign."""
    d = np.abs(a - b)
    half = t * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean() - half, d.mean() + half


def exchanged(a, b, t):
    """First the upper end."""
    low, high = paired_interval(a, b, t)
    return high, low


def always_196(a, b, t):
    """1.96, whatever t is."""
    return paired_interval(a, b, 1.96)


def paired_interval(a, b, t):
    J = len(a)
    d = [x - y for x, y in zip(a, b, strict=True)]
    m = sum(d) / J
    s = (sum((x - m) ** 2 for x in d) / (J - 1)) ** 0.5
    return m - t * s / J**0.5, m + t * s / J**0.5


def looks_ahead(losses, patience):
    """The best of all epochs, those after the stop too."""
    best = int(np.argmin(losses))
    return min(best + patience, len(losses) - 1), best


def not_strict(losses, patience):
    """An equal loss counts as an improvement."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss <= losses[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return epoch, best


def from_one_before(losses, patience):
    """Counts rises from one epoch to the next."""
    bad = 0
    for epoch in range(1, len(losses)):
        bad = bad + 1 if losses[epoch] >= losses[epoch - 1] else 0
        if bad >= patience:
            return epoch, int(np.argmin(losses[: epoch + 1]))
    return len(losses) - 1, int(np.argmin(losses))


def no_reset(losses, patience):
    """An improvement does not start the count again."""
    best, bad = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            bad += 1
        if bad >= patience:
            return epoch, best
    return len(losses) - 1, best


def from_one(losses, patience):
    """Places are counted from 1."""
    epoch, best = early_stop(losses, patience)
    return epoch + 1, best + 1


def best_loss(losses, patience):
    """The best loss itself, not its place."""
    epoch, best = early_stop(losses, patience)
    return epoch, losses[best] + 0.5


def early_stop(losses, patience):
    for epoch in range(len(losses)):
        best = min(range(epoch + 1), key=lambda e: (losses[e], e))
        if epoch - best == patience:
            return epoch, best
    return epoch, best


def rebound(theta, v, dtheta, lr, beta):
    """Makes new arrays."""
    v = beta * v + dtheta
    theta = theta - lr * v
    return theta


def forgets(theta, v, dtheta, lr, beta):
    """The velocity is not kept."""
    theta -= lr * (beta * v + dtheta)
    return theta


def uphill(theta, v, dtheta, lr, beta):
    """Wrong sign."""
    v *= beta
    v += dtheta
    theta += lr * v
    return theta


def too_early(theta, v, dtheta, lr, beta):
    """The parameters move before the velocity."""
    theta -= lr * v
    v *= beta
    v += dtheta
    return theta


def averaged(theta, v, dtheta, lr, beta):
    """The gradient is weighted by 1 - beta."""
    v *= beta
    v += (1 - beta) * dtheta
    theta -= lr * v
    return theta


def lr_inside(theta, v, dtheta, lr, beta):
    """The step size is inside the velocity."""
    v *= beta
    v += lr * dtheta
    theta -= v
    return theta


def no_return(theta, v, dtheta, lr, beta):
    """theta is changed, but not returned."""
    momentum_step(theta, v, dtheta, lr, beta)


def momentum_step(theta, v, dtheta, lr, beta):
    np.add(beta * v, dtheta, out=v)
    np.subtract(theta, lr * v, out=theta)
    return theta


WRONG = {
    "confusion_matrix": [
        transposed,
        once_only,
        shares,
        no_minlength,
        changes_labels,
    ],
    "paired_interval": [
        population,
        single,
        unpaired,
        middle_and_half,
        turned,
        unsigned,
        exchanged,
        always_196,
    ],
    "early_stop": [
        looks_ahead,
        not_strict,
        from_one_before,
        no_reset,
        from_one,
        best_loss,
    ],
    "momentum_step": [
        rebound,
        forgets,
        uphill,
        too_early,
        averaged,
        lr_inside,
        no_return,
    ],
}

HINTS = {
    "transposed": "transposed",
    "once_only": "added once only",
    "shares": "expected counts",
    "no_minlength": "has shape",
    "changes_labels": "copy them",
    "population": "ddof=1",
    "single": "1 / sqrt(J)",
    "unpaired": "differences first",
    "middle_and_half": "two ends",
    "turned": "a - b",
    "unsigned": "lost their sign",
    "exchanged": "first the lower one",
    "always_196": "the factor t",
    "best_loss": "whole numbers",
    "lr_inside": "bare gradients",
    "looks_ahead": "after the stop",
    "not_strict": "strictly below",
    "from_one_before": "best loss so far",
    "no_reset": "starts the count",
    "from_one": "count from 0",
    "rebound": "new array",
    "forgets": "remember",
    "uphill": "uphill",
    "too_early": "first update v",
    "averaged": "convention",
    "no_return": "return it too",
}

RIGHT = {
    "confusion_matrix": confusion_matrix,
    "paired_interval": paired_interval,
    "early_stop": early_stop,
    "momentum_step": momentum_step,
}
