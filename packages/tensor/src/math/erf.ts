import { exp } from "./exp.ts";

/**
 * Returns the error function, 2/√π · ∫₀ˣ e^−t² dt. The normal distribution function is Φ(x) = (1 + erf(x/√2))
 * / 2. Accepts any x; erf(±0) = ±0, erf(±∞) = ±1, erf(NaN) = NaN. The error is below 1.2 ulp.
 *
 * For 0 ≤ x < 1, erf x = x + x·p(x²). For x ≥ 1, erf x = 1 − e^−x²·q(t) with t = (x − K) / (x + K), which
 * maps the long tail to a short interval (Shepherd & Laframboise 1981). For negative x, erf x = −erf(−x).
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  // From |x| = 6 on, the result is ±1. NaN stays NaN.
  const near = size > 6 ? 6 : size;
  const result =
    near < 1
      ? near + near * polynomial(P, near * near)
      : 1 - exp(-near * near) * polynomial(Q, (near - K) / (near + K));
  const signed = x < 0 ? -result : result;
  return x === 0 ? x : signed; // keeps the sign of −0
}

/** Returns c₀ + c₁·z + c₂·z² + …, by Horner's method. */
function polynomial(coefficients: readonly number[], z: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * z + coefficients[i]!;
  return sum;
}

const K = 3.75;

// P interpolates erf(x)/x − 1 in powers of x² for 0 ≤ x ≤ 1; Q interpolates erfc(x)·e^x² in powers of t for 1
// ≤ x ≤ 6, both at Chebyshev nodes. golden/coefficients.py prints these numbers. The errors of P and Q are
// below 2⁻⁶² and 2⁻⁵⁸.
const P: readonly number[] = [
  0.1283791670955126, -0.3761263890318375, 0.11283791670954878, -0.02686617064507674, 0.0052239776248174784,
  -0.0008548326980801447, 0.00012055331110409494, -1.4925595235970651e-5, 1.6460999970345427e-6,
  -1.6350307065234626e-7, 1.4659736155673959e-8, -1.1372693191126323e-9, 5.956905633653031e-11,
];
const Q: readonly number[] = [
  0.14558972127503853, -0.27342193149542643, 0.2260080669166224, -0.16357189552393808, 0.10260431203203912,
  -0.05480232669388165, 0.024143223983468007, -0.008220621180507561, 0.0018029620508574445,
  -2.5535448945846046e-5, -0.00015245718332927927, 4.79107314889752e-5, 3.560667697695621e-6,
  -6.300262984335928e-6, 6.208144801289063e-7, 7.131731255239265e-7,
];
