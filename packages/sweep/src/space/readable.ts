/** Enough to tell trials apart, few enough to read and to type. */
const significantDigits = 6;

/**
 * The value with six significant digits, rounded to the other side where the nearest does not `fit`; with
 * more where six would change it by more than is allowed or neither fits. `toPrecision` is exact by the
 * language's definition.
 */
export function readable(
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

/** The number with so many digits next to `rounded`, on the other side of the value. */
function neighbour(rounded: number, digits: number, value: number): number {
  const last = Number(`1e${Number(rounded.toExponential().split("e")[1]) - digits + 1}`);
  return Number((rounded > value ? rounded - last : rounded + last).toPrecision(digits));
}
