"""Wrong and right answers for the checkers of *Gradients*."""

import numpy as np

H = np.finfo(float).eps ** (1 / 3)


# --- slope_along ------------------------------------------------------------


def one_sided(f, x, u):
    """Looks ahead only."""
    return (f(x + H * u) - f(x)) / H


def half_distance(f, x, u):
    """Divides by h, though the points are 2 h apart."""
    return (f(x + H * u) - f(x - H * u)) / H


def scaled_direction(f, x, u):
    """Makes u a unit vector first."""
    u = u / np.linalg.norm(u)
    return (f(x + H * u) - f(x - H * u)) / (2 * H)


def backward_sign(f, x, u):
    """Subtracts the wrong way round."""
    return (f(x - H * u) - f(x + H * u)) / (2 * H)


def whole_gradient(f, x, u):
    """Measures every partial derivative, 2 d values."""
    g = [(f(x + H * e) - f(x - H * e)) / (2 * H) for e in np.eye(len(x))]
    return np.array(g) @ u


def moves_x(f, x, u):
    """Moves the caller's x and leaves it there."""
    x += H * u
    up = f(x)
    x -= 2 * H * u
    return (up - f(x)) / (2 * H)


def without_sign(f, x, u):
    """Counts every slope as a climb."""
    return abs(f(x + H * u) - f(x - H * u)) / (2 * H)


def step_too_large(f, x, u):
    """Takes a step for which truncation shows."""
    return (f(x + 1e-4 * u) - f(x - 1e-4 * u)) / 2e-4


def single_precision(f, x, u):
    """Rounds the slope to float32."""
    return np.float32((f(x + H * u) - f(x - H * u)) / (2 * H))


def lost_brackets(f, x, u):
    """Multiplies by h at the end: / 2 * H is not / (2 * H)."""
    return (f(x + H * u) - f(x - H * u)) / 2 * H


def not_divided(f, x, u):
    """Forgets the step below."""
    return (f(x + H * u) - f(x - H * u)) / 2


def third_of_eps(f, x, u):
    """Takes eps / 3 for the cube root."""
    h = np.finfo(float).eps ** 1 / 3
    return (f(x + h * u) - f(x - h * u)) / (2 * h)


def whole_steps(f, x, u):
    """Walks the whole vector u."""
    return (f(x + u) - f(x - u)) / 2


def without_u(f, x, u):
    """Adds the number h to all entries, whatever u is."""
    return (f(x + H) - f(x - H)) / (2 * H) * u.sum()


def step_too_small(f, x, u):
    """Believes that a smaller step is always better."""
    return (f(x + 1e-12 * u) - f(x - 1e-12 * u)) / 2e-12


def entry_by_entry(f, x, u):
    """Multiplies by u at the end instead of adding up."""
    return (f(x + H * u) - f(x - H * u)) / (2 * H) * u


def slope_right(f, x, u):
    """The derivative of s -> f(x + s u), centrally, in lists."""
    up, down = (
        f([a + s * b for a, b in zip(x, u, strict=True)]) for s in (H, -H)
    )
    return (up - down) / H / 2


# --- unit_gradients ---------------------------------------------------------


def _parts(w, b, X, t):
    y = np.array([np.tanh(x @ w + b) for x in X])
    return y, (y - t) * (1 - y**2) / len(t)


def forgot_mean(w, b, X, t):
    """Adds up instead of averaging."""
    _, g = _parts(w, b, X, t)
    return len(t) * X.T @ g, len(t) * g.sum()


def turned_sign(w, b, X, t):
    """Target minus answer."""
    _, g = _parts(w, b, X, t)
    return -X.T @ g, -g.sum()


def forgot_squash(w, b, X, t):
    """Leaves out the derivative of tanh."""
    y, _ = _parts(w, b, X, t)
    g = (y - t) / len(t)
    return X.T @ g, g.sum()


def forgot_half(w, b, X, t):
    """The derivative of a square without the factor 1/2."""
    _, g = _parts(w, b, X, t)
    return 2 * X.T @ g, 2 * g.sum()


def bias_not_summed(w, b, X, t):
    """One bias gradient for each example."""
    _, g = _parts(w, b, X, t)
    return X.T @ g, g


def one_row_each(w, b, X, t):
    """One weight gradient for each example."""
    _, g = _parts(w, b, X, t)
    return g[:, None] * X, g.sum()


def bias_averaged(w, b, X, t):
    """Takes the mean of db twice."""
    _, g = _parts(w, b, X, t)
    return X.T @ g, g.mean()


