import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Experiment } from "./experiment.ts";
import { loadExperiment, loadExperimentPlan } from "./load-experiment.ts";

const SMALL = `
name: small
dataset: { type: mnist }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 32 }
    - { type: relu }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 2 }
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nn-load-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

async function load(text: string, ...set: string[]): Promise<Experiment> {
  return loadExperiment(write("experiment.yaml", text), { set });
}

describe("an omitted key", () => {
  test("is filled in from the schemas of the catalogs", async () => {
    const { seed, repeats, metric, goal, trials } = await load(SMALL);

    expect({ seed, repeats, metric, goal }).toEqual({
      seed: 1,
      repeats: 1,
      metric: "validation.accuracy",
      goal: "maximize",
    });
    expect(trials).toEqual([
      {
        number: 1,
        seed: 1,
        configuration: 0,
        parameters: {},
        spec: {
          dataset: { type: "mnist", validation: 10000, normalize: false },
          model: {
            initializer: { type: "he", distribution: "normal" },
            layers: [
              { type: "flatten" },
              { type: "dense", units: 32, bias: true },
              { type: "relu" },
              { type: "dense", units: 10, bias: true },
            ],
          },
          loss: { type: "cross-entropy", labelSmoothing: 0 },
          optimizer: { type: "sgd", learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
          schedule: { type: "constant", warmup: { epochs: 0, steps: 0, from: 0 } },
          training: { epochs: 2, batchSize: 100, shuffle: true },
        },
      },
    ]);
  });

  test("a sweep that ranks by a loss minimizes it", async () => {
    const sweep =
      "sweep: { sampler: { type: grid }, metric: train.loss, parameters: { training.epochs: [1, 2] } }\n";
    expect((await load(SMALL + sweep)).goal).toBe("minimize");
  });
});

describe("extends", () => {
  test("merges maps, replaces lists, and replaces a block of another type as a whole", async () => {
    write("base.yaml", SMALL);
    const { trials, name, description } = await load(`
