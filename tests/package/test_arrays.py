"""The functions that the chapter "Arrays, floats and proofs" exports."""

import hashlib
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import mfdl
from mfdl import arrays
from mfdl.arrays import (
    expect_finite,
    expect_labels,
    expect_rng,
    expect_shape,
    load_digits,
    logsumexp,
    minibatches,
    standardize,
    stratified_split,
)

quick = settings(deadline=None, derandomize=True, max_examples=50)


def says(text):
    """The whole message, or its beginning, as a pattern for pytest.raises."""
    return "^" + re.escape(text)


def rng(seed=0):
    return np.random.default_rng(seed)


# expect_shape


@pytest.mark.parametrize(
    "array, shape",
    [
        (3.0, ()),
        ([1, 2, 3], (3,)),
        ([1, 2, 3], (None,)),
        (np.zeros((2, 3)), (None, 3)),
        (np.zeros((2, 3)), (2, None)),
        (np.zeros((0, 3)), (None, 3)),
        (np.zeros((2, 3, 4)), (2, None, np.int64(4))),
    ],
)
def test_expect_shape_returns_the_array(array, shape):
    got = expect_shape("A", array, shape)
    assert isinstance(got, np.ndarray)
    assert np.array_equal(got, array)


def test_expect_shape_does_not_copy():
    A = np.zeros((2, 3))
    assert expect_shape("A", A, (2, 3)) is A


@pytest.mark.parametrize(
    "came, shape, message",
    [
        (
            (64, 5),
            (None, 64),
            "X has shape (64, 5), expected (any, 64): its transpose would "
            "fit, so look for a missing X.T.",
        ),
        (
            (64,),
            (None, 64),
            "X has shape (64,), expected (any, 64): one example is a batch "
            "of one, so pass X[None].",
        ),
        (
            (64,),
            (1, 64),
            "X has shape (64,), expected (1, 64): one example is a batch of "
            "one, so pass X[None].",
        ),
        (
            (5,),
            (5, 5),
            "X has shape (5,), expected (5, 5): look for the line that gave "
            "X this shape.",
        ),
        (
            (5,),
            (np.int64(4),),
            "X has shape (5,), expected (4,): look for the line that gave X "
            "this shape.",
        ),
        (
            (5, 1),
            (5,),
            "X has shape (5, 1), expected (5,): a column is no vector, so "
            "pass X[:, 0].",
        ),
        (
            (5, 2),
            (5,),
            "X has shape (5, 2), expected (5,): look for the line that gave "
            "X this shape.",
        ),
        (
            (5, 1),
            (4,),
            "X has shape (5, 1), expected (4,): look for the line that gave "
            "X this shape.",
        ),
        (
            (2, 3),
            (2, 4),
            "X has shape (2, 3), expected (2, 4): look for the line that "
            "gave X this shape.",
        ),
        (
            (2, 3, 4),
            (None, None),
            "X has shape (2, 3, 4), expected (any, any): look for the line "
            "that gave X this shape.",
        ),
        (
            (3,),
            (None,) * 3,
            "X has shape (3,), expected (any, any, any): look for the line "
            "that gave X this shape.",
        ),
    ],
)
def test_expect_shape_says_what_came(came, shape, message):
    with pytest.raises(ValueError) as caught:
        expect_shape("X", np.zeros(came), shape)
    assert str(caught.value) == message


RAGGED = [[1, 2], [3]]


@pytest.mark.parametrize(
    "call",
    [
        lambda: expect_shape("z", RAGGED, (None, 2)),
        lambda: expect_finite("z", RAGGED),
        lambda: expect_labels("z", RAGGED, 4),
        lambda: logsumexp(RAGGED),
    ],
)
def test_rows_of_different_lengths(call):
    with pytest.raises(ValueError) as caught:
        call()
    assert caught.value.__suppress_context__
    assert str(caught.value) == (
        "z is no array, expected rows of equal length: look for one that is "
        "longer or shorter."
    )


# expect_finite


