import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { BenchFolder } from "./support/bench-folder.ts";
import { waitUntil } from "./support/processes.ts";
import { isRedisInstalled, RedisServer } from "./support/redis-server.ts";
import { startWorker, redisOptions } from "./support/remote.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

/** A custom part of each kind. Some are nested in others. */
const trial = `
name: small
dataset: { type: mnist, validation: 100 }
augment: [{ type: ./custom/fade.ts, max: 0.3 }, { type: shift, pixels: 1 }]
model:
  initializer: { type: ./custom/small.ts, bound: 0.2 }
  layers:
    - { type: flatten }
    - { type: residual, layers: [{ type: ./layers/swish.ts, beta: 1.5 }] }
    - { type: dense, units: 12, initializer: { type: ./custom/small.ts } }
    - { type: ./layers/swish.ts }
    - { type: dense, units: 10 }
loss: { type: ./losses/brier.ts }
optimizer: { type: ./optimizers/my-adam.ts, learningRate: 0.01 }
schedule: { type: ./custom/halving.ts, every: 2 }
evaluation: { views: 2, augment: [{ type: ./custom/fade.ts }] }
training: { epochs: 4, batchSize: 32 }
`;

const sweep = `${trial}
sweep:
  sampler: { type: ./custom/best-neighbour.ts, trials: 4 }
  pruner: { type: ./custom/hopeless.ts, bound: -0.2, after: 2 }
  parameters:
    optimizer:
      - { type: ./optimizers/my-adam.ts, learningRate: { type: float, min: 0.001, max: 0.1 } }
      - { type: sgd, learningRate: 0.000001 }
    loss.type: [./losses/brier.ts, cross-entropy]
`;

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Creates a folder with the files of the parts, in which no package is installed. */
function prepareCustom(text: string): BenchFolder {
  const folder = prepare(text);
  cpSync(pathOf("./custom"), join(folder.path, "custom"), { recursive: true });
  for (const kind of ["layers", "losses", "optimizers"]) {
    cpSync(pathOf(`../../../experiments/${kind}`), join(folder.path, kind), { recursive: true });
  }
  return folder;
}

test("a killed trial resumes from the state of its custom parts, with the same bytes", async () => {
  const text = trial.replace("epochs: 4", "epochs: 12");
  const whole = prepareCustom(text);
  expect((await whole.run()).code).toBe(0);

  const folder = prepareCustom(text);
  const run = folder.start(["--checkpoint-every", "0"], { detached: true });
  await waitUntil(run, () => folder.epochsOf(1) >= 3);
  process.kill(-run.pid!, "SIGKILL");
  await run;
  expect(folder.epochsOf(1)).toBeLessThan(12);
  const { code, err } = await folder.run();
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(folder.promisedFiles()).toEqual(whole.promisedFiles());
  // The learning rate of the last epochs is a small fraction of the first one.
  expect(folder.read("epochs.csv").trim().split("\n")).toHaveLength(13);
});

test("the message of an error in training contains the file and line of the part that throws", async () => {
  const folder = prepareCustom(trial);
  folder.write(
    "custom/halving.ts",
    `import { defineSchedule } from "@nn/layers";
import { Type } from "typebox";
export const broken = defineSchedule({
  type: "broken",
  description: "Throws.",
  options: Type.Object({ every: Type.Integer({ description: "Epochs." }) }),
  build: () => ({
    factor: (step) => {
      if (step > 20) throw new RangeError("no factor today");
      return 1;
    },
  }),
});
`,
  );
  const { code, out, err } = await folder.run();
  expect(code).toBe(1);
  expect(out + err).toContain("RangeError: no factor today (custom/halving.ts:9:28, schedule)");
});

/** A sweep of two learning rates with the pruner or the sampler `./part.ts`. */
const smallSweep = (sampler: string, pruner = ""): string => `
name: small
dataset: { type: mnist, validation: 100 }
model: { layers: [{ type: flatten }, { type: dense, units: 10 }] }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 2, batchSize: 128 }
sweep:
  sampler: { type: ${sampler} }
  ${pruner}
  parameters: { optimizer.learningRate: [0.1, 0.2] }
`;

