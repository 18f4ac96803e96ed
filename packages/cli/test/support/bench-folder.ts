import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readJournal, collectTrialRecords } from "@nn/results";
import { execa } from "execa";
import { onTestFinished } from "vitest";

import { getCheckpointProgress, readCheckpoint } from "@nn/training";
import { cliPath, runProgram, unsetVariables, type Outcome } from "./program.ts";

/** Two learning rates × two seeds on the small data set, which take at most a second. */
export const smallSweep = `
name: small
repeats: 2
dataset: { type: mnist, validation: 100 }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 12 }
    - { type: relu }
    - { type: dropout, rate: 0.1 }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1, momentum: 0.9 }
training: { epochs: 8, batchSize: 32 }
sweep:
  sampler: { type: grid }
  parameters:
    optimizer.learningRate: [0.03, 0.1]
`;

/** A trial whose operations are large enough for several threads. */
export const smallConvolutions = `
name: small
dataset: { type: mnist, validation: 100 }
model:
  layers:
    - { type: conv2d, filters: 32, kernelSize: 3 }
    - { type: batch-norm }
    - { type: relu }
    - { type: max-pool2d, poolSize: 2 }
    - { type: conv2d, filters: 6, kernelSize: 5 }
    - { type: tanh }
    - { type: flatten }
    - { type: dense, units: 64 }
    - { type: dropout, rate: 0.2 }
    - { type: dense, units: 10 }
optimizer: { type: adam, learningRate: 0.003 }
training: { epochs: 1, batchSize: 64 }
`;

export interface Start {
  /** Whether the process has its own process group, which can be killed together. */
  readonly detached?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** A folder with the small data set, in which a test runs the program. */
export class BenchFolder {
  readonly path: string;

  /** Creates a folder that is removed when the test ends. */
  static forTest(data: string): BenchFolder {
    const folder = new BenchFolder(data);
    onTestFinished(() => folder.remove());
    return folder;
  }

  /** `data` is a folder that `writeSmallMnist` has written. It is copied. */
  constructor(data: string) {
    this.path = mkdtempSync(join(tmpdir(), "nn-runner-"));
    cpSync(data, join(this.path, "data"), { recursive: true });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  /**
   * Starts `experiment spec.yaml …` in a new process, with results in `results/` and data from `data/` of
   * this folder.
   */
  start(args: readonly string[] = [], options: Start = {}) {
    return this.startProgram(experiment(args), options);
  }

  /** Runs the same command to its end, in a reused process. */
  run(args: readonly string[] = [], options: Pick<Start, "env"> = {}): Promise<Outcome> {
    return this.runProgram(experiment(args), options);
  }

  startProgram(args: readonly string[], options: Start = {}) {
    return execa(process.execPath, [cliPath, ...args], {
      cwd: this.path,
      env: { ...unsetVariables, ...options.env },
      detached: options.detached ?? false,
      reject: false,
      // On a busy machine, a process may need a long time to end.
      forceKillAfterDelay: false,
    });
  }

  runProgram(args: readonly string[], options: Pick<Start, "env"> = {}): Promise<Outcome> {
    return runProgram(args, this.path, options.env);
  }

  /** Returns the only run directory of the experiment `name`. Throws Error if there are several or none. */
  runFolder(name = "small"): string {
    const folder = join(this.path, "results", name);
    const [fingerprint, ...others] = readdirSync(folder).filter((entry) => /^[0-9a-f]{12}$/.test(entry));
    if (fingerprint === undefined || others.length > 0) throw new Error(`expected one run in ${folder}`);
    return join(folder, fingerprint);
  }

  read(file: string, name = "small"): string {
    return readFileSync(join(this.runFolder(name), file), "utf8");
  }

  /** Returns the number of lines of the journal; 0 if there is none. */
  journalLines(name = "small"): number {
    try {
      return this.read("journal.jsonl", name).split("\n").length - 1;
    } catch {
      return 0;
    }
  }

  /** Returns the number of recorded epochs of a trial. */
  epochsOf(trial: number): number {
    if (this.journalLines() === 0) return 0;
    const { events } = readJournal(join(this.runFolder(), "journal.jsonl"));
    return collectTrialRecords(events).get(trial)?.history.length ?? 0;
  }

  /** Returns the progress of a trial's checkpoint: completed epochs, and images of the next epoch. */
  placeOf(trial: number): { readonly epoch: number; readonly seen: number } {
    return getCheckpointProgress(
      readCheckpoint(join(this.runFolder(), `trials/${trial}/checkpoint.safetensors`)),
    );
  }

  /** Returns all files whose bytes must be reproducible, by their path in the run directory, as base64. */
  promisedFiles(name = "small"): Record<string, string> {
    const folder = this.runFolder(name);
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (file) =>
        ["results.csv", "epochs.csv", "experiment.yaml"].includes(file) || /^trials\/\d+\/\w/.test(file),
    );
    return Object.fromEntries(
      files.sort().map((file) => [file, readFileSync(join(folder, file)).toString("base64")]),
    );
  }
}

function experiment(args: readonly string[]): string[] {
  return ["experiment", "spec.yaml", "--out", "results", "--data", "data", ...args];
}
