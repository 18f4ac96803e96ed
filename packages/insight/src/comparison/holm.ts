// Adjustment for multiple comparisons. Without it, on average one of twenty pairs of equal configurations
// differs significantly at the 5 % level.

/**
 * Returns the adjusted p-values of Holm (1979), in the order of `pValues`. If adjusted p-values of at most α
 * count as significant, the probability of any false positive is at most α. This holds for dependent
 * comparisons as well. The i-th smallest of m p-values is multiplied by m − i + 1 and limited to 1. It is at
 * least the previous adjusted p-value. Throws RangeError if a p-value is outside 0 to 1.
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
