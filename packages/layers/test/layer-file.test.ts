import { fileURLToPath } from "node:url";

import { DefinitionFileError, loadLayerFile } from "@nn/layers";
import { testLayer } from "@nn/layers/testing";
import { describe, expect, test } from "vitest";

import { swish } from "./layer-files/swish.ts";

function pathOf(file: string): string {
  return fileURLToPath(new URL(`./layer-files/${file}`, import.meta.url));
}

describe("a custom layer", () => {
  test("is loaded from the file that exports it", async () => {
    expect(await loadLayerFile(pathOf("swish.ts"))).toBe(swish);
  });

  testLayer(swish, [{ inputShape: [7] }, { options: { beta: 2 }, inputShape: [4, 3] }]);
});

describe("a file without a layer is rejected with advice", () => {
  test.each([
    { file: "missing.ts", message: "there is no such file." },
    { file: "throws.ts", message: "it could not be loaded: Error: no beta today" },
    {
      file: "no-definition.ts",
      message: "it exports no layer. Export one layer, made by defineLayer({ … }).",
    },
    {
      file: "two.ts",
      message: "it exports 2 definitions. Export one layer, made by defineLayer({ … }).",
    },
    {
      file: "incomplete.ts",
      message:
        'its export is not a complete layer: "description" must be a sentence, got nothing; ' +
        '"options" must be the schema of an object, such as Type.Object({ … }), got a list; ' +
        '"plan" must be a function, got "later".',
    },
  ])("$file", async ({ file, message }) => {
    const path = pathOf(file);
    const error: unknown = await loadLayerFile(path).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DefinitionFileError);
    expect(error).toHaveProperty("message", `${path}: ${message}`);
  });
});
