import { countTrials, type Experiment } from "@nn/experiment";
import type { StoppedTrial } from "@nn/runner";

/** Returns `Stopped in epoch 9 of 40; run the same command to resume.` */
export function formatStoppedTrials(experiment: Experiment, stopped: readonly StoppedTrial[]): string[] {
  if (stopped.length === 0) return [];
  const isOnly = countTrials(experiment) === 1;
  const places = stopped.map(({ trial, epoch }) => {
    const { epochs } = trial.spec.training;
    const place =
      epoch < epochs ? `in epoch ${epoch + 1} of ${epochs}` : `after epoch ${epochs} of ${epochs}`;
    return isOnly ? place : `trial ${trial.number} ${place}`;
  });
  return [`Stopped ${places.join(", ")}; run the same command to resume.`];
}
