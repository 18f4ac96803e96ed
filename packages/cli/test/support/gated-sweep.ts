import { smallSweep, type BenchFolder } from "./bench-folder.ts";

/** Four trials of 20 epochs with 16 steps each, with a checkpoint every half minute. */
export const gatedSweep = smallSweep
  .replace("{ type: relu }", "{ type: ./gate.ts }")
  .replace("epochs: 8", "epochs: 20");
export const gatedTrial = gatedSweep.replace("repeats: 2\n", "").replace(/sweep:[^]*/, "");
/** Number of steps per trial. */
export const STEPS_PER_TRIAL = 20 * 16;

/** Returns the source of a layer that records each training step in a file and then executes `deed`. */
export function createStepLayer(deed: string): string {
  return `
import { appendFileSync, existsSync, statSync } from "node:fs";
export const gate = {
  type: "gate",
  description: "For a test.",
  options: { type: "object", properties: {} },
  plan: (_options, inputShape) => ({
    outputShape: inputShape,
    build: () => ({
      forward(x, pass) {
        if (pass.training) {
          appendFileSync("steps.txt", "x");
          ${deed}
        }
        return x;
      },
      backward: (dy) => dy,
    }),
  }),
};`;
}

/**
 * A layer that takes 0.25 s per step after three epochs, until the file "open" exists, so that no machine
 * finishes the trial before.
 */
export const gateLayer = createStepLayer(`if (pass.step >= 48 && !existsSync("open"))
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);`);

/** Returns a function that creates a folder with the gate layer. */
export function createFoldersWithGate(prepare: (spec: string) => BenchFolder) {
  return (spec: string): BenchFolder => {
    const folder = prepare(spec);
    folder.write("gate.ts", gateLayer);
    return folder;
  };
}

/** Returns a function that returns the files of an uninterrupted run with this gate layer. */
export function createUninterruptedRuns(prepare: (spec: string) => BenchFolder) {
  const known = new Map<string, Record<string, string>>();
  return async (spec: string, layer = gateLayer): Promise<Record<string, string>> => {
    const files = known.get(spec + layer);
    if (files !== undefined) return files;
    const folder = createFoldersWithGate(prepare)(spec);
    folder.write("gate.ts", layer);
    openGate(folder);
    const { code, err } = await folder.run();
    if (code !== 0 || !folder.read("results.csv").includes("completed")) throw new Error(err);
    known.set(spec + layer, folder.promisedFiles());
    return folder.promisedFiles();
  };
}

/** Opens the gate: from now on, training is fast. */
export function openGate(folder: BenchFolder): void {
  folder.write("open", "");
}
