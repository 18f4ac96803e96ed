import { Ajv } from "ajv";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

import { experimentsFolder, listProjectExperiments } from "../testing/project-experiments.ts";
import { createEditorSchema } from "./editor-schema.ts";

const root = join(import.meta.dirname, "../../../..");
const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(createEditorSchema()));

/** Returns the keys and values that an editor underlines. */
function mistakes(text: string): string[] {
  validate(parse(text));
  return [
    ...new Set(
      validate.errors
        ?.filter(({ keyword }) => keyword !== "if")
        .map(({ instancePath, keyword }) => `${instancePath} ${keyword}`),
    ),
  ];
}

test("the committed schema is up to date: `pnpm run schema` would write the same", () => {
  expect(readFileSync(join(root, "schema/experiment.schema.json"), "utf8")).toBe(createEditorSchema());
});

test("the schema repeats no part, because editors read it whenever they open an experiment", () => {
  expect(Buffer.byteLength(createEditorSchema())).toBeLessThan(130_000);
});

test.each(listProjectExperiments())(
  "an editor finds nothing wrong with experiments/%s, which names the schema",
  (name) => {
    const text = readFileSync(join(experimentsFolder, name), "utf8");
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/schema\/experiment\.schema\.json\n/);
    expect(mistakes(text)).toEqual([]);
  },
);

test("an option is checked by the type beside it", () => {
  const small = readFileSync(join(import.meta.dirname, "../../test/specs/base/small.yaml"), "utf8");
  expect(mistakes(small.replace("learningRate: 0.1", "beta1: 0.9"))).toEqual([
    "/optimizer additionalProperties",
  ]);
  expect(mistakes(small.replace("type: sgd\n  learningRate: 0.1", "type: adam\n  beta1: 0.9"))).toEqual([]);
});

test("a file with `extends` may omit required keys, but may not have unknown ones", () => {
  expect(mistakes("name: child\ntraining: { batchSize: 50 }")).toContain(" required");
  expect(mistakes("extends: ./base.yaml\nname: child\ntraining: { batchSize: 50 }")).toEqual([]);
  expect(mistakes("extends: ./base.yaml\ntraining: { batch: 50 }")).toEqual([
    "/training additionalProperties",
  ]);
});

test("a custom layer is accepted with any options; `schema SPEC` writes a schema that checks them", () => {
  const layer = "extends: ./base.yaml\nmodel: { layers: [{ type: ./mine.ts, factor: 2 }] }";
  expect(mistakes(layer)).toEqual([]);
  expect(mistakes(layer.replace("./mine.ts", "mine"))).not.toEqual([]);
});
