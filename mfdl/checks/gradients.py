"""Checkers for the exercises of *Gradients*."""

import numpy as np

from ._verdict import Wrong, checker, expect_value


class _Watched:
    """A function that remembers its arguments."""

    def __init__(self, f):
        self.f, self.seen = f, []

    def __call__(self, x):
        x = np.array(x)  # a list is a point, too
        self.seen.append(x)
        return self.f(x)


def _unchanged(name, now, before):
    if not np.array_equal(now, before):
        raise Wrong(
            f"{name} was changed by the call: work on a copy, the caller "
            "still needs the old values."
        )


def _double(name, got):
    """Refuse what is not real, or rounded more coarsely than float64."""
    kind = np.asarray(got).dtype
    if kind.kind == "c":
        raise Wrong(
            f"{name} is complex, expected real numbers: take the real or the "
            "imaginary part, whichever holds the result."
        )
    if kind in (np.float16, np.float32):
        raise Wrong(
            f"{name} has type {kind}, which keeps too few digits for this "
            "test: compute and return float64."
        )
    if kind.kind not in "iuf":
        raise Wrong(f"{name} has type {kind}, expected real numbers.")


@checker
def slope_along(answer):
    """Two values of f, the slope along u, u not scaled."""
    rng = np.random.default_rng(20)
    for d in (1, 2, 7):
        a = rng.standard_normal(d)
        a *= 3 / np.linalg.norm(a)  # bends enough to tell steps apart

        def f(x, a=a):
            return np.sin(a @ x) + (x @ x) / 2

        x, u = rng.standard_normal(d), rng.standard_normal(d)
        u /= np.linalg.norm(u)
        for scale, v in ((1.0, u), (3.0, 3 * u), (1.0, -u)):
            watched, x_in, v_in = _Watched(f), x.copy(), v.copy()
            got = answer(watched, x_in, v_in)
            what = f"the slope for d = {d} along u of length {scale:g}"
            if got is None:
                raise Wrong(f"Your turn: {what} is None so far.")
            _unchanged("x", x_in, x)
            _unchanged("u", v_in, v)
            right = (np.cos(a @ x) * a + x) @ v
            if not watched.seen:
                raise Wrong(f"{what} came without f: measure it with f.")
            _name_slope_mistake(what, got, right, scale)
            if all(y.shape == x.shape for y in watched.seen):
                moves = [y - x for y in watched.seen]
                _name_step(what, got, right, moves, v)
            expect_value(what, got, right, tolerance=1e-8)
            if len(watched.seen) != 2:
                raise Wrong(
                    f"The number of calls of f for d = {d} is "
                    f"{len(watched.seen)}, expected 2: two values are enough, "
                    "one on each side of x, whatever d is."
                )


def _name_slope_mistake(what, got, right, scale):
    if np.shape(got) != ():
        raise Wrong(
            f"{what} has shape {np.shape(got)}, expected one number: the "
            "slope is one for the whole direction."
        )
    _double(what, got)
    for factor, why in (
        (-1.0, "the sign: f(x + h u) comes first"),
        (2.0, "the two points are 2 h apart, so divide by 2 h"),
        (0.5, "2 h is the distance in s; do not divide by 2 once more"),
        (1 / scale, "u was scaled to length one; leave it as it is"),
    ):
        if factor != 1 and abs(got - factor * right) < 1e-6 * abs(right):
            raise Wrong(
                f"{what} is {got:.6g}, expected {right:.6g}, which is "
                f"{factor:.3g} times as much as it should be: {why}."
            )
    error = abs(got - right)
    if 1e-8 < error < 1e-3:
        raise Wrong(
            f"{what} is off by {error:.0e}; a central difference with step "
            "eps ** (1/3) is off by less than 1e-8. Is it one-sided, or the "
            "step too large or too small?"
        )


def _name_step(what, got, right, moves, v):
    """Say what is odd about the points at which f was asked."""
    if abs(got - right) <= 1e-8:
        return
    ahead = [move @ v / (v @ v) for move in moves]  # move = ahead v, or not
    for move, s in zip(moves, ahead, strict=True):
        if np.linalg.norm(move - s * v) > 1e-9:
            raise Wrong(
                f"{what} is not right: f was asked at a point that is not on "
                "the line x + s u. Multiply u by the step, entry by entry."
            )
    far = max(np.abs(ahead))
    if far < 1e-7:
        raise Wrong(
            f"{what} is not right: the step is {far:.0e}, too small, so that "
            "only rounding is left. (eps ** 1 / 3 is eps / 3; the cube root "
            "is eps ** (1 / 3).)"
        )
    if far > 1e-4:
        raise Wrong(
            f"{what} is not right: the step is {far:.0e}, too large. The "
            "exercise asks for eps ** (1 / 3), about 6e-6."
        )
    for factor in (far, 2 * far, far**2):
        if abs(got - factor * right) < 1e-3 * abs(factor * right):
            raise Wrong(
                f"{what} is {got:.6g}, expected {right:.6g}: divide by the "
                "distance, / (2 * h). Without the brackets, / 2 * h divides "
                "by 2 and multiplies by h."
            )


