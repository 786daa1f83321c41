/**
 * Matrix products for NumPy in the browser, where it has no BLAS: the inner
 * loops of np.matmul, several times as fast as its own.
 *
 * Compiled by AssemblyScript into matmul.wasm, beside this file:
 *
 *     npx asc --config web/asconfig.json
 *
 * The arguments are those of each inner loop of a NumPy ufunc: `args`, the
 * addresses of the factors a, b and of the product c; `sizes`, how many
 * products there are, and m, n, p: a is (m, n), b is (n, p); `steps`, how many
 * bytes lie between one a, b, c and the next, and then between the neighbors
 * in a column and in a row of each.
 */

export function float64(args: usize, sizes: usize, steps: usize, _data: usize): void {
  products<f64>(args, sizes, steps);
}

export function float32(args: usize, sizes: usize, steps: usize, _data: usize): void {
  products<f32>(args, sizes, steps);
}

/** Entry k of a list of C's integers. */
// @ts-ignore: decorator
@inline
function item(list: usize, k: i32): i32 {
  return load<i32>(list + (k << 2));
}

// @ts-ignore: decorator
@inline
function products<T>(args: usize, sizes: usize, steps: usize): void {
  let a: usize = item(args, 0), b: usize = item(args, 1), c: usize = item(args, 2);
  const count = item(sizes, 0), m = item(sizes, 1), n = item(sizes, 2), p = item(sizes, 3);
  const am = item(steps, 3), an = item(steps, 4);
  const bn = item(steps, 5), bp = item(steps, 6);
  const cm = item(steps, 7), cp = item(steps, 8);
  const size: i32 = sizeof<T>();
  // (along a length of 1 NumPy's step is 0: then one of the later ways is taken, and right)
  for (let k = 0; k < count; k++) {
    if (bp == size && cp == size) byRows<T>(a, b, c, m, n, p, am, an, bn, cm);
    else if (an == size && bn == size) byDots<T>(a, b, c, m, n, p, am, bp, cm, cp);
    else plain<T>(a, b, c, m, n, p, am, an, bn, bp, cm, cp);
    a += item(steps, 0);
    b += item(steps, 1);
    c += item(steps, 2);
  }
}

/** The rows of b and c lie in one piece: four rows of c at once, two vectors of each. */
// @ts-ignore: decorator
@inline
function byRows<T>(a: usize, b: usize, c: usize, m: i32, n: i32, p: i32, am: i32, an: i32, bn: i32, cm: i32): void {
  const size: i32 = sizeof<T>();
  const wide = 32 / size; // numbers in two vectors
  let j = 0;
  for (; j + wide <= p; j += wide) {
    let i = 0;
    for (; i + 4 <= m; i += 4) {
      let c00 = v128.splat<T>(0), c01 = v128.splat<T>(0);
      let c10 = v128.splat<T>(0), c11 = v128.splat<T>(0);
      let c20 = v128.splat<T>(0), c21 = v128.splat<T>(0);
      let c30 = v128.splat<T>(0), c31 = v128.splat<T>(0);
      let x: usize = a + i * am, y: usize = b + j * size;
      for (let k = 0; k < n; k++) {
        const b0 = v128.load(y), b1 = v128.load(y, 16);
        let s = v128.splat<T>(load<T>(x));
        c00 = v128.add<T>(c00, v128.mul<T>(s, b0));
        c01 = v128.add<T>(c01, v128.mul<T>(s, b1));
        s = v128.splat<T>(load<T>(x + am));
        c10 = v128.add<T>(c10, v128.mul<T>(s, b0));
        c11 = v128.add<T>(c11, v128.mul<T>(s, b1));
        s = v128.splat<T>(load<T>(x + 2 * am));
        c20 = v128.add<T>(c20, v128.mul<T>(s, b0));
        c21 = v128.add<T>(c21, v128.mul<T>(s, b1));
        s = v128.splat<T>(load<T>(x + 3 * am));
        c30 = v128.add<T>(c30, v128.mul<T>(s, b0));
        c31 = v128.add<T>(c31, v128.mul<T>(s, b1));
        x += an;
        y += bn;
      }
      let z: usize = c + i * cm + j * size;
      v128.store(z, c00); v128.store(z, c01, 16);
      z += cm;
      v128.store(z, c10); v128.store(z, c11, 16);
      z += cm;
      v128.store(z, c20); v128.store(z, c21, 16);
      z += cm;
      v128.store(z, c30); v128.store(z, c31, 16);
    }
    for (; i < m; i++) {
      let c0 = v128.splat<T>(0), c1 = v128.splat<T>(0);
      let x: usize = a + i * am, y: usize = b + j * size;
      for (let k = 0; k < n; k++) {
        const s = v128.splat<T>(load<T>(x));
        c0 = v128.add<T>(c0, v128.mul<T>(s, v128.load(y)));
        c1 = v128.add<T>(c1, v128.mul<T>(s, v128.load(y, 16)));
        x += an;
        y += bn;
      }
      const z: usize = c + i * cm + j * size;
      v128.store(z, c0); v128.store(z, c1, 16);
    }
  }
  if (j < p) plain<T>(a, b + j * size, c + j * size, m, n, p - j, am, an, bn, size, cm, size);
}

