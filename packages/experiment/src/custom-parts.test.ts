import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createPruner } from "@nn/sweep";
import { afterAll, beforeEach, describe, expect, test } from "vitest";

import { customizableCatalogs, type CatalogName } from "./catalogs.ts";
import { loadExperiment, loadExperimentPlan } from "./load-experiment.ts";

// These tests apply to custom parts of every kind. A new kind without an entry here does not compile.

const root = mkdtempSync(join(tmpdir(), "nn-custom-parts-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folder: string;
let count = 0;
beforeEach(() => {
  folder = join(root, `${count++}`);
  mkdirSync(folder);
});

function write(file: string, text: string): string {
  const path = join(folder, file);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** The package that defines a kind, and the functions of a minimal part. */
const kinds: Readonly<Record<CatalogName, readonly [from: string, functions: string]>> = {
  layers: [
    "@nn/layers",
    `plan: (_options, shape) => ({
    outputShape: shape,
    build: () => ({ forward: (x) => x, backward: (dy) => dy }),
  })`,
  ],
  losses: ["@nn/layers", "check: () => {}, build: () => ({ forward: () => 0, backward: () => null })"],
  optimizers: ["@nn/layers", "check: () => {}, build: () => ({ state: [], step: () => {} })"],
  schedules: ["@nn/layers", "build: () => ({ factor: () => 1 })"],
  initializers: ["@nn/layers", "fill: () => {}"],
  augmentations: ["@nn/mnist", "plan: () => ({ transformPixels: () => {} })"],
  samplers: ["@nn/sweep", "check: () => [], propose: (domains) => [{ 'training.epochs': 2 }]"],
  pruners: [
    "@nn/sweep",
    "check: () => [], create: () => ({ rungs: () => [], report: () => [], end: () => [] })",
  ],
};

function source(name: CatalogName, functions = kinds[name][1]): string {
  const { defineFunction } = customizableCatalogs[name].kind;
  return `import { ${defineFunction} } from "${kinds[name][0]}";
import { Type } from "typebox";
export const part = ${defineFunction}({
  type: "mine",
  description: "A part for a test.",
  options: Type.Object({ size: Type.Number({ default: 1, minimum: 0, description: "A number." }) }),
  ${functions},
});
`;
}

/** Returns an experiment with that block at the key for its kind. */
function spec(name: CatalogName | undefined, block = "{ type: ./part.ts }"): string {
  const at = (place: CatalogName, usual: string): string => (place === name ? block : usual);
  const isSwept = name === "samplers" || name === "pruners";
  return `name: custom
dataset: { type: mnist }
augment:
  - ${at("augmentations", "{ type: shift }")}
model:
  initializer: ${at("initializers", "{ type: he }")}
  layers:
    - { type: flatten }
    - ${at("layers", "{ type: relu }")}
    - { type: dense, units: 10 }
loss: ${at("losses", "{ type: cross-entropy }")}
optimizer: ${at("optimizers", "{ type: sgd }")}
schedule: ${at("schedules", "{ type: constant }")}
training: { epochs: 3 }
${
  isSwept
    ? `sweep:
  sampler: ${at("samplers", "{ type: grid }")}
  ${name === "pruners" ? `pruner: ${block}` : ""}
  parameters:
    ${name === "pruners" ? "optimizer.learningRate: [0.1, 0.2]" : "training.epochs: [1, 2]"}
`
    : ""
}`;
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof Error ? error.message.replaceAll(`${folder}/`, "") : "nothing was wrong";
}

const names = Object.keys(kinds).filter((name): name is CatalogName =>
  Object.hasOwn(customizableCatalogs, name),
);

test("every kind is tested", () => {
  expect(names.sort()).toEqual(Object.keys(customizableCatalogs).sort());
});

describe.each(names)("custom %s", (name) => {
  const { noun, defineFunction } = customizableCatalogs[name].kind;

  test("are loaded with their defaults, and the fingerprint depends on the bytes of the file", async () => {
    write("part.ts", source(name));
    const file = write("spec.yaml", spec(name));
    const first = await loadExperimentPlan(file);
    expect(JSON.stringify(first.experiment.resolved)).toContain(`{"type":"./part.ts","size":1}`);
    expect([...first.customFiles.keys()]).toEqual(["./part.ts"]);
    write("part.ts", `${source(name)}// changed\n`);
    const second = await loadExperiment(file);
    expect(second.fingerprint).not.toBe(first.experiment.fingerprint);
    write("part.ts", source(name));
    expect((await loadExperiment(file)).fingerprint).toBe(first.experiment.fingerprint);
  });

  test("are checked by their schema, with the line in the experiment", async () => {
    write("part.ts", source(name));
    const file = write("spec.yaml", spec(name, "{ type: ./part.ts, sise: 2 }"));
    const message = await messageOf(loadExperiment(file));
    expect(message).toMatch(/^spec\.yaml:\d+:\d+: unknown key "sise" in .* \(\.\/part\.ts\)/);
    expect(message).toContain('did you mean "size"?');
    write("spec.yaml", spec(name, "{ type: ./part.ts, size: -2 }"));
    expect(await messageOf(loadExperiment(file))).toMatch(/size cannot be -2/);
  });

  test("of another kind are rejected where they are named", async () => {
    const other = name === "schedules" ? "initializers" : "schedules";
    write("part.ts", source(other));
    const file = write("spec.yaml", spec(name));
    const message = await messageOf(loadExperiment(file));
    const an = other === "schedules" ? "a schedule" : "an initializer";
    expect(message).toMatch(
      new RegExp(
        `^spec\\.yaml:\\d+:\\d+: the ${noun} \\./part\\.ts cannot be used: it exports ${an}, and no ${noun}`,
      ),
    );
    expect(message).toContain(`expected a file that exports one ${noun}, made by ${defineFunction}({ … })`);
  });

  test("that throw while loading are reported at the line of their file", async () => {
    write("part.ts", `${source(name)}\nthrow new Error("not today");\n`);
    const message = await messageOf(loadExperiment(write("spec.yaml", spec(name))));
    const line = source(name).split("\n").length + 1;
    expect(message).toMatch(new RegExp(`^part\\.ts:${line}:7: the .* cannot be used: .*not today`));
    expect(message).toMatch(/use another .* at spec\.yaml:\d+:\d+/);
  });

  test("that do not exist are reported with the files that do", async () => {
    write("prat.ts", source(name));
    const message = await messageOf(loadExperiment(write("spec.yaml", spec(name))));
    expect(message).toContain('did you mean "./prat.ts"?');
  });

  test("are suggested if only the path is missing", async () => {
    write(`${name}/mine.ts`, source(name));
    const message = await messageOf(loadExperiment(write("spec.yaml", spec(name, "{ type: mine }"))));
    expect(message).toContain(`did you mean "./${name}/mine.ts"?`);
  });

  test("may be named by an extended file, relative to that file", async () => {
    write("base/part.ts", source(name));
    write("base/spec.yaml", spec(name));
    const { resolved } = await loadExperiment(write("spec.yaml", "extends: base/spec.yaml\n"));
    expect(JSON.stringify(resolved)).toContain(`{"type":"./base/part.ts","size":1}`);
  });
});

describe("an optimizer from a file", () => {
  test("is swept beside a built-in one, by its type alone and as a block with its own options", async () => {
    write("part.ts", source("optimizers"));
    const text = spec("optimizers", "{ type: adam }");
    const byType = write(
      "type.yaml",
      `${text}sweep:\n  sampler: { type: grid }\n  parameters:\n    optimizer.type: [./part.ts, adam]\n`,
    );
    const { trials } = await loadExperiment(byType);
    expect(trials.map(({ spec }) => spec.optimizer.type)).toEqual(["./part.ts", "adam"]);
    expect(trials[0]!.spec.optimizer).toEqual({ type: "./part.ts", size: 1 });
    const byBlock = write(
      "block.yaml",
      `${text}sweep:\n  sampler: { type: random, trials: 9 }\n  parameters:\n    optimizer:\n` +
        "      - { type: ./part.ts, size: { type: float, min: 2, max: 3 } }\n      - { type: sgd }\n",
    );
    const types = (await loadExperiment(byBlock)).trials.map(({ spec }) => spec.optimizer);
    expect(new Set(types.map(({ type }) => type))).toEqual(new Set(["./part.ts", "sgd"]));
    const sizes = types.filter(({ type }) => type === "./part.ts").map(({ size }) => Number(size));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(2);
  });

  test("has swept options, and each value is checked", async () => {
    write("part.ts", source("optimizers"));
    const sweep = (values: string): string =>
      `${spec("optimizers")}sweep:\n  sampler: { type: grid }\n  parameters:\n    optimizer.size: ${values}\n`;
    const { trials } = await loadExperiment(write("spec.yaml", sweep("[1, 2]")));
    expect(trials.map(({ spec }) => spec.optimizer["size"])).toEqual([1, 2]);
    const message = await messageOf(loadExperiment(write("spec.yaml", sweep("[1, -2]"))));
    expect(message).toMatch(/^spec\.yaml:18:25: .*-2/);
  });

  test("is set on the command line", async () => {
    write("part.ts", source("optimizers"));
    const file = write("spec.yaml", spec(undefined));
    const { resolved } = await loadExperiment(file, {
      set: ["optimizer.type=./part.ts", "optimizer.size=4"],
    });
    expect(resolved["optimizer"]).toEqual({ type: "./part.ts", size: 4 });
  });

  test("whose check fails is reported at its line", async () => {
    const file = write("spec.yaml", spec("optimizers"));
    const functions = `check() {
    throw new TypeError("nobody knows");
  }, build: () => ({ state: [], step: () => {} })`;
    write("part.ts", source("optimizers", functions));
    expect(await messageOf(loadExperiment(file))).toMatch(
      /^part\.ts:8:11: the optimizer \.\/part\.ts cannot be used: its function "check" throws TypeError: nobody knows/,
    );
  });

  test("may be in one file with another kind of part", async () => {
    const loss = source("losses")
      .replace("part =", "loss =")
      .replace('import { Type } from "typebox";\n', "");
    write("part.ts", `${source("optimizers")}\n${loss}`);
    const text = spec("optimizers").replace("{ type: cross-entropy }", "{ type: ./part.ts, size: 3 }");
    const { resolved } = await loadExperiment(write("spec.yaml", text));
    expect(resolved).toMatchObject({
      optimizer: { type: "./part.ts", size: 1 },
      loss: { type: "./part.ts", size: 3 },
    });
  });
});

test("a sampler whose function throws is reported at the line of its file", async () => {
  const file = write("spec.yaml", spec("samplers"));
  write("part.ts", source("samplers", "check: () => [], propose() {\n    return missing.length;\n  }"));
  expect(await messageOf(loadExperiment(file))).toMatch(
    /^part\.ts:8:5: the sampler \.\/part\.ts cannot be used: its function "propose" throws ReferenceError/,
  );
});

test.each([
  ["propose: () => []", "at least one combination was expected, got an empty list"],
  ["propose: () => undefined", "a list of combinations was expected, got nothing"],
  [
    "propose: async () => { throw new Error('late'); }",
    'its function "propose" must return its result at once, but returned a promise',
  ],
  [
    "propose: () => [], check: () => undefined",
    'its function "check" must return a list of problems { path, message }, which may be empty, but returned nothing',
  ],
])("a sampler with %s is an error that states what it returned", async (functions, fact) => {
  const file = write("spec.yaml", spec("samplers"));
  write("part.ts", source("samplers", `check: () => [], ${functions}`));
  expect(await messageOf(loadExperiment(file))).toContain(`the sampler ./part.ts cannot be used: ${fact}\n`);
});

test.each([
  ["[]", "an empty list"],
  ["[0]", "a list"],
  ["2", "2"],
])("a sampler whose generations are %s is an error", async (generations, found) => {
  const file = write("spec.yaml", spec("samplers"));
  const functions = `check: () => [], generations: () => (${generations}), proposeNext: () => []`;
  write("part.ts", source("samplers", functions).replaceAll("defineSampler", "defineAdaptiveSampler"));
  expect(await messageOf(loadExperiment(file))).toContain(
    'the sampler ./part.ts cannot be used: its function "generations" must return a list of at least one ' +
      `size of a generation, each a whole number from 1, but returned ${found}\n`,
  );
});

test.each([
  [
    "report: () => undefined",
    '"report" must return a list of decisions, which may be empty, but returned nothing',
  ],
  [
    "report: () => [{ configuration: 99, epoch: 77, continues: true }]",
    '"report" must return only decisions on configurations that wait (configuration 0 after epoch 1), but ' +
      "returned { configuration: 99, epoch: 77, continues: true }",
  ],
  [
    "report: (configuration, epoch) => [{ configuration, epoch }]",
    '"report" must return decisions of the form { configuration, epoch, continues }, but ' +
      "returned { configuration: 0, epoch: 1, continues: nothing }",
  ],
  [
    "rungs: () => [2, 1]",
    '"rungs" must return a list of epochs in ascending order, each a whole number from 1, but returned a list',
  ],
])("a pruner with %s is an error that states what it returned", async (functions, fact) => {
  const file = write("spec.yaml", spec("pruners"));
  const pruner = `{ rungs: () => [1], report: () => [], end: () => [], ${functions} }`;
  write("part.ts", source("pruners", `check: () => [], create: () => (${pruner})`));
  const { catalogs } = await loadExperimentPlan(file);
  const context = { epochs: 3, generations: [2], goal: "maximize" } as const;
  expect(() => {
    const made = createPruner({ type: "./part.ts", size: 1 }, context, catalogs.pruners);
    for (const epoch of made.rungs(0)) made.report(0, epoch, 0.5);
  }).toThrow(`the pruner ./part.ts cannot be used: its function ${fact}`);
});

const adaptive =
  "check: () => [], generations: () => [1], proposeNext: () => [{ parameters: { 'training.epochs': 2 } }]";

/** Functions that a part may have, apart from those that are tested above. */
const hooks: readonly (readonly [CatalogName, hook: string, others?: string])[] = [
  ["schedules", "notices"],
  ["schedules", "idleOptions"],
  ["augmentations", "notices"],
  ["augmentations", "isIdentity"],
  ["samplers", "check", adaptive],
  ["samplers", "checkEpochs", adaptive],
  ["samplers", "notices", adaptive],
  ["pruners", "check"],
];
const wrongResults = ["5", '"hello"', "null", "[5]", "{}", "undefined", "Promise.resolve([])"];

test.each(
  hooks.flatMap(([name, hook, others]) =>
    wrongResults.map((result) => [name, hook, result, others] as const),
  ),
)("%s whose function %s returns %s are an error that names the part", async (name, hook, result, others) => {
  const kind = names.find((each) => each === name)!;
  const file = write("spec.yaml", spec(kind));
  const functions = `${others ?? kinds[kind][1]}, ${hook}: () => (${result})`;
  const text = source(kind, functions);
  write("part.ts", others === undefined ? text : text.replaceAll("defineSampler", "defineAdaptiveSampler"));
  const { noun } = customizableCatalogs[kind].kind;
  expect(await messageOf(loadExperiment(file))).toMatch(
    `the ${noun} ./part.ts cannot be used: its function "${hook}" must return `,
  );
});

test("a sampler that fails in a later generation is named in the error", async () => {
  const functions = `check: () => [], generations: () => [1, 1],
  proposeNext: (_domains, _options, _rng, history) => [{ parameters: { "training.epochs": 1 + 6 * history.length } }]`;
  write("part.ts", source("samplers", functions).replaceAll("defineSampler", "defineAdaptiveSampler"));
  const { next, experiment } = await loadExperimentPlan(write("spec.yaml", spec("samplers")));
  expect(experiment.generations).toEqual([1, 1]);
  expect(() => next([{ objective: 1 }])).toThrow(
    "the sampler ./part.ts cannot be used: it proposes 7 for training.epochs, which is not in its domain",
  );
});

test.each([
  ["[{ 'training.epochs': 7 }]", "it proposes 7 for training.epochs, which is not in its domain"],
  ["[{}]", "it proposes no value for training.epochs"],
  ["undefined", "a list of combinations was expected, got nothing"],
  ["[1]", "parameter → value was expected, got 1"],
])("a sampler that proposes %s is reported where it is named", async (proposed, fact) => {
  const file = write("spec.yaml", spec("samplers"));
  write("part.ts", source("samplers", `check: () => [], propose: () => (${proposed})`));
  expect(await messageOf(loadExperiment(file))).toMatch(
    new RegExp(`^spec\\.yaml:\\d+:\\d+: the sampler \\./part\\.ts cannot be used: ${fact}`),
  );
});

test("an augmentation that mixes images is not allowed for views of one image", async () => {
  write("part.ts", source("augmentations", "mixes: true, plan: () => ({ mix: () => 1 })"));
  const text = `${spec("augmentations")}evaluation: { augment: [{ type: ./part.ts }] }\n`;
  expect(await messageOf(loadExperiment(write("spec.yaml", text)))).toContain(
    'there is no augmentation of a single image "./part.ts"',
  );
});

test("an initializer from a file can initialize the weights of one layer", async () => {
  write("part.ts", source("initializers"));
  const text = spec("layers", "{ type: dense, units: 3, initializer: { type: ./part.ts, size: 2 } }");
  const { resolved } = await loadExperiment(write("spec.yaml", text));
  expect(JSON.stringify(resolved)).toContain(`"initializer":{"type":"./part.ts","size":2}`);
});