@checker
def unit_gradients(answer):
    """dw and db of half the mean squared error of a tanh unit."""
    rng = np.random.default_rng(21)
    for n, d in ((5, 3), (1, 1), (12, 2), (4, 4)):
        X, t = rng.standard_normal((n, d)), rng.choice([-1.0, 1.0], n)
        w, b = rng.standard_normal(d), float(rng.standard_normal())
        given = [X.copy(), t.copy(), w.copy()]
        got = answer(w, b, X, t)
        if got is None:
            raise Wrong("Your turn: unit_gradients returns None so far.")
        if isinstance(got, tuple | list) and any(g is None for g in got):
            raise Wrong("Your turn: dw or db is None so far.")
        if not isinstance(got, tuple | list) or len(got) != 2:
            raise Wrong(
                "unit_gradients should return two things, dw and db; it "
                f"returned {type(got).__name__}."
            )
        for name, now, before in zip("Xtw", (X, t, w), given, strict=True):
            _unchanged(name, now, before)
        y = np.tanh(X @ w + b)
        parts = [(y - t) / n, (1 - y**2)]
        g = parts[0] * parts[1]
        at = f"for {n} examples of {d} inputs"
        _name_unit_mistake(got, X, y, t, g, at)
        _name_tanh_mistake(got[0], X, w, b, t, at)
        expect_value(f"dw {at}", got[0], X.T @ g)
        expect_value(f"db {at}", got[1], g.sum())


def _name_unit_mistake(got, X, y, t, g, at):
    n, linear = len(t), (y - t) / len(t)
    right = [X.T @ g, g.sum()]
    if np.shape(got[1]) == (n,) and n > 1:
        raise Wrong(
            f"db has shape {np.shape(got[1])} {at}, but b is one number: b "
            "touches all examples, so its gradient adds up over them."
        )
    if np.shape(got[0]) == () and np.shape(got[1]) == right[0].shape:
        raise Wrong("dw and db are the wrong way round: return dw, db.")
    for name, part, want in zip(("dw", "db"), got, right, strict=True):
        if np.shape(part) != np.shape(want):
            raise Wrong(
                f"{name} has shape {np.shape(part)} {at}, expected "
                f"{np.shape(want)}: a gradient has its parameter's shape."
            )
        _double(name, part)
    for name, part, want, unsquashed in (
        ("dw", got[0], right[0], X.T @ linear),
        ("db", got[1], right[1], linear.sum()),
    ):
        for wrong, why in (
            (-want, "the sign is turned: it is y_hat - t, not t - y_hat"),
            (n * want, "the mean is forgotten: divide by n"),
            (want / n, "the mean is taken twice: divide by n once"),
            (2 * want, "twice too much: the loss has the factor 1/2"),
            (unsquashed, "the derivative of tanh, 1 - y_hat^2, is missing"),
        ):
            same = np.allclose(wrong, want)
            if not same and np.allclose(part, wrong, rtol=1e-9, atol=1e-12):
                raise Wrong(f"{name} {at} is not right: {why}.")


def _name_tanh_mistake(dw, X, w, b, t, at):
    """Name a wrong derivative of tanh, or a bias left out."""
    z = X @ w + b
    y, bare = np.tanh(z), np.tanh(X @ w)
    right = X.T @ ((y - t) * (1 - y**2)) / len(t)
    for error, slope, why in (
        (y - t, 1 - z**2, "the derivative is 1 - y_hat^2, not 1 - z^2"),
        (
            y - t,
            (1 - y) ** 2,
            "the derivative is 1 - y_hat^2, one minus the "
            "square, not the square of 1 - y_hat",
        ),
        (
            y - t,
            1 - np.tanh(y) ** 2,
            "y_hat is tanh z already; 1 - tanh^2 is 1 - y_hat^2",
        ),
        (bare - t, 1 - bare**2, "b is left out of the score"),
    ):
        wrong = X.T @ (error * slope) / len(t)
        if not np.allclose(wrong, right) and np.allclose(dw, wrong):
            raise Wrong(f"dw {at} is not right: {why}.")


