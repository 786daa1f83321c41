"""Checkers for the chapter "Arrays, floats and proofs"."""

import math
import numbers
from fractions import Fraction

import numpy as np

from mfdl.checks._verdict import Wrong, checker, expect_value


def _started(answer, got):
    """Raise Wrong for a stub that returns nothing yet."""
    if got is None:
        name = getattr(answer, "__name__", "the function")
        raise Wrong(f"Your turn: {name} returns None so far.")


def _array(name, got):
    """Return ``got`` as an array of numbers, or raise Wrong."""
    try:
        got = np.asarray(got)
    except ValueError as error:
        raise Wrong(
            f"{name} has parts of different lengths: an array needs rows of "
            "one length."
        ) from error
    if got.shape and got.dtype == object:
        raise Wrong(
            f"{name} holds objects such as {got.flat[0]!r}, expected numbers."
            if got.size
            else f"{name} is empty and of type object, expected numbers."
        )
    return got


def _number(name, got):
    """Return ``got`` as a float, or raise Wrong."""
    if isinstance(got, numbers.Real):
        return float(got)
    value = np.asarray(got)
    if value.shape != () or not np.issubdtype(value.dtype, np.number):
        raise Wrong(
            f"{name} should be one number, but it is of type "
            f"{type(got).__name__} with shape {value.shape}."
        )
    return float(value)


def _plain_means(X, y, n_classes):
    """The means by loops, to compare with."""
    means = np.zeros((n_classes, X.shape[1]))
    for c in range(n_classes):
        for j in range(X.shape[1]):
            column = [X[i, j] for i in range(len(X)) if y[i] == c]
            if column:
                means[c, j] = math.fsum(column) / len(column)
    return means


