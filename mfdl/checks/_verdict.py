"""What every checker shares: one message, whatever the answer does."""

import functools

import numpy as np


class Wrong(Exception):
    """An answer is wrong; the text says what was seen and what to look at."""


def checker(body):
    """Make a checker of ``body(answer)``, which raises Wrong or returns None.

    The checker prints its message. ``checker.verdict(answer)`` returns
    ``(right, message)`` without printing. If ``body`` returns a string, that
    is the message for a right answer.
    """

    def verdict(answer):
        name = getattr(answer, "__name__", type(answer).__name__)
        try:
            praise = body(answer)
        except Wrong as wrong:
            return False, str(wrong)
        except NotImplementedError:
            return False, f"Your turn: {name} is not written yet."
        except Exception as error:
            return False, (
                f"{name} stopped with {type(error).__name__}: {error}"
            )
        return True, praise or f"Correct: {name} passes every test."

    @functools.wraps(body)
    def check(answer):
        print(verdict(answer)[1])

    check.verdict = verdict
    return check


def expect_value(name, got, expected, *, tolerance=1e-9, hint=""):
    """Raise Wrong unless ``got`` is an array or number like ``expected``.

    ``name`` says what was computed, such as ``"dW for a batch of 6"``;
    ``hint`` is added where the shape is right and the values are not.
    """
    if got is None:
        raise Wrong(f"Your turn: {name} is None so far.")
    got, expected = np.asarray(got), np.asarray(expected)
    if got.shape != expected.shape:
        raise Wrong(
            f"{name} has shape {got.shape}, expected {expected.shape}."
        )
    if not np.issubdtype(got.dtype, np.number) and got.dtype != bool:
        raise Wrong(f"{name} has type {got.dtype}, expected numbers.")
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    gap = np.abs(got - expected)
    if not np.all(gap <= tolerance * scale):
        if got.ndim:
            at = tuple(
                int(i) for i in np.argwhere(~(gap <= tolerance * scale))[0]
            )
            where = f" at index {at}" if got.ndim > 1 else f" at index {at[0]}"
            a, b = got[at], expected[at]
        else:
            where, a, b = "", got[()], expected[()]
        digits = 6 if f"{a:.6g}" != f"{b:.6g}" else 17
        a, b = f"{a:.{digits}g}", f"{b:.{digits}g}"
        raise Wrong(f"{name} is {a}{where}, expected {b}. {hint}".strip())


def expect_kept(names, given, kept):
    """Raise Wrong if the answer wrote into one of its arguments.

    ``names`` are their names, ``kept`` copies from before the call.
    """
    for name, now, before in zip(names, given, kept, strict=True):
        if not np.array_equal(now, before, equal_nan=True):
            raise Wrong(
                f"{name} was changed by the call: it belongs to the caller. "
                "Make a new array instead of writing into this one."
            )


def eighths(rng, *shape):
    """Random multiples of 1/8: float32 adds up their products exactly, too."""
    return rng.integers(-16, 17, shape) / 8
