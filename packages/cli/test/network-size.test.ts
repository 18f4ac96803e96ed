import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readResults } from "@nn/results";
import { expect, test } from "vitest";

import type { BenchFolder } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

const mlp = "[{ type: flatten }, { type: dense, units: 12 }, { type: relu }, { type: dense, units: 10 }]";
const cnn =
  "[{ type: conv2d, filters: 4, kernelSize: 3, padding: valid }, { type: relu }, { type: max-pool2d, " +
  "poolSize: 2 }, { type: flatten }, { type: dense, units: 10 }]";

/** Computed by hand, for images of 28 × 28. */
const ofMlp = { parameters: 784 * 12 + 12 + 12 * 10 + 10, multiplyAdds: 784 * 12 + 12 * 10 };
const ofCnn = {
  parameters: 9 * 4 + 4 + 13 * 13 * 4 * 10 + 10,
  multiplyAdds: 26 * 26 * 4 * 9 + 13 * 13 * 4 * 10,
};

const spec = (layers: string, sweep: string): string => `
name: small
dataset: { type: mnist, validation: 100 }
model: { layers: ${layers} }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 2, batchSize: 100 }
sweep:
  sampler: { type: grid }
${sweep}
`;

const sizesIn = (folder: BenchFolder) =>
  readResults(join(folder.runFolder(), "results.csv")).rows.map(({ status, network }) => [status, network]);

test("results.csv has the parameters and multiply-adds of each network", async () => {
  const folder = prepare(
    spec(mlp, `  parameters: { model.layers: { type: choice, values: [${mlp}, ${cnn}] } }`),
  );
  expect((await folder.run()).code).toBe(0);
  expect(sizesIn(folder)).toEqual([
    ["completed", ofMlp],
    ["completed", ofCnn],
  ]);
  expect(folder.read("results.csv")).toContain(",bestEpoch,parameters,multiplyAdds,train.loss,");
});

test("results.csv has them also for trials that diverge, are pruned, or fail", async () => {
  const failing = `
import { defineLayer } from "@nn/layers";
import { Type } from "typebox";
export default defineLayer({
  type: "failing",
  description: "Fails where it is asked to.",
  options: Type.Object({ fails: Type.Boolean() }),
  plan: ({ fails }, shape) => ({
    outputShape: shape,
    build: () => ({
      forward(x) { if (fails) throw new Error("it fails"); return x; },
      backward: (dy) => dy,
    }),
  }),
});
`;
  const layers = `[{ type: ./failing.ts, fails: false }, ${mlp.slice(1)}`;
  const pruner = "  pruner: { type: threshold, from: 1, below: 0.99 }\n";
  const sweep =
    "  parameters: { optimizer.learningRate: [0.0001, 1e30], 'model.layers[0].fails': [false, true] }";
  const folder = prepare(spec(layers, pruner + sweep));
  folder.write("failing.ts", failing);
  expect((await folder.run()).code).toBe(1);
  expect(sizesIn(folder)).toEqual([
    ["pruned", ofMlp],
    ["failed", ofMlp],
    ["diverged", ofMlp],
    ["failed", ofMlp],
  ]);
});

test("a journal of an older version is read, and trials that are reused from it have them", async () => {
  const rates = (...list: number[]): string =>
    `  parameters: { optimizer.learningRate: [${list.join(", ")}] }`;
  const folder = prepare(spec(mlp, rates(0.03, 0.1)));
  expect((await folder.run()).code).toBe(0);
  const path = join(folder.runFolder(), "journal.jsonl");
  const whole = readFileSync(path, "utf8");
  const older = whole.replaceAll(/,"network":\{[^}]*\}/g, "");
  expect(older).not.toBe(whole);
  writeFileSync(path, older);
  expect(await folder.run()).toMatchObject({ code: 0, err: "" });
  expect(sizesIn(folder)).toEqual([
    ["completed", undefined],
    ["completed", undefined],
  ]);

  folder.write("spec.yaml", spec(mlp, rates(0.03, 0.05, 0.1)));
  const { code, out } = await folder.run();
  expect(code).toBe(0);
  expect(out).toContain("2 of 3 trials are reused");
  const runs = join(folder.path, "results", "small");
  const sizes = readdirSync(runs)
    .filter((name) => /^[0-9a-f]{12}$/.test(name))
    .map((name) => readResults(join(runs, name, "results.csv")).rows.map(({ network }) => network));
  expect(sizes).toContainEqual([ofMlp, ofMlp, ofMlp]);
});
