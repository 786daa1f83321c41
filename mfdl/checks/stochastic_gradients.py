"""Checkers for the exercises of *Stochastic gradients*."""

import reprlib

import numpy as np

from ._verdict import Wrong, checker, expect_value


def _started(answer, got):
    """Raise Wrong for a stub that returns nothing yet."""
    if got is None:
        name = getattr(answer, "__name__", "the function")
        raise Wrong(f"Your turn: {name} returns None so far.")


def _same(got, guess):
    """Whether got is this particular guess, up to rounding."""
    got, guess = np.asarray(got), np.asarray(guess)
    if got.shape != guess.shape or got.dtype.kind not in "fiu":
        return False
    scale = max(1.0, float(np.max(np.abs(guess), initial=0.0)))
    return bool(np.all(np.abs(got - guess) <= 1e-9 * scale))


def _expect_kept(arrays):
    """Raise Wrong if an argument has changed: name -> (now, before)."""
    for name, (now, before) in arrays.items():
        if not np.array_equal(now, before):
            raise Wrong(
                f"{name} was changed by the call: the caller still needs it. "
                "Work on a copy, or write a = a - b, which makes a new array, "
                "not a -= b."
            )


@checker
def step_decay(answer):
    """A schedule lr * factor ** (k // every)."""
    for lr, factor, every in [
        (0.75, 0.5, 10),  # exact in float32, too
        (1.0, 0.125, 3),
        (0.5, 0.75, 1),
        (2.0, 1.0, 7),
    ]:
        what = f"step_decay({lr}, {factor}, {every})"
        schedule = answer(lr, factor, every)
        _started(answer, schedule)
        if not callable(schedule):
            raise Wrong(
                f"{what} returns {reprlib.repr(schedule)}, expected a "
                "function of k: a schedule. Return a lambda or an inner "
                "function."
            )
        places = list(range(3 * every + 2))
        for call, k in enumerate(places + places[::-1]):
            right, got = lr * factor ** (k // every), schedule(k)
            at = f"{what} at k = {k}"
            if got is None:
                raise Wrong(f"{at} is None: does the schedule return?")
            hint = "The exponent is k // every."
            if k == every and _same(got, lr):
                hint = (
                    f"One step late: after {k} steps, a new factor has "
                    "come; k counts from 0."
                )
            elif k >= 2 * every and _same(got, lr * factor):
                hint = (
                    f"The factor comes again every {every} steps, not once "
                    "only."
                )
            elif every > 1 and _same(got, lr * factor ** (k / every)):
                hint = (
                    "That is a smooth decay; the step size should stay "
                    "constant in between: round the exponent down, with //."
                )
            elif k >= every and _same(got, lr * factor * (k // every)):
                hint = (
                    "That multiplies by the number of factors; the factors "
                    "multiply each other: use a power."
                )
            elif k >= every and _same(got, lr / factor ** (k // every)):
                hint = "That divides by the factor: multiply."
            elif 0 < k < every and _same(got, lr * factor):
                hint = (
                    f"That factor comes too early, before {every} steps are "
                    "taken: round k / every down, with //."
                )
            elif k == 0 and _same(got, lr * factor):
                hint = (
                    f"The first factor comes after {every} steps, not at "
                    "once: k = 0 has the step size lr."
                )
            elif factor != 1 and _same(got, lr * factor**k):
                hint = "That is a factor at every step: divide k by every."
            if call >= len(places):  # it was right when first asked
                hint = (
                    "At the first call with this k it was right: a schedule "
                    "has no memory. Compute the step size from k alone."
                )
            expect_value(at, got, right, hint=hint)


@checker
def batch_error(answer):
    """sigma^2 / B, times (N - B) / (N - 1) without replacement."""
    rng = np.random.default_rng(30)
    for size, d, B in [(6, 3, 2), (20, 1, 5), (9, 40, 9), (3, 2, 1)]:
        g = 2 + rng.standard_normal((size, d))
        for replacement in (True, False):
            _one_batch_error(answer, g, B, replacement)
    for replacement in (True, False):
        _one_batch_error(answer, np.ones((1, 4)), 1, replacement)


def _one_batch_error(answer, g, B, replacement):
    size, d = g.shape
    kept = g.copy()
    way = "with" if replacement else "without"
    what = f"the error for N = {size}, d = {d}, B = {B}, {way} replacement,"
    try:
        with np.errstate(all="ignore"):
            got = answer(g, B, replacement)
    except ZeroDivisionError as error:
        raise Wrong(
            f"{what} stopped with a division by zero: with a single example "
            "the factor is 0/0; there is no noise then."
        ) from error
    _started(answer, got)
    _expect_kept({"g": (g, kept)})
    noise = sum(np.sum((row - g.mean(axis=0)) ** 2) for row in g) / size
    factor = 1.0
    if not replacement and size > 1:
        factor = (size - B) / (size - 1)
    right = noise * factor / B
    if np.shape(got) != ():
        raise Wrong(
            f"{what} has shape {np.shape(got)}, expected one number: the "
            "squared length of an error adds up its d entries."
        )
    if isinstance(got, (float, np.floating)) and np.isnan(got):
        raise Wrong(
            f"{what} is NaN: with a single example the factor is 0/0; "
            "there is no noise then."
        )
    guesses = [
        (np.sqrt(right), "is the root of it: the squared error is wanted"),
        (right * B, "is not divided by the batch size"),
        (right / B, "is divided by the batch size twice"),
        (right / d, "is a mean over the d entries: a squared length is "
         "their sum"),
        (right * size, "is a sum over the examples: sigma^2 is their mean"),
        (noise / B, "ignores that no example comes twice"),
        (noise * (size - B) / max(size - 1, 1) / B, "has the factor "
         "(N - B)/(N - 1), which is for batches without replacement"),
        (noise * (size - B) / size / B, "has the factor (N - B)/N: two "
         "different examples leave N - 1 choices for the second"),
        (right * size / max(size - 1, 1), "is divided by N - 1: sigma^2 is "
         "the mean over all N examples"),
        (np.mean(np.sum(g**2, axis=1)) * factor / B, "is a mean square: "
         "subtract the mean gradient first"),
        (np.sum((g - g.mean()) ** 2) / size * factor / B, "subtracts one "
         "number: the mean gradient is g.mean(axis=0), with d entries"),
        (np.sum((g.T - g.mean(axis=1)) ** 2) / size * factor / B,
         "subtracts a mean over the entries: the mean over the examples is "
         "g.mean(axis=0)"),
    ]  # fmt: skip
    for guess, mistake in guesses:
        if not _same(guess, right) and _same(got, guess):
            raise Wrong(f"{what} is {got:.6g}, which {mistake}.")
    expect_value(what, got, right, hint="See the theorem on batches.")


class _Pull:
    """A gradient with a memory: theta - target, and a term of its own."""

    def __init__(self, d):
        self.target = np.linspace(1, 2, d)
        self.seen = []

    def __call__(self, theta):
        self.seen.append(np.array(theta, dtype=float))
        return self.at(theta, len(self.seen) - 1)

    def at(self, theta, k):
        return (theta - self.target) * (1 + k % 3) + np.cos(k)


def _path(d, start, lr, steps):
    """theta_0, ..., theta_steps."""
    pull, path = _Pull(d), [start.copy()]
    for k in range(steps):
        path.append(path[-1] - lr * pull.at(path[-1], k))
    return path


@checker
def tail_average(answer):
    """The mean of theta_k for k = steps // 2, ..., steps - 1."""
    for d, lr, steps in [(2, 0.1, 6), (3, 0.2, 7), (1, 0.05, 1), (4, 0.1, 2)]:
        start = np.arange(d) - 1.5
        path, pull = _path(d, start, lr, steps), _Pull(d)
        given = start.copy()
        got = answer(given, pull, lr, steps)
        _started(answer, got)
        _expect_kept({"theta": (given, start)})
        what = f"the average for {steps} steps in {d} dimensions"
        half = steps // 2
        right = np.mean(path[half:steps], axis=0)
        visited = pull.seen[:steps]
        if not pull.seen and steps > 1:
            raise Wrong("gradient was never called: no step was taken.")
        if len(pull.seen) > steps:
            raise Wrong(
                f"gradient was called {len(pull.seen)} times in {steps} "
                "steps: once a step is enough."
            )
        for k, point in enumerate(visited):
            if not _same(point, path[k]):
                raise Wrong(
                    f"theta_{k} is {np.round(point, 4).tolist()}, expected "
                    f"{np.round(path[k], 4).tolist()}: a step is theta - lr * "
                    "gradient(theta), along the last point, not the average."
                )
        for guess, mistake in [
            (path[steps], "is the last point, not an average. (A list of "
             "points that change in place holds the last one many times: "
             "store copies)"),
            (path[steps - 1], "is theta_(steps - 1), a single point"),
            (np.mean(path[:steps], axis=0), "is the average of the whole "
             "path: leave out the first half"),
            (np.mean(path[half + 1 :], axis=0), "averages theta_k after "
             "the steps: add theta_k before step k is taken"),
            (np.mean(path[half:], axis=0), "counts the point after the "
             "last step, too: the last one is theta_(steps - 1)"),
            (np.mean(path[:half] or [right], axis=0), "is the average of "
             "the first half"),
            (np.mean(path[steps - half : steps] or [right], axis=0),
             "leaves out theta_(steps // 2): round down, not up"),
            (right * (steps - half), "is a sum: divide by the number of "
             "points"),
            (right * (steps - half) / steps, "is divided by all steps: "
             f"the second half has {steps - half} points"),
        ]:  # fmt: skip
            if not _same(guess, right) and _same(got, guess):
                raise Wrong(f"{what} {mistake}.")
        expect_value(what, got, right, hint="Compare with a list of copies.")


@checker
def corrected(answer):
    """gradient(theta, rows) - gradient(snapshot, rows) + full."""
    rng = np.random.default_rng(31)
    for size, d, B in [(6, 3, 2), (1, 1, 1), (10, 4, 10), (8, 2, 1)]:
        A, t = rng.standard_normal((size, d)), rng.standard_normal(size)

        def gradient(theta, rows, A=A, t=t):
            e = np.tanh(A[rows] @ theta - t[rows])
            return e @ A[rows] / len(rows)

        theta, snapshot = rng.standard_normal((2, d))
        full = gradient(snapshot, np.arange(size))
        rows = rng.integers(0, size, B)
        given = [a.copy() for a in (theta, snapshot, full, rows)]
        got = answer(gradient, *given)
        _started(answer, got)
        names = ("theta", "snapshot", "full", "rows")
        before = (theta, snapshot, full, rows)
        _expect_kept(dict(zip(names, zip(given, before), strict=True)))
        new, old = gradient(theta, rows), gradient(snapshot, rows)
        right = new - old + full
        what = f"the corrected gradient of {B} of {size} examples"
        everything = gradient(theta, np.arange(size))
        for guess, mistake in [
            (new, "is the plain gradient of the batch: the correction is "
             "missing"),
            (new - old, "leaves out full: without it the mean is not the "
             "gradient at theta"),
            (new - full, "subtracts full: subtract what the batch says at "
             "the snapshot, and add full"),
            (new + old - full, "has the correction with the wrong sign"),
            (old - new + full, "has theta and snapshot interchanged"),
            (new - old - full, "subtracts full: add it"),
            ((new - old) / B + full, "divides by the batch size again: "
             "gradient already returns a mean"),
            (full, "is the old full gradient, and ignores theta"),
            (everything, "is the full gradient at theta, which costs a "
             "whole pass"),
        ]:  # fmt: skip
            if not _same(guess, right) and _same(got, guess):
                raise Wrong(f"{what} {mistake}.")
        expect_value(
            what,
            got,
            right,
            hint="Both batch gradients must use the same rows.",
        )
