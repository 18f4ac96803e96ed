import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readJournal, trialsOf } from "@nn/results";
import { execa } from "execa";
import { onTestFinished } from "vitest";

import { progressOf, readCheckpoint } from "@nn/training";
import { cli, runProgram, unset, type Outcome } from "./program.ts";

/** Two learning rates × two seeds on the small data set: a second or less. */
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
  /** In a process group of its own, which can be killed as a whole. */
  readonly detached?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** A folder with the small data set in it, where the real program is run. */
export class BenchFolder {
  readonly path: string;

  /** One that is removed when the test ends. */
  static forTest(data: string): BenchFolder {
    const folder = new BenchFolder(data);
    onTestFinished(() => folder.remove());
    return folder;
  }

  /** `data`: a folder that `writeSmallMnist` has written; this one gets a copy. */
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
   * `experiment spec.yaml …` with results in `results/` and data from `data/` of this folder, in a process of
   * its own.
   */
  start(args: readonly string[] = [], options: Start = {}) {
    return this.startProgram(experiment(args), options);
  }

  /** The same to its end, in a process that has run other commands before. */
  run(args: readonly string[] = [], options: Pick<Start, "env"> = {}): Promise<Outcome> {
    return this.runProgram(experiment(args), options);
  }

  startProgram(args: readonly string[], options: Start = {}) {
    return execa(process.execPath, [cli, ...args], {
      cwd: this.path,
      env: { ...unset, ...options.env },
      detached: options.detached ?? false,
      reject: false,
      // A process that is asked to end may take the time that a busy machine needs.
      forceKillAfterDelay: false,
    });
  }

  runProgram(args: readonly string[], options: Pick<Start, "env"> = {}): Promise<Outcome> {
    return runProgram(args, this.path, options.env);
  }

  /** The one run directory of the experiment `name`. */
  runFolder(name = "small"): string {
    const folder = join(this.path, "results", name);
    const [fingerprint, ...others] = readdirSync(folder).filter((entry) => /^[0-9a-f]{12}$/.test(entry));
    if (fingerprint === undefined || others.length > 0) throw new Error(`expected one run in ${folder}`);
    return join(folder, fingerprint);
  }

  read(file: string, name = "small"): string {
    return readFileSync(join(this.runFolder(name), file), "utf8");
  }

  /** How many lines the journal has; 0 while there is none. */
  journalLines(name = "small"): number {
    try {
      return this.read("journal.jsonl", name).split("\n").length - 1;
    } catch {
      return 0;
    }
  }

  /** How many epochs of the trial are recorded. */
  epochsOf(trial: number): number {
    if (this.journalLines() === 0) return 0;
    const { events } = readJournal(join(this.runFolder(), "journal.jsonl"));
    return trialsOf(events).get(trial)?.history.length ?? 0;
  }

  /** Where the trial's checkpoint is: epochs that are done, and images of the next. */
  placeOf(trial: number): { readonly epoch: number; readonly seen: number } {
    return progressOf(readCheckpoint(join(this.runFolder(), `trials/${trial}/checkpoint.safetensors`)));
  }

  /** Every file whose bytes are promised, by its path in the run directory. */
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
