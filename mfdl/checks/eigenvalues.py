"""Checkers for the exercises of *Eigenvalues*."""

from time import perf_counter

import numpy as np

from mfdl.checks._verdict import (
    Wrong,
    checker,
    eighths,
    expect_kept,
    expect_value,
)


def _same(got, other, tolerance=1e-9):
    """Whether ``got`` is an array of numbers close to ``other``."""
    try:
        got = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        return False
    return got.shape == np.shape(other) and np.allclose(
        got, other, rtol=tolerance, atol=tolerance
    )


def _tolerance(got):
    """A loose one for answers in float32, a tight one for all others."""
    kind = getattr(got, "dtype", None)
    return 1e-4 if kind in (np.float32, np.float16) else 1e-9


def _expect_something(name, got):
    """Raise Wrong, kindly, for an answer that is still empty."""
    if got is None:
        raise Wrong(f"Your turn: {name} returns None so far.")


@checker
def rayleigh_quotient(answer):
    """x^T A x / x^T x, one number, for vectors of any length."""
    rng = np.random.default_rng(0)
    for d in (2, 1, 5, 8):  # 2 first: with 1 all shapes look alike
        A = eighths(rng, d, d)
        A = A + A.T + np.diag(np.arange(1.0, d + 1))
        x = eighths(rng, d)
        x[0] = 2.5  # neither zero nor of length 1
        given, kept = (A, x), (A.copy(), x.copy())
        got = answer(A, x)
        _expect_something("rayleigh_quotient", got)
        expect_kept("Ax", given, kept)
        top, squared = x @ A @ x, x @ x
        right = top / squared
        name = f"R(x) for d = {d}"
        if np.ndim(got):
            advice = (
                "leave x a vector (d,), no matrix with one column"
                if np.shape(got) == (1, 1)
                else "the star keeps the entries apart, the at sign adds "
                "them up"
            )
            raise Wrong(
                f"{name} has shape {np.shape(got)}, expected one number: "
                f"{advice}."
            )
        tolerance = _tolerance(got)
        for guess, advice in [
            (
                top,
                "is x^T A x, which is right only for vectors of length 1: "
                "divide by x^T x",
            ),
            (
                top / np.sqrt(squared),
                "is divided by the length of x once: x stands twice on top, "
                "so divide by its square, x^T x",
            ),
            (
                np.linalg.norm(A @ x) / np.sqrt(squared),
                "is |A x| / |x|, which measures the stretch but loses the "
                "sign and the direction: the quotient has x^T A x on top",
            ),
            (
                np.sum(x * A * x) / squared,
                "has a star for an at sign: x * A * x multiplies A_ij by "
                "x_j twice and never by x_i",
            ),
            (
                squared / top,
                "is upside down: x^T A x belongs on top",
            ),
            (
                (A @ x) @ (A @ x) / squared,
                "has A twice on top: it is the quotient of A^T A",
            ),
        ]:
            if not np.isclose(guess, right) and _same(got, guess, tolerance):
                raise Wrong(f"{name} {advice}.")
        expect_value(
            name,
            got,
            right,
            tolerance=tolerance,
            hint="It is x^T A x divided by x^T x.",
        )


@checker
def jacobi_two(answer):
    """Eigenvalues ascending, eigenvectors as columns, of [[a, b], [b, c]]."""
    cases = [
        (1.0, 2.0, -3.0),
        (2.0, 1.0, 2.0),
        (-3.0, -1.5, 4.0),
        (1.0, 1e-3, 1.0),
        (5.0, 1e-12, -1.0),
        (3.0, 0.0, 1.0),
        (1.0, 0.0, 3.0),
        (0.0, 0.0, 0.0),
    ]
    for a, b, c in cases:
        A = np.array([[a, b], [b, c]])
        where = f"for a, b, c = {a:g}, {b:g}, {c:g}"
        try:
            with np.errstate(all="ignore"):
                got = answer(a, b, c)
        except ZeroDivisionError as error:
            raise Wrong(
                f"jacobi_two divides by zero {where}: where b is 0 there is "
                "nothing to rotate, so t is 0."
            ) from error
        _expect_something("jacobi_two", got)
        pair = isinstance(got, (tuple, list)) and len(got) == 2
        if not pair or np.ndim(got[0]) == 0:
            raise Wrong(
                "jacobi_two returns something else than a pair of arrays: "
                "expected (values, Q)."
            )
        values, Q = got
        _expect_pair(A, values, Q, where)


