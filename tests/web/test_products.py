"""The matrix products of live pages: those of NumPy, but quicker."""

import subprocess

from node import node_program
from site_pages import ROOT
from test_live import live, text_of, with_python  # noqa: F401

SOURCE = ROOT / "web/live/matmul.ts"

COMPARE = """
import itertools
import numpy as np

rng = np.random.default_rng(0)

def laid_out(shape, how, dtype):
    \"\"\"Random whole numbers, whose products have no rounding.\"\"\"
    values = rng.integers(-9, 10, shape).astype(dtype)
    if how == "columns":
        return np.asfortranarray(values)
    if how == "wide":
        wide = np.zeros((*shape[:-1], 2 * shape[-1] + 1), dtype)
        wide[..., 1::2] = values
        return wide[..., 1::2]
    if how == "backward":
        return np.ascontiguousarray(values[..., ::-1, ::-1])[..., ::-1, ::-1]
    return values

def expected(a, b):
    return np.einsum("...ij,...jk->...ik", a, b)

layouts = "rows", "columns", "wide", "backward"
columns = 0, 1, 3, 4, 8, 13
sizes = itertools.product((0, 1, 3, 4, 9), (0, 1, 2, 7, 16), columns)
count = 0
for (m, n, p), dtype in itertools.product(sizes, ("float32", "float64")):
    for left, right in itertools.product(layouts, layouts):
        a, b = laid_out((m, n), left, dtype), laid_out((n, p), right, dtype)
        product = a @ b
        assert product.dtype == dtype and product.shape == (m, p)
        assert np.array_equal(product, expected(a, b)), (m, n, p, left, right)
        out = laid_out((m, p), left, dtype)
        assert np.matmul(a, b, out) is out and np.array_equal(out, product)
        assert np.array_equal(a.dot(b), product)
        if m and n and p:
            assert np.array_equal(a @ b[:, 0], product[:, 0])
            assert np.array_equal(a[0] @ b, product[0])
            assert a[0] @ b[:, 0] == product[0, 0]
        count += 1
stack = laid_out((5, 3, 4, 6), "rows", "float64")
other = laid_out((3, 6, 2), "columns", "float64")
assert np.array_equal(stack @ other, expected(stack, other))
square = laid_out((9, 9), "rows", "float64")
twice = square @ square
assert np.array_equal(np.matmul(square, square, out=square), twice)
lone = np.broadcast_to(laid_out((1, 5), "rows", "float64"), (4, 5))
assert np.array_equal(lone @ lone.T, expected(lone, lone.T))
bytes_ = np.zeros(8 * 36 + 1, "uint8")[1:]
askew = bytes_.view("float64").reshape(6, 6)
askew[:] = laid_out((6, 6), "rows", "float64")
assert not askew.flags.aligned
assert np.array_equal(askew @ askew, expected(askew, askew))
assert np.isnan((np.full((4, 4), np.nan) @ np.zeros((4, 4)))).all()
assert np.isposinf(np.full((4, 4), np.inf) @ np.ones((4, 4))).all()
x, y = rng.normal(size=(2, 60, 60))
assert np.allclose(x @ y, expected(x, y), rtol=1e-12, atol=1e-12)
print(count, "products are right")
"""

TIMES = """
import time
import numpy as np

def seconds(dtype):
    a = np.ones((128, 128), dtype)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(20):
            a @ a
        times.append(time.perf_counter() - start)
    return min(times)

print("plain loops take", seconds("int32") / seconds("float32"), "times it")
"""

REFUSED = """
import numpy as np
for call in (
    lambda: np.ones((2, 3)).dot(np.ones((2, 3))),
    lambda: np.ones((2, 3)) @ np.ones((2, 3)),
    lambda: np.eye(2).dot(np.eye(2), np.eye(2, dtype="float32")),
    lambda: np.eye(2).dot(np.eye(2), np.empty((3, 2, 2))),
):
    try:
        call()
    except ValueError as error:
        print(error)
print(np.ones((2, 3)).dot([1, 1, 1]), np.eye(2, dtype=int).dot([4, 5]))
"""


def test_program_is_compiled_from_its_source(tmp_path):
    """What browsers run is what stands there to be read."""
    compiled = tmp_path / "matmul.wasm"
    asc = ["node_modules/assemblyscript/bin/asc.js", "--config"]
    subprocess.run(
        [node_program(), *asc, "web/asconfig.json", "-o", str(compiled)],
        cwd=ROOT,
        check=True,
    )
    assert compiled.read_bytes() == SOURCE.with_suffix(".wasm").read_bytes()


def test_products_are_right(live):  # noqa: F811
    page, *_ = live
    assert "4800 products are right" in text_of(page, COMPARE)


def test_products_are_quick(live):  # noqa: F811
    """Of integers they are NumPy's own, many times slower."""
    page, *_ = live
    said = text_of(page, TIMES)
    assert float(said.split()[3]) > 3, said


def test_what_cannot_be_multiplied_is_refused_as_ever(live):  # noqa: F811
    page, *_ = live
    said = text_of(page, REFUSED)
    assert "shapes (2,3) and (2,3) not aligned" in said
    assert "matmul: Input operand 1 has a mismatch" in said
    assert said.count("output array is not acceptable") == 2
    assert "[3. 3.] [4 5]" in said