@checker
def class_means(answer):
    """Row c is the mean of the rows of X with label c; zero if none."""
    rng = np.random.default_rng(0)
    cases = [
        (rng.uniform(1, 2, (6, 5)), np.array([0, 2, 0, 2, 2, 1]), 3),
        (rng.uniform(1, 2, (9, 2)), np.array([3, 0, 1, 1, 2, 3, 0, 3, 3]), 4),
        (rng.uniform(1, 2, (1, 3)), np.array([0]), 1),
        (rng.uniform(1, 2, (4, 2)), np.array([0, 2, 2, 0]), 4),
        (np.array([[1, 8], [2, 16], [4, 0]]), np.array([1, 1, 0]), 2),
    ]
    for X, y, k in cases:
        kept, kept_y = X.copy(), y.copy()
        try:
            with np.errstate(all="ignore"):
                got = answer(X, y, k)
        except ValueError as error:
            if "inhomogeneous" not in str(error):
                raise
            raise Wrong(
                "class_means puts rows of different lengths together: a mean "
                "along axis 1 has one number for each example; take it along "
                "axis 0, which leaves one for each column."
            ) from error
        _started(answer, got)
        if not (np.array_equal(X, kept) and np.array_equal(y, kept_y)):
            raise Wrong(
                "class_means has changed X or y: build the means in an array "
                "of their own, such as np.zeros((n_classes, X.shape[1]))."
            )
        name = f"class_means(X, y, {k}) for X of shape {X.shape}"
        got, expected = _array(name, got), _plain_means(X, y, k)
        if got.shape == expected.shape[::-1] != expected.shape:
            raise Wrong(
                f"{name} has shape {got.shape}, expected {expected.shape}: "
                "classes are rows and pixels are columns; yours is transposed."
            )
        present = len(np.unique(y))
        if present < k and got.shape == (present, X.shape[1]):
            raise Wrong(
                f"{name} has {present} rows, expected {k}: a class without "
                "examples still has its row, of zeros."
            )
        if got.shape == expected.shape and np.isnan(got).any():
            raise Wrong(
                f"{name} holds NaN: the mean of no rows is 0/0. Leave the "
                "row of a class without examples at zero."
            )
        counts = np.bincount(y, minlength=k)[:, None]
        if got.shape == expected.shape and np.max(counts) > 1:
            if np.allclose(got, expected * counts):
                raise Wrong(
                    f"{name} holds sums, not means: divide row c by the "
                    "number of examples with label c."
                )
            if np.allclose(got, expected * counts / len(y)):
                raise Wrong(
                    f"{name} is divided by all {len(y)} examples: divide row "
                    "c by the number of examples with label c only."
                )
        if got.shape == expected.shape and got.dtype.kind in "fiu":
            if X.dtype.kind == "i" and np.array_equal(got, expected // 1):
                raise Wrong(
                    f"{name} has lost its decimals: X holds integers here, "
                    "but the means need floats (np.zeros without a dtype)."
                )
            gap = np.max(np.abs(got - expected))
            if 1e-9 < gap < 1e-6:
                raise Wrong(
                    f"{name} is off by {gap:.0e}: stay in double precision "
                    "(float64), and add no small number to the count."
                )
        expect_value(
            name,
            got,
            expected,
            hint="Row c is the mean, along axis 0, of the rows with label c.",
        )


@checker
def float_spacing(answer):
    """The gap between |x| and the next larger float64."""
    normal = [1.0, 1.5, 3.0, 0.1, 1023.9, 1e300, 1e-300]
    powers = [2.0, 1024.0, 0.5, 2.0**-1022]
    negative = [-1.0, -3.7, -(2.0**53)]
    tiny = [5e-324, 1e-310, 2.0**-1022 - 2.0**-1074, 0.0]
    close = [2.0**53 - 1, 8.0 - 2.0**-50, 1 - 2.0**-53]  # log2 rounds these up
    groups = [
        (normal, ""),
        (powers, "At a power of two 2**e the gap above is 2**(e - 52)."),
        (negative, "The sign does not matter: use the size |x|."),
        (
            tiny,
            "Zero and the subnormal numbers have e = -1022: the gap "
            "is 2**-1074, never less.",
        ),
        (close, "A logarithm rounds up here: take the exponent from frexp."),
    ]
    for group, hint in groups:
        for x in group:
            with np.errstate(all="ignore"):
                try:
                    got = answer(x)
                except (ValueError, OverflowError, ZeroDivisionError) as error:
                    raise Wrong(
                        f"float_spacing({x}) stopped with "
                        f"{type(error).__name__}: {error}. {hint}".strip()
                    ) from error
            _started(answer, got)
            got = _number(f"float_spacing({x})", got)
            right = math.ulp(x)
            if got == right:
                continue
            if x == 0 and 0 < got == math.ldexp(1.0, math.frexp(x)[1] - 53):
                hint = (
                    "frexp gives zero the exponent q = 0, so zero needs a "
                    "case of its own: its gap is 2**-1074."
                )
            elif got == 2 * right and x in normal:
                hint = (
                    "Twice too much: frexp gives |x| = f * 2**q with f < 1, "
                    "so e is q - 1."
                )
            elif x in normal and got == np.finfo(float).eps:
                hint = "That is the gap above 1; it doubles at powers of two."
            elif got == right / 2 and x in normal:
                hint = "Half of it: that is the largest rounding error."
            elif x in normal:
                hint = (
                    "Between 2**e and 2**(e+1) all gaps are equal: "
                    "2**(e - 52), a power of two."
                )
            raise Wrong(
                f"float_spacing({x}) is {got:.6g}, expected {right:.6g}. "
                f"{hint}".strip()
            )


@checker
def log_sigmoid(answer):
    """log(1 / (1 + exp(-z))), stable and exact to rounding."""
    cases = [
        (np.array([0.0, 1.0, -2.0]), ""),
        (np.array(-1.5), ""),
        (np.array([[3.0, -4.0], [0.5, 12.0]]), ""),
        (
            np.array([-1000.0, -800.0, 5.0]),
            "For very negative z, exp(-z) overflows: shift by the larger of "
            "0 and -z first.",
        ),
        (np.array([1000.0, 800.0, -5.0]), "The limit for large z is 0."),
        (
            np.array([40.0, 60.0, 300.0]),
            "The true value is tiny, but not zero: 1 + exp(-z) has lost it; "
            "np.log1p keeps it.",
        ),
        (
            np.linspace(-60, 60, 241),
            "The formula must hold for every score, not only far out and near "
            "0: is there a threshold beyond which a term is dropped?",
        ),
    ]
    for z, hint in cases:
        kept = z.copy()
        try:
            with np.errstate(all="ignore"):
                got = answer(z)
        except (TypeError, ValueError) as error:
            if not any(t in str(error) for t in ("truth value", "scalars")):
                raise
            raise Wrong(
                f"log_sigmoid stopped with {type(error).__name__} for an "
                f"array of shape {z.shape}: it must work entry by entry, so "
                "use np.exp, and np.minimum, np.maximum or np.where instead "
                "of max or if."
            ) from error
        _started(answer, got)
        if not np.array_equal(z, kept):
            raise Wrong("log_sigmoid has changed z: work on a new array.")
        shown = z.tolist() if z.size < 9 else "np.linspace(-60, 60, 241)"
        name = f"log_sigmoid({shown})"
        got, right = _array(name, got), -np.logaddexp(0, -z)
        if got.shape == right.shape and not hint:
            if np.allclose(got, -right):
                raise Wrong(
                    f"{name} is positive: the logarithm of a probability "
                    "is at most 0, so a minus sign is missing."
                )
            if np.allclose(got, -np.logaddexp(0, z)):
                raise Wrong(
                    f"{name} is the value at -z: the probability must grow "
                    "with the score."
                )
            if np.allclose(got, np.exp(right)):
                raise Wrong(
                    f"{name} is the probability itself: its logarithm is "
                    "wanted."
                )
        if got.shape == right.shape and got.dtype.kind in "fiu":
            if got.dtype.itemsize < 8:
                raise Wrong(
                    f"{name} is of type {got.dtype}: the scores are in double "
                    "precision, so keep the result in float64."
                )
            gap = np.abs(got - right)
            bad = ~(gap <= (1e-12 if hint else 1e-9) * np.abs(right))
            if bad.any():
                at = tuple(np.argwhere(bad)[0])
                off = f"{gap[at] / abs(right[at]):.0e}" if right[at] else "inf"
                raise Wrong(
                    f"log_sigmoid({z[at]:g}) is {got[at]:.6g}, expected "
                    f"{right[at]:.6g} (relative error {off}). {hint}".strip()
                )
        expect_value(name, got, right, hint=hint)


@checker
def k_folds(answer):
    """k index arrays that share out 0..n-1 at random."""
    for n, k in [(12, 4), (10, 3), (7, 7), (1, 1), (5, 1), (23, 5)]:
        folds = answer(n, k, np.random.default_rng(0))
        _started(answer, folds)
        name = f"k_folds({n}, {k}, rng)"
        try:
            folds = [_array(f"a fold of {name}", fold) for fold in folds]
        except Wrong as wrong:
            raise Wrong(
                f"{name} has a fold of several parts, expected one vector "
                "of row numbers for each fold: the rows that it tests."
            ) from wrong
        if len(folds) != k:
            raise Wrong(f"{name} has {len(folds)} folds, expected {k}.")
        for fold in folds:
            if fold.ndim != 1 or not np.issubdtype(fold.dtype, np.integer):
                raise Wrong(
                    f"{name} has a fold of shape {fold.shape} and type "
                    f"{fold.dtype}, expected a vector of row numbers."
                )
        dealt = sorted(int(i) for fold in folds for i in fold)
        twice = sorted({i for i in dealt if dealt.count(i) > 1})
        if twice:
            raise Wrong(
                f"{name} holds {twice[0]} more than once: then an image "
                "would be tested twice. Shuffle once, then share out."
            )
        strange = sorted(set(dealt) - set(range(n)))
        if strange:
            raise Wrong(
                f"{name} holds {strange[0]}, expected row numbers from 0 to "
                f"{n - 1}."
            )
        missing = sorted(set(range(n)) - set(dealt))
        if missing:
            raise Wrong(
                f"{name} leaves out {len(missing)} of the {n} examples, the "
                f"first is {missing[0]}: every example belongs to a fold, "
                "also if k does not divide n."
            )
        sizes = [len(fold) for fold in folds]
        if max(sizes) - min(sizes) > 1:
            raise Wrong(
                f"{name} has folds of sizes {sizes}: they may differ by at "
                "most one. Deal the remainder out, one to a fold."
            )
    deals = []
    for seed in (1, 1, 2):
        folds = answer(60, 3, np.random.default_rng(seed))
        deals.append([sorted(int(i) for i in fold) for fold in folds])
    if deals[0] != deals[1]:
        raise Wrong(
            "k_folds gives different folds for generators with the same "
            "seed: draw from rng, so that others can repeat it."
        )
    if deals[0] == deals[2]:
        raise Wrong(
            "k_folds gives the same folds for generators with different "
            "seeds: shuffle with rng.permutation(n) first."
        )
    # Two neighbors i, i + 1 share one of three folds in 19 of 59 cases: here
    # about 152 times of 472, with a deviation of about 10.
    together = 0
    for seed in range(8):
        folds = answer(60, 3, np.random.default_rng(seed))
        fold_of = {int(i): j for j, fold in enumerate(folds) for i in fold}
        together += sum(fold_of[i] == fold_of[i + 1] for i in range(59))
    if not 90 <= together <= 220:
        raise Wrong(
            f"k_folds puts neighbors such as 0 and 1 into one fold in "
            f"{together / 472:.0%} of the cases, expected about a third: "
            "shuffle the row numbers, not the folds or a starting point."
        )


def _wrong_sign(x):
    """What comes out if the lost part is added instead of subtracted."""
    total, lost = 0.0, 0.0
    for number in x:
        v = number + lost
        t = total + v
        lost = (t - total) - v
        total = t
    return total


@checker
def compensated_sum(answer):
    """Kahan's sum: the error is at most 3 u times the sum of sizes."""
    rng = np.random.default_rng(0)
    mixed = rng.standard_normal(2000) * 10.0 ** rng.integers(-8, 9, 2000)
    sign = "is the lost part added instead of subtracted (v = x_i - lost)?"
    fell = (
        "small numbers fell off: is the lost part (t - s) - v given to the "
        "next number?"
    )
    u = 2.0**-53
    ladder = [1.0] + [u / 2**j for j in range(13) for _ in range(2**j)]
    cases = [
        ("[1.5]", [1.5], "start from a total of 0; t is the new one."),
        ("[0.5, 0.25, -4.0]", [0.5, 0.25, -4.0], "each number counts once."),
        ("ten thousand times 0.1", [0.1] * 10_000, fell),
        ("2000 numbers of mixed sizes", mixed.tolist(), fell),
        ("1 and ten thousand times 2**-53", [1.0] + [u] * 10_000, fell),
        ("1, 2**-53, two halves of it, four quarters, ...", ladder, fell),
        ("[]", [], "the sum of no numbers is 0."),
    ]
    for name, x, hint in cases:
        kept = list(x)
        try:
            got = answer(x)
        except (IndexError, ValueError) as error:
            raise Wrong(
                f"the sum of {name} stopped with {type(error).__name__}: "
                f"{error}. {hint[0].upper()}{hint[1:]}"
            ) from error
        _started(answer, got)
        if x != kept:
            raise Wrong("compensated_sum has changed x: only read from it.")
        got = _number(f"the sum of {name}", got)
        if not math.isfinite(got):
            raise Wrong(f"the sum of {name} is {got}.")
        exact = sum(map(Fraction, x), Fraction(0))
        allowed = Fraction(3, 2**53) * sum(abs(Fraction(v)) for v in x)
        gap = Fraction(got) - exact
        if abs(gap) > allowed:
            if got == _wrong_sign(x):
                hint = sign
            if len(x) < 9:
                raise Wrong(
                    f"the sum of {name} is {got:.6g}, expected "
                    f"{float(exact):.6g}: {hint}"
                )
            times = float(gap / allowed)
            raise Wrong(
                f"the sum of {name} is off by {float(gap):.3g}, which is "
                f"{abs(times):.0f} times what is allowed: {hint}"
            )
