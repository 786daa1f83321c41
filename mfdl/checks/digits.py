"""Checkers for the chapter *The network, whole*."""

import numpy as np

from mfdl.checks._verdict import Wrong, checker, expect_value


def _answered(answer, name, *arguments):
    """Call the answer; an empty one is told that it is its turn."""
    got = answer(*arguments)
    if got is None:
        raise Wrong(f"Your turn: {name} returns None so far.")
    return got


def _pair(name, got):
    """Two numbers, or Wrong."""
    if not isinstance(got, (tuple, list, np.ndarray)) or len(got) != 2:
        raise Wrong(f"{name} returns {got!r}, expected two numbers.")
    try:
        return float(got[0]), float(got[1])
    except (TypeError, ValueError):
        raise Wrong(f"{name} returns {got!r}, expected two numbers.") from None


@checker
def confusion_matrix(answer):
    rng = np.random.default_rng(0)
    for n, k in [(12, 3), (200, 10), (1, 4)]:
        y, y_hat = rng.integers(0, k, n), rng.integers(0, k, n)
        y[y == k - 1] = 0  # a class that never occurs
        y_hat[y_hat == k - 1] = 0
        kept = y.copy(), y_hat.copy()
        got = _answered(answer, "confusion_matrix", y, y_hat, k)
        if not (np.array_equal(y, kept[0]) and np.array_equal(y_hat, kept[1])):
            raise Wrong("confusion_matrix changes y or y_hat: copy them.")
        expected = np.zeros((k, k), int)
        for c, e in zip(y, y_hat, strict=True):
            expected[c, e] += 1
        got = np.asarray(got)
        if got.shape == (k, k) and n > 1:
            if np.array_equal(got, expected.T):
                raise Wrong(
                    "The matrix is transposed: row c holds what became of "
                    "the examples of class c, column e what was read as e."
                )
            if np.array_equal(got, np.minimum(expected, 1)):
                raise Wrong(
                    f"Each pair counts once at most: {n} examples, but the "
                    f"entries sum to {int(got.sum())}. An index that occurs "
                    "twice in `M[y, y_hat] += 1` is added once only."
                )
            sums = expected.sum(axis=1, keepdims=True)
            if np.allclose(got, expected / np.maximum(sums, 1)):
                raise Wrong(
                    "These are shares, expected counts: do not divide."
                )
        expect_value(
            f"the matrix for {n} examples of {k} classes",
            got,
            expected,
            hint="Entry (c, e) counts class c read as e.",
        )


@checker
def paired_interval(answer):
    rng = np.random.default_rng(1)
    for J, t in [(5, 2.776), (20, 2.093), (2, 12.706)]:
        a = 0.97 + 0.01 * rng.standard_normal(J)
        b = a - 0.002 + 0.006 * rng.standard_normal(J)  # a does not always win
        kept = a.copy(), b.copy()
        got = _answered(answer, "paired_interval", a, b, t)
        low, high = _pair("paired_interval", got)
        if not (np.array_equal(a, kept[0]) and np.array_equal(b, kept[1])):
            raise Wrong("paired_interval changes a or b: work on a - b.")
        d = a - b
        middle, s = d.mean(), d.std(ddof=1)
        half = (high - low) / 2

        def close(x, y):
            return abs(x - y) < 1e-9

        if close(low, middle) and close(high, t * s / np.sqrt(J)):
            raise Wrong(
                "These are the middle and the half width, expected the two "
                "ends: middle minus half width, middle plus half width."
            )
        if close(high, middle - t * s / np.sqrt(J)) and low > high:
            raise Wrong("The ends are exchanged: first the lower one.")
        if close((low + high) / 2, np.abs(d).mean()):
            raise Wrong(
                "The differences have lost their sign: b is sometimes the "
                "better one, and then a - b is negative."
            )
        if close((low + high) / 2, -middle):
            raise Wrong("The sign is turned: the interval is for a - b.")
        if close(half, t * d.std() / np.sqrt(J)):
            raise Wrong(
                f"The interval is too narrow: the deviation of {J} numbers "
                f"has J - 1 = {J - 1} in its denominator (ddof=1)."
            )
        if close(half, s / np.sqrt(J)) or close(half, 1.96 * s / np.sqrt(J)):
            raise Wrong(
                f"The half width does not use the factor t, here {t}: few "
                "numbers tell their own deviation only roughly."
            )
        if close(half, t * s):
            raise Wrong(
                "That is the spread of single differences: the mean of J "
                "varies less, by the factor 1 / sqrt(J)."
            )
        apart = np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / J)
        if close(half, t * apart):
            raise Wrong(
                "The interval treats a and b as unpaired: take the "
                "differences first, then their deviation."
            )
        expected = (middle - t * s / np.sqrt(J), middle + t * s / np.sqrt(J))
        expect_value(f"the interval for J = {J}", (low, high), expected)