def bias_sign(w, b, X, t):
    """Turns the sign of db alone."""
    _, g = _parts(w, b, X, t)
    return X.T @ g, -g.sum()


def swapped(w, b, X, t):
    """Returns db first."""
    _, g = _parts(w, b, X, t)
    return g.sum(), X.T @ g


def only_weights(w, b, X, t):
    """Returns dw alone."""
    _, g = _parts(w, b, X, t)
    return X.T @ g


def slope_at_score(w, b, X, t):
    """1 - z^2 instead of 1 - tanh(z)^2."""
    z = X @ w + b
    g = (np.tanh(z) - t) * (1 - z**2) / len(t)
    return X.T @ g, g.sum()


def square_outside(w, b, X, t):
    """(1 - y)^2 instead of 1 - y^2."""
    y, _ = _parts(w, b, X, t)
    g = (y - t) * (1 - y) ** 2 / len(t)
    return X.T @ g, g.sum()


def tanh_twice(w, b, X, t):
    """1 - tanh(y)^2 where y is tanh(z) already."""
    y, _ = _parts(w, b, X, t)
    g = (y - t) * (1 - np.tanh(y) ** 2) / len(t)
    return X.T @ g, g.sum()


def no_b(w, b, X, t):
    """Leaves the bias out of the score."""
    _, g = _parts(w, 0, X, t)
    return X.T @ g, g.sum()


def unit_right(w, b, X, t):
    """Loops over the examples."""
    dw, db = np.zeros(len(w)), 0.0
    for x, target in zip(X, t, strict=True):
        y = np.tanh(x @ w + b)
        g = (y - target) * (1 - y * y) / len(t)
        dw += g * x
        db += g
    return dw, db


# --- best_step --------------------------------------------------------------


def _square(dW, db):
    return np.sum(dW**2) + np.sum(db**2)


def double_step(X, dW, db):
    """Where the loss is back at its old height."""
    q = np.sum((X @ dW.T + db) ** 2) / len(X)
    return 2 * _square(dW, db) / q


def half_step(X, dW, db):
    """Forgets the factor 1/2 of the square in the parabola."""
    return double_step(X, dW, db) / 4


def lengths_not_squared(X, dW, db):
    """Adds the lengths of the gradients."""
    lengths = np.linalg.norm(dW) + np.linalg.norm(db)
    return len(X) * lengths / np.sum((X @ dW.T + db) ** 2)


def no_mean(X, dW, db):
    """Forgets the 1/n in q."""
    return _square(dW, db) / np.sum((X @ dW.T + db) ** 2)


def no_bias(X, dW, db):
    """Leaves out the bias everywhere."""
    return len(X) * np.sum(dW**2) / np.sum((X @ dW.T) ** 2)


def scores_without_bias(X, dW, db):
    """Leaves out the bias in Q."""
    return len(X) * _square(dW, db) / np.sum((X @ dW.T) ** 2)


def upside_down(X, dW, db):
    """q / S."""
    return np.sum((X @ dW.T + db) ** 2) / len(X) / _square(dW, db)


def mean_of_all(X, dW, db):
    """Takes the mean over the scores, too."""
    return _square(dW, db) / np.mean((X @ dW.T + db) ** 2)


def one_for_each(X, dW, db):
    """A step size for each example."""
    return _square(dW, db) / np.sum((X @ dW.T + db) ** 2, axis=1)


def best_right(X, dW, db):
    """The vertex of the parabola, from three of its values."""
    R = np.array([[0.0]])  # errors enter only by the slope at zero
    slope = -_square(dW, db)
    bend = np.mean([np.sum((dW @ x + db) ** 2) for x in X])
    return float((R - slope / bend)[0, 0])


# --- complex_step -----------------------------------------------------------


def _complex(f, x, h, part, scale):
    g = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        z = x.astype(complex)
        z[i] += 1j * h
        g[i] = part(f(z)) / scale
    return g


def real_difference(f, x):
    """A central difference after all."""
    g = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = H
        g[i] = (f(x + e) - f(x - e)) / (2 * H)
    return g


def stays_real(f, x):
    """Writes the imaginary step into a real array, where it is lost."""
    g = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        z = x.copy()
        z[i] = np.real(z[i] + 1e-30j)
        g[i] = np.imag(f(z)) / 1e-30
    return g


def large_step(f, x):
    """Takes the step of the central difference."""
    return _complex(f, x, 1e-4, np.imag, 1e-4)


def real_part(f, x):
    """Takes the real part."""
    return _complex(f, x, 1e-30, np.real, 1e-30)