def _expect_pair(A, values, Q, where):
    """Raise Wrong unless (values, Q) are the eigenpairs of the 2 by 2 A."""
    truth = np.linalg.eigvalsh(A)
    exact = _tolerance(values)
    tolerance = max(exact, _tolerance(Q))
    if _same(values, truth[::-1], exact) and truth[0] != truth[1]:
        raise Wrong(
            f"The values {where} are descending, expected ascending: sort "
            "them, and sort the columns of Q along."
        )
    if np.shape(values) == (2,) and not np.all(np.isfinite(values)):
        raise Wrong(
            f"The values {where} are not finite: where b is 0 there is "
            "nothing to rotate, so t is 0."
        )
    if A[0, 0] == A[1, 1] and A[0, 1] and _same(values, np.diag(A), exact):
        raise Wrong(
            f"The values {where} are a and c, as if t were 0. For tau = 0 the "
            "formula has t = +1, but np.sign(0) is 0."
        )
    sign = "Their sum must be a + c: one is a - t b, the other c + t b."
    expect_value(f"values {where}", values, truth, tolerance=exact, hint=sign)
    if np.shape(Q) != (2, 2):
        raise Wrong(
            f"Q {where} has shape {np.shape(Q)}, expected (2, 2): two "
            "columns, one for each eigenvector."
        )
    Q = np.asarray(Q)
    scale = max(1.0, np.abs(A).max())

    def fits(P):
        return np.abs(A @ P - P * truth).max() <= tolerance * scale

    lengths = np.linalg.norm(Q, axis=0)
    if not np.all(np.abs(lengths - 1) <= max(tolerance, 1e-9)):
        raise Wrong(
            f"The columns of Q {where} have the lengths {lengths[0]:.4g} and "
            f"{lengths[1]:.4g}, expected 1: divide by the root of 1 + t^2."
        )
    if not fits(Q):
        if fits(Q.T):
            raise Wrong(
                f"Q {where} has its eigenvectors as rows: either it is "
                "transposed, or t has the wrong sign in it. Its columns are "
                "(1, -t) and (t, 1), scaled."
            )
        if fits(Q[:, ::-1]):
            raise Wrong(
                f"The columns of Q {where} are in the wrong order: column 0 "
                "belongs to values[0]. Sort both with the same order."
            )
        raise Wrong(
            f"The columns of Q {where} are no eigenvectors: look at the sign "
            "of t. The columns are (1, -t) and (t, 1), scaled."
        )
    if abs(Q[:, 0] @ Q[:, 1]) > max(tolerance, 1e-9):
        raise Wrong(
            f"The columns of Q {where} are not perpendicular: they are the "
            "columns of one rotation."
        )


class _Counted(np.ndarray):
    """An array that counts the matrix products it takes part in."""

    products = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        plain = [
            np.asarray(a) if isinstance(a, _Counted) else a for a in inputs
        ]
        if out is not None:
            options["out"] = tuple(np.asarray(a) for a in out)
        if ufunc is np.matmul:
            _Counted.products += 1
        result = getattr(ufunc, method)(*plain, **options)
        if isinstance(result, np.ndarray):
            result = result.view(_Counted)
        return result

    def __array_function__(self, func, types, args, kwargs):
        if func is np.dot:
            _Counted.products += 1
        if func is np.linalg.matrix_power:
            raise Wrong(
                "matrix_power calls the library's matrix_power: write the "
                "loop yourself, as here the library is the judge."
            )
        if func in (np.linalg.eig, np.linalg.eigh):
            raise Wrong(
                "matrix_power goes through the eigenvectors: a shear has no "
                "basis of them, so that cannot work for every A. Multiply."
            )
        return super().__array_function__(func, types, args, kwargs)

    def dot(self, other, out=None):
        _Counted.products += 1
        return np.ndarray.dot(np.asarray(self), other).view(_Counted)