/** The rows of a and the columns of b lie in one piece: four dot products at once. */
// @ts-ignore: decorator
@inline
function byDots<T>(a: usize, b: usize, c: usize, m: i32, n: i32, p: i32, am: i32, bp: i32, cm: i32, cp: i32): void {
  const size: i32 = sizeof<T>();
  const bytes = (n * size) & ~15; // what fills vectors
  for (let i = 0; i < m; i++) {
    const x: usize = a + i * am;
    let y: usize = b, z: usize = c + i * cm;
    let j = 0;
    for (; j + 4 <= p; j += 4) {
      let s0 = v128.splat<T>(0), s1 = v128.splat<T>(0), s2 = v128.splat<T>(0), s3 = v128.splat<T>(0);
      const y1: usize = y + bp, y2: usize = y1 + bp, y3: usize = y2 + bp;
      for (let k = 0; k < bytes; k += 16) {
        const v = v128.load(x + k);
        s0 = v128.add<T>(s0, v128.mul<T>(v, v128.load(y + k)));
        s1 = v128.add<T>(s1, v128.mul<T>(v, v128.load(y1 + k)));
        s2 = v128.add<T>(s2, v128.mul<T>(v, v128.load(y2 + k)));
        s3 = v128.add<T>(s3, v128.mul<T>(v, v128.load(y3 + k)));
      }
      let t0 = sum<T>(s0), t1 = sum<T>(s1), t2 = sum<T>(s2), t3 = sum<T>(s3);
      for (let k = bytes; k < n * size; k += size) {
        const v = load<T>(x + k);
        t0 += v * load<T>(y + k);
        t1 += v * load<T>(y1 + k);
        t2 += v * load<T>(y2 + k);
        t3 += v * load<T>(y3 + k);
      }
      store<T>(z, t0); store<T>(z + cp, t1); store<T>(z + 2 * cp, t2); store<T>(z + 3 * cp, t3);
      y += 4 * bp;
      z += 4 * cp;
    }
    for (; j < p; j++) {
      let s = v128.splat<T>(0);
      for (let k = 0; k < bytes; k += 16) s = v128.add<T>(s, v128.mul<T>(v128.load(x + k), v128.load(y + k)));
      let t = sum<T>(s);
      for (let k = bytes; k < n * size; k += size) t += load<T>(x + k) * load<T>(y + k);
      store<T>(z, t);
      y += bp;
      z += cp;
    }
  }
}

/** The sum of the numbers in a vector. */
// @ts-ignore: decorator
@inline
function sum<T>(v: v128): T {
  let s = v128.extract_lane<T>(v, 0) + v128.extract_lane<T>(v, 1);
  if (sizeof<T>() == 4) s += v128.extract_lane<T>(v, 2) + v128.extract_lane<T>(v, 3);
  return s;
}

/** However the matrices lie in memory. */
// @ts-ignore: decorator
@inline
function plain<T>(
  a: usize, b: usize, c: usize, m: i32, n: i32, p: i32, am: i32, an: i32, bn: i32, bp: i32, cm: i32, cp: i32,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < p; j++) {
      let x: usize = a + i * am, y: usize = b + j * bp;
      let s: T = 0;
      for (let k = 0; k < n; k++) {
        s += load<T>(x) * load<T>(y);
        x += an;
        y += bn;
      }
      store<T>(c + i * cm + j * cp, s);
    }
  }
}
