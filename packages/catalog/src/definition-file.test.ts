import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Type } from "typebox";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";

import {
  markDefinition,
  isDefinition,
  getDefinitionNoun,
  type Definition,
  type DefinitionKind,
} from "./definition.ts";
import { findDefinition, importDefinition } from "./definition-file.ts";

interface Lamp extends Definition {
  light(): number;
}

const lampKind: DefinitionKind<Lamp> = { noun: "lamp", defineFunction: "defineLamp", functions: ["light"] };
const lamp: Lamp = { type: "bulb", description: "A lamp.", options: Type.Object({}), light: () => 1 };

const folder = mkdtempSync(join(tmpdir(), "nn-catalog-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const definition = new URL("./definition.ts", import.meta.url).href;
const head = `import { markDefinition } from ${JSON.stringify(definition)};
const fields = { type: "x", description: "X.", options: { type: "object", properties: {} }, light: () => 1 };
`;

describe("a definition", () => {
  test("without a define function is recognized by its fields", () => {
    expect(isDefinition(lampKind, lamp)).toBe(true);
    expect(isDefinition(lampKind, { ...lamp, light: 1 })).toBe(false);
  });

  test("of another kind is not one of this kind, even with the same fields", () => {
    const other = markDefinition("torch", { ...lamp });
    expect(getDefinitionNoun(other)).toBe("torch");
    expect(isDefinition(lampKind, other)).toBe(false);
    // A copy is recognized by its fields.
    expect(isDefinition(lampKind, { ...other })).toBe(true);
  });
});

describe("a file", () => {
  test("may export definitions of several kinds, of which the requested one is returned", async () => {
    const path = file(
      "both.ts",
      `${head}export const a = markDefinition("lamp", { ...fields });
        export const b = markDefinition("torch", { ...fields, type: "y" });`,
    );
    expect((await importDefinition(lampKind, path)).type).toBe("x");
    expect((await findDefinition({ ...lampKind, noun: "torch" }, path))?.type).toBe("y");
    expect(await findDefinition({ ...lampKind, noun: "oven" }, path)).toBeUndefined();
  });

  test("that exports only another kind is an error that names the kind", async () => {
    const path = file("other.ts", `${head}export const a = markDefinition("oven", { ...fields });`);
    await expect(importDefinition(lampKind, path)).rejects.toThrow(
      `${path}: it exports an oven, and no lamp. Export one lamp, made by defineLamp({ … }).`,
    );
  });

  test("that changes while the process runs is imported in its new version", async () => {
    const path = file("lamp.ts", `${head}export const a = markDefinition("lamp", { ...fields });`);
    const first = await importDefinition(lampKind, path);
    expect(await importDefinition(lampKind, path)).toBe(first);
    file("lamp.ts", `${head}export const a = markDefinition("lamp", { ...fields, type: "brighter" });`);
    expect((await importDefinition(lampKind, path)).type).toBe("brighter");
    file("lamp.ts", `${head}export const a = markDefinition("lamp", { ...fields });`);
    expect(await importDefinition(lampKind, path)).toBe(first);
  });

  test("that never finishes loading is an error", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const path = file("endless.ts", `${head}await new Promise(() => {});\nexport const a = 1;`);
    const failures = [importDefinition(lampKind, path), findDefinition(lampKind, path)].map((work) =>
      expect(work).rejects.toThrow(`${path}: it did not finish loading within 10 s: an "await" outside its`),
    );
    vi.advanceTimersByTime(10_000);
    await Promise.all(failures);
    expect(vi.getTimerCount()).toBe(0);
  });
});