@pytest.mark.parametrize(
    "array",
    [1.0, [], [1, 2], np.array([True, False]), np.zeros((2, 2), np.float32)],
)
def test_expect_finite_returns_the_array(array):
    got = expect_finite("A", array)
    assert isinstance(got, np.ndarray)
    assert np.array_equal(got, array)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("at", [(0, 0), (1, 2)])
def test_expect_finite_names_the_first_bad_entry(bad, at):
    A = np.zeros((2, 3))
    A[at] = bad
    A[1, 2] = np.nan
    with pytest.raises(ValueError) as caught:
        expect_finite("A", A)
    assert str(caught.value) == (
        f"A holds NaN or infinity (first at index {at}), expected finite "
        "numbers: look for the step that made them."
    )


@pytest.mark.parametrize("kind", ["<U1", "object"])
def test_expect_finite_refuses_what_is_no_number(kind):
    message = f"A has type {np.dtype(kind)}, expected numbers: convert it."
    with pytest.raises(TypeError, match=says(message) + "$"):
        expect_finite("A", np.array(["a"], dtype=kind))


# expect_labels


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint8])
def test_expect_labels_returns_the_array(kind):
    y = np.array([0, 2, 1], dtype=kind)
    assert expect_labels("y", y, 3) is y
    assert expect_labels("y", [2, 0], 3).tolist() == [2, 0]
    assert expect_labels("y", y[:0], 3).shape == (0,)
    empty = expect_labels("y", [], 3)
    assert empty.shape == (0,) and empty.dtype.kind == "i"


@pytest.mark.parametrize(
    "y, error, message",
    [
        (
            [[0], [1]],
            ValueError,
            "y has shape (2, 1), expected (n,): one label an example.",
        ),
        (3, ValueError, "y has shape (), expected (n,): one label an"),
        (
            [0.0, 1.0],
            TypeError,
            "y has type float64, expected integers from 0 to 2: convert "
            "with np.array(y, dtype=int).",
        ),
        ([True, False], TypeError, "y has type bool, expected integers"),
        (
            [0, -1, 2],
            ValueError,
            "y has labels from -1 to 2, expected 0 to 2: number the classes "
            "from 0.",
        ),
        ([1, 3], ValueError, "y has labels from 1 to 3, expected 0 to 2"),
    ],
)
def test_expect_labels_says_what_came(y, error, message):
    with pytest.raises(error, match=says(message)):
        expect_labels("y", y, 3)


# expect_rng


def test_expect_rng():
    generator = rng()
    assert expect_rng(generator) is generator
    message = (
        "rng is 7, expected a random generator: pass "
        "np.random.default_rng(seed), with a seed such as 0."
    )
    for call in [
        lambda: expect_rng(7),
        lambda: stratified_split([0, 0, 1, 1], 0.5, rng=7),
        lambda: minibatches(4, 2, rng=7),
    ]:
        with pytest.raises(TypeError, match=says(message) + "$"):
            call()


# logsumexp


def slow_logsumexp(z):
    """One vector, by exact-as-can-be sums of its shifted exponentials."""
    top = max(z)
    return top + math.log(math.fsum(math.exp(v - top) for v in z))


scores = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=1, max_dims=3, max_side=4),
    elements=st.floats(-2000, 2000),
)


@quick
@given(scores)
def test_logsumexp_against_a_loop_on_every_axis(z):
    for axis in range(-z.ndim, z.ndim):
        got = logsumexp(z, axis=axis)
        expected = np.apply_along_axis(slow_logsumexp, axis, z)
        assert got.shape == expected.shape
        np.testing.assert_allclose(got, expected, rtol=1e-13, atol=1e-13)
        kept = logsumexp(z, axis=axis, keepdims=True)
        assert kept.ndim == z.ndim and kept.shape[axis] == 1
        assert np.array_equal(np.squeeze(kept, axis=axis), got)
    np.testing.assert_allclose(
        logsumexp(z, axis=None),
        slow_logsumexp(z.ravel()),
        rtol=1e-13,
        atol=1e-13,
    )
    assert np.array_equal(logsumexp(z), logsumexp(z, axis=-1))


