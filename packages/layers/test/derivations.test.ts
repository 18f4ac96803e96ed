import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

import { float64ReferenceBackend, fastBackends, referenceBackend } from "../src/testing/backends.ts";
import { examples, type ComputedNumbers } from "./derivations/examples.ts";
import { Page } from "./derivations/page.ts";

const folder = fileURLToPath(new URL("../../../docs/derivations/", import.meta.url));
const pages = globSync("*.md", { cwd: folder })
  .map((file) => basename(file, ".md"))
  .filter((name) => name !== "README")
  .sort();

/** Removes whitespace, because the formatter may break lines of documents differently. */
const bare = (code: string): string => code.replaceAll(/\s/g, "");

test("every page has an example, and every example has a page", () => {
  expect(pages).toEqual(Object.keys(examples).sort());
});

describe.for(pages)("docs/derivations/%s.md", (name) => {
  const page = new Page(name);
  const example = examples[name]!;

  const disagreements = (computed: ComputedNumbers): string[] =>
    Object.entries(computed).flatMap(([each, numbers]) => page.disagreement(each, numbers) ?? []);

  test.for([float64ReferenceBackend, referenceBackend, ...fastBackends])(
    "has the numbers that $name $precision computes",
    (backend) => {
      expect(disagreements(example.compute(page, backend))).toEqual([]);
      // Each number on the page is an input or a result of the computation.
      expect(page.unread).toEqual([]);
    },
  );

  test("has the numbers of an independent computation", () => {
    const computed = example.independently(page);
    expect(Object.keys(computed).length).toBeGreaterThan(1);
    expect(disagreements(computed)).toEqual([]);
  });

  test("quotes lines of the files that it names, in their order", () => {
    expect(page.quotes.length).toBeGreaterThan(1);
    const wrong = page.quotes.filter(({ file, code }) => {
      const source = bare(readFileSync(file, "utf8"));
      let from = 0;
      // "…" stands for omitted lines.
      for (const part of code.split("…")) {
        const at = source.indexOf(bare(part), from);
        if (at < 0) return true;
        from = at + bare(part).length;
      }
      return false;
    });
    expect(wrong).toEqual([]);
  });
});
