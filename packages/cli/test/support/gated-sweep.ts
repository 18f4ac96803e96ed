import { smallSweep, type BenchFolder } from "./bench-folder.ts";

/** Four trials of 20 epochs with 16 steps each, whose checkpoints would be half a minute apart. */
export const gatedSweep = smallSweep
  .replace("{ type: relu }", "{ type: ./gate.ts }")
  .replace("epochs: 8", "epochs: 20");
export const gatedTrial = gatedSweep.replace("repeats: 2\n", "").replace(/sweep:[^]*/, "");
/** Of each trial. */
export const STEPS = 20 * 16;

/** A layer that writes down each step of training and then does `deed`. */
export function layerThat(deed: string): string {
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
 * After three epochs it takes a quarter of a second a step, unless the file "open" is there: no machine gets
 * to the end meanwhile.
 */
export const gate = layerThat(`if (pass.step >= 48 && !existsSync("open"))
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);`);

/** Gives what makes a folder with such a sweep, by what makes one with any. */
export function withGate(prepare: (spec: string) => BenchFolder) {
  return (spec: string): BenchFolder => {
    const folder = prepare(spec);
    folder.write("gate.ts", gate);
    return folder;
  };
}

/** Gives what a run that nobody stops leaves. */
export function undisturbedRuns(prepare: (spec: string) => BenchFolder) {
  const known = new Map<string, Record<string, string>>();
  return async (spec: string): Promise<Record<string, string>> => {
    const files = known.get(spec);
    if (files !== undefined) return files;
    const folder = withGate(prepare)(spec);
    open(folder);
    const { code, err } = await folder.run();
    if (code !== 0 || !folder.read("results.csv").includes("completed")) throw new Error(err);
    known.set(spec, folder.promisedFiles());
    return folder.promisedFiles();
  };
}

/** From here on training is fast. */
export function open(folder: BenchFolder): void {
  folder.write("open", "");
}
