import { RunDirectoryError, type TrialRecord } from "@nn/results";
import { canonicalJson, type Trial } from "@nn/training";

/**
 * Throws RunDirectoryError if a recorded trial is not the one that the sampler proposes now. Its results
 * would be reported with values that it was not trained with. The samplers of this program propose the same
 * trials each time, but a custom sampler may import a file that has changed, or use other random numbers.
 */
export function checkRecordedTrials(trials: readonly Trial[], records: ReadonlyMap<number, Origin>): void {
  for (const trial of trials) {
    const record = records.get(trial.number);
    if (record === undefined) continue;
    const [recorded, proposed] = [describeTrial(record), describeTrial(trial)];
    if (recorded === proposed) continue;
    throw new RunDirectoryError(
      "corrupt",
      `Trial ${trial.number} was trained with ${recorded}, but the sampler now proposes ${proposed}. ` +
        "The sampler or a file that it imports has changed, or it uses random numbers other than those of its rng. " +
        "Undo the change to resume, or start over with --fresh.",
    );
  }
}

type Origin = Pick<TrialRecord, "seed" | "parameters" | "parent">;

function describeTrial({ seed, parameters, parent }: Origin): string {
  const values = Object.entries(parameters).map(([path, value]) => `${path}: ${canonicalJson(value)}`);
  const from = parent === undefined ? [] : [`the network of trial ${parent}`];
  return [...values.sort(), ...from, `seed ${seed}`].join(", ");
}