extends: ./base.yaml
name: child
description: An own text
model: { layers: [{ type: flatten }, { type: dense, units: 10 }] }
optimizer: { type: adam }
training: { batchSize: 50 }
`);
    expect([name, description]).toEqual(["child", "An own text"]);
    const { model, optimizer, training } = trials[0]!.spec;
    expect(model.layers.map(({ type }) => type)).toEqual(["flatten", "dense"]);
    expect(optimizer).toMatchObject({ type: "adam", learningRate: 0.001 });
    expect(optimizer).not.toHaveProperty("momentum");
    expect(training).toEqual({ epochs: 2, batchSize: 50, shuffle: true });
  });

  test("inherits everything but the description", async () => {
    write("base.yaml", `${SMALL}description: Of the base\n`);
    const { description, fingerprint } = await load("extends: ./base.yaml\n");
    expect(description).toBe("");
    expect(fingerprint).toBe((await load(SMALL)).fingerprint);
  });

  test("follows several files, each path relative to the file that contains it", async () => {
    write("deep/er/base.yaml", SMALL);
    write("deep/middle.yaml", "extends: er/base.yaml\nseed: 7\n");
    const { seed, name } = await load("extends: deep/middle.yaml\nname: leaf\n");
    expect([seed, name]).toEqual([7, "leaf"]);
  });

  test("a byte order mark and Windows line ends do not matter", async () => {
    const plain = await load(SMALL);
    const windows = await load(`\uFEFF${SMALL.replaceAll("\n", "\r\n")}`);
    expect(windows.fingerprint).toBe(plain.fingerprint);
  });
});

describe("--set", () => {
  test("sets values of every kind, whether or not the key exists", async () => {
    const { trials, name } = await load(
      SMALL,
      "name=other",
      "training.shuffle=false",
      "model.layers[1].units=64",
      "model.layers[2]={ type: leaky-relu, slope: 0.2 }",
      "optimizer.learningRate=1e-3",
    );
    const { model, optimizer, training } = trials[0]!.spec;
    expect(name).toBe("other");
    expect(training.shuffle).toBe(false);
    expect(model.layers[1]).toMatchObject({ units: 64 });
    expect(model.layers[2]).toEqual({ type: "leaky-relu", slope: 0.2 });
    expect(optimizer["learningRate"]).toBe(0.001);
  });

  test("a type replaces the whole block, whatever the order of the arguments", async () => {
    const one = await load(SMALL, "optimizer.type=adam", "optimizer.learningRate=0.5");
    const other = await load(SMALL, "optimizer.learningRate=0.5", "optimizer.type=adam");
    expect(one.trials[0]!.spec.optimizer).toMatchObject({ type: "adam", learningRate: 0.5 });
    expect(one.trials[0]!.spec.optimizer).not.toHaveProperty("momentum");
    expect(other.fingerprint).toBe(one.fingerprint);
  });

  test("a type changes the block of an earlier assignment, and options of the earlier type are replaced", async () => {
    const changed = await load(SMALL, "optimizer={ type: sgd, learningRate: 0.1 }", "optimizer.type=adam");
    expect(changed.trials[0]!.spec.optimizer).toMatchObject({ type: "adam", learningRate: 0.001 });
    const layers =
      "[{ type: flatten }, { type: dense, units: 3 }, { type: relu }, { type: dense, units: 10 }]";
    const { trials } = await load(SMALL, `model.layers=${layers}`, "model.layers[2].type=tanh");
    expect(trials[0]!.spec.model.layers[2]).toEqual({ type: "tanh" });
    const noisy = await load(SMALL, "augment=[{ type: noise }]", "augment[0].type=shift");
    expect(noisy.trials[0]!.spec.augment).toMatchObject([{ type: "shift" }]);
  });

  test("the last of several types wins, and a later block replaces it", async () => {
    const types = await load(
      SMALL,
      "optimizer.type=adam",
      "optimizer.learningRate=0.5",
      "optimizer.type=lion",
    );
    expect(types.trials[0]!.spec.optimizer).toMatchObject({ type: "lion", learningRate: 0.5 });
    const block = await load(SMALL, "optimizer.type=adam", "optimizer={ type: sgd, momentum: 0.5 }");
    expect(block.trials[0]!.spec.optimizer).toMatchObject({ type: "sgd", momentum: 0.5 });
  });

  test("reaches a swept path by its name in quotes", async () => {
    const sweep = "sweep: { sampler: { type: grid }, parameters: { optimizer.learningRate: [1, 2] } }\n";
    const { trials } = await load(SMALL + sweep, 'sweep.parameters["optimizer.learningRate"]=[1, 2, 3]');
    expect(trials).toHaveLength(3);
  });
});

describe("trials", () => {
  const sweep = (parameters: string, sampler = "{ type: grid }"): string =>
    `${SMALL}repeats: 2\nseed: 5\nsweep:\n  sampler: ${sampler}\n  parameters:\n${parameters}`;

  test("each configuration is followed by its repeats, with consecutive seeds", async () => {
    const { trials, sweptPaths } = await load(
      sweep("    optimizer.learningRate: [0.1, 0.2]\n    model.layers[1].units: [8, 16]\n"),
    );
    expect(sweptPaths).toEqual(["optimizer.learningRate", "model.layers[1].units"]);
    expect(trials.map(({ number, seed, configuration }) => [number, seed, configuration])).toEqual([
      [1, 5, 0],
      [2, 6, 0],
      [3, 5, 1],
      [4, 6, 1],
      [5, 5, 2],
      [6, 6, 2],
      [7, 5, 3],
      [8, 6, 3],
    ]);
    expect(trials[2]).toMatchObject({
      parameters: { "optimizer.learningRate": 0.1, "model.layers[1].units": 16 },
      spec: { optimizer: { learningRate: 0.1 }, model: { layers: [{}, { units: 16 }, {}, {}] } },
    });
  });

  test("a swept block gets the defaults of its own type; options that only have defaults can be swept", async () => {
    const { trials } = await load(
      sweep(
        "    optimizer: [{ type: sgd, momentum: 0.5 }, { type: adam }]\n    " +
          "model.initializer.distribution: [uniform]\n",
      ),
    );
    expect(trials[0]!.spec.optimizer).toMatchObject({ type: "sgd", momentum: 0.5, learningRate: 0.01 });
    expect(trials[2]!.spec.optimizer).toMatchObject({ type: "adam", beta1: 0.9 });
    expect(trials[0]!.spec.model.initializer).toEqual({ type: "he", distribution: "uniform" });
  });

  test("a swept type drops the defaults of the type that it replaces", async () => {
    const { trials } = await load(sweep("    optimizer.type: [sgd, adam]\n"));
    expect(trials[2]!.spec.optimizer).toMatchObject({ type: "adam", learningRate: 0.1 });
    expect(trials[2]!.spec.optimizer).not.toHaveProperty("momentum");
  });

  test("random proposals depend only on the seed", async () => {
    const text = sweep(
      "    optimizer.learningRate: { type: float, min: 0.01, max: 1, scale: log }\n",
      "{ type: random, trials: 3 }",
    );
    const rates = (experiment: Experiment): unknown[] =>
      experiment.trials.map(({ parameters }) => parameters);
    const first = rates(await load(text));
    expect(rates(await load(text.replace("name: small", "name: again")))).toEqual(first);
    expect(rates(await load(text, "seed=6"))).not.toEqual(first);
  });
});

describe("the fingerprint", () => {
  const fingerprint = async (text: string): Promise<string> => (await load(text)).fingerprint;

  test("is the same for equivalent files", async () => {
    const first = await fingerprint(SMALL);
    expect(first).toMatch(/^[0-9a-f]{12}$/);
    expect(await fingerprint(`# a comment\ndescription: Other words\nseed: 1\n${SMALL}`)).toBe(first);
    expect(await fingerprint(SMALL.replace("learningRate: 0.1", "momentum: 0, learningRate: 1e-1"))).toBe(
      first,
    );
  });

  test("does not depend on the minutes of a sweep's budget", async () => {
    const sweep = (budget: string): string =>
      `${SMALL}sweep: { sampler: { type: grid }, ${budget} parameters: { optimizer.momentum: [0, 0.5] } }\n`;
    expect(await fingerprint(sweep("budget: { minutes: 3 },"))).toBe(await fingerprint(sweep("")));
    const withTarget = await fingerprint(sweep("budget: { minutes: 3, target: 0.9 },"));
    expect(withTarget).toBe(await fingerprint(sweep("budget: { target: 0.9 },")));
    expect(withTarget).not.toBe(await fingerprint(sweep("")));
  });

  test("differs for anything that can change a result", async () => {
    const swept = (paths: string): string =>
      `${SMALL}sweep: { sampler: { type: grid }, parameters: { ${paths} } }\n`;
    const texts = [
      SMALL,
      `${SMALL}seed: 2\n`,
      `${SMALL}repeats: 2\n`,
      SMALL.replace("units: 32", "units: 33"),
      swept("training.epochs: [1, 2], optimizer.momentum: [0, 0.5]"),
      swept("optimizer.momentum: [0, 0.5], training.epochs: [1, 2]"),
    ];
    const all = await Promise.all(texts.map((text, index) => loadExperiment(write(`${index}.yaml`, text))));
    expect(new Set(all.map((experiment) => experiment.fingerprint)).size).toBe(texts.length);
  });
});

