"""Right and wrong answers to the exercises of *Stochastic gradients*."""

import itertools

import numpy as np

# --- step_decay ---


def step_decay(lr, factor, every):
    """Right: multiplies in a loop."""

    def schedule(k):
        eta = lr
        while k >= every:
            eta, k = eta * factor, k - every
        return eta

    return schedule


def decay_smooth(lr, factor, every):
    """Wrong: divides without rounding down."""
    return lambda k: lr * factor ** (k / every)


def decay_late(lr, factor, every):
    """Wrong: off by one, the factor comes one step late."""
    return lambda k: lr * factor ** (max(k - 1, 0) // every)


def decay_at_once(lr, factor, every):
    """Wrong: counts the first factor at k = 0."""
    return lambda k: lr * factor ** (k // every + 1)


def decay_linear(lr, factor, every):
    """Wrong: multiplies by the number of factors."""
    return lambda k: lr * factor * (k // every) if k >= every else lr


def decay_number(lr, factor, every):
    """Wrong: returns a number, not a schedule."""
    return lr * factor**every


def decay_memory(lr, factor, every):
    """Wrong: counts its own calls instead of looking at k."""
    calls = itertools.count()
    return lambda k: lr * factor ** (next(calls) // every)


def decay_state(lr, factor, every):
    """Wrong: multiplies what it remembers from the call before."""
    state = [lr]

    def schedule(k):
        if k > 0 and k % every == 0:
            state[0] *= factor
        return state[0]

    return schedule


def decay_once(lr, factor, every):
    """Wrong: a single factor, however long it takes."""
    return lambda k: lr if k < every else lr * factor


def decay_rounded(lr, factor, every):
    """Wrong: rounds to the nearest number, not down."""
    return lambda k: lr * factor ** round(k / every)


def decay_table(lr, factor, every):
    """Wrong: a list of step sizes, not a function."""
    return [lr * factor ** (k // every) for k in range(100)]


# --- batch_error ---


def batch_error(g, batch_size, replacement):
    """Right: by the covariance matrix."""
    size = len(g)
    mean = sum(g) / size
    total = sum(float((row - mean) @ (row - mean)) for row in g)
    if replacement:
        return total / size / batch_size
    if size == 1:
        return 0.0
    return total / size / batch_size * (size - batch_size) / (size - 1)


def error_always_with(g, batch_size, replacement):
    """Wrong: forgets the finite-population factor."""
    return np.mean(np.sum((g - g.mean(axis=0)) ** 2, axis=1)) / batch_size


def error_mean_square(g, batch_size, replacement):
    """Wrong: does not subtract the mean gradient."""
    size = len(g)
    factor = 1 if replacement else (size - batch_size) / max(size - 1, 1)
    return np.mean(np.sum(g**2, axis=1)) / batch_size * factor


def error_per_entry(g, batch_size, replacement):
    """Wrong: averages over the entries of the gradient, too."""
    size = len(g)
    factor = 1 if replacement else (size - batch_size) / max(size - 1, 1)
    return np.mean((g - g.mean(axis=0)) ** 2) / batch_size * factor


def error_vector(g, batch_size, replacement):
    """Wrong: one variance for each entry."""
    return g.var(axis=0) / batch_size


def error_root(g, batch_size, replacement):
    """Wrong: the root of the mean squared error."""
    return np.sqrt(batch_error(g, batch_size, replacement))


def error_divided_by_n(g, batch_size, replacement):
    """Wrong: (N - B) / N."""
    noise = np.mean(np.sum((g - g.mean(axis=0)) ** 2, axis=1)) / batch_size
    return noise if replacement else noise * (1 - batch_size / len(g))


def error_nan(g, batch_size, replacement):
    """Wrong: 0/0 for a single example."""
    noise = np.mean(np.sum((g - g.mean(axis=0)) ** 2, axis=1)) / batch_size
    size = np.float64(len(g))
    return noise if replacement else noise * (size - batch_size) / (size - 1)


def error_in_place(g, batch_size, replacement):
    """Wrong: centers the caller's array."""
    right = batch_error(g, batch_size, replacement)
    g -= g.mean(axis=0)
    return right


def error_zero_division(g, batch_size, replacement):
    """Wrong: divides whole numbers, 0 by 0, for a single example."""
    size = len(g)
    factor = 1 if replacement else (size - batch_size) / (size - 1)
    return g.var(axis=0).sum() / batch_size * factor


def error_one_mean(g, batch_size, replacement):
    """Wrong: subtracts the mean over examples and entries."""
    size = len(g)
    factor = 1 if replacement else (size - batch_size) / max(size - 1, 1)
    return np.sum((g - g.mean()) ** 2) / size / batch_size * factor


def error_wrong_axis(g, batch_size, replacement):
    """Wrong: subtracts from each gradient the mean of its entries."""
    size = len(g)
    factor = 1 if replacement else (size - batch_size) / max(size - 1, 1)
    spread = np.sum((g - g.mean(axis=1, keepdims=True)) ** 2)
    return spread / size / batch_size * factor


# --- tail_average ---


def tail_average(theta, gradient, lr, steps):
    """Right: a list of copies."""
    path = [np.array(theta)]
    for _ in range(steps - 1):
        path.append(path[-1] - lr * gradient(path[-1]))
    return np.mean(path[steps // 2 :], axis=0)


def tail_in_place(theta, gradient, lr, steps):
    """Wrong: moves the caller's array."""
    total = np.zeros_like(theta)
    for k in range(steps):
        if k >= steps // 2:
            total += theta
        theta -= lr * gradient(theta)
    return total / (steps - steps // 2)


def tail_references(theta, gradient, lr, steps):
    """Wrong: a list of references to one array."""
    theta, path = theta.copy(), []
    for _ in range(steps):
        path.append(theta)
        theta -= lr * gradient(theta)
    return np.mean(path[steps // 2 :], axis=0)


def tail_after(theta, gradient, lr, steps):
    """Wrong: adds the points after the steps."""
    theta, path = theta.copy(), []
    for _ in range(steps):
        theta = theta - lr * gradient(theta)
        path.append(theta)
    return np.mean(path[steps // 2 :], axis=0)


def tail_all(theta, gradient, lr, steps):
    """Wrong: averages the whole path."""
    theta, path = theta.copy(), []
    for _ in range(steps):
        path.append(theta)
        theta = theta - lr * gradient(theta)
    return np.mean(path, axis=0)


def tail_uphill(theta, gradient, lr, steps):
    """Wrong: the sign of the step."""
    return tail_average(theta, gradient, -lr, steps)


def tail_divided(theta, gradient, lr, steps):
    """Wrong: divides by all steps."""
    mean = tail_average(theta, gradient, lr, steps)
    return mean * (steps - steps // 2) / steps


def tail_rounded_up(theta, gradient, lr, steps):
    """Wrong: of an odd number of points, one too few."""
    path = [np.array(theta)]
    for _ in range(steps - 1):
        path.append(path[-1] - lr * gradient(path[-1]))
    return np.mean(path[(steps + 1) // 2 :] or path, axis=0)


# --- corrected ---


def corrected(gradient, theta, snapshot, full, rows):
    """Right: example by example."""
    parts = [
        gradient(theta, rows[b : b + 1]) - gradient(snapshot, rows[b : b + 1])
        for b in range(len(rows))
    ]
    return full + sum(parts) / len(rows)


def corrected_sign(gradient, theta, snapshot, full, rows):
    """Wrong: the correction has the wrong sign."""
    return gradient(theta, rows) + gradient(snapshot, rows) - full


def corrected_without_full(gradient, theta, snapshot, full, rows):
    """Wrong: forgets full."""
    return gradient(theta, rows) - gradient(snapshot, rows)


def corrected_swapped(gradient, theta, snapshot, full, rows):
    """Wrong: theta and snapshot interchanged."""
    return gradient(snapshot, rows) - gradient(theta, rows) + full


def corrected_plain(gradient, theta, snapshot, full, rows):
    """Wrong: no correction at all."""
    return gradient(theta, rows)


def corrected_other_rows(gradient, theta, snapshot, full, rows):
    """Wrong: other rows for the snapshot."""
    return gradient(theta, rows) - gradient(snapshot, rows[:1] * 0) + full


def corrected_in_place(gradient, theta, snapshot, full, rows):
    """Wrong: adds to the caller's full gradient."""
    full += gradient(theta, rows) - gradient(snapshot, rows)
    return full


def corrected_divided(gradient, theta, snapshot, full, rows):
    """Wrong: takes a mean of what is a mean already."""
    change = gradient(theta, rows) - gradient(snapshot, rows)
    return change / len(rows) + full


RIGHT = {
    "step_decay": step_decay,
    "batch_error": batch_error,
    "tail_average": tail_average,
    "corrected": corrected,
}

WRONG = {
    "step_decay": [
        decay_smooth,
        decay_late,
        decay_at_once,
        decay_linear,
        decay_number,
        decay_memory,
        decay_state,
        decay_once,
        decay_rounded,
        decay_table,
    ],
    "batch_error": [
        error_always_with,
        error_mean_square,
        error_per_entry,
        error_vector,
        error_root,
        error_divided_by_n,
        error_nan,
        error_in_place,
        error_zero_division,
        error_one_mean,
        error_wrong_axis,
    ],
    "tail_average": [
        tail_in_place,
        tail_references,
        tail_after,
        tail_all,
        tail_uphill,
        tail_divided,
        tail_rounded_up,
    ],
    "corrected": [
        corrected_sign,
        corrected_without_full,
        corrected_swapped,
        corrected_plain,
        corrected_other_rows,
        corrected_in_place,
        corrected_divided,
    ],
}

HINTS = {
    "decay_smooth": "round the exponent down",
    "decay_late": "One step late",
    "decay_at_once": "not at once",
    "decay_linear": "use a power",
    "decay_number": "expected a function of k",
    "decay_memory": "has no memory",
    "decay_state": "has no memory",
    "decay_once": "not once only",
    "decay_rounded": "too early",
    "decay_table": "expected a function of k",
    "error_always_with": "no example comes twice",
    "error_mean_square": "subtract the mean gradient",
    "error_per_entry": "a squared length is their sum",
    "error_vector": "expected one number",
    "error_root": "is the root of it",
    "error_divided_by_n": "N - 1 choices",
    "error_nan": "0/0",
    "error_in_place": "g was changed",
    "error_zero_division": "0/0",
    "error_one_mean": "subtracts one number",
    "error_wrong_axis": "mean over the entries",
    "tail_in_place": "theta was changed",
    "tail_references": "store copies",
    "tail_after": "before step k is taken",
    "tail_all": "leave out the first half",
    "tail_uphill": "a step is theta - lr",
    "tail_divided": "the second half has",
    "tail_rounded_up": "round down, not up",
    "corrected_sign": "wrong sign",
    "corrected_without_full": "leaves out full",
    "corrected_swapped": "interchanged",
    "corrected_plain": "correction is missing",
    "corrected_other_rows": "same rows",
    "corrected_in_place": "full was changed",
    "corrected_divided": "already returns a mean",
}
