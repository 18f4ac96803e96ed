// Adjustment for multiple comparisons. Without it, one of twenty pairs of equal configurations differs
// significantly at the 5 % level by chance.

/**
 * Returns the adjusted p-values of Holm (1979), in the order given. Comparisons with an adjusted p-value of
 * at most α contain a false one with a probability of at most α, whatever their dependence. The i-th smallest
 * of m p-values is multiplied by m − i + 1, limited to 1, and raised to the adjusted value before it. Throws
 * RangeError if a p-value is outside 0 to 1.
 */
export function adjustHolm(pValues: readonly number[]): number[] {
  const wrong = pValues.findIndex((p) => !(p >= 0 && p <= 1));
  if (wrong !== -1)
    throw new RangeError(`holm: pValues[${wrong}] must be between 0 and 1, got ${pValues[wrong]}.`);
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = pValues.map(() => 1);
  let before = 0;
  for (const [rank, { p, index }] of ascending.entries()) {
    before = Math.max(before, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = before;
  }
  return adjusted;
}
