"""Right answers and realistic mistakes for the checkers of *likelihood*."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, log_softmax, softmax

# logistic_loss(z, y) -> mean loss, gradient (n,)


def logistic_loss(z, y):
    """Right: the margin form, with the sign of the label."""
    sign = 2 * np.asarray(y) - 1
    loss = np.mean(np.logaddexp(0, -sign * z))
    return loss, -sign * expit(-sign * z) / len(z)


def logistic_forgot_mean(z, y):
    """The gradient is not divided by n."""
    loss, gradient = logistic_loss(z, y)
    return loss, gradient * len(z)


def logistic_wrong_sign(z, y):
    """The gradient is truth minus probability."""
    loss, gradient = logistic_loss(z, y)
    return loss, -gradient


def logistic_overflows(z, y):
    """The formula as in the textbook: exp(1000) is infinite."""
    loss = np.mean(np.log(1 + np.exp(z)) - y * z)
    return loss, (np.exp(z) / (1 + np.exp(z)) - y) / len(z)


def logistic_no_mean(z, y):
    """One loss for each example."""
    return np.logaddexp(0, z) - y * z, logistic_loss(z, y)[1]


def logistic_label_added(z, y):
    """The label's logit is added instead of subtracted."""
    return np.mean(np.logaddexp(0, z) + y * z), logistic_loss(z, y)[1]


def logistic_only_loss(z, y):
    """The gradient is not returned."""
    return logistic_loss(z, y)[0]


def logistic_in_place(z, y):
    """The input is overwritten by the probabilities."""
    result = logistic_loss(z.copy(), y)
    z[:] = expit(z)
    return result


def logistic_clipped(z, y):
    """Probabilities are clipped, so the loss stops at 28 nats."""
    p = np.clip(expit(z), 1e-12, 1 - 1e-12)
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log1p(-p))
    return loss, (expit(z) - y) / len(z)


# smoothed_cross_entropy(Z, y, eps) -> mean loss, gradient (n, k)


def _targets(Z, y, eps):
    k = Z.shape[1]
    return (1 - eps) * np.eye(k)[y] + eps / k


def smoothed_cross_entropy(Z, y, eps):
    """Right: a mixture of the label's loss and the mean over classes."""
    log_P, n = log_softmax(Z, axis=1), len(Z)
    label = log_P[np.arange(n), y].mean()
    loss = -(1 - eps) * label - eps * log_P.mean()
    return loss, (softmax(Z, axis=1) - _targets(Z, y, eps)) / n


def smoothed_over_others(Z, y, eps):
    """eps is spread over the wrong classes only."""
    n, k = Z.shape
    Y = np.full((n, k), eps / (k - 1))
    Y[np.arange(n), y] = 1 - eps
    loss = -np.sum(Y * log_softmax(Z, axis=1)) / n
    return loss, (softmax(Z, axis=1) - Y) / n


def smoothed_too_much(Z, y, eps):
    """eps / k is added without making room for it."""
    n, k = Z.shape
    Y = np.eye(k)[y] + eps / k
    loss = -np.sum(Y * log_softmax(Z, axis=1)) / n
    return loss, (softmax(Z, axis=1) - Y) / n


def smoothed_hard_gradient(Z, y, eps):
    """The loss is smoothed, its gradient is not."""
    loss, _ = smoothed_cross_entropy(Z, y, eps)
    return loss, (softmax(Z, axis=1) - np.eye(Z.shape[1])[y]) / len(Z)


def smoothed_forgot_mean(Z, y, eps):
    """The gradient is not divided by n."""
    loss, gradient = smoothed_cross_entropy(Z, y, eps)
    return loss, gradient * len(Z)


def smoothed_mean_over_all(Z, y, eps):
    """np.mean also divides by the number of classes."""
    Y = _targets(Z, y, eps)
    return -np.mean(Y * log_softmax(Z, axis=1)), (
        softmax(Z, axis=1) - Y
    ) / len(Z)


def smoothed_overflows(Z, y, eps):
    """exp and log without subtracting the largest logit."""
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    Y = _targets(Z, y, eps)
    return -np.sum(Y * np.log(P)) / len(Z), (P - Y) / len(Z)


def smoothed_clipped(Z, y, eps):
    """The logarithm is kept finite by 1e-12, and so it is wrong."""
    P, Y = softmax(Z, axis=1), _targets(Z, y, eps)
    return -np.sum(Y * np.log(P + 1e-12)) / len(Z), (P - Y) / len(Z)


def smoothed_float32(Z, y, eps):
    """The probabilities are rounded to float32."""
    loss, _ = smoothed_cross_entropy(Z, y, eps)
    P = softmax(Z.astype(np.float32), axis=1)
    return loss, (P - _targets(Z, y, eps)) / len(Z)


# temperature_slope(Z, y, tau) -> number


def temperature_slope(Z, y, tau):
    """Right: the chain rule through the logits Z / tau."""
    G = (softmax(Z / tau, axis=1) - np.eye(Z.shape[1])[y]) / len(Z)
    return np.sum(G * -Z / tau**2)


def slope_wrong_sign(Z, y, tau):
    """d beta / d tau without its minus sign."""
    return -temperature_slope(Z, y, tau)


def slope_in_beta(Z, y, tau):
    """The derivative in beta = 1 / tau."""
    return -temperature_slope(Z, y, tau) * tau**2


def slope_one_over_tau(Z, y, tau):
    """1 / tau instead of 1 / tau^2."""
    return temperature_slope(Z, y, tau) * tau


def slope_of_sum(Z, y, tau):
    """The sum over the batch instead of the mean."""
    return temperature_slope(Z, y, tau) * len(Z)