describe("a custom layer", () => {
  const layers = join(import.meta.dirname, "../test/specs/layers");

  test("is found relative to the file that names it, and named relative to the experiment file", async () => {
    cpSync(join(layers, "scale.ts"), join(folder, "parts/layers/scale.ts"));
    write("parts/base.yaml", SMALL.replace("type: relu", "type: ./layers/scale.ts"));
    const file = write("own.yaml", "extends: parts/base.yaml\nname: own\n");
    const { experiment, plan } = await loadExperimentPlan(file);

    expect(experiment.trials[0]!.spec.model.layers[2]).toEqual({
      type: "./parts/layers/scale.ts",
      factor: 1,
    });
    expect(plan.layers[2]).toMatchObject({ type: "scale", outputShape: [32] });
  });

  test("its file is part of the fingerprint", async () => {
    const source = readFileSync(join(layers, "scale.ts"), "utf8");
    write("one/scale.ts", source);
    write("two/scale.ts", source.replace("A layer for tests.", "A layer for texts."));
    const text = SMALL.replace("type: relu", "type: ./scale.ts");
    const one = await loadExperiment(write("one/own.yaml", text));
    const two = await loadExperiment(write("two/own.yaml", text));
    expect(two.resolved).toEqual(one.resolved);
    expect(two.fingerprint).not.toBe(one.fingerprint);
  });

  test("can be swept together with layers of the catalog", async () => {
    cpSync(join(layers, "scale.ts"), join(folder, "layers/scale.ts"));
    const { trials } = await load(
      `${SMALL}sweep:\n  sampler: { type: grid }\n  parameters:\n    model.layers[2]: [{ type: relu }, { ` +
        "type: ./layers/scale.ts, factor: 3 }]\n",
    );
    expect(trials[1]!.spec.model.layers[2]).toEqual({ type: "./layers/scale.ts", factor: 3 });
  });
});
