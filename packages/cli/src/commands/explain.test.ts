import { readFileSync } from "node:fs";

import { createColors } from "picocolors";
import { expect, test } from "vitest";

import { createRecordedTerminal } from "../../test/support/recorded-terminal.ts";
import { explainCommand } from "./explain.ts";
import { schemaFile } from "./schema.ts";

function explain(path?: string, look: { width?: number; colors?: ReturnType<typeof createColors> } = {}) {
  const terminal = { ...createRecordedTerminal(), ...look };
  const code = explainCommand(path, terminal);
  return { ...terminal.recorded, code };
}

/** The part of JSON Schema that the committed schema uses. */
interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
  readonly const?: unknown;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const committed: Schema = JSON.parse(readFileSync(schemaFile, "utf8"));

/**
 * Yields the path of every key in the editor schema. The path includes the `type` on which the key depends.
 */
function* keysOf(schema: Schema, path: string, within: readonly string[] = []): Generator<string> {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace("#/definitions/", "");
    // Layers can contain layers, whose keys are the same.
    if (!within.includes(name)) yield* keysOf(committed.definitions![name]!, path, [...within, name]);
    return;
  }
  const type = schema.if?.properties?.["type"]?.const;
  const inside = typeof type === "string" ? `${path}.${type}` : path;
  if (inside !== path) yield inside;
  for (const [key, each] of Object.entries(schema.properties ?? {})) {
    const below = path === "" ? key : `${path}.${key}`;
    yield below;
    yield* keysOf(each, below, within);
  }
  const { items, additionalProperties: others, allOf = [], anyOf = [] } = schema;
  const parts = [items, typeof others === "object" ? others : undefined, ...allOf, ...anyOf, schema.else];
  for (const part of parts) if (part !== undefined) yield* keysOf(part, path, within);
  if (schema.then !== undefined) yield* keysOf(schema.then, inside, within);
}

const keys = [...new Set(keysOf(committed, ""))];

test("the schema has more than 700 keys", () => {
  expect(keys.length).toBeGreaterThan(700);
  for (const key of ["extends", "training.batchSize", "optimizer.adam.beta1", "sweep.parameters.float.min"]) {
    expect(keys).toContain(key);
  }
});

test("every key of the schema is explained", () => {
  const unanswered = keys.filter((key) => {
    const { out, err, code } = explain(key);
    return code !== 0 || err !== "" || out.split("\n").length < 3;
  });
  expect(unanswered).toEqual([]);
});

test("an entry is explained with example, formula, paper, source and options", () => {
  const { out, err, code } = explain("optimizer.adam");
  expect({ err, code }).toEqual({ err: "", code: 0 });
  expect(out).toMatch(/^optimizer\.adam\n\nGives each parameter its own step size/);
  expect(out).toContain("\n  optimizer: { type: adam, learningRate: 0.001 }\n");
  expect(out).toContain("\nFormula\n  m = β₁·m + (1 − β₁)·g        m̂ = m / (1 − β₁ᵗ)\n");
  expect(out).toContain("\nPaper: Kingma & Ba 2015, Adam: a method for stochastic optimization\n");
  expect(out).toContain("\nSource: packages/layers/src/optimizers/adam.ts\n");
  expect(out).toMatch(/\n {2}beta2\n {6}Decay rate .*; default\s+0\.999\./s);
});

test("a short name is enough if it is unique", () => {
  expect(explain("adam")).toEqual(explain("optimizer.adam"));
  expect(explain("dense")).toEqual(explain("model.layers.dense"));
  expect(explain("dense.units")).toEqual(explain("model.layers.dense.units"));
  expect(explain("batchSize")).toEqual(explain("training.batchSize"));
});

test("a name in other cases is found if no name has its case", () => {
  expect(explain("Adam")).toEqual(explain("adam"));
  expect(explain("Optimizer.Adam")).toEqual(explain("adam"));
  expect(explain("batchsize")).toEqual(explain("batchSize"));
});