@checker
def early_stop(answer):
    cases = [
        ([3.0, 2.0, 1.0], 2, (2, 2), "It never stops early here."),
        (
            [3.0, 2.0, 2.5, 2.6, 1.0],
            2,
            (3, 1),
            "A later, better loss must not be looked at after the stop.",
        ),
        (
            [3.0, 2.0, 2.5, 1.9, 2.5, 2.4, 2.3],
            3,
            (6, 3),
            "An improvement starts the count of patience again.",
        ),
        (
            [1.0, 1.0, 1.0, 1.0],
            2,
            (2, 0),
            "An equal loss is not strictly below the best.",
        ),
        (
            [5.0, 4.0, 4.5, 4.2, 4.1, 3.0],
            3,
            (4, 1),
            "Compare with the best loss so far, not with the one before.",
        ),
        ([1.0, 2.0], 1, (1, 0), "With patience 1 the first bad epoch stops."),
        ([7.0], 3, (0, 0), "One epoch is first, last and best."),
    ]
    for losses, patience, expected, hint in cases:
        given = list(losses)
        got = _answered(answer, "early_stop", given, patience)
        got = _pair("early_stop", got)
        if not all(np.isfinite(v) and v == round(v) for v in got):
            raise Wrong(
                f"early_stop returns {got}, expected two places in the list, "
                "whole numbers from 0."
            )
        if given != losses:
            raise Wrong("early_stop changes the list of losses: only read it.")
        if got == (expected[0] + 1, expected[1] + 1):
            raise Wrong("Both places are one too large: count from 0.")
        if got == expected[::-1] and expected[0] != expected[1]:
            raise Wrong("Expected first the epoch of the stop, then the best.")
        if got != expected:
            raise Wrong(
                f"For losses {losses} and patience {patience} early_stop "
                f"returns {tuple(int(v) for v in got)}, "
                f"expected {expected}. {hint}"
            )


@checker
def momentum_step(answer):
    rng = np.random.default_rng(2)
    for size in (1, 7, 100):
        theta, v, dtheta = rng.standard_normal((3, size))
        for lr, beta in [(0.2, 0.9), (0.5, 0.0), (0.02, 0.99)]:
            old, old_v, old_d = theta.copy(), v.copy(), dtheta.copy()
            got = answer(theta, v, dtheta, lr, beta)
            if got is None and np.array_equal(theta, old):
                raise Wrong("Your turn: momentum_step returns None so far.")
            new_v = beta * old_v + old_d
            new = old - lr * new_v
            if not np.array_equal(dtheta, old_d):
                raise Wrong("momentum_step changes dtheta: only read it.")
            if np.array_equal(theta, old):
                raise Wrong(
                    "theta is unchanged after the call: `theta = ...` makes "
                    "a new array; change the old one with `-=`, for the "
                    "layers hold views of it."
                )
            if np.array_equal(v, old_v):
                raise Wrong(
                    "v is unchanged after the call: the velocity must "
                    "remember, so change it in place."
                )
            if np.allclose(theta, old + lr * new_v):
                raise Wrong("The step goes uphill: subtract lr times v.")
            if beta and np.allclose(theta, old - lr * old_v):
                raise Wrong(
                    "The step uses the velocity from before: first update "
                    "v, then theta."
                )
            if beta and np.allclose(v, beta * old_v + (1 - beta) * old_d):
                raise Wrong(
                    "The gradient is multiplied by 1 - beta: that is another "
                    "convention; here v <- beta v + dtheta."
                )
            for sign in (1, -1):
                if np.allclose(v, beta * old_v + sign * lr * old_d):
                    raise Wrong(
                        "The velocity already holds the step size: here v "
                        "adds up bare gradients, and lr enters with theta."
                    )
            expect_value("v after the step", v, new_v)
            expect_value("theta after the step", theta, new)
            if got is None:
                raise Wrong("theta has moved as it should: now return it too.")
            expect_value("what momentum_step returns", got, new)