@quick
@given(scores, st.floats(-500, 500))
def test_logsumexp_shift_and_bounds(z, a):
    got, k = logsumexp(z), z.shape[-1]
    top = z.max(axis=-1)
    assert np.all(top <= got + 1e-12)
    assert np.all(got <= top + math.log(k) + 1e-12)
    np.testing.assert_allclose(logsumexp(z + a), got + a, atol=1e-10)


def test_logsumexp_is_exact_where_we_know_it():
    assert logsumexp([1000, 1000]) == 1000 + np.log(2)
    assert logsumexp([5.0]) == 5.0
    assert logsumexp(np.full(10, -1e6)) == -1e6 + np.log(10)
    assert logsumexp(7.0, axis=None) == 7.0


def test_logsumexp_with_infinities_and_nan():
    inf = np.inf
    with np.errstate(all="raise", under="ignore"):
        assert logsumexp([-inf, 0.0]) == 0.0
        assert logsumexp([-inf, -inf]) == -inf
        assert logsumexp([inf, 0.0]) == inf
        assert logsumexp([inf, -inf]) == inf
        assert np.isnan(logsumexp([np.nan, 800.0]))
    Z = np.array([[0.0, 0.0], [-inf, -inf], [1000.0, -inf]])
    assert logsumexp(Z).tolist() == [np.log(2), -inf, 1000.0]


def test_logsumexp_does_not_warn_or_change_the_setting():
    before = np.geterr()
    with np.errstate(all="raise"):
        assert logsumexp([1000.0, -1000.0]) == 1000
        assert logsumexp([1e308, -1e308]) == 1e308
        assert logsumexp([-np.inf, -np.inf]) == -np.inf
    assert np.geterr() == before


def test_logsumexp_keeps_the_type_and_the_input():
    z = np.array([[300, 299], [-300, 4]], dtype=np.float32)
    kept = z.copy()
    assert logsumexp(z).dtype == np.float32
    assert logsumexp(z, keepdims=True).dtype == np.float32
    assert np.array_equal(z, kept)
    for kind in (np.uint8, np.int8, np.int32, bool):
        small = np.array([1, 0, 1], dtype=kind)
        got = logsumexp(small)
        assert got.dtype == np.float64
        assert got == pytest.approx(np.log(2 * np.e + 1), rel=1e-15)
    # 200 - 255 would wrap around in uint8
    wide = np.array([200, 255], dtype=np.uint8)
    assert logsumexp(wide) == pytest.approx(255)


def test_logsumexp_has_softmax_as_its_derivative():
    z = np.array([1.0, -2.0, 700.0, 699.5])
    p = np.exp(z - logsumexp(z))
    assert p.sum() == pytest.approx(1, rel=1e-12)
    for c in range(len(z)):
        step = np.zeros(len(z), dtype=complex)
        step[c] = 1e-30j
        slope = logsumexp(z + step).imag / 1e-30
        assert slope == pytest.approx(p[c], rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3)])
def test_logsumexp_of_nothing(shape):
    message = (
        f"z has shape {shape}, expected at least one number: there is no "
        "largest entry of nothing."
    )
    with pytest.raises(ValueError, match=says(message) + "$"):
        logsumexp(np.zeros(shape))


@pytest.mark.parametrize("z, kind", [(None, "object"), (["1"], "<U1")])
def test_logsumexp_of_what_is_no_number(z, kind):
    message = f"z has type {kind}, expected numbers: convert it."
    with pytest.raises(TypeError, match=says(message) + "$"):
        logsumexp(z)


# load_digits

FILE = Path(mfdl.__file__).resolve().parents[1] / "book/data/digits.npz"


def check_digits(X, y):
    assert X.shape == (1797, 64) and X.dtype == np.float64
    assert y.shape == (1797,) and y.dtype == np.int64
    assert X.min() == 0 and X.max() == 1
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(y).tolist() == counts


