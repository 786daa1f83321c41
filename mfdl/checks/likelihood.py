"""Checkers for the chapter *Models that assign probabilities*."""

import numpy as np

from ._verdict import Wrong, checker, expect_value


def _lse(Z):
    """log sum exp along the last axis, written without the book's own."""
    top = Z.max(axis=-1)
    return top + np.log(np.exp(Z - top[..., None]).sum(axis=-1))


def _probabilities(Z):
    return np.exp(Z - _lse(Z)[..., None])


def _name(answer):
    return getattr(answer, "__name__", "the answer")


def _call(answer, *arguments):
    """Call the answer on copies; Wrong if it changes what it was given."""
    given = [np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments]
    with np.errstate(all="ignore"):
        result = answer(*given)
    for before, after in zip(arguments, given, strict=True):
        if isinstance(before, np.ndarray) and not np.array_equal(
            before, after
        ):
            raise Wrong(
                f"{_name(answer)} changed its input in place: the caller "
                "still needs those numbers, so work on new arrays."
            )
    return result


def _loss_and_gradient(answer, *arguments):
    """The two results of an answer, or Wrong if there are not two."""
    result = _call(answer, *arguments)
    if result is None:
        raise Wrong(f"Your turn: {_name(answer)} returns None so far.")
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise Wrong(
            f"{_name(answer)} returned {type(result).__name__}, expected "
            "two things: return loss, gradient."
        )
    return result


def _close(got, expected, tolerance=1e-9):
    """Same shape and values, for looking whether a known mistake fits."""
    try:
        got = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        return False
    expected = np.asarray(expected, dtype=float)
    if got.shape != expected.shape:
        return False
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    return bool(np.all(np.abs(got - expected) <= tolerance * scale))


def _diagnose(name, got, expected, mistakes):
    """Wrong with the text of the first known mistake that fits, if any."""
    if not _close(got, expected):
        for looks_like, text in mistakes:
            if not _close(looks_like, expected) and _close(got, looks_like):
                raise Wrong(text)
        if _close(got, expected, 1e-5):
            raise Wrong(
                f"{name} is right to a few digits only, expected at least "
                "nine: use the exact formula, in float64."
            )
    expect_value(name, got, expected)


def _expect_huge(name, got, expected, overflows, clipped):
    """Judge one result for logits of 1000: not finite, clipped, right."""
    if _close(got, expected):
        return
    try:
        finite = bool(np.all(np.isfinite(got)))
    except TypeError:  # no numbers: expect_value says so
        finite = True
    if not finite:
        raise Wrong(overflows)
    if np.shape(got) == np.shape(expected):
        raise Wrong(clipped)
    expect_value(name, got, expected)


@checker
def logistic_loss(answer):
    """Mean of log(1 + e^z) - y z, and its gradient (sigmoid(z) - y) / n."""
    rng = np.random.default_rng(1)
    batches = [
        (3 * rng.standard_normal(n), rng.integers(0, 2, n)) for n in (5, 1, 12)
    ]
    batches.append((np.array([1000.0, -1000.0, 0.0]), np.array([0, 0, 1])))
    batches.append((np.array([-1000.0, 1000.0]), np.array([1, 1])))
    for z, y in batches:
        n = len(z)
        loss, dz = _loss_and_gradient(answer, z, y)
        losses = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - y * z
        p = _probabilities(np.stack([np.zeros(n), z], axis=1))[:, 1]
        if np.max(np.abs(z)) > 500:
            for name, got, expected in (
                ("the loss", loss, losses.mean()),
                ("the gradient", dz, (p - y) / n),
            ):
                _expect_huge(
                    f"{name} for log-odds of 1000",
                    got,
                    expected,
                    f"{name} is not finite for log-odds of 1000: exp "
                    "overflows. np.logaddexp(0, z) is log(1 + e^z) "
                    "without it, and p = exp(z - np.logaddexp(0, z)).",
                    f"{name} is finite but wrong for log-odds of 1000: do "
                    "not clip. A probability may round to 0, its logarithm "
                    "need not: take np.logaddexp(0, z).",
                )
            continue
        _diagnose(
            f"the loss of a batch of {n}",
            loss,
            losses.mean(),
            [
                (
                    losses.sum(),
                    "The loss is the sum over the batch, expected "
                    "the mean: divide by n.",
                ),
                (
                    losses,
                    "The loss has one entry for each example, expected "
                    "one number: take the mean.",
                ),
                (
                    (losses + 2 * y * z).mean(),
                    "The loss has + y z, expected "
                    "log(1 + e^z) - y z: the label's logit is subtracted.",
                ),
            ],
        )
        _diagnose(
            f"the gradient of a batch of {n}",
            dz,
            (p - y) / n,
            [
                (
                    p - y,
                    "The gradient is p - y, expected (p - y) / n: the "
                    "loss is a mean, so each example has the weight 1/n.",
                ),
                (
                    (y - p) / n,
                    "The gradient has the wrong sign: it is "
                    "(p - y) / n, probability minus truth.",
                ),
                (
                    p / n,
                    "The gradient is p / n, expected (p - y) / n: the "
                    "term - y z depends on z, too.",
                ),
            ],
        )


