/** Enough digits to distinguish trials, but few enough to read and type. */
const significantDigits = 6;

/**
 * Rounds a value to six significant digits: to the nearest number or, if `fits` rejects that, to the next
 * number on the other side of the value. Uses more digits if `fits` rejects both or the change would exceed
 * `allowed`. `toPrecision` is exact by the definition of the language.
 */
export function roundToReadable(
  value: number,
  allowed: number,
  fits: (rounded: number) => boolean = () => true,
): number {
  for (let digits = significantDigits; digits < 17; digits++) {
    const nearest = Number(value.toPrecision(digits));
    for (const rounded of [nearest, neighbour(nearest, digits, value)]) {
      if (fits(rounded) && Math.abs(rounded - value) <= allowed) return rounded;
    }
  }
  return value;
}

/** Returns the number with this many digits next to `rounded`, on the other side of the value. */
function neighbour(rounded: number, digits: number, value: number): number {
  const last = Number(`1e${Number(rounded.toExponential().split("e")[1]) - digits + 1}`);
  return Number((rounded > value ? rounded - last : rounded + last).toPrecision(digits));
}
