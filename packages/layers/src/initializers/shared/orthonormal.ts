/**
 * Makes `count` vectors of `length` numbers orthonormal in place by modified Gram–Schmidt. `vectors` holds
 * them one after the other. For each vector v it subtracts the projections on the earlier vectors, v −=
 * (u·v)·u, then scales v to length 1. It subtracts twice, because the first pass leaves rounding errors
 * (Giraud et al. 2005: twice is enough).
 *
 * The result is Q of a QR factorization whose R has a positive diagonal. Requires count ≤ length and linearly
 * independent vectors.
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
