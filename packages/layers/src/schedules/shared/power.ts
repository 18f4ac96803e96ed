import { exp, log } from "@nn/tensor";

/**
 * Returns base^exponent for an integer exponent of at least 0. Uses a running product, because the last bits
 * of Math.pow differ between engines.
 */
export function integerPower(base: number, exponent: number): number {
  let product = 1;
  for (let i = 0; i < exponent; i++) product *= base;
  return product;
}

/** Returns base^exponent for a base of at least 0 and an exponent of at least 0. */
export function power(base: number, exponent: number): number {
  return Number.isInteger(exponent) ? integerPower(base, exponent) : exp(exponent * log(base));
}