@checker
def smoothed_cross_entropy(answer):
    """Cross-entropy with targets (1 - eps) Y + eps / k, and (P - Y) / n."""
    rng = np.random.default_rng(2)
    for n, k, eps in [(4, 3, 0.1), (1, 2, 0.5), (6, 10, 0.2), (3, 4, 0.0)]:
        Z, y = 2 * rng.standard_normal((n, k)), rng.integers(0, k, n)
        loss, dZ = _loss_and_gradient(answer, Z, y, eps)
        hard = (np.arange(k) == y[:, None]).astype(float)
        Y = (1 - eps) * hard + eps / k
        others = (1 - eps) * hard + eps / (k - 1) * (1 - hard)
        unscaled = hard + eps / k
        log_P = Z - _lse(Z)[:, None]
        P = np.exp(log_P)
        what = f"{n} examples, {k} classes, eps = {eps}"
        only_others = (
            "eps is spread over the k - 1 other classes, expected over all "
            "k: the label's own target is 1 - eps + eps / k."
        )
        too_much = (
            "The targets add up to 1 + eps, expected 1: the one-hot part "
            "must be multiplied by 1 - eps."
        )
        _diagnose(
            f"the loss ({what})",
            loss,
            -np.sum(Y * log_P) / n,
            [
                (
                    -np.sum(Y * log_P),
                    "The loss is the sum over the batch, "
                    "expected the mean: divide by n.",
                ),
                (
                    -np.mean(Y * log_P),
                    "The loss is the mean over examples "
                    "and classes, expected the sum over classes and the mean "
                    "over examples: divide by n, not by n k.",
                ),
                (
                    -np.sum(hard * log_P) / n,
                    "The loss ignores eps: it is the one for one-hot targets.",
                ),
                (-np.sum(others * log_P) / n, only_others),
                (-np.sum(unscaled * log_P) / n, too_much),
            ],
        )
        _diagnose(
            f"the gradient ({what})",
            dZ,
            (P - Y) / n,
            [
                (
                    P - Y,
                    "The gradient is P - Y, expected (P - Y) / n: the "
                    "loss is a mean over the batch.",
                ),
                (
                    (Y - P) / n,
                    "The gradient has the wrong sign: it is "
                    "(P - Y) / n, probability minus target.",
                ),
                (
                    (P - hard) / n,
                    "The gradient uses the one-hot targets, "
                    "expected the smoothed ones, as in the loss.",
                ),
                ((P - others) / n, only_others),
                ((P - unscaled) / n, too_much),
            ],
        )
    Z, y = np.array([[1000.0, 0.0], [0.0, -1000.0]]), np.array([0, 1])
    loss, dZ = _loss_and_gradient(answer, Z, y, 0.1)
    Y, log_P = 0.9 * np.eye(2) + 0.05, Z - _lse(Z)[:, None]
    for name, got, expected in (
        ("the loss", loss, -np.sum(Y * log_P) / 2),
        ("the gradient", dZ, (np.exp(log_P) - Y) / 2),
    ):
        _expect_huge(
            f"{name} for logits of 1000",
            got,
            expected,
            "The loss or its gradient is not finite for logits of 1000: use "
            "log_softmax, never the logarithm of softmax.",
            f"{name} is finite but wrong for logits of 1000: a probability "
            "that rounds to 0 has a logarithm near -1000, which no clipping "
            "and no added 1e-12 brings back. Use log_softmax.",
        )


