import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { runProgram, type Outcome } from "./support/program.ts";
import { hideCatalogNames } from "@nn/experiment/testing/hide-catalog-names";

const specs = join(import.meta.dirname, "../../experiment/test/specs");
const STACK = /\n\s+at |node:internal|\.ts:\d+:\d+\)/;

/** Runs the program in `cwd`, as a user would. */
const run = (args: readonly string[], cwd: string): Promise<Outcome> =>
  runProgram(args, cwd, { NO_COLOR: "1" });

/** Returns the recorded errors of a specification as the program prints them. */
function printedErrors(name: string): string {
  const errors = readFileSync(join(specs, name), "utf8").split("\n\n");
  return errors.map((error) => `error: ${error}`).join("\n\n");
}

function contentsOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map(String).sort();
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nn-spec-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the program, given wrong experiments", () => {
  test("validate reports the mistakes of all files, exits with 2, and writes nothing", async () => {
    const files = readdirSync(specs).filter((name) => name.endsWith(".yaml"));
    const unset = files.filter((name) => !/^# --set /m.test(readFileSync(join(specs, name), "latin1")));
    const before = contentsOf(specs);

    const { code, out, err } = await run(["validate", ...unset], specs);

    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).not.toMatch(STACK);
    for (const name of unset) {
      expect(hideCatalogNames(err)).toContain(printedErrors(name.replace(/yaml$/, "txt")));
    }
    expect(contentsOf(specs)).toEqual(before);
  });

  test.each([
    "unknown-key-optimizer",
    "yaml-tab",
    "custom-layer-throws",
    "alias-bomb",
    "sweep-path-misspelt",
    "empty",
  ])("experiment rejects %s with the same message, exits with 2, and writes nothing", async (name) => {
    const results = join(folder, "results");

    const { code, out, err } = await run(["experiment", `${name}.yaml`, "--out", results], specs);

    expect(code).toBe(2);
    expect(out).toBe("");
    expect(`${err}\n`).toBe(printedErrors(`${name}.txt`));
    expect(existsSync(results)).toBe(false);
  });

  test("a wrong --set is shown as typed", async () => {
    const set = ["--set", "optimizer.learningrate=0.3"];
    const { code, err } = await run(["experiment", "set-unknown-key.yaml", ...set, "--out", folder], specs);

    expect(code).toBe(2);
    expect(`${err}\n`).toBe(printedErrors("set-unknown-key.txt"));
  });

  test("a valid file among wrong ones is still shown", async () => {
    const { code, out, err } = await run(["validate", "empty.yaml", "base/small.yaml"], specs);

    expect(code).toBe(2);
    expect(err).toContain("empty.yaml: 1 error");
    expect(out).toContain("base/small.yaml: OK");
  });
});