@checker
def matrix_power(answer):
    """A^k with at most 2 log2(k) + 2 products; also k = 0."""
    rng = np.random.default_rng(1)
    shear = np.array([[1.0, 1.0], [0.0, 1.0]])
    cases = [(shear, k) for k in (1, 2, 3, 0, 13, 1000)]
    cases += [(eighths(rng, d, d) / d, k) for d, k in [(1, 5), (4, 6)]]
    cases += [(rng.integers(0, 2, (3, 3)).astype(float), 10)]
    for A, k in cases:
        given = A.copy().view(_Counted)
        _Counted.products = 0
        got = answer(given, k)
        _expect_something("matrix_power", got)
        products = _Counted.products
        expect_kept("A", (given,), (A,))
        got = np.asarray(got)
        right = np.linalg.matrix_power(A, k)
        name = f"A^{k} for d = {len(A)}"
        if k == 0 and _same(got, A) and not _same(A, right):
            raise Wrong(
                f"{name} is A: the empty product is the identity, so start "
                "the result from np.eye(d)."
            )
        if k > 1 and _same(got, A**k) and not _same(A**k, right):
            raise Wrong(
                f"{name} holds the powers of the entries: two stars work "
                "entry by entry. Multiply matrices with the at sign."
            )
        if k & (k - 1) and k:
            top = np.linalg.matrix_power(A, 1 << (k.bit_length() - 1))
            if _same(got, top):
                raise Wrong(
                    f"{name} is the largest square only: multiply in the "
                    "powers for the other binary digits of k, too."
                )
        for off in (-1, 1):
            if k + off >= 0:
                other = np.linalg.matrix_power(A, k + off)
                if _same(got, other) and not _same(other, right):
                    raise Wrong(
                        f"{name} is A^{k + off}: one factor too "
                        f"{'many' if off > 0 else 'few'}. Start the result "
                        "from the identity and count the squarings."
                    )
        expect_value(
            name,
            got,
            right,
            tolerance=_tolerance(got),
            hint="For odd k multiply the current square into the result.",
        )
        if products < k.bit_length() - 1:  # too few to be all: no squaring
            _expect_fast(answer, name)  # reaches A^k with these alone
        allowed = 2 * (k.bit_length() - 1) + 2 if k else 2
        if products > allowed:
            raise Wrong(
                f"{name} is right, but took {products} products, expected at "
                f"most {allowed}: square instead of multiplying by A each "
                "time."
            )


def _expect_fast(answer, name):
    """Raise Wrong if the time grows like k: for answers that copy A first.

    From k = 64 to 2^17 squaring needs three times as long, a loop over all
    factors two thousand times. The fastest of five runs counts, so that a
    busy machine does no harm.
    """
    shear = np.array([[1.0, 1.0], [0.0, 1.0]])

    def seconds(k):
        start = perf_counter()
        answer(shear.copy(), k)
        return perf_counter() - start

    few = min(seconds(64) for _ in range(5))
    limit = max(50 * few, 0.02)  # a browser's clock is coarse
    if all(seconds(1 << 17) > limit for _ in range(5)):
        raise Wrong(
            f"{name} is right, but the time grows like k, so it is no "
            "repeated squaring: square instead of multiplying by A each time."
        )


@checker
def second_step(answer):
    """A x without its part along q, of length 1."""
    rng = np.random.default_rng(2)
    for d in (2, 3, 6):
        Q = np.linalg.qr(rng.standard_normal((d, d)))[0]
        A = Q * np.arange(d + 2.0, 2.0, -1.0) @ Q.T
        q = Q[:, 0].copy()
        x = rng.standard_normal(d)
        given, kept = (A, q, x), (A.copy(), q.copy(), x.copy())
        got = answer(A, q, x)
        _expect_something("second_step", got)
        expect_kept("Aqx", given, kept)
        z = A @ x
        rest = z - q * (q @ z)
        right = rest / np.linalg.norm(rest)
        tolerance = _tolerance(got)
        name = f"the step for d = {d}"
        unit = z / np.linalg.norm(z)
        late = unit - q * (q @ unit)
        added = z + q * (q @ z)
        for guess, advice in [
            (
                unit,
                "still has its part along q: subtract (q^T z) q from z = A x",
            ),
            (
                rest,
                "has not the length 1: divide by its norm at the end",
            ),
            (
                late,
                "is too short: subtract the part along q first and scale "
                "afterwards",
            ),
            (
                added / np.linalg.norm(added),
                "has the part along q doubled: subtract it, instead of "
                "adding it",
            ),
            (
                q * np.sign(q @ z),
                "is the part along q itself: that is what must go",
            ),
        ]:
            if _same(got, guess, tolerance):
                raise Wrong(f"{name.capitalize()} {advice}.")
        before = x - q * (q @ x)
        skipped = before / np.linalg.norm(before)
        if d > 2 and _same(got, skipped, tolerance):
            raise Wrong(
                f"{name.capitalize()} does not multiply by A: remove the "
                "part along q from A x, not from x."
            )
        expect_value(
            name,
            got,
            right,
            tolerance=tolerance,
            hint="z = A x, minus (q^T z) q, divided by its norm.",
        )
    _expect_cleaned(answer)