def test_load_digits():
    X, y = load_digits()
    check_digits(X, y)
    with np.load(FILE) as archive:
        for i in (0, 17, 1796):
            for r, c in [(0, 0), (3, 5), (7, 2)]:
                ink = archive["images"][i, r, c]
                assert X[i, 8 * r + c] == ink / 16
        assert np.array_equal(y, archive["labels"])


def test_load_digits_gives_fresh_arrays():
    X, y = load_digits()
    X[:], y[:] = -1, -1
    check_digits(*load_digits())


@pytest.mark.parametrize("kind", [str, Path])
def test_load_digits_from_a_path(tmp_path, kind):
    copy = tmp_path / "copy.npz"
    copy.write_bytes(FILE.read_bytes())
    check_digits(*load_digits(kind(copy)))


def test_load_digits_from_an_installed_package(tmp_path, monkeypatch):
    package = tmp_path / "site" / "mfdl"
    (package / "_data").mkdir(parents=True)
    monkeypatch.setattr(mfdl, "__file__", str(package / "__init__.py"))
    beside = tmp_path / "site" / "book" / "data" / "digits.npz"
    inside = package / "_data" / "digits.npz"
    with pytest.raises(FileNotFoundError) as caught:
        load_digits()
    assert str(caught.value) == (
        f"digits.npz is not at {beside} or {inside}: install the package "
        "afresh, or pass the path of your copy to load_digits."
    )
    inside.write_bytes(FILE.read_bytes())
    check_digits(*load_digits())
    inside.unlink()
    beside.parent.mkdir(parents=True)
    beside.write_bytes(FILE.read_bytes())
    check_digits(*load_digits())


def test_load_digits_from_a_path_that_is_no_file(tmp_path):
    for path in (tmp_path, tmp_path / "missing.npz"):
        message = f"digits.npz is not at {path}: install the package"
        with pytest.raises(FileNotFoundError, match=says(message)):
            load_digits(path)


def test_load_digits_refuses_a_damaged_file(tmp_path):
    damaged = tmp_path / "digits.npz"
    content = bytearray(FILE.read_bytes())
    content[1000] ^= 1
    damaged.write_bytes(content)
    came = hashlib.sha256(content).hexdigest()
    with pytest.raises(ValueError) as caught:
        load_digits(damaged)
    assert str(caught.value) == (
        f"{damaged} is damaged: its sha256 begins {came[:12]}, expected "
        "c617ab002d1d; replace it by a fresh copy."
    )
    assert (
        arrays._DIGITS_SHA256 == hashlib.sha256(FILE.read_bytes()).hexdigest()
    )


# stratified_split


@quick
@given(
    st.lists(st.integers(4, 30), min_size=1, max_size=4),
    st.sampled_from([0.2, 0.25, 0.5, 0.8]),
    st.integers(0, 5),
)
def test_stratified_split(sizes, share, seed):
    y = rng(seed).permutation(np.repeat(np.arange(len(sizes)) + 3, sizes))
    kept = y.copy()
    train, test = stratified_split(y, share, rng=rng(seed))
    assert sorted([*train, *test]) == list(range(len(y)))
    assert np.issubdtype(train.dtype, np.integer)
    assert np.issubdtype(test.dtype, np.integer)
    for label, size in enumerate(sizes):
        assert np.sum(y[test] == label + 3) == round(share * size)
    assert np.array_equal(y, kept)
    again = stratified_split(y, share, rng=rng(seed))
    assert np.array_equal(train, again[0])
    assert np.array_equal(test, again[1])


def test_stratified_split_is_shuffled_within_and_between_classes():
    y = np.repeat([0, 1], 100)
    train, test = stratified_split(y, rng=rng())
    assert len(test) == 40  # 0.2 by default
    for part in (train, test):
        assert np.any(np.diff(part) < 0)
        assert 2 < np.sum(np.diff(y[part]) != 0)  # the classes are mixed
        zeros = part[y[part] == 0]
        assert np.any(np.diff(zeros) < 0)
    assert np.any(np.diff(np.sort(test)) > 1)
    other = stratified_split(y, rng=rng(1))[1]
    assert set(other) != set(test)


