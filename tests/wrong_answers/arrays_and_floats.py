"""Wrong answers that the checkers of "Arrays, floats and proofs" must name."""

import math

import numpy as np

# class_means


def sums_not_means(X, y, n_classes):
    """Adds the rows of a class, but does not divide."""
    return np.stack([X[y == c].sum(axis=0) for c in range(n_classes)])


def divides_by_all(X, y, n_classes):
    """Divides by the number of all examples."""
    sums = [X[y == c].sum(axis=0) for c in range(n_classes)]
    return np.stack(sums) / len(y)


def classes_as_columns(X, y, n_classes):
    """Returns (d, k) instead of (k, d)."""
    means = [
        X[y == c].mean(axis=0) if np.any(y == c) else np.zeros(X.shape[1])
        for c in range(n_classes)
    ]
    return np.stack(means, axis=1)


def mean_of_nothing(X, y, n_classes):
    """Forgets classes without examples: NaN."""
    rows = np.zeros((n_classes, X.shape[1]))
    for c in range(n_classes):
        rows[c] = X[y == c].sum(axis=0) / np.sum(y == c)
    return rows


def present_classes_only(X, y, n_classes):
    """Loops over the classes that occur."""
    return np.stack([X[y == c].mean(axis=0) for c in np.unique(y)])


def centers_in_place(X, y, n_classes):
    """Changes the caller's array."""
    means = np.zeros((n_classes, X.shape[1]))
    for c in range(n_classes):
        if np.any(y == c):
            means[c] = X[y == c].mean(axis=0)
            X[y == c] -= means[c]
    return means


def wrong_axis(X, y, n_classes):
    """Averages over the pixels and repeats the number."""
    means = np.zeros((n_classes, X.shape[1]))
    for c in range(n_classes):
        if np.any(y == c):
            means[c] = X[y == c].mean(axis=1)[0]
    return means


def means_of_rows(X, y, n_classes):
    """Averages along axis 1: one number for each example."""
    return np.array([X[y == c].mean(axis=1) for c in range(n_classes)])


def type_of_ink(X, y, n_classes):
    """Takes over the type of X: integers lose the decimals."""
    means = np.zeros_like(X, shape=(n_classes, X.shape[1]))
    for c in range(n_classes):
        if np.any(y == c):
            means[c] = X[y == c].mean(axis=0)
    return means


def single_precision(X, y, n_classes):
    """Means in float32."""
    return class_means(X, y, n_classes).astype(np.float32)


def softened_count(X, y, n_classes):
    """Adds a small number to the count against 0/0."""
    Y = (y[:, None] == np.arange(n_classes)).astype(float)
    return Y.T @ X / (Y.sum(axis=0) + 1e-8)[:, None]


def lists_of_lengths(X, y, n_classes):
    """A plain 0 for a class without examples."""
    return [
        X[y == c].mean(axis=0) if np.any(y == c) else 0
        for c in range(n_classes)
    ]


# float_spacing


def times_epsilon(x):
    """Takes the relative spacing for the same everywhere."""
    return abs(x) * np.finfo(float).eps


def always_epsilon(x):
    """The spacing at 1, for every number."""
    return np.finfo(float).eps


def exponent_of_frexp(x):
    """Forgets that frexp's fraction is below 1: twice too much."""
    q = math.frexp(x)[1]
    return math.ldexp(1.0, max(q, -1022) - 52)


def half_of_it(x):
    """The largest rounding error instead of the gap."""
    return math.ulp(x) / 2


def by_logarithm(x):
    """Exponent from a rounded logarithm, subnormals cared for."""
    if abs(x) < 2.0**-1022:
        return 2.0**-1074
    return 2.0 ** (math.floor(math.log2(abs(x))) - 52)


def no_subnormals(x):
    """Lets the exponent fall below its smallest value."""
    return math.ldexp(1.0, math.frexp(x)[1] - 53)


def no_case_for_zero(x):
    """Bounds the exponent below, but frexp(0) is (0, 0)."""
    return math.ldexp(1.0, max(math.frexp(x)[1] - 53, -1074))


def needs_positive(x):
    """Takes the logarithm of a negative number."""
    return 2.0 ** (math.floor(math.log2(x)) - 52)


# log_sigmoid


def as_written(z):
    """The formula as it stands: overflows for very negative scores."""
    return np.log(1 / (1 + np.exp(-z)))


def no_log1p(z):
    """Shifted, but 1 + exp(-|z|) loses what is tiny."""
    return np.minimum(0, z) - np.log(1 + np.exp(-np.abs(z)))


def missing_minus(z):
    """log(1 + exp(-z)): the sign is forgotten."""
    return np.logaddexp(0, -z)


def of_minus_z(z):
    """The other class's probability."""
    return -np.logaddexp(0, z)