@checker
def temperature_slope(answer):
    """(1 / (n tau^2)) sum_i (z_y - sum_c p_c z_c), p = softmax(z / tau)."""
    rng = np.random.default_rng(3)
    for n, k, tau in [(5, 3, 2.0), (1, 2, 0.5), (8, 10, 1.0), (4, 4, 0.3)]:
        Z, y = 2 * rng.standard_normal((n, k)), rng.integers(0, k, n)
        got = _call(answer, Z, y, tau)
        if got is None:
            raise Wrong(f"Your turn: {_name(answer)} returns None so far.")
        rows = np.arange(n)
        P, P_one = _probabilities(Z / tau), _probabilities(Z)
        gaps = Z[rows, y] - np.sum(P * Z, axis=1)
        cold = Z[rows, y] - np.sum(P_one * Z, axis=1)
        slope = gaps.mean() / tau**2
        _diagnose(
            f"dL/dtau ({n} examples, {k} classes, tau = {tau})",
            got,
            slope,
            [
                (
                    -slope,
                    "dL/dtau has the wrong sign: beta = 1/tau falls as "
                    "tau rises, so d beta / d tau = -1/tau^2 turns the sign.",
                ),
                (
                    -gaps.mean(),
                    "That is the derivative in beta = 1/tau. "
                    "Multiply by d beta / d tau = -1/tau^2.",
                ),
                (
                    gaps.mean(),
                    "The factor 1/tau^2 is missing: it comes from "
                    "d beta / d tau, with beta = 1/tau.",
                ),
                (
                    gaps.mean() / tau,
                    "The factor is 1/tau, expected 1/tau^2: "
                    "use Z itself, not Z / tau, with d beta / d tau.",
                ),
                (
                    gaps.sum() / tau**2,
                    "The slope is the sum over the batch, "
                    "expected the mean: divide by n.",
                ),
                (
                    gaps / tau**2,
                    "There is one slope for each example, "
                    "expected one number: take the mean.",
                ),
                (
                    cold.mean() / tau**2,
                    "The probabilities are softmax(Z), "
                    "expected softmax(Z / tau): they depend on tau, too.",
                ),
            ],
        )

    Z, y = np.array([[1000.0, 0.0], [0.0, 1000.0]]), np.array([1, 1])
    _expect_huge(
        "dL/dtau for logits of 1000",
        _call(answer, Z, y, 0.5),
        -2000.0,
        "dL/dtau is not finite for logits of 1000: exp overflows. softmax of "
        "this chapter subtracts the largest logit first.",
        "dL/dtau is finite but wrong for logits of 1000: do not clip the "
        "logits or the probabilities.",
    )


@checker
def loaded_die(answer):
    """p proportional to exp(theta x), with sum p x = mean."""
    for values, mean in [
        ([1, 2, 3, 4, 5, 6], 4.5),
        ([1, 2, 3, 4, 5, 6], 3.5),
        ([0, 1], 0.2),
        ([-2.0, 0.5, 10.0], -1.5),
        ([5, 1, 3], 4.9),
        ([0, 0.001, 0.002], 0.0015),
        ([1000, 3000, 2000], 1200),
        ([100001, 100002, 100003], 100002.7),
        ([*range(12), 100], 50.0),
    ]:
        x = np.array(values, dtype=float)
        p = _call(answer, x, mean)
        what = f"values {values}, mean {mean}"
        if p is None:
            raise Wrong(f"Your turn: {_name(answer)} returns None so far.")
        p = np.asarray(p)
        if p.shape != x.shape:
            raise Wrong(
                f"p has shape {p.shape}, expected {x.shape}: one probability "
                f"for each value, not theta ({what})."
            )
        if not np.issubdtype(p.dtype, np.floating):
            raise Wrong(f"p has type {p.dtype}, expected floats.")
        if not np.all(np.isfinite(p)):
            raise Wrong(
                f"Some p is not finite ({what}): exp overflows, or the "
                "search ran away. softmax of this chapter is stable, and "
                "bisection stays between its bounds."
            )
        if not np.all(p > 0):
            raise Wrong(
                f"Some p is not positive ({what}): in an exponential family "
                "every outcome keeps some probability."
            )
        if abs(p.sum() - 1) > 1e-9:
            raise Wrong(f"p adds up to {p.sum():.6g}, expected 1 ({what}).")
        if abs(p @ x - mean) > 1e-6 * np.ptp(x):
            raise Wrong(
                f"The mean under p is {p @ x:.10g}, expected {mean} ({what}): "
                "move theta until the moments match. How far it must go "
                "depends on the size of the values."
            )
        order = np.argsort(x)
        slopes = np.diff(np.log(p[order])) / np.diff(x[order]) * np.ptp(x)
        if np.ptp(slopes) > 1e-4 * (1 + np.max(np.abs(slopes))):
            raise Wrong(
                f"p has the right mean, but is not proportional to "
                f"exp(theta x) ({what}): log p must rise by the same amount "
                "for each unit of x."
            )
    for values, mean in [
        ([1, 2, 3, 4, 5, 6], 6),
        ([1, 2, 3], 1),
        ([0, 1], 2),
        ([0, 1], -1),
    ]:
        try:
            _call(answer, np.array(values, dtype=float), mean)
        except ValueError:
            continue
        raise Wrong(
            f"Values {values} with mean {mean} have no maximum likelihood "
            "estimate (the data are extreme), expected a ValueError."
        )