describe("files that are not experiment files", () => {
  const message = async (name: string): Promise<string> => {
    const { code, out, err } = await run(["validate", name], folder);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).not.toMatch(STACK);
    return err.replace(/\n\n[^\n]*: 1 error$/, "");
  };

  test("for a missing file, the most similar name in its folder is suggested", async () => {
    writeFileSync(join(folder, "mnist-mlp.yaml"), "name: x\n");
    expect(await message("mnist-mpl.yaml")).toBe(
      "error: mnist-mpl.yaml: no such file\n  expected the path of an experiment file\n" +
        '  did you mean "mnist-mlp.yaml"?',
    );
    expect(await message("mnist-mlp")).toContain('did you mean "mnist-mlp.yaml"?');
    expect(await message("nowhere/mnist.yaml")).toContain('There is no folder "nowhere" either.');
    expect(await message("mnist-mlp.yaml/x")).toContain("no such file");
  });

  test("for a missing file, files in experiments/ are suggested", async () => {
    mkdirSync(join(folder, "experiments"));
    writeFileSync(join(folder, "experiments/fashion.yaml"), "name: x\n");
    expect(await message("fashion")).toContain('did you mean "experiments/fashion.yaml"?');
    expect(await message("fashon.yaml")).toContain('did you mean "experiments/fashion.yaml"?');
    expect(await message("quite-another.yaml")).toContain("Existing files: experiments/fashion.yaml");
  });

  test("a folder is rejected", async () => {
    expect(await message(".")).toContain(".: this is a folder, not an experiment file");
  });

  test("a file of 100 MB is rejected before it is read", async () => {
    const file = openSync(join(folder, "large.yaml"), "w");
    ftruncateSync(file, 100 * 2 ** 20);
    closeSync(file);
    expect(await message("large.yaml")).toBe(
      "error: large.yaml: this file is too large for an experiment: 100 MiB\n" +
        "  expected at most 1 MiB of YAML\n" +
        "  Check that this is the right file. An experiment names its data set and does not contain it.",
    );
  });

  test("an endless device is rejected", async () => {
    expect(await message("/dev/zero")).toContain("this is not a regular file");
  });

  const messageOfLayer = async (files: Readonly<Record<string, string>>): Promise<string> => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const small = readFileSync(join(specs, "base/small.yaml"), "utf8");
    const [layer = ""] = Object.keys(files);
    writeFileSync(join(folder, "with-layer.yaml"), small.replace("type: relu", `type: ./${layer}`));
    return message("with-layer.yaml");
  };

  test("a syntax error in a layer's TypeScript is reported by line and column", async () => {
    const syntaxError = "SyntaxError: Expected ',', got 'ident'";
    expect(await messageOfLayer({ "broken.ts": 'export const layer = {\n  a: "x"\n  b: "y",\n};\n' })).toBe(
      `error: broken.ts:3:3: the layer ./broken.ts cannot be used: it could not be loaded: ${syntaxError}
  3 |   b: "y",
    |   ^
  expected a file that exports one layer, made by defineLayer({ … })
  Correct it, or use another layer at with-layer.yaml:10:15.`,
    );
  });

  test("a syntax error in a layer's JavaScript is reported by line and column", async () => {
    const syntaxError = "SyntaxError: Unexpected token ';'";
    expect(await messageOfLayer({ "broken.mjs": "export const a = 1;\nexport const b = ;\n" })).toBe(
      `error: broken.mjs:2:18: the layer ./broken.mjs cannot be used: it could not be loaded: ${syntaxError}
  2 | export const b = ;
    |                  ^
  expected a file that exports one layer, made by defineLayer({ … })
  Correct it, or use another layer at with-layer.yaml:10:15.`,
    );
  });

  test.each(["export const a = {", "export const a = {\n"])(
    "the end of a layer's file that ends too early is reported: %j",
    async (text) => {
      expect(await messageOfLayer({ "cut.ts": text })).toMatch(
        /^error: cut\.ts:1:19: the layer \.\/cut\.ts cannot be used: .*\n {2}1 \| export const a = \{\n {4}\| {19}\^\n/,
      );
    },
  );

  test("an import of a name that does not exist is reported by line and column", async () => {
    const text = 'import { defineLayer, Typ } from "@nn/layers";\nexport const a = 1;\n';
    expect(await messageOfLayer({ "wrong-name.ts": text })).toMatch(
      new RegExp(
        /^error: wrong-name\.ts:1:23: .* does not provide an export named 'Typ'\n {2}1 \| import \{ /.source +
          /defineLayer, Typ \} .*\n {4}\| {23}\^\^\^\n/.source,
      ),
    );
  });

  test("a syntax error in an imported file is reported with the path of that file", async () => {
    const files = {
      "imports-broken.ts": 'export * from "./part.ts";\n',
      "part.ts": "export const a = 1;\nenum B { c }\n",
    };
    expect(await messageOfLayer(files)).toMatch(
      new RegExp(
        /^error: part\.ts:2:1: the layer \.\/imports-broken\.ts .* SyntaxError: TypeScript enum is not /
          .source + /supported in strip-only mode\n {2}2 \| enum B/.source,
      ),
    );
  });

  test("a missing import is reported for the file that imports it", async () => {
    expect(await messageOfLayer({ "lost.ts": 'export * from "@nn/layerz";\n' })).toMatch(
      /^error: with-layer\.yaml:10:15: .* Cannot find package '@nn\/layerz' imported from \.\/lost\.ts\n/,
    );
  });
});
