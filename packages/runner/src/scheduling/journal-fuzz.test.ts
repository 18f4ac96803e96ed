import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadExperimentPlan, type LoadedExperiment } from "@nn/experiment";
import { RunDirectoryError, openRunDirectory, readResults, type RunDirectory } from "@nn/results";
import type { TrialAssignment, TrialReport, TrialOutcome } from "@nn/training";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { silentObserver } from "../testing/silent-observer.ts";
import { createSweepScheduler, runPendingTrials } from "../run-trials.ts";
import type { TrialExecutor } from "./trial-executor.ts";

/** Number of journals to test; CONTRIBUTING.md says how to test more. */
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 150);

const BASE = `
repeats: 2
dataset: { type: mnist, validation: 10000 }
model: { layers: [{ type: flatten }, { type: dense, units: 10 }] }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 4, batchSize: 100 }
sweep:
`;
const RATE = "optimizer.learningRate: { type: float, min: 0.01, max: 0.1, scale: log }";
const SWEEPS: Readonly<Record<string, string>> = {
  grid: "  sampler: { type: grid }\n  parameters: { optimizer.learningRate: [0.1, 0.2, 0.3] }",
  hyperband: `  sampler: { type: random, trials: 5 }\n  pruner: { type: hyperband, eta: 2 }\n  parameters: { ${RATE} }`,
  median: `  sampler: { type: sobol, trials: 4 }\n  pruner: { type: median, startup: 1 }\n  parameters: { ${RATE} }`,
  tpe: `  sampler: { type: tpe, trials: 6, startup: 2, generation: 2 }\n  parameters: { ${RATE} }`,
  budget: `  sampler: { type: random, trials: 5 }\n  budget: { target: 0.6 }\n  parameters: { ${RATE} }`,
  pbt: `  sampler: { type: pbt, population: 4, interval: 2 }\n  parameters: { ${RATE} }`,
};

/** A run without interruptions. */
interface Quiet {
  readonly loaded: LoadedExperiment;
  readonly journal: Buffer;
  readonly results: string;
  readonly epochs: string;
}

