/** What a configuration cost where it is compared with others. */
export interface Result {
  readonly configuration: number;
  readonly cost: number;
}

/** Puts a result where it belongs among results from best to worst, of equals the earlier configuration first. Returns its place. */
export function insertByCost(results: Result[], result: Result): number {
  let [low, high] = [0, results.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBetter(results[middle]!, result)) low = middle + 1;
    else high = middle;
  }
  results.splice(low, 0, result);
  return low;
}

function isBetter(a: Result, b: Result): boolean {
  return a.cost === b.cost ? a.configuration < b.configuration : a.cost < b.cost;
}
