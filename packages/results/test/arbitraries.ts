import fc from "fast-check";
import { endStatuses, type JournalEvent, type Metrics, type ParameterValue } from "../src/events.ts";

// JSON and CSV both write −0 as 0.
export const anyNumber: fc.Arbitrary<number> = fc.double().map((value) => (value === 0 ? 0 : value));
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));

const share = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => (value === 0 ? 0 : value));

export const metrics: fc.Arbitrary<Metrics> = fc.record({ loss: anyNumber, accuracy: share });

export const parameterValue: fc.Arbitrary<ParameterValue> = fc.oneof(
  finite,
  fc.string({ unit: "binary" }),
  fc.constantFrom("", " ", "\r", "a\r\nb", 'say "a, b"', "NaN", "\uFEFF"),
  fc.boolean(),
  fc.constant(null),
  fc.record({ type: fc.string(), rate: finite, layers: fc.array(fc.integer()) }),
);

export const sweptPath = fc.oneof(
  fc.constantFrom("optimizer.learningRate", "model.layers[1].units", "status", "seed", "parent", "__proto__"),
  fc.string({ minLength: 1, unit: "binary" }),
);

const optionalMetrics = fc.option(metrics, { nil: undefined });

/**
 * Generates the events of one trial in the order in which a run writes them. The trial may be killed before
 * its end.
 */
function trialEvents(trial: number, sweptPaths: readonly string[]): fc.Arbitrary<JournalEvent[]> {
  const epochValues = fc.record({
    train: metrics,
    validation: optionalMetrics,
    seconds: fc.double({ min: 0, max: 1e6, noNaN: true }),
    imagesPerSecond: anyNumber,
  });
  return fc
    .record({
      seed: fc.nat(),
      // Never a recorded trial, because its epochs would precede these.
      parent: fc.option(fc.integer({ min: 6, max: 9 }), { nil: undefined }),
      worker: fc.oneof(fc.nat(), fc.string()),
      training: fc.option(fc.string(), { nil: undefined }),
      planned: fc.option(fc.nat(), { nil: undefined }),
      network: fc.option(fc.record({ parameters: fc.nat(), multiplyAdds: fc.nat() }), { nil: undefined }),
      values: fc.tuple(...sweptPaths.map(() => parameterValue)),
      epochs: fc.array(epochValues, { maxLength: 4 }),
      status: fc.constantFrom("killed" as const, ...endStatuses),
      bestEpoch: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
      reason: fc.option(fc.string(), { nil: undefined }),
      train: optionalMetrics,
      validation: optionalMetrics,
      test: optionalMetrics,
      seconds: anyNumber,
    })
    .map(({ seed, parent, worker, training, planned, network, values, epochs, status, ...outcome }) => {
      const parameters = Object.fromEntries(sweptPaths.map((path, index) => [path, values[index]!]));
      const started = { trial, seed, parameters, parent, worker, training, planned, network };
      const events: JournalEvent[] = [{ event: "trial-started", ...started }];
      for (const [index, epoch] of epochs.entries()) {
        events.push({ event: "epoch", trial, epoch: index + 1, ...epoch });
      }
      // A trial whose losses are not finite has diverged.
      const isFinite = [outcome.train, outcome.validation, outcome.test].every(
        (each) => each === undefined || Number.isFinite(each.loss),
      );
      const end = status === "completed" && !isFinite ? "diverged" : status;
      if (end !== "killed")
        events.push({ event: "trial-ended", trial, status: end, epochs: epochs.length, ...outcome });
      return events;
    });
}

/** Generates the events of a journal, including trials that were killed or failed and then retried. */
export function generateJournalEvents(sweptPaths: readonly string[]): fc.Arbitrary<JournalEvent[]> {
  const run: JournalEvent = { event: "run", format: 1, fingerprint: "0123456789ab", name: "näme" };
  const data: JournalEvent = { event: "data", name: "mnist", source: "a folder", sha256: "ab12" };
  const trial = fc.integer({ min: 1, max: 5 }).chain((number) => trialEvents(number, sweptPaths));
  const end = fc.record({
    event: fc.constant("sweep-ended" as const),
    after: fc.integer({ min: 1, max: 6 }),
    reason: fc.string(),
  });
  return fc
    .tuple(fc.array(trial, { maxLength: 8 }), fc.array(end, { maxLength: 1 }))
    .map(([trials, ends]) => trials.flat().concat(ends).toSpliced(0, 0, run, data));
}