/** Returns the source of a custom part of the package `from`, with these functions. */
const partSource = (maker: string, from: string, functions: string): string => `
import { ${maker} } from "${from}";
import { Type } from "typebox";
export const part = ${maker}({ type: "part", description: "For a test.", options: Type.Object({}), ${functions} });
`;

/** A trial with the layer `./part.ts` as `model.layers[2]`, and the source of such a layer with this plan. */
const layerTrial = `
name: small
dataset: { type: mnist, validation: 100 }
model: { layers: [{ type: flatten }, { type: dense, units: 10 }, { type: ./part.ts }] }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 1, batchSize: 128 }
`;
const layerSource = (plan: string): string =>
  partSource("defineLayer", "@nn/layers", `plan: (_options, shape) => ({ outputShape: shape, ${plan} })`);

test("a layer that throws something other than an error is named, with its file", async () => {
  const folder = prepare(layerTrial);
  const build = (forward: string): string =>
    layerSource(`build: () => ({ forward(x) { ${forward} }, backward: (dy) => dy })`);
  folder.write("part.ts", build('throw "no luck";'));
  const { code, out, err } = await folder.run();
  expect(code).toBe(1);
  expect(out + err).toContain(
    'model.layers[2] (part.ts), part: its function "forward" must throw an Error, but threw "no luck".',
  );
  // A timer has no stack that would name the part.
  folder.write("part.ts", build("setTimeout(() => { throw null; }); return x;"));
  const second = await folder.run();
  expect(second.out + second.err).toContain("null was thrown, which is not an Error");
});

test("a layer whose plan is invalid is an error of the experiment", async () => {
  const folder = prepare(layerTrial);
  folder.write("part.ts", layerSource("buffers: { x: 3 }, build: () => ({})"));
  const { code, err } = await folder.run();
  expect(code).toBe(2);
  expect(err).toContain("model.layers[2]");
  expect(err).toContain('the buffer "x" of its plan must be an object with shape and initialization, got 3');
});

test("a pruner that never decides ends the run, and is named", async () => {
  const folder = prepare(smallSweep("grid", "pruner: { type: ./part.ts }"));
  const create = "() => ({ rungs: () => [1], report: () => [], end: () => [] })";
  folder.write("part.ts", partSource("definePruner", "@nn/sweep", `check: () => [], create: ${create}`));
  const { code, err } = await folder.run();
  expect(code).toBe(1);
  expect(err).toBe(
    'error: the pruner ./part.ts cannot be used: its functions "report" and "end" must return a decision on ' +
      "every configuration that waits, but returned none on configuration 0 after epoch 1 and 1 more, and all " +
      "others have ended",
  );
});

test("a sampler that proposes nothing is an error of the experiment", async () => {
  const folder = prepare(smallSweep("./part.ts"));
  folder.write("part.ts", partSource("defineSampler", "@nn/sweep", "check: () => [], propose: () => []"));
  const { code, err } = await folder.run();
  expect(code).toBe(2);
  expect(err).toContain("the sampler ./part.ts cannot be used: at least one combination was expected");
});

test("a sampler that proposes another trial than the recorded one is refused, and the results stay", async () => {
  const folder = prepare(smallSweep("./part.ts"));
  const rate = `Number(readFileSync(${JSON.stringify(join(folder.path, "rate.txt"))}, "utf8"))`;
  const propose = `check: () => [], propose: () => [{ "optimizer.learningRate": ${rate} }]`;
  const source = partSource("defineSampler", "@nn/sweep", propose);
  folder.write("part.ts", `import { readFileSync } from "node:fs";${source}`);
  folder.write("rate.txt", "0.1");
  expect((await folder.run()).code).toBe(0);
  const before = folder.read("results.csv");
  folder.write("rate.txt", "0.2");
  const { code, out, err } = await folder.run();
  expect(code).toBe(1);
  expect(err).toContain(
    "Trial 1 was trained with optimizer.learningRate: 0.1, seed 1, but the sampler now proposes " +
      "optimizer.learningRate: 0.2, seed 1.",
  );
  expect(out).not.toContain("0.2");
  expect(folder.read("results.csv")).toBe(before);
  folder.write("rate.txt", "0.1");
  expect((await folder.run()).code).toBe(0);
});

