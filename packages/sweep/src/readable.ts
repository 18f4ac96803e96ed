/** Enough to tell trials apart, few enough to read and to type. */
const significantDigits = 6;

/**
 * The value with six significant digits, or with more where six would change it by more than is allowed or not `fit`.
 * `toPrecision` is exact by the language's definition.
 */
export function readable(
  value: number,
  allowed: number,
  fits: (rounded: number) => boolean = () => true,
): number {
  for (let digits = significantDigits; digits < 17; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (fits(rounded) && Math.abs(rounded - value) <= allowed) return rounded;
  }
  return value;
}