@checker
def best_step(answer):
    """eta* = S / q for the squared loss along its gradient."""
    rng = np.random.default_rng(22)
    for n, d, k in ((6, 4, 3), (1, 1, 1), (20, 5, 10), (3, 3, 3)):
        X = rng.standard_normal((n, d)) + 0.5
        R = rng.standard_normal((n, k))
        dW, db = R.T @ X / n, R.mean(axis=0)
        given = [X.copy(), dW.copy(), db.copy()]
        got = answer(X, dW, db)
        if got is None:
            raise Wrong("Your turn: best_step returns None so far.")
        for name, now, before in zip(
            ("X", "dW", "db"), (X, dW, db), given, strict=True
        ):
            _unchanged(name, now, before)
        what = f"the step size for {n} examples, {d} inputs, {k} scores"
        if np.shape(got) != ():
            raise Wrong(
                f"{what} has shape {np.shape(got)}, expected one number: "
                "sum over all examples and scores."
            )
        _double(what, got)
        _name_step_mistake(what, got, X, dW, db)


def _name_step_mistake(what, got, X, dW, db):
    n = len(X)
    square = np.sum(dW**2) + np.sum(db**2)
    Q = X @ dW.T + db
    right = n * square / np.sum(Q**2)
    no_bias = X @ dW.T
    for wrong, why in (
        (-right, "it is negative; the step is already taken as minus eta"),
        (2 * right, "there the loss is back at its old height; half of it"),
        (right / 2, "the lowest point of -eta S + eta^2 q / 2 is at S / q"),
        (right / n, "q is a mean: divide the sum of squares of Q by n"),
        (len(db) * right, "q is a mean over examples, a sum over scores"),
        (1 / right, "it is upside down: S / q, not q / S"),
        (n * np.sum(dW**2) / np.sum(Q**2), "S also has the squares of db"),
        (n * square / np.sum(no_bias**2), "Q also has db: the bias moves"),
        (
            n * np.sum(dW**2) / np.sum(no_bias**2),
            "the bias is left out, in S and in Q",
        ),
        (
            n * (np.linalg.norm(dW) + np.linalg.norm(db)) / np.sum(Q**2),
            "S is a sum of squares: square the two lengths",
        ),
    ):
        same = abs(wrong - right) <= 1e-9 * right
        if not same and abs(got - wrong) <= 1e-9 * abs(wrong):
            raise Wrong(f"{what} is {got:.6g}, expected {right:.6g}: {why}.")
    expect_value(what, got, right)


@checker
def complex_step(answer):
    """Im f(x + i h e_j) / h, right to almost machine precision."""
    rng = np.random.default_rng(23)
    for shape in ((3,), (1,), (2, 4)):
        a, x = rng.standard_normal(shape), rng.standard_normal(shape)

        def f(z, a=a):
            return np.sum(np.exp(a * z)) + np.sum(z) ** 3

        watched, x_in = _Watched(f), x.copy()
        got = answer(watched, x_in)
        what = f"the gradient at x of shape {shape}"
        if got is None:
            raise Wrong(f"Your turn: {what} is None so far.")
        _unchanged("x", x_in, x)
        right = a * np.exp(a * x) + 3 * np.sum(x) ** 2
        if np.shape(got) != shape:
            raise Wrong(
                f"{what} has shape {np.shape(got)}: a gradient has the "
                "shape of x, with one step for each entry."
            )
        _double(what, got)
        _name_complex_mistake(what, np.asarray(got), right, watched)


def _name_complex_mistake(what, got, right, watched):
    if not any(np.any(np.imag(z) != 0) for z in watched.seen):
        raise Wrong(
            f"{what} was measured at real points only: step along the "
            "imaginary axis, x + i h e_j. (A real array drops an imaginary "
            "part; x.astype(complex) keeps it.)"
        )
    steps = [np.count_nonzero(np.imag(z)) for z in watched.seen]
    if max(steps) > 1:
        raise Wrong(
            "one call of f has several entries moved at once: move one entry "
            "at a time, and start from x again for the next."
        )
    if len(watched.seen) < got.size:
        raise Wrong(
            f"The number of calls of f for {what} is {len(watched.seen)}, "
            f"expected {got.size}: each entry needs a step of its own."
        )
    if not np.any(got):
        raise Wrong(f"{what} is all zeros: take the imaginary part of f.")
    if np.max(np.abs(got)) > 1e12:
        raise Wrong(
            f"{what} is as large as {np.max(np.abs(got)):.0e}: that is f / h. "
            "Take the imaginary part of f before you divide."
        )
    if np.allclose(got, -right, rtol=1e-6):
        raise Wrong(f"{what} has the wrong sign: step along plus i h.")
    gap = np.max(np.abs(got - right)) / np.max(np.abs(right))
    if 1e-13 < gap < 1e-1:
        raise Wrong(
            f"{what} is off by {gap:.0e} of its size. Nothing is subtracted, "
            "so nothing cancels: take h as small as 1e-30."
        )
    expect_value(
        what, got, right, tolerance=1e-12, hint="Did you divide by h?"
    )