let folder: string;
const quiet: Quiet[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nn-journal-fuzz-"));
  for (const [name, sweep] of Object.entries(SWEEPS)) {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, `name: ${name}${BASE}${sweep}\n`);
    const loaded = await loadExperimentPlan(file);
    const directory = open(loaded);
    await finish(loaded, directory);
    quiet.push({ loaded, ...filesOf(directory) });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open({ experiment }: LoadedExperiment): RunDirectory {
  return openRunDirectory({
    folder: join(folder, experiment.name),
    fingerprint: experiment.fingerprint,
    name: experiment.name,
    sweptPaths: experiment.sweptPaths,
    withParents: experiment.continuesNetworks,
    files: { "experiment.yaml": "", "environment.json": "{}" },
  });
}

function filesOf({ path }: RunDirectory): { journal: Buffer; results: string; epochs: string } {
  return {
    journal: readFileSync(join(path, "journal.jsonl")),
    results: readFileSync(join(path, "results.csv"), "utf8"),
    epochs: readFileSync(join(path, "epochs.csv"), "utf8"),
  };
}

/**
 * A fake executor that reports all epochs at once. When trials are resumed, half of them have lost their
 * checkpoint.
 */
class FakeExecutor implements TrialExecutor {
  readonly #directory: RunDirectory;

  constructor(directory: RunDirectory) {
    this.#directory = directory;
  }

  async run(assignment: TrialAssignment, onReport: (report: TrialReport) => void): Promise<TrialOutcome> {
    const { trial, until, recorded } = assignment;
    const inherited = this.#directory.records.get(trial.parent ?? 0)?.epochs ?? 0;
    const last = Math.min(until, trial.until ?? trial.spec.training.epochs);
    const hasCheckpoint = recorded > inherited && trial.number % 2 === 0;
    const first = hasCheckpoint ? Math.min(recorded, last) : Math.min(inherited, last);
    if (first > 0) onReport({ kind: "resumed", epoch: first, seen: 0 });
    for (let epoch = first + 1; epoch <= last; epoch++) {
      const measures = {
        epoch,
        train: measure(trial.number, epoch),
        validation: measure(trial.number, epoch),
      };
      onReport({ kind: "epoch", epoch: { ...measures, seconds: 1, imagesPerSecond: 1 } });
    }
    const end = trial.until ?? trial.spec.training.epochs;
    const measured = measure(trial.number, last);
    return {
      status: last < end ? "paused" : "completed",
      epochs: last,
      bestEpoch: last,
      train: measured,
      validation: measured,
      test: measured,
      seconds: 1,
      kernels: "none",
    };
  }

  async end(): Promise<void> {}
}

/** Returns the metrics of a trial after an epoch. They differ between trials and epochs. */
function measure(trial: number, epoch: number): { loss: number; accuracy: number } {
  const accuracy = ((trial * 7919 + epoch * 104_729) % 1009) / 1009;
  return { loss: 1 - accuracy, accuracy };
}

/** Trains the remaining trials, as the command does, and closes the directory. */
async function finish(
  { experiment, next, fingerprintTrial }: LoadedExperiment,
  directory: RunDirectory,
): Promise<void> {
  try {
    const run = {
      experiment,
      next,
      fingerprintTrial,
      directory,
      dataFolder: folder,
      data: [],
      customFiles: new Map(),
      experimentFolder: folder,
      executors: [new FakeExecutor(directory), new FakeExecutor(directory)],
      threads: 1,
      checkpointSeconds: 30,
      maxFailures: 5,
      signal: new AbortController().signal,
    };
    await runPendingTrials(run, silentObserver);
    expect(createSweepScheduler(run, () => {}).isOver).toBe(true);
    directory.writeTables();
    readResults(join(directory.path, "results.csv"));
  } finally {
    directory.close();
  }
}

/** Damages the bytes of a journal. `other` is the journal of another run. */
type Damage = (journal: Buffer, other: Buffer) => Buffer;

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (share: number, length: number): number => Math.floor(share * length);
const linesOf = (journal: Buffer): string[] => journal.toString("latin1").split(/(?<=\n)/);
const joined = (lines: readonly string[]): Buffer => Buffer.from(lines.join(""), "latin1");

const cut: fc.Arbitrary<Damage> = place.map(
  (share) => (journal) => journal.subarray(0, at(share, journal.length + 1)),
);
const NUMBERS = '-1|0|1|2|1.5|1e308|99999|9007199254740993|-0|"NaN"|null|""|{}|[]|true'.split("|");
const TEXTS = [
  "\n",
  "\0".repeat(64),
  "{}\n",
  "null\n",
  '{"event":"run"}\n',
  '"__proto__":1,',
  "é",
  "\ufeff",
  "[",
];

const damages: fc.Arbitrary<Damage> = fc.oneof(
  cut,
  // Flips a bit.
  fc.tuple(place, fc.nat(7)).map(([share, bit]): Damage => (journal) => {
    const flipped = Buffer.from(journal);
    if (flipped.length > 0) flipped[at(share, flipped.length)]! ^= 1 << bit;
    return flipped;
  }),
  // Removes, repeats or moves a line.
  fc
    .tuple(place, place, fc.constantFrom("gone", "repeated", "moved"))
    .map(([from, to, what]): Damage => (journal) => {
      const lines = linesOf(journal);
      const line = lines[at(from, lines.length)] ?? "";
      if (what !== "repeated") lines.splice(at(from, lines.length), 1);
      if (what !== "gone") lines.splice(at(to, lines.length + 1), 0, line);
      return joined(lines);
    }),
  // Inserts or appends lines of another run.
  fc.tuple(place, place, place).map(([from, length, to]): Damage => (journal, other) => {
    const [lines, others] = [linesOf(journal), linesOf(other)];
    const start = at(from, others.length);
    lines.splice(at(to, lines.length + 1), 0, ...others.slice(start, start + 1 + at(length, 9)));
    return joined(lines);
  }),
  // Changes a number.
  fc.tuple(place, fc.constantFrom(...NUMBERS)).map(([share, number]): Damage => (journal) => {
    const parts = journal.toString("latin1").split(/(?<=[:,[])(-?\d[\d.e+-]*)/);
    const index = 1 + 2 * at(share, (parts.length - 1) / 2);
    if (parts[index] !== undefined) parts[index] = number;
    return joined(parts);
  }),
  // Inserts other text.
  fc.tuple(place, fc.nat(40), fc.constantFrom(...TEXTS)).map(([share, drop, text]): Damage => (journal) => {
    const index = at(share, journal.length + 1);
    return Buffer.concat([journal.subarray(0, index), Buffer.from(text), journal.subarray(index + drop)]);
  }),
);

/** Writes the journal and resumes the run from it. Returns the error if the journal is rejected. */
async function resumeFrom({ loaded }: Quiet, journal: Buffer): Promise<RunDirectoryError | undefined> {
  const path = join(folder, loaded.experiment.name, loaded.experiment.fingerprint);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "journal.jsonl"), journal);
  let directory: RunDirectory;
  try {
    directory = open(loaded);
  } catch (error) {
    if (error instanceof RunDirectoryError) return error;
    throw error;
  }
  await finish(loaded, directory);
  open(loaded).close();
  return undefined;
}

const LONG = { timeout: 60_000 + RUNS * 400 };
const which = fc.nat(Object.keys(SWEEPS).length - 1);

test(
  "any damaged journal is rejected with a clear message, or the run continues to its end",
  LONG,
  async () => {
    await fc.assert(
      fc.asyncProperty(
        which,
        which,
        fc.array(damages, { minLength: 1, maxLength: 3 }),
        async (own, other, all) => {
          const run = quiet[own]!;
          const damaged = all.reduce(
            (journal, damage) => damage(journal, quiet[other]!.journal),
            run.journal,
          );
          const refusal = await resumeFrom(run, damaged);
          // Passes if the journal was accepted, or if the message is clear.
          expect(refusal?.message ?? "--fresh").toMatch(/journal\.jsonl, line \d+: expected|--fresh/);
        },
      ),
      { numRuns: RUNS },
    );
  },
);

test(
  "after a journal is cut off at any byte, the run continues and writes the same tables",
  LONG,
  async () => {
    await fc.assert(
      fc.asyncProperty(which, cut, async (own, damage) => {
        const run = quiet[own]!;
        expect(await resumeFrom(run, damage(run.journal, run.journal))).toBeUndefined();
        const path = join(folder, run.loaded.experiment.name, run.loaded.experiment.fingerprint);
        expect(readFileSync(join(path, "results.csv"), "utf8")).toBe(run.results);
        expect(readFileSync(join(path, "epochs.csv"), "utf8")).toBe(run.epochs);
      }),
      { numRuns: Math.ceil(RUNS / 5) },
    );
  },
);