def _expect_cleaned(answer):
    """Raise Wrong if the part along q is removed before the product only."""
    q, x = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    A = np.array([[3.0, 0.25], [0.25, 2.0]])  # q is a bit off
    got = answer(A, q, x)
    if not _same(got, [0.0, 1.0], 1e-4):
        raise Wrong(
            "Where q is a little off, the result has a part along q: remove "
            "it from A x, after the product, not from x."
        )


@checker
def pagerank_step(answer):
    """damping M r + (1 - damping) / d; dead ends link everywhere."""
    rng = np.random.default_rng(3)
    for d, dead in [(4, False), (3, True), (1, True), (6, True), (5, False)]:
        links = (rng.random((d, d)) < 0.5).astype(float)
        links[(np.arange(d) + 1) % d, np.arange(d)] = 1.0
        links[0] = 1.0  # so that rows and columns differ
        if dead:
            links[:, -1] = 0.0
        r = rng.random(d) + 0.1
        r /= r.sum()
        for damping in (0.85, 0.5):
            given, kept = (links, r), (links.copy(), r.copy())
            with np.errstate(all="ignore"):
                got = answer(links, r, damping)
            _expect_something("pagerank_step", got)
            expect_kept(("links", "r"), given, kept)
            _expect_rank(got, links, r, damping)


def _expect_rank(got, links, r, damping):
    """Raise Wrong unless ``got`` is the PageRank step."""
    d = len(r)
    counts = links.sum(axis=0)
    name = f"the step for {d} pages"
    M = np.where(counts == 0, 1.0, links)
    M = M / M.sum(axis=0)
    right = damping * M @ r + (1 - damping) / d
    tolerance = _tolerance(got)
    dead = np.any(counts == 0)
    backward = np.where(links.sum(axis=1) == 0, 1.0, links.T)
    backward = backward / backward.sum(axis=0)
    if np.shape(got) == r.shape and not np.all(np.isfinite(got)):
        raise Wrong(
            f"{name.capitalize()} is not finite: a page without links has a "
            "column of zeros. Make it a column of ones before dividing."
        )
    with np.errstate(all="ignore"):
        by_rows = links / links.sum(axis=1, keepdims=True)
    kept = links / np.maximum(counts, 1)
    for guess, advice in [
        (
            damping * kept @ r + (1 - damping) / d,
            "loses the rank of the page without links: the sum is no longer "
            "1. Such a page shares its rank among all pages",
        ),
        (
            damping * M @ r + (1 - damping),
            "adds 1 - damping to each page: it is shared, so divide by d",
        ),
        (
            damping * M.T @ r + (1 - damping) / d,
            "uses the transpose of M: column j holds where page j links to, "
            "so rank flows along columns, M @ r",
        ),
        (
            damping * backward @ r + (1 - damping) / d,
            "reads the links the other way around: links[i, j] is 1 if page "
            "*j* links to page i, so page j has column j",
        ),
        (
            damping * by_rows @ r + (1 - damping) / d,
            "divides rows: page j shares its rank among the pages in its "
            "*column*, so divide by the sums over axis 0",
        ),
        (
            (1 - damping) * M @ r + damping / d,
            "has damping and 1 - damping exchanged",
        ),
        (
            damping * links @ r + (1 - damping) / d,
            "does not share: a page with several links gives each only a "
            "part of its rank, so divide each column by its sum",
        ),
        (
            M @ r,
            "has no damping: multiply by it, and add (1 - damping) / d",
        ),
    ]:
        if not _same(guess, right) and _same(got, guess, tolerance):
            raise Wrong(f"{name.capitalize()} {advice}.")
    hint = (
        "It must add up to 1."
        if not dead
        else ("A page without links shares its rank among all pages.")
    )
    expect_value(name, got, right, tolerance=tolerance, hint=hint)