def probability(z):
    """The probability, not its logarithm."""
    return 1 / (1 + np.exp(-z))


def works_in_place(z):
    """Right values, but z is overwritten."""
    result = -np.logaddexp(0, -z)
    z *= -1
    return result


def adds_all_up(z):
    """One number for all scores."""
    return -np.sum(np.logaddexp(0, -z))


def early_threshold(z):
    """Takes log_sigmoid(z) = z from -5 on."""
    with np.errstate(over="ignore"):
        return np.where(z < -5, z, -np.log1p(np.exp(-z)))


def late_threshold(z):
    """Takes log_sigmoid(z) = -exp(-z) from 20 on."""
    stable = -np.logaddexp(0, -z)
    return np.where(z > 20, -np.exp(-np.abs(z)), stable)


def only_one_number(z):
    """Asks for the sign of a whole array."""
    if z > 0:
        return -np.log1p(np.exp(-z))
    return z - np.log1p(np.exp(z))


def functions_of_math(z):
    """Uses math.exp, which takes one number only."""
    return min(0, z) - math.log1p(math.exp(-abs(z)))


def half_the_digits(z):
    """Right, but in float32."""
    return (-np.logaddexp(0, -z)).astype(np.float32)


# k_folds


def samples_with_overlap(n, k, rng):
    """Draws each fold anew: folds overlap."""
    return [rng.permutation(n)[: -(-n // k)] for _ in range(k)]


def drops_the_rest(n, k, rng):
    """Folds of n // k; the remainder is lost."""
    order, size = rng.permutation(n), n // k
    return [order[j * size : (j + 1) * size] for j in range(k)]


def rest_in_the_last(n, k, rng):
    """The last fold takes the whole remainder."""
    order, size = rng.permutation(n), n // k
    folds = [order[j * size : (j + 1) * size] for j in range(k - 1)]
    return [*folds, order[(k - 1) * size :]]


def not_shuffled(n, k, rng):
    """Cuts 0..n-1 in order."""
    return np.array_split(np.arange(n), k)


def own_randomness(n, k, rng):
    """Shuffles with a generator of its own."""
    order = np.random.default_rng().permutation(n)
    return [order[j::k] for j in range(k)]


def sizes_for_folds(n, k, rng):
    """Folds of k examples instead of k folds."""
    order = rng.permutation(n)
    return [order[j : j + k] for j in range(0, n, k)]


def shuffles_the_folds(n, k, rng):
    """Cuts in order, and shuffles only the folds."""
    folds = np.array_split(np.arange(n), k)
    return [folds[j] for j in rng.permutation(k)]


def random_start(n, k, rng):
    """Starts at a random number, and goes round in order."""
    return np.array_split(np.roll(np.arange(n), rng.integers(n)), k)


def deals_from_random_start(n, k, rng):
    """Deals in order, from a random number on."""
    order = np.roll(np.arange(n), rng.integers(n))
    return [order[j::k] for j in range(k)]


def counts_from_one(n, k, rng):
    """Row numbers 1 to n."""
    return np.array_split(rng.permutation(n) + 1, k)


def train_and_test(n, k, rng):
    """Pairs of training and test rows instead of folds."""
    order = rng.permutation(n)
    return [(np.setdiff1d(order, order[j::k]), order[j::k]) for j in range(k)]


# compensated_sum


def plain_sum(x):
    """No compensation."""
    total = 0.0
    for number in x:
        total = total + number
    return total


def wrong_sign(x):
    """Adds the lost part instead of subtracting it."""
    total, lost = 0.0, 0.0
    for number in x:
        v = number + lost
        t = total + v
        lost = (t - total) - v
        total = t
    return total


def forgets_lost(x):
    """Computes the lost part, but never uses it."""
    total, lost = 0.0, 0.0
    for number in x:
        t = total + number
        lost += (t - total) - number
        total = t
    return total


def both_results(x):
    """Returns the lost part, too."""
    return math.fsum(x), 0.0


def starts_from_the_first(x):
    """Takes the first number as the total and adds it again."""
    total, lost = (x[0] if x else 0.0), 0.0
    for number in x:
        v = number - lost
        t = total + v
        lost = (t - total) - v
        total = t
    return total


def keeps_the_old_total(x):
    """Never makes t the new total."""
    total, lost = 0.0, 0.0
    for number in x:
        v = number - lost
        t = total + v
        lost = (t - total) - v
    return total


def numpy_sum(x):
    """NumPy's sum in blocks and pairs: better, but not compensated."""
    return np.sum(np.array(x))


def only_pairs(x):
    """Pairs, then pairs of pairs."""
    x = np.array(x, dtype=float)
    while len(x) > 1:
        x = np.append(x, np.zeros(len(x) % 2))
        x = x[0::2] + x[1::2]
    return x[0] if len(x) else 0.0


def nothing_to_start_from(x):
    """Takes the first number as the total: none for an empty list."""
    total, lost = x[0], 0.0
    for number in x[1:]:
        v = number - lost
        t = total + v
        lost = (t - total) - v
        total = t
    return total


# Right answers, written another way


def class_means(X, y, n_classes):
    """One-hot matrix product."""
    Y = (y[:, None] == np.arange(n_classes)).astype(float)
    return Y.T @ X / np.maximum(Y.sum(axis=0), 1)[:, None]


def float_spacing(x):
    """The library's own."""
    return math.ulp(x)


def log_sigmoid(z):
    """By logaddexp."""
    return -np.logaddexp(0, -z)


def k_folds(n, k, rng):
    """By array_split."""
    return np.array_split(rng.permutation(n), k)


def compensated_sum(x):
    """Neumaier's variant: the correction is added at the end."""
    total, lost = 0.0, 0.0
    for number in x:
        t = total + number
        if abs(total) >= abs(number):
            lost += (total - t) + number
        else:
            lost += (number - t) + total
        total = t
    return total + lost


RIGHT = {
    "class_means": class_means,
    "float_spacing": float_spacing,
    "log_sigmoid": log_sigmoid,
    "k_folds": k_folds,
    "compensated_sum": compensated_sum,
}

WRONG = {
    "class_means": [
        sums_not_means,
        divides_by_all,
        classes_as_columns,
        mean_of_nothing,
        present_classes_only,
        centers_in_place,
        wrong_axis,
        means_of_rows,
        type_of_ink,
        single_precision,
        softened_count,
        lists_of_lengths,
    ],
    "float_spacing": [
        times_epsilon,
        always_epsilon,
        exponent_of_frexp,
        half_of_it,
        by_logarithm,
        no_subnormals,
        no_case_for_zero,
        needs_positive,
    ],
    "log_sigmoid": [
        as_written,
        no_log1p,
        missing_minus,
        of_minus_z,
        probability,
        works_in_place,
        adds_all_up,
        early_threshold,
        late_threshold,
        only_one_number,
        functions_of_math,
        half_the_digits,
    ],
    "k_folds": [
        samples_with_overlap,
        drops_the_rest,
        rest_in_the_last,
        not_shuffled,
        own_randomness,
        sizes_for_folds,
        shuffles_the_folds,
        random_start,
        deals_from_random_start,
        counts_from_one,
        train_and_test,
    ],
    "compensated_sum": [
        plain_sum,
        wrong_sign,
        forgets_lost,
        both_results,
        starts_from_the_first,
        keeps_the_old_total,
        numpy_sum,
        only_pairs,
        nothing_to_start_from,
    ],
}

HINTS = {
    "sums_not_means": "sums, not means",
    "divides_by_all": "divided by all",
    "classes_as_columns": "transposed",
    "mean_of_nothing": "the mean of no rows",
    "present_classes_only": "still has its row",
    "centers_in_place": "has changed X",
    "wrong_axis": "along axis 0",
    "means_of_rows": "axis 1 has one number for each example",
    "type_of_ink": "lost its decimals",
    "single_precision": "double precision",
    "softened_count": "no small number",
    "lists_of_lengths": "different lengths",
    "times_epsilon": "all gaps are equal",
    "always_epsilon": "the gap above 1",
    "exponent_of_frexp": "e is q - 1",
    "half_of_it": "largest rounding error",
    "by_logarithm": "frexp",
    "no_subnormals": "subnormal",
    "no_case_for_zero": "a case of its own",
    "needs_positive": "The sign does not matter",
    "as_written": "overflows",
    "no_log1p": "log1p",
    "missing_minus": "minus sign is missing",
    "of_minus_z": "must grow",
    "probability": "its logarithm",
    "works_in_place": "has changed z",
    "adds_all_up": "shape ()",
    "early_threshold": "threshold",
    "late_threshold": "threshold",
    "only_one_number": "entry by entry",
    "functions_of_math": "entry by entry",
    "half_the_digits": "float64",
    "samples_with_overlap": "more than once",
    "drops_the_rest": "leaves out",
    "rest_in_the_last": "differ by at most one",
    "not_shuffled": "shuffle",
    "own_randomness": "same seed",
    "sizes_for_folds": "folds, expected",
    "shuffles_the_folds": "not the folds",
    "random_start": "starting point",
    "deals_from_random_start": "starting point",
    "counts_from_one": "expected row numbers from 0 to 11",
    "train_and_test": "several parts",
    "plain_sum": "fell off",
    "wrong_sign": "added instead of subtracted",
    "forgets_lost": "fell off",
    "both_results": "one number",
    "starts_from_the_first": "start from a total of 0",
    "keeps_the_old_total": "t is the new one",
    "numpy_sum": "fell off",
    "only_pairs": "fell off",
    "nothing_to_start_from": "The sum of no numbers is 0",
}