test("work of a custom part that fails after its function has returned fails the trial, with the part", async () => {
  const folder = prepare(`${smallSweep("grid")}loss: { type: ./part.ts }\n`);
  const build = `(_options, { backend, batchSize, outputShape }) => {
    const gradients = new Batch(backend, batchSize, outputShape);
    let gradient;
    return {
      forward(outputs) {
        gradient = gradients.rows(outputs.shape[0]);
        void Promise.reject(new Error("too late"));
        return 1;
      },
      backward: () => gradient,
    };
  }`;
  const source = partSource("defineLoss", "@nn/layers", `check: () => {}, build: ${build}`);
  folder.write("part.ts", `import { Batch } from "@nn/tensor";\n${source}`);
  const { code, out, err } = await folder.run();
  expect(code).toBe(1);
  expect(out + err).toContain("failed: Error: too late (part.ts:");
  expect(out + err).not.toContain("worker process");
});

test("the schema contains the options of a custom part of each kind", async () => {
  const folder = prepareCustom(sweep);
  const { code } = await folder.runProgram(["schema", "spec.yaml"]);
  expect(code).toBe(0);
  const schema = readFileSync(join(folder.path, "spec.schema.json"), "utf8");
  for (const path of ["./custom/fade.ts", "./custom/small.ts", "./custom/halving.ts", "./custom/hopeless.ts"])
    expect(schema).toContain(`{"const":"${path}"}`);
  for (const path of ["./custom/best-neighbour.ts", "./optimizers/my-adam.ts", "./losses/brier.ts"])
    expect(schema).toContain(`{"const":"${path}"}`);
  expect(schema).toContain("Number of epochs between halvings.");
});

describe.skipIf(!isRedisInstalled)("through redis-server (skipped if it is not installed):", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());

  test("workers with the same files train custom parts with the same bytes; others end", async () => {
    const alone = prepareCustom(sweep);
    expect((await alone.run()).code).toBe(0);
    // The custom pruner stops a trial.
    expect(alone.read("results.csv")).toMatch(/pruned/);
    expect(alone.read("results.csv")).toMatch(/completed/);

    const folder = prepareCustom(sweep);
    const other = prepareCustom(sweep);
    other.write("custom/small.ts", "// nothing\n");
    // A worker finds the file of the run on the same machine. So this worker runs in another folder, in which
    // that file is not allowed.
    const elsewhere = startWorker(other, server.url);
    const run = folder.start(redisOptions(server.url));
    await waitUntil(elsewhere.ended, () =>
      elsewhere.said().includes("neither in this project nor in the folder"),
    );
    await elsewhere.ended;
    const worker = startWorker(folder, server.url);
    const { exitCode, stderr } = await run;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(folder.promisedFiles()).toEqual(alone.promisedFiles());
    expect(folder.runFolder().split("/").at(-1)).toBe(alone.runFolder().split("/").at(-1));
    worker.signal("SIGINT");
    await worker.ended;
  });
});

test("evaluate needs no custom part that only the training needs", async () => {
  const text = trial.replace("epochs: 4", "epochs: 1").replace("./losses/brier.ts", "mean-squared-error");
  const folder = prepareCustom(text);
  expect((await folder.run()).code).toBe(0);
  const evaluate = () => folder.startProgram(["evaluate", folder.runFolder(), "--data", "data", "--json"]);
  const whole = await evaluate();
  for (const name of ["optimizers", "custom/halving.ts"])
    rmSync(join(folder.path, name), { recursive: true, force: true });
  expect(await evaluate()).toMatchObject({ exitCode: 0, stderr: "", stdout: whole.stdout });
});
