import { execFileSync } from "node:child_process";
import { Ajv } from "ajv";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";

import { createRecordedTerminal } from "../../test/support/recorded-terminal.ts";
import { ExperimentError } from "@nn/experiment";
import { schemaCommand } from "./schema.ts";
import { UnwritableError } from "../terminal/unwritable-error.ts";

const specs = join(import.meta.dirname, "../../../experiment/test/specs");

function prepare(): string {
  const folder = mkdtempSync(join(tmpdir(), "nn-schema-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(specs, "layers/scale.ts"), join(folder, "layers/scale.ts"));
  return folder;
}

test("writes a schema with the custom layers beside an experiment, and prints how to use it", async () => {
  const folder = prepare();
  const screen = createRecordedTerminal();
  const small = readFileSync(join(specs, "base/small.yaml"), "utf8").replace(
    "type: relu",
    "type: ./layers/scale.ts",
  );
  const file = join(folder, "mine.yaml");
  writeFileSync(file, small);

  expect(await schemaCommand([file], screen)).toBe(0);

  expect(screen.recorded.out).toContain("# yaml-language-server: $schema=./mine.schema.json\n");
  const schema: object = JSON.parse(readFileSync(join(folder, "mine.schema.json"), "utf8"));
  const validate = new Ajv({ strict: false }).compile(schema);
  expect(validate(parse(small))).toBe(true);
  expect(validate(parse(small.replace("scale.ts }", "scale.ts, factor: 2 }")))).toBe(true);
  expect(validate(parse(small.replace("scale.ts }", "scale.ts, facto: 2 }")))).toBe(false);
});

test("an incomplete experiment gets a schema; one whose layer cannot be loaded does not", async () => {
  const folder = prepare();
  const screen = createRecordedTerminal();
  const file = join(folder, "mine.yaml");
  writeFileSync(file, "model: { layers: [{ type: ./layers/scale.ts }] }\n");
  expect(await schemaCommand([file], screen)).toBe(0);

  writeFileSync(file, "model: { layers: [{ type: ./layers/none.ts }] }\n");
  await expect(schemaCommand([file], screen)).rejects.toThrow(ExperimentError);
});

test.skipIf(process.platform === "win32")(
  "a pipe in the place of a schema is refused, not opened",
  async () => {
    const folder = prepare();
    const file = join(folder, "mine.yaml");
    writeFileSync(file, "name: mine\n");
    execFileSync("mkfifo", [join(folder, "mine.schema.json")]);
    await expect(schemaCommand([file], createRecordedTerminal())).rejects.toThrow(
      "mine.schema.json: it is a pipe, a socket or a device. Move it away.",
    );
  },
);

test("if a schema cannot be written, one line explains why", async () => {
  const folder = prepare();
  const file = join(folder, "mine.yaml");
  writeFileSync(file, "name: mine\n");
  mkdirSync(join(folder, "mine.schema.json"));
  const error = await schemaCommand([file], createRecordedTerminal()).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnwritableError);
  expect(String(error)).toMatch(
    /Cannot write .*mine\.schema\.json: it is a folder \(EISDIR\)\. Make its folder writable/,
  );
});
