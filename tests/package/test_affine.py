"""The batched layer and its cost, against loops and exact arithmetic."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfdl import affine as module
from mfdl.affine import affine, affine_flops

quick = settings(deadline=None, derandomize=True, max_examples=50)
size = st.integers(0, 6)


def whole(rng, *shape):
    """Random whole numbers, with which floats compute exactly."""
    return rng.integers(-9, 10, shape).astype(float)


def by_loops(X, W, b):
    """The definition, entry by entry."""
    Z = np.empty((len(X), len(W)))
    for i in range(len(X)):
        for j in range(len(W)):
            terms = (W[j, s] * X[i, s] for s in range(W.shape[1]))
            Z[i, j] = sum(terms, 0.0) + b[j]
    return Z


@quick
@given(size, size, size, st.integers(0, 99))
def test_affine_is_the_definition(n, d_in, d_out, seed):
    rng = np.random.default_rng(seed)
    X, W, b = whole(rng, n, d_in), whole(rng, d_out, d_in), whole(rng, d_out)
    Z = affine(X, W, b)
    assert Z.shape == (n, d_out)
    assert np.array_equal(Z, by_loops(X, W, b))


@quick
@given(st.integers(1, 5), st.integers(0, 99))
def test_affine_on_square_layers(d, seed):
    """Here every shape fits, and a forgotten transpose shows in values."""
    rng = np.random.default_rng(seed)
    X, W, b = whole(rng, d, d), whole(rng, d, d), whole(rng, d)
    assert np.array_equal(affine(X, W, b), by_loops(X, W, b))


def test_affine_by_exact_fractions():
    rng = np.random.default_rng(0)
    X, W, b = (
        rng.normal(size=(3, 5)),
        rng.normal(size=(4, 5)),
        rng.normal(size=4),
    )
    Z = affine(X, W, b)
    for i, j in np.ndindex(3, 4):
        terms = [Fraction(x) * Fraction(w) for x, w in zip(X[i], W[j])]
        exact = sum(terms) + Fraction(b[j])
        reach = float(sum(map(abs, terms)) + abs(Fraction(b[j])))
        assert abs(Z[i, j] - float(exact)) <= 6 * 2.3e-16 * reach


def test_affine_takes_lists_and_keeps_float32():
    Z = affine([[1, 2]], [[3, 4], [5, 6], [7, 8]], [10, 20, 30])
    assert Z.tolist() == [[21, 37, 53]]
    X, W, b = (np.ones(s, np.float32) for s in [(2, 3), (4, 3), 4])
    assert affine(X, W, b).dtype == np.float32


SMALL = [np.int8, np.uint8, np.int16, np.int32, np.int64, bool]


@pytest.mark.parametrize("kind", SMALL)
def test_affine_of_whole_numbers_is_float64_and_does_not_overflow(kind):
    X, W = np.full((2, 64), 100).astype(kind), np.full((3, 64), 2).astype(kind)
    b = np.array([1, 0, 1]).astype(kind)
    Z = affine(X, W, b)
    assert Z.dtype == np.float64
    assert np.array_equal(Z, affine(X.astype(float), W.astype(float), b))
    assert Z[0, 0] == Z[0, 1] + 1 == (65 if kind is bool else 12801)


@pytest.mark.parametrize("name", ["X", "W", "b"])
@pytest.mark.parametrize("kind", ["U3", "S3", "datetime64[D]"])
def test_affine_refuses_what_is_no_number(name, kind):
    arguments = dict(zip("XWb", good, strict=True))
    bad = np.zeros(arguments[name].shape, dtype=kind)
    arguments[name] = bad
    with pytest.raises(TypeError) as error:
        affine(**arguments)
    assert str(error.value) == (
        f"{name} has type {bad.dtype}, expected numbers: convert it with "
        f"np.asarray({name}, dtype=float)."
    )


def test_affine_shows_nan_and_infinity_where_they_enter():
    X = np.ones((3, 2))
    X[1] = np.nan, 1
    X[2] = np.inf, 1
    Z = affine(X, np.ones((4, 2)), np.zeros(4))
    assert (Z[0] == 2).all() and np.isnan(Z[1]).all()
    assert np.isposinf(Z[2]).all()


def test_affine_of_complex_numbers_does_not_conjugate():
    assert affine([[1j]], [[1j]], [0])[0, 0] == -1


def test_affine_composes_with_blocks():
    """A batch cut in two, and the bias as a weight of a constant 1."""
    rng = np.random.default_rng(1)
    X, W, b = whole(rng, 7, 5), whole(rng, 4, 5), whole(rng, 4)
    Z = affine(X, W, b)
    halves = [affine(X[:3], W, b), affine(X[3:], W, b)]
    assert np.array_equal(np.vstack(halves), Z)
    ones, Wb = np.ones((7, 1)), np.column_stack([W, b])
    assert np.array_equal(affine(np.hstack([X, ones]), Wb, 0 * b), Z)


def test_affine_changes_nothing_and_returns_a_new_array():
    rng = np.random.default_rng(2)
    given = whole(rng, 3, 2), np.eye(2), np.zeros(2)
    kept = [a.copy() for a in given]
    for a in given:
        a.flags.writeable = False
    Z = affine(*given)
    assert all(np.array_equal(a, k) for a, k in zip(given, kept, strict=True))
    assert not any(np.shares_memory(Z, a) for a in given)


good = np.zeros((5, 3)), np.zeros((2, 3)), np.zeros(2)
MISFITS = [
    ("X", np.zeros(3), "X has shape (3,), expected (n, 3)"),
    ("X", np.zeros(3), "x[None, :]"),
    ("X", np.zeros(2), "X has shape (2,)"),
    ("X", np.zeros((5, 4)), "X has shape (5, 4)"),
    ("X", np.zeros((5, 3, 3)), "X has shape (5, 3, 3)"),
    ("X", np.zeros((5, 2, 3)), "X has shape (5, 2, 3)"),
    ("X", 1.0, "X has shape ()"),
    ("W", np.zeros(3), "W has shape (3,)"),
    ("W", np.zeros((1, 2, 3)), "W has shape (1, 2, 3)"),
    ("b", 0.0, "b has shape ()"),
    ("b", np.zeros(1), "b has shape (1,)"),
    ("b", np.zeros(3), "b has shape (3,)"),
    ("b", np.zeros((2, 1)), "b has shape (2, 1)"),
    ("b", np.zeros((1, 2)), "b has shape (1, 2)"),
    ("b", np.zeros((5, 2)), "b has shape (5, 2)"),
]


@pytest.mark.parametrize("name, bad, says", MISFITS)
def test_affine_names_the_misfit(name, bad, says):
    arguments = dict(zip("XWb", good, strict=True))
    arguments[name] = bad
    with pytest.raises(ValueError, match=re.escape(says)):
        affine(**arguments)


def test_affine_advises_to_transpose():
    X, W, b = np.zeros((5, 3)), np.zeros((3, 2)), np.zeros(2)
    with pytest.raises(ValueError) as error:
        affine(X, W, b)
    assert str(error.value) == (
        "W has shape (3, 2), but X has 3 columns; expected W of shape "
        "(d_out, 3): pass W.T, whose rows are the outputs."
    )
    assert affine(X, W.T, b).shape == (5, 2)


def test_affine_advises_on_a_single_example():
    with pytest.raises(ValueError) as error:
        affine(np.zeros(3), good[1], good[2])
    assert str(error.value) == (
        "X has shape (3,), expected (n, 3): rows are examples; pass a "
        "single example x as x[None, :]."
    )


def test_affine_gives_no_wrong_advice():
    """Where W.T would not fit either, the message does not propose it."""
    for X in (np.zeros((5, 4)), np.zeros((5, 2, 2)), np.zeros(2)):
        with pytest.raises(ValueError) as error:
            affine(X, *good[1:])
        assert "W.T" not in str(error.value)
        assert "x[None, :]" not in str(error.value)


def test_single_example_of_a_square_layer_is_still_refused():
    with pytest.raises(ValueError, match=re.escape("x[None, :]")):
        affine(np.zeros(2), np.eye(2), np.zeros(2))


class Counting(float):
    """A number that counts the operations on it."""

    flops = 0

    def __add__(self, other):
        Counting.flops += 1
        return Counting(float(self) + float(other))

    def __mul__(self, other):
        Counting.flops += 1
        return Counting(float(self) * float(other))


@pytest.mark.parametrize("n, d_in, d_out", [(1, 1, 1), (2, 3, 4), (5, 2, 1)])
def test_affine_flops_counts_what_affine_does(n, d_in, d_out):
    """Object arrays make NumPy call our own addition and multiplication."""
    X, W, b = (
        np.array([Counting(1)] * int(np.prod(s)), dtype=object).reshape(s)
        for s in [(n, d_in), (d_out, d_in), (d_out,)]
    )
    Counting.flops = 0
    Z = affine(X, W, b)
    assert Z.astype(float).tolist() == [[d_in + 1.0] * d_out] * n
    assert affine_flops(n, d_in, d_out) == Counting.flops


@quick
@given(size, size, size)
def test_affine_flops_formula(n, d_in, d_out):
    assert affine_flops(n, d_in, d_out) == 2 * n * d_in * d_out


def test_affine_flops_are_plain_and_do_not_overflow():
    got = affine_flops(*np.full(3, 100_000, np.int32))
    assert type(got) is int and got == 2 * 10**15
    assert affine_flops(0, 64, 10) == affine_flops(7, 0, 10) == 0


@pytest.mark.parametrize("place, name", [(0, "n"), (1, "d_in"), (2, "d_out")])
@pytest.mark.parametrize("bad", [-1, 2.0, "3", None, np.float64(4), True])
def test_affine_flops_refuses(place, name, bad):
    arguments = [5, 6, 7]
    arguments[place] = bad
    with pytest.raises(ValueError) as error:
        affine_flops(*arguments)
    assert str(error.value) == (
        f"{name} is {bad!r}, expected a whole number that is not negative: "
        "count rows or columns, as in X.shape."
    )


def test_module_exports_and_documents():
    assert sorted(module.__all__) == ["affine", "affine_flops"]
    for name in module.__all__:
        assert "Source:" in getattr(module, name).__doc__
