"""numerical_gradient and check_gradient against other ways to know."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.optimize import approx_fprime

from mfdl.gradients import check_gradient, numerical_gradient

EPS = np.finfo(float).eps
quick = settings(deadline=None, derandomize=True, max_examples=50)
points = arrays(
    float,
    array_shapes(max_dims=3, max_side=3),
    elements=st.floats(-2, 2, width=32),
)


def wavy(x):
    return np.sum(np.sin(x)) + np.sum(x) ** 3 / 10


def wavy_gradient(x):
    return np.cos(x) + 3 * np.sum(x) ** 2 / 10


def complex_step(f, x):
    g = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        z = x.astype(complex)
        z[i] += 1e-30j
        g[i] = f(z).imag / 1e-30
    return g


@quick
@given(points)
def test_agrees_with_the_complex_step(x):
    before = x.copy()
    g = numerical_gradient(wavy, x)
    assert g.shape == x.shape and g.dtype == np.float64
    scale = max(1, np.max(np.abs(g)))
    assert np.max(np.abs(g - complex_step(wavy, x))) < 1e-8 * scale
    assert np.array_equal(x, before)


def test_agrees_with_scipy():
    x = np.linspace(-1, 2, 7)
    g = numerical_gradient(wavy, x)
    assert np.allclose(g, approx_fprime(x, wavy), atol=1e-5)


@quick
@given(st.integers(1, 5), st.integers(0, 10**6))
def test_exact_for_quadratics_up_to_rounding(d, seed):
    rng = np.random.default_rng(seed)
    A, b, x = rng.standard_normal((d, d)), *rng.standard_normal((2, d))
    g = numerical_gradient(lambda v: v @ A @ v / 2 - b @ v, x)
    assert np.allclose(g, (A + A.T) @ x / 2 - b, atol=1e-8)


def test_a_number_is_a_point_too():
    g = numerical_gradient(np.exp, 0.5)
    assert g.shape == () and abs(g - np.exp(0.5)) < 1e-9


def test_integers_become_floats():
    x = np.array([3, 4])
    g = numerical_gradient(lambda v: v @ v, x)
    assert g.dtype == np.float64 and np.allclose(g, [6, 8])
    assert x.dtype.kind == "i" and list(x) == [3, 4]


def test_float32_points_are_measured_in_float64():
    x = np.array([0.5, 1.5], dtype=np.float32)
    g = numerical_gradient(lambda v: np.sum(v**3), x)
    assert g.dtype == np.float64 and np.allclose(g, 3 * x.astype(float) ** 2)


def test_no_entries():
    assert numerical_gradient(np.sum, np.zeros((0, 3))).shape == (0, 3)
    assert check_gradient(np.sum, np.zeros((0, 3)), np.zeros((0, 3))) == 0.0


def test_f_gets_copies_and_may_change_them():
    def greedy(v):
        value = float(v @ v)
        v[:] = 99
        return value

    x = np.array([1.0, 2.0])
    assert np.allclose(numerical_gradient(greedy, x), [2, 4])
    assert list(x) == [1, 2]


def calls(x, **options):
    seen = []

    def f(v):
        seen.append(v.copy())
        return 0.0

    numerical_gradient(f, x, **options)
    return seen


def test_two_calls_an_entry_at_the_points_it_promises():
    x = np.array([0.5, -100.0])
    h = EPS ** (1 / 3) * np.array([1, 100])
    up0, down0, up1, down1 = calls(x)
    assert np.allclose(up0 - x, [h[0], 0], rtol=1e-9, atol=0)
    assert np.allclose(down0 - x, [-h[0], 0], rtol=1e-9, atol=0)
    assert np.allclose(up1 - x, [0, h[1]], rtol=1e-9, atol=0)
    assert np.allclose(down1 - x, [0, -h[1]], rtol=1e-9, atol=0)


def test_the_step_is_the_callers_if_given():
    up, down = calls(np.array([4.0]), step=0.25)
    assert up[0] == 5 and down[0] == 3
    up, down = calls(np.array([0.5]), step=0.25)
    assert up[0] == 0.75 and down[0] == 0.25


def test_truncation_error_is_of_second_order():
    exact = np.exp(0.5)
    errors = [
        numerical_gradient(np.exp, 0.5, step=h) - exact for h in (0.1, 0.05)
    ]
    assert abs(errors[0] / errors[1] - 4) < 0.01
    assert abs(errors[1] - exact * 0.05**2 / 6) < 1e-5


def test_divides_by_the_distance_as_rounded():
    """For f(x) = x the slope is one to the last digit at any step."""
    for x in (0.7, 1.0, 123.4):
        for step in (1e-6, 1e-9, 1e-12):
            assert numerical_gradient(lambda v: v * 1.0, x, step=step) == 1


# --- what is refused -------------------------------------------------------


@pytest.mark.parametrize("x", [np.array([1j]), "ab", [None], [True]])
def test_refuses_points_that_are_not_real(x):
    with pytest.raises(TypeError, match=r"x has type .*expected real numbers"):
        numerical_gradient(np.sum, x)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_refuses_points_that_are_not_finite(bad):
    x = np.array([1.0, bad])
    with pytest.raises(ValueError, match="^x "):
        numerical_gradient(np.sum, x)
    assert x[0] == 1


def test_refuses_arrays_from_f():
    with pytest.raises(
        ValueError, match=r"array of shape \(2,\), expected one number"
    ):
        numerical_gradient(lambda v: v, [1.0, 2.0])
    with pytest.raises(ValueError, match=r"shape \(1,\).*sum it or average"):
        numerical_gradient(lambda v: v, [1.0])


@pytest.mark.parametrize("value", [None, 1j, "1", True])
def test_refuses_what_is_no_real_number_from_f(value):
    with pytest.raises(TypeError, match="f returned a value of type"):
        numerical_gradient(lambda v: value, [1.0])


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_refuses_coarse_values_unless_a_step_is_given(kind):
    def f(v):
        return kind(v @ v)

    name = np.dtype(kind).name
    with pytest.raises(TypeError, match=f"f returned {name}, too coarse"):
        numerical_gradient(f, [1.0])
    g = numerical_gradient(f, [1.0], step=0.25)
    assert g.dtype == np.float64 and abs(g[0] - 2) < 1e-2


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_refuses_values_that_are_not_finite(bad):
    with pytest.raises(
        ValueError, match=f"f returned {bad}, expected a finite number"
    ):
        numerical_gradient(lambda v: bad, [1.0])


def test_looks_at_both_sides():
    """A function that is defined on one side only is found out."""
    x = np.array([0.0])
    for sign in (1, -1):

        def f(v, sign=sign):
            return np.nan if sign * v[0] < 0 else 1.0

        with pytest.raises(ValueError, match="both sides"):
            numerical_gradient(f, x)
    assert x[0] == 0


@pytest.mark.parametrize("step", [0, 0.0, -1e-6, [1e-6, 1e-6], [1e-6]])
def test_refuses_steps_that_are_not_one_positive_number(step):
    with pytest.raises(
        ValueError, match="step is .*expected one positive number"
    ):
        numerical_gradient(np.sum, [1.0], step=step)


def test_refuses_other_steps():
    with pytest.raises(TypeError, match="step has type"):
        numerical_gradient(np.sum, [1.0], step="small")
    with pytest.raises(ValueError, match="^step "):
        numerical_gradient(np.sum, [1.0], step=np.nan)


@pytest.mark.parametrize("step", [1e-17, 1e-16])  # 1 - 1e-16 is not 1
def test_refuses_steps_lost_in_rounding(step):
    with pytest.raises(ValueError, match="is too small: it is lost"):
        numerical_gradient(np.sum, [1.0], step=step)


@pytest.mark.parametrize("step", [9e307, 1e308, 1.7e308])
def test_refuses_steps_out_of_range_without_a_warning(step):
    with np.errstate(all="raise"):
        with pytest.raises(ValueError, match="is too large: around 0.0"):
            numerical_gradient(lambda v: 1.0, [0.0], step=step)
    assert numerical_gradient(lambda v: 1.0, [0.0], step=8e307) == 0


def test_a_slope_out_of_range_is_refused_and_never_passes():
    """Two finite values can differ by more than the largest float."""

    def cliff(v):
        return np.sign(v[0]) * 1.7e308

    def steep(v):
        return v[0] * 1e200 * 1e112

    for f in (cliff, steep):
        with np.errstate(all="raise"):
            with pytest.raises(
                ValueError, match="the measured gradient holds NaN or inf"
            ):
                check_gradient(f, [5.0], [0.0])


@pytest.mark.parametrize("slope", [1e200, 1e308])
def test_huge_gradients_are_judged_without_a_warning(slope):
    slopes = np.array([slope, slope])

    def f(v):
        return slopes[0] * v[0] + slopes[1] * v[1]

    with np.errstate(all="raise"):
        assert check_gradient(f, slopes, [0.0, 0.0]) < 1e-9
        with pytest.raises(AssertionError, match="central differences give"):
            check_gradient(f, -slopes, [0.0, 0.0])


def test_a_step_is_not_lost_at_zero():
    assert numerical_gradient(np.sum, [0.0], step=1e-17) == 1


# --- check_gradient --------------------------------------------------------


@quick
@given(points)
def test_passes_right_gradients(x):
    before = x.copy()
    gap = check_gradient(wavy, wavy_gradient(x), x)
    assert type(gap) is float and 0 <= gap < 1e-7
    assert np.array_equal(x, before)


@quick
@given(points, st.integers(0, 10**6), st.sampled_from([-1, 1]))
def test_finds_one_wrong_entry(x, place, sign):
    g = wavy_gradient(x)
    at = np.unravel_index(place % x.size, x.shape)
    g[at] += sign * 1e-3 * max(1, np.max(np.abs(g)))
    given_g = g.copy()
    where = re.escape(", ".join(str(int(i)) for i in at))
    with pytest.raises(AssertionError, match=rf"^gradient\[{where}\] is"):
        check_gradient(wavy, g, x)
    assert np.array_equal(g, given_g)


def test_the_gap_is_relative_to_the_largest_entry():
    x, slope = np.zeros(2), np.array([1000.0, 1.0])
    wrong = slope + [0, 5.0]
    gap = check_gradient(lambda v: slope @ v, wrong, x, tolerance=1e-2)
    assert abs(gap - 0.005) < 1e-9
    gap = check_gradient(lambda v: -slope @ v, -wrong, x, tolerance=1e-2)
    assert abs(gap - 0.005) < 1e-9


def test_the_gap_is_absolute_for_small_gradients():
    slope = np.array([0.01, 0.02])
    wrong = slope + [1e-4, 0]
    x = np.zeros(2)
    gap = check_gradient(lambda v: slope @ v, wrong, x, tolerance=1e-3)
    assert abs(gap - 1e-4) < 1e-9


def test_tolerance_is_the_border():
    x, f = np.zeros(1), np.sum
    assert check_gradient(f, [1 + 9e-7], x) < 1e-6
    with pytest.raises(AssertionError, match=r"allowed 1\.0e-06"):
        check_gradient(f, [1 + 1.1e-6], x)
    with pytest.raises(AssertionError, match=r"gap of 1\.0e-02, .* 9\.0e-03"):
        check_gradient(f, [1.01], x, tolerance=9e-3)
    assert check_gradient(f, [1.5], x, tolerance=0.5) == pytest.approx(0.5)


def test_a_gap_equal_to_the_tolerance_passes():
    """With the step 1 of x = 0 ... f = 0 measures exactly 0."""
    assert check_gradient(lambda v: 0.0, [0.25], [0.0], 0.25) == 0.25


@pytest.mark.parametrize("factor", [-1, 2, 32, 0.5])
def test_names_a_common_factor(factor):
    x = np.array([[0.5, -1.0], [2.0, 1.5]])
    g = factor * wavy_gradient(x)
    with pytest.raises(AssertionError, match=f"Every entry is {factor} times"):
        check_gradient(wavy, g, x)


def test_names_no_factor_where_there_is_none():
    x = np.array([0.5, -1.0, 2.0])
    slope = np.array([1.0, -2.0, 3.0])
    for f, wrong in (
        (lambda v: slope @ v, slope + [0, 0, 0.01]),  # one entry
        (lambda v: slope @ v, slope[::-1].copy()),
        (lambda v: slope @ v, np.zeros(3)),
        (lambda v: 1.0, np.ones(3)),  # measured zero
    ):
        with pytest.raises(AssertionError) as raised:
            check_gradient(f, wrong, x)
        assert "Every entry" not in str(raised.value)
        assert "central differences give" in str(raised.value)
    with pytest.raises(AssertionError) as raised:
        check_gradient(np.sum, [2.0], [0.0])  # one entry has no pattern
    assert "Every entry" not in str(raised.value)


def test_the_message_has_the_numbers():
    x, slope = np.zeros((2, 2)), np.array([[1.0, 2.0], [3.0, 4.0]])
    wrong = slope.copy()
    wrong[1, 0] = 2.5
    with pytest.raises(AssertionError) as raised:
        check_gradient(lambda v: np.sum(slope * v), wrong, x)
    assert str(raised.value) == (
        "gradient[1, 0] is 2.5, but central differences give 3: a relative "
        "gap of 1.2e-01, allowed 1.0e-06."
    )


def test_a_number_can_be_checked():
    assert check_gradient(np.exp, 1.0, 0.0) < 1e-9
    with pytest.raises(AssertionError, match=r"^gradient\[\] is 2,"):
        check_gradient(np.exp, 2.0, 0.0)


def test_refuses_wrong_shapes_before_it_calls_f():
    def never(v):
        raise RuntimeError("called")

    with pytest.raises(
        ValueError,
        match=r"gradient has shape \(2,\), expected \(2, 1\): a gradient has",
    ):
        check_gradient(never, [1.0, 2.0], [[1.0], [2.0]])
    with pytest.raises(ValueError, match="tolerance is 0"):
        check_gradient(never, [1.0], [1.0], tolerance=0)
    with pytest.raises(ValueError, match="^gradient "):
        check_gradient(never, [np.nan], [1.0])
    with pytest.raises(TypeError, match="gradient has type complex128"):
        check_gradient(never, [1j], [1.0])
    with pytest.raises(TypeError, match="gradient has type object"):
        check_gradient(never, np.cos, [1.0])
    with pytest.raises(ValueError, match="^x "):
        check_gradient(never, [1.0], [np.inf])
    with pytest.raises(TypeError, match="x has type complex128"):
        check_gradient(never, [1.0], [1j])


def test_f_may_return_integers_and_integer_arrays_of_no_axis():
    assert numerical_gradient(lambda v: 3, [1.0]) == 0
    assert numerical_gradient(lambda v: np.array(3, np.uint8), [1.0]) == 0
    g = numerical_gradient(lambda v: np.int32(v[0] > 1), [1.0], step=0.5)
    assert g == 1


COUNT = "expected one positive number such as 1e-6."


@pytest.mark.parametrize(
    "f, x, options, message",
    [
        (
            np.sum,
            [1j],
            {},
            "x has type complex128, expected real numbers: pass an array of "
            "floats or integers.",
        ),
        (np.sum, [1.0], {"step": 0}, "step is 0.0, " + COUNT),
        (np.sum, [1.0], {"step": -2}, "step is -2.0, " + COUNT),
        (
            np.abs,
            [1.0, 2.0],
            {},
            "f returned an array of shape (2,), expected one number: sum it "
            "or average it.",
        ),
        (
            lambda v: None,
            1.0,
            {},
            "f returned a value of type object, expected a real number: look "
            "at its return statement.",
        ),
        (
            lambda v: np.float32(0),
            1.0,
            {},
            "f returned float32, too coarse for so small a step: compute f "
            "in float64, or pass numerical_gradient a step near 5e-3.",
        ),
        (
            lambda v: np.nan,
            1.0,
            {},
            "f returned nan, expected a finite number: move x to where f is "
            "defined on both sides, or pass a smaller step.",
        ),
        (
            np.sum,
            4.0,
            {"step": 1e-20},
            "step=1e-20 is too small: it is lost when added to 4.0.",
        ),
        (
            np.sum,
            -4.0,
            {"step": 1e308},
            "step=1e+308 is too large: around -4.0 it leaves the range of "
            "floats.",
        ),
        (
            np.sum,
            [[1.0, 2.0], [3.0]],
            {},
            "x has rows of different lengths, expected a number or an array: "
            "make them equal.",
        ),
        (
            lambda v: [[1.0, 2.0], [3.0]],
            1.0,
            {},
            "f(x) has rows of different lengths, expected a number or an "
            "array: make them equal.",
        ),
    ],
)
def test_says_what_was_expected_what_came_and_what_to_do(
    f, x, options, message
):
    with pytest.raises((TypeError, ValueError)) as raised:
        numerical_gradient(f, x, **options)
    assert str(raised.value) == message


def test_the_whole_sentence_on_a_common_factor():
    with pytest.raises(AssertionError) as raised:
        check_gradient(np.sum, [-2.0, -2.0], [0.0, 0.0])
    assert str(raised.value) == (
        "gradient[0] is -2, but central differences give 1: a relative gap "
        "of 3.0e+00, allowed 1.0e-06. Every entry is -2 times the measured "
        "one: look for a sign, a factor 2, or a mean taken twice or not at "
        "all."
    )


@pytest.mark.parametrize(
    "slope, wrong, factor",
    [
        ([0.1, 0.2], [0.2, 0.4], "2"),  # small gradients have factors too
        ([1.0, 1000.0], [2.05, 2000.0], "2"),  # up to 1e-4 of the largest
        ([1.0, 1000.0], [1.0, 2000.001], None),  # the first entry is not
        ([0.0, 0.0], [1.0, 1.0], None),
    ],
)
def test_a_common_factor_is_one_for_all_entries(slope, wrong, factor):
    slope = np.array(slope)
    with np.errstate(all="raise"), pytest.raises(AssertionError) as raised:
        check_gradient(lambda v: slope @ v, wrong, np.zeros(2))
    says = f"Every entry is {factor} times" in str(raised.value)
    assert says == (factor is not None)
    assert ("Every entry" in str(raised.value)) == says
