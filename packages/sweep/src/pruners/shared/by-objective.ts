/** A configuration and its objective at the rung where it is compared with others. */
export interface ConfigurationResult {
  readonly configuration: number;
  readonly objective: number;
}

/**
 * Inserts a result into `results`, which are sorted from best to worst. Among equal objectives, the earlier
 * configuration comes first. Returns the index of the new result.
 */
export function insertByObjective(results: ConfigurationResult[], result: ConfigurationResult): number {
  let [low, high] = [0, results.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBetter(results[middle]!, result)) low = middle + 1;
    else high = middle;
  }
  results.splice(low, 0, result);
  return low;
}

function isBetter(a: ConfigurationResult, b: ConfigurationResult): boolean {
  return a.objective === b.objective ? a.configuration < b.configuration : a.objective < b.objective;
}