def slope_room_temperature(Z, y, tau):
    """The probabilities are those of temperature 1."""
    expected = np.sum(softmax(Z, axis=1) * Z, axis=1)
    return np.mean(Z[np.arange(len(y)), y] - expected) / tau**2


def slope_overflows(Z, y, tau):
    """exp without subtracting the largest logit."""
    P = np.exp(Z / tau)
    P = P / P.sum(axis=1, keepdims=True)
    true = Z[np.arange(len(y)), y]
    return np.mean(true - np.sum(P * Z, axis=1)) / tau**2


# loaded_die(values, mean) -> p (k,)


def loaded_die(values, mean):
    """Right: a root finder on the gap of the means."""
    x = np.asarray(values, dtype=float)
    if mean <= x.min() or mean >= x.max():
        raise ValueError("extreme")
    u = (x - x.min()) / (x.max() - x.min())  # from 0 to 1
    target = (mean - x.min()) / (x.max() - x.min())
    theta = brentq(lambda t: softmax(t * u) @ u - target, -500, 500)
    return softmax(theta * u)


def die_returns_theta(values, mean):
    """theta instead of the probabilities."""
    p = loaded_die(values, mean)
    return (np.log(p[1]) - np.log(p[0])) / (values[1] - values[0])


def die_straight_line(values, mean):
    """Probabilities on a straight line: right mean, wrong family."""
    x = np.asarray(values, dtype=float)
    if not x.min() < mean < x.max():
        raise ValueError("extreme")
    p = 1 + (x - x.mean()) * (mean - x.mean()) / x.var()
    return p / len(x)


def die_wrong_direction(values, mean):
    """exp(-theta x)."""
    return loaded_die(values, mean)[::-1]


def die_never_refuses(values, mean):
    """Stops at a large theta instead of refusing extreme data."""
    x = np.asarray(values, dtype=float)
    bound = 500 / (x.max() - x.min())
    low, high = -bound, bound
    for _ in range(200):
        theta = (low + high) / 2
        if softmax(theta * x) @ x < mean:
            low = theta
        else:
            high = theta
    return softmax(theta * x)


def die_fixed_bounds(values, mean):
    """Bisection between -10 and 10 only."""
    x = np.asarray(values, dtype=float)
    if not x.min() < mean < x.max():
        raise ValueError("extreme")
    low, high = -10.0, 10.0
    for _ in range(200):
        theta = (low + high) / 2
        if softmax(theta * x) @ x < mean:
            low = theta
        else:
            high = theta
    return softmax(theta * x)


def die_newton(values, mean):
    """Newton's method without halving its steps runs away."""
    x = np.asarray(values, dtype=float)
    if not x.min() < mean < x.max():
        raise ValueError("extreme")
    theta = 0.0
    for _ in range(50):
        p = softmax(theta * x)
        theta -= (p @ x - mean) / (p @ x**2 - (p @ x) ** 2)
    return softmax(theta * x)


def die_not_normalized(values, mean):
    """The weights without dividing by their sum."""
    return 2 * loaded_die(values, mean)


RIGHT = {
    "logistic_loss": logistic_loss,
    "smoothed_cross_entropy": smoothed_cross_entropy,
    "temperature_slope": temperature_slope,
    "loaded_die": loaded_die,
}

WRONG = {
    "logistic_loss": [
        logistic_forgot_mean,
        logistic_wrong_sign,
        logistic_overflows,
        logistic_no_mean,
        logistic_label_added,
        logistic_only_loss,
        logistic_in_place,
        logistic_clipped,
    ],
    "smoothed_cross_entropy": [
        smoothed_over_others,
        smoothed_too_much,
        smoothed_hard_gradient,
        smoothed_forgot_mean,
        smoothed_mean_over_all,
        smoothed_overflows,
        smoothed_clipped,
        smoothed_float32,
    ],
    "temperature_slope": [
        slope_wrong_sign,
        slope_in_beta,
        slope_one_over_tau,
        slope_of_sum,
        slope_room_temperature,
        slope_overflows,
    ],
    "loaded_die": [
        die_returns_theta,
        die_straight_line,
        die_wrong_direction,
        die_never_refuses,
        die_not_normalized,
        die_fixed_bounds,
        die_newton,
    ],
}

HINTS = {
    "logistic_forgot_mean": "expected (p - y) / n",
    "logistic_wrong_sign": "wrong sign",
    "logistic_overflows": "exp overflows",
    "logistic_no_mean": "take the mean",
    "logistic_label_added": "is subtracted",
    "logistic_only_loss": "return loss, gradient",
    "logistic_in_place": "changed its input",
    "smoothed_over_others": "other classes, expected over all",
    "smoothed_too_much": "multiplied by 1 - eps",
    "smoothed_hard_gradient": "uses the one-hot targets",
    "smoothed_forgot_mean": "expected (P - Y) / n",
    "smoothed_mean_over_all": "not by n k",
    "smoothed_overflows": "use log_softmax",
    "slope_wrong_sign": "turns the sign",
    "slope_in_beta": "derivative in beta",
    "slope_one_over_tau": "expected 1/tau^2",
    "slope_of_sum": "divide by n",
    "slope_room_temperature": "expected softmax(Z / tau)",
    "die_returns_theta": "not theta",
    "die_straight_line": "not proportional",
    "die_wrong_direction": "moments match",
    "die_never_refuses": "expected a ValueError",
    "die_not_normalized": "expected 1",
    "logistic_clipped": "do not clip",
    "smoothed_clipped": "no added 1e-12",
    "smoothed_float32": "a few digits only",
    "slope_overflows": "exp overflows",
    "die_fixed_bounds": "the size of the values",
    "die_newton": "ran away",
}
