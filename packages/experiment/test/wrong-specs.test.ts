import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { loadExperiment } from "../src/load-experiment.ts";
import { ExperimentError } from "../src/errors/problem.ts";
import { hideCatalogNames } from "../src/testing/hide-catalog-names.ts";

// Each YAML file of this folder is an invalid experiment. The .txt file of the same name contains the exact
// message. Lines that begin with `# --set ` are arguments. A missing message file is created, except in CI,
// where the test fails. After a deliberate change of a message, run `vitest run -u` and check the difference.
const folder = join(import.meta.dirname, "specs");
const cases = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

/** Returns the message about a file, with paths relative to its folder. */
async function messageFor(name: string): Promise<string> {
  const file = join(folder, name);
  const set = [...readFileSync(file, "latin1").matchAll(/^# --set (.*)$/gm)].map(
    ([, assignment]) => assignment ?? "",
  );
  try {
    await loadExperiment(file, { set });
  } catch (error) {
    if (error instanceof ExperimentError)
      return `${hideCatalogNames(error.message.replaceAll(`${folder}/`, ""))}\n`;
    throw error;
  }
  throw new Error(`${name} is not wrong`);
}

test("each expected message belongs to a wrong experiment", () => {
  const texts = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  expect(texts.filter((name) => !cases.includes(name.replace(/\.txt$/, ".yaml")))).toEqual([]);
});

describe("each wrong experiment gets its exact message", () => {
  test.each(cases)("%s", async (name) => {
    const message = await messageFor(name);

    await expect(message).toMatchFileSnapshot(join(folder, name.replace(/\.yaml$/, ".txt")));
    expect(message).not.toMatch(/\n\s+at |node:internal|\.ts:\d+:\d+\)/); // no stack trace
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});
