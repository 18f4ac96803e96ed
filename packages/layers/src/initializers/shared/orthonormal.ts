/**
 * Makes `count` vectors of `length` numbers, one after the other in `vectors`, orthonormal in place: from
 * each is taken what lies along those before, v −= (u·v)·u, and what is left is scaled to length 1
 * (Gram–Schmidt, modified). Twice for each vector, because the first pass leaves a rest as large as its
 * rounding (Giraud et al. 2005: twice is enough).
 *
 * Their matrix is then Q of a QR factorization whose R has a positive diagonal. count ≤ length, vectors
 * independent.
 */
export function orthonormalize(vectors: Float64Array, count: number, length: number): void {
  for (let i = 0; i < count; i++) {
    const v = vectors.subarray(i * length, (i + 1) * length);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const u = vectors.subarray(j * length, (j + 1) * length);
        const along = dot(u, v);
        for (let k = 0; k < length; k++) v[k] = v[k]! - along * u[k]!;
      }
    }
    const norm = Math.sqrt(dot(v, v));
    for (let k = 0; k < length; k++) v[k] = v[k]! / norm;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