def test_stratified_split_chooses_every_row_equally_often():
    y = np.repeat([0, 1], 5)
    generator, often = rng(), np.zeros(10)
    for _ in range(400):
        often[stratified_split(y, 0.4, rng=generator)[1]] += 1
    assert np.all(np.abs(often / 400 - 0.4) < 0.1)


@pytest.mark.parametrize(
    "y, share, message",
    [
        ([[0, 1]], 0.5, "y has shape (1, 2), expected (any,)"),
        ([0, 1, np.nan], 0.5, "y holds NaN or infinity (first at index (2,)"),
        (
            np.zeros(0),
            0.5,
            "y is empty, expected labels to split: load some data first.",
        ),
        (
            [0, 0, 0],
            0.0,
            "test_share is 0.0, expected a share between 0 and 1.",
        ),
        ([0, 0, 0], 1.0, "test_share is 1.0, expected a share between 0"),
        ([0, 0, 0], -0.5, "test_share is -0.5, expected a share between 0"),
        ([0, 0, 0], np.nan, "test_share is nan, expected a share between 0"),
        ([0, 0, 0], "0.5", "test_share is '0.5', expected a share between 0"),
        ([0, 0, 0], None, "test_share is None, expected a share between 0"),
        ([0, 0, 0], [0.5, 0.5], "test_share is [0.5, 0.5], expected a share"),
        (
            [5, 5, 5, 7],
            0.5,
            "class 7 has too few examples to split (1), expected at least "
            "one in either part at test_share=0.5: add some, or change the "
            "share.",
        ),
        ([0, 0], 0.2, "class 0 has too few examples to split (2)"),
        ([0, 0, 0], 0.9, "class 0 has too few examples to split (3)"),
    ],
)
def test_stratified_split_says_what_came(y, share, message):
    generator = rng()
    before = generator.bit_generator.state
    with pytest.raises(ValueError, match=says(message)):
        stratified_split(y, share, rng=generator)
    assert generator.bit_generator.state == before


def test_stratified_split_takes_any_float_as_share():
    y = np.repeat([0, 1], 8)
    for kind in (float, np.float64, np.float32):
        train, test = stratified_split(y, kind(0.25), rng=rng())
        assert (len(train), len(test)) == (12, 4)


# standardize


@quick
@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=6),
        elements=st.integers(-1000, 1000).map(lambda k: k / 8),
    )
)
def test_standardize_against_loops(X):
    other = X[::-1] * 2 + 1
    kept = X.copy(), other.copy()
    got, got_other, got_empty = standardize(X, other, X[:0])
    for j in range(X.shape[1]):
        column = [Fraction(v) for v in X[:, j].tolist()]
        mu = sum(column) / len(column)
        sigma = math.sqrt(sum((v - mu) ** 2 for v in column) / len(column))
        if sigma == 0:
            sigma = 1
        for A, B in [(X, got), (other, got_other)]:
            expected = [(v - float(mu)) / sigma for v in A[:, j]]
            np.testing.assert_allclose(B[:, j], expected, atol=1e-9)
    assert got_empty.shape == (0, X.shape[1])
    assert np.array_equal(X, kept[0]) and np.array_equal(other, kept[1])


def test_standardize_returns_a_tuple():
    X = rng().random((5, 3))
    got = standardize(X)
    assert isinstance(got, tuple) and len(got) == 1
    assert np.allclose(got[0].mean(axis=0), 0)
    assert np.allclose(got[0].std(axis=0), 1)
    assert standardize(X.astype(np.float32))[0].dtype == np.float32


def test_standardize_leaves_constant_columns_alone():
    column = np.full((3, 1), 0.1)  # its rounded deviation is not zero
    assert column.std() > 0
    assert np.allclose(standardize(column)[0], 0, atol=1e-15)
    assert standardize(column, [[2.1]])[1] == pytest.approx(2)
    tiny = np.array([[0.0], [1e-200]])  # its deviation underflows
    assert np.all(np.isfinite(standardize(tiny)[0]))
    whole = np.array([[-128], [127]], dtype=np.int8)  # 127 + 128 overflows
    assert standardize(whole)[0].ravel().tolist() == [-1, 1]