def forgot_division(f, x):
    """Does not divide by h."""
    return _complex(f, x, 1e-30, np.imag, 1.0)


def all_at_once(f, x):
    """Moves all entries together."""
    return np.full(x.shape, np.imag(f(x + 1e-30j)) / 1e-30)


def keeps_moving(f, x):
    """Does not put the entry back."""
    g, z = np.empty(x.shape), x.astype(complex)
    for i in np.ndindex(x.shape):
        z[i] += 1e-30j
        g[i] = np.imag(f(z)) / 1e-30
    return g


def first_for_all(f, x):
    """Measures the first entry and repeats it."""
    z = x.astype(complex)
    z.flat[0] += 1e-30j
    return np.full(x.shape, np.imag(f(z)) / 1e-30)


def still_complex(f, x):
    """Gives back complex numbers."""
    return _complex(f, x, 1e-30, np.imag, 1e-30) + 0j


def flat_answer(f, x):
    """Returns a flat gradient, whatever the shape of x."""
    return _complex(f, x, 1e-30, np.imag, 1e-30).ravel()


def complex_right(f, x):
    """One shifted copy of x for each entry."""
    flat = []
    for k in range(x.size):
        step = np.zeros(x.size, dtype=complex)
        step[k] = 1e-40j
        flat.append((f(x + step.reshape(x.shape)) * 1e40).imag)
    return np.array(flat).reshape(x.shape)


WRONG = {
    "slope_along": [
        one_sided,
        half_distance,
        scaled_direction,
        backward_sign,
        whole_gradient,
        moves_x,
        step_too_small,
        step_too_large,
        without_sign,
        single_precision,
        entry_by_entry,
        lost_brackets,
        not_divided,
        third_of_eps,
        whole_steps,
        without_u,
    ],
    "unit_gradients": [
        forgot_mean,
        turned_sign,
        forgot_squash,
        forgot_half,
        bias_not_summed,
        one_row_each,
        bias_averaged,
        bias_sign,
        swapped,
        only_weights,
        slope_at_score,
        square_outside,
        tanh_twice,
        no_b,
    ],
    "best_step": [
        double_step,
        no_mean,
        no_bias,
        scores_without_bias,
        upside_down,
        mean_of_all,
        one_for_each,
        half_step,
        lengths_not_squared,
    ],
    "complex_step": [
        real_difference,
        large_step,
        real_part,
        forgot_division,
        all_at_once,
        keeps_moving,
        first_for_all,
        still_complex,
        flat_answer,
        stays_real,
    ],
}
HINTS = {
    "one_sided": "one-sided",
    "half_distance": "divide by 2 h",
    "scaled_direction": "scaled to length one",
    "backward_sign": "sign",
    "whole_gradient": "two values are enough",
    "moves_x": "x was changed",
    "step_too_small": "too small",
    "step_too_large": "too large",
    "without_sign": "the sign",
    "single_precision": "float64",
    "entry_by_entry": "expected one number",
    "forgot_mean": "divide by n",
    "turned_sign": "sign is turned",
    "forgot_squash": "derivative of tanh",
    "forgot_half": "factor 1/2",
    "bias_not_summed": "adds up",
    "one_row_each": "parameter's shape",
    "bias_averaged": "taken twice",
    "bias_sign": "db for 5 examples of 3 inputs is not right: the sign",
    "swapped": "wrong way round",
    "only_weights": "two things",
    "double_step": "half of it",
    "no_mean": "q is a mean",
    "no_bias": "left out",
    "scores_without_bias": "the bias moves",
    "upside_down": "upside down",
    "mean_of_all": "a sum over scores",
    "one_for_each": "expected one number",
    "real_difference": "imaginary axis",
    "large_step": "1e-30",
    "real_part": "imaginary part",
    "forgot_division": "divide by h",
    "all_at_once": "one entry at a time",
    "keeps_moving": "start from x again",
    "first_for_all": "a step of its own",
    "still_complex": "is complex",
    "flat_answer": "shape of x",
    "lost_brackets": "Without the brackets",
    "not_divided": "divide by the distance",
    "third_of_eps": "cube root",
    "whole_steps": "too large",
    "without_u": "not on the line",
    "slope_at_score": "not 1 - z^2",
    "square_outside": "one minus the square",
    "tanh_twice": "already",
    "no_b": "b is left out",
    "half_step": "lowest point",
    "lengths_not_squared": "square the two lengths",
    "stays_real": "astype(complex)",
}
RIGHT = {
    "slope_along": slope_right,
    "unit_gradients": unit_right,
    "best_step": best_right,
    "complex_step": complex_right,
}