test("an entry takes precedence over options of the same name, which are listed below it", () => {
  const { out, code } = explain("dropout");
  expect(code).toBe(0);
  expect(out).toMatch(/^model\.layers\.dropout\n/);
  expect(out).toMatch(/\nSee also: model\.layers\.transformer-encoder\.dropout\n$/);
  expect(explain("layers").out).toMatch(/^model\.layers\n/);
});

test("for an ambiguous short name, all paths are listed", () => {
  expect(explain("units")).toEqual({
    code: 2,
    out: "",
    err:
      'error: "units" matches several keys or entries. Choose one of them:\n' +
      ["dense", "gru", "lstm", "patch-embedding", "simple-rnn"]
        .map((layer) => `  pnpm run explain model.layers.${layer}.units\n`)
        .join(""),
  });
});

test("a path as in a sweep explains the option in every entry that has it", () => {
  for (const path of ["model.layers[1].units", "model.layers.0.units"]) {
    const { out, code } = explain(path);
    expect(code).toBe(0);
    expect(out).toContain("\nmodel.layers.dense.units\n    Number of neurons.");
    expect(out).toContain("\nmodel.layers.lstm.units\n");
  }
  expect(explain("sweep.parameters.optimizer.learningRate")).toEqual(explain("sweep.parameters"));
});

test.for([
  ["adm", "optimizer.adam"],
  ["optimizer.adm", "optimizer.adam"],
  ["trainning.batchsize", "training.batchSize"],
  ["conv", "model.layers.conv2d"],
  ["batch_norm", "model.layers.batch-norm"],
  ["learningrate", "optimizer.sgd.learningRate"],
])("for the unknown path %s, %s is suggested", ([path, near]) => {
  const { out, err, code } = explain(path);
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toContain(`error: there is no key or entry "${path}"\n  did you mean "`);
  expect(err).toContain(`"${near}"`);
});

test.for(["blorp", "", ".", "toString", "__proto__", "optimizer.adam.constructor", "a\u001b[2J"])(
  "the unknown path %j is an error with advice",
  (path) => {
    const { out, err, code } = explain(path);
    expect({ out, code }).toEqual({ out: "", code: 2 });
    expect(err).toContain("error: there is no key or entry ");
    expect(err).toContain("Run `pnpm run explain` to list all keys and entries");
    expect(err).not.toContain("\u001b");
  },
);

test("of a very long path, the message repeats only the beginning", () => {
  expect(explain("x".repeat(1e6)).err).toMatch(/^error: there is no key or entry "x{100}"\n/);
});

test("without a path, it lists topics, and each of them can be explained", () => {
  const { out, code } = explain();
  expect(code).toBe(0);
  const names = [...out.matchAll(/^ {2}(\S.*(?:\n {2}\S.*)*)/gm)].flatMap(([, list = ""]) =>
    list.split(/[,\s]+/),
  );
  expect(names).toContain("training.batchSize");
  expect(names).toContain("adam");
  expect(names.filter((name) => explain(name).code !== 0)).toEqual([]);
});

test("lines fit the terminal, and titles are bold if it has colors", () => {
  const narrow = explain("sobol", { width: 50 }).out;
  const wide = narrow.split("\n").filter((line) => line.length > 50);
  expect(narrow.split("\n").length).toBeGreaterThan(20);
  expect(wide).toEqual([]);
  expect(
    explain("adam", { width: 400 })
      .out.split("\n")
      .every((line) => line.length <= 100),
  ).toBe(true);
  const { out } = explain("adam", { colors: createColors(true) });
  expect(out).toContain("\u001b[1moptimizer.adam\u001b[22m\n");
  expect(out).toContain("\u001b[1mOptions\u001b[22m\n");
  expect(explain("adam").out).not.toContain("\u001b");
});

test("names from other libraries lead to the key or the entry that is meant", () => {
  const { out, err, code } = explain("lr");
  expect([code, err]).toEqual([0, 'notice: "lr" is called "optimizer.learningRate"\n']);
  expect(out).toContain("optimizer.adam.learningRate");
  expect(explain("TPESampler").err).toContain(
    'error: there is no key or entry "TPESampler"\n  Here it is called "tpe".\n',
  );
  expect(explain("device").err).toContain("Leave it out: networks train on the processor.");
});