@pytest.mark.parametrize(
    "X",
    [
        np.array([[0, 1e200], [0, -1e200]]),
        np.array([[1e308], [1.5e308]]),
        np.array([[60000], [1]], dtype=np.float16),
    ],
)
def test_standardize_refuses_numbers_too_large_to_square(X):
    with np.errstate(all="raise", under="ignore"):
        with pytest.raises(ValueError) as caught:
            standardize(X)
    assert str(caught.value) == (
        f"X_train has numbers too large to square in {X.dtype}, expected "
        "smaller ones: convert it to float64, or divide it by a constant."
    )


@pytest.mark.parametrize(
    "parts, message",
    [
        ([np.zeros(3)], "X_train has shape (3,), expected (any, any)"),
        (
            [np.zeros((0, 3))],
            "X_train has no rows, expected at least one: look at the split.",
        ),
        ([[[1.0, np.nan]]], "X_train holds NaN or infinity"),
        (
            [np.ones((2, 3)), np.ones((2, 4))],
            "others[0] has shape (2, 4), expected (any, 3)",
        ),
        (
            [np.ones((2, 3)), np.ones((2, 3)), np.ones(3)],
            "others[1] has shape (3,), expected (any, 3)",
        ),
        (
            [np.ones((1, 2)), np.ones((1, 2)), [[0, np.inf]]],
            "others[1] holds NaN or infinity (first at index (0, 1))",
        ),
    ],
)
def test_standardize_says_what_came(parts, message):
    with pytest.raises(ValueError, match=says(message)):
        standardize(*parts)


# minibatches


@quick
@given(st.integers(1, 60), st.data())
def test_minibatches_cover_each_row_once(n, data):
    size = data.draw(st.integers(1, n))
    batches = list(minibatches(n, size, rng=rng(n)))
    assert sorted(np.concatenate(batches)) == list(range(n))
    assert all(len(b) == size for b in batches[:-1])
    assert 1 <= len(batches[-1]) <= size
    assert len(batches) == -(-n // size)
    assert np.array_equal(np.concatenate(batches), rng(n).permutation(n))


def test_minibatches_draw_a_new_order_each_time():
    generator = rng()
    first, second = (
        np.concatenate(list(minibatches(50, np.int64(8), rng=generator)))
        for _ in range(2)
    )
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, np.arange(50))


def test_minibatches_do_not_overflow_small_integers():
    batches = minibatches(np.uint8(255), np.uint8(200), rng=rng())
    assert [len(batch) for batch in batches] == [200, 55]


def test_minibatches_can_be_walked_once():
    batches = minibatches(4, 2, rng=rng())
    assert len(list(batches)) == 2 and list(batches) == []


@pytest.mark.parametrize(
    "n, size, error, message",
    [
        (0, 1, ValueError, "n is 0, expected at least one example to batch."),
        (-3, 1, ValueError, "n is -3, expected at least one example"),
        (
            5,
            0,
            ValueError,
            "batch_size is 0, expected 1 to n = 5: a batch cannot be empty "
            "or larger than the data.",
        ),
        (5, -1, ValueError, "batch_size is -1, expected 1 to n = 5"),
        (5, 6, ValueError, "batch_size is 6, expected 1 to n = 5"),
        (5, 2.0, TypeError, "batch_size is 2.0, expected an integer."),
        (5, True, TypeError, "batch_size is True, expected an integer."),
        (5, "2", TypeError, "batch_size is '2', expected an integer."),
        (5.5, 2, TypeError, "n is 5.5, expected an integer."),
        (None, 2, TypeError, "n is None, expected an integer."),
    ],
)
def test_minibatches_refuse_at_once(n, size, error, message):
    generator = rng()
    before = generator.bit_generator.state
    with pytest.raises(error, match=says(message)):
        minibatches(n, size, rng=generator)  # not only when walked
    assert generator.bit_generator.state == before
