import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { catalogs } from "./catalogs.ts";
import { createReferencePages } from "./markdown.ts";
import { createRootTopic, iterateTopics } from "./topics.ts";

const folder = fileURLToPath(new URL("../../../../docs/reference/", import.meta.url));
const pages = createReferencePages();

test("docs/reference/ has these pages and no others", () => {
  expect(readdirSync(folder).sort()).toEqual([...pages.keys()].sort());
});

test.for([...pages])(
  "docs/reference/%s is up to date: `pnpm run schema` would write the same",
  ([file, text]) => {
    expect(readFileSync(`${folder}${file}`, "utf8")).toBe(text);
  },
);

test.for([...pages])("%s has no line of more than 120 characters, and no table", ([, text]) => {
  const lines = text.split("\n");
  expect(lines.filter((line) => Array.from(line).length > 120)).toEqual([]);
  expect(lines.filter((line) => line.startsWith("|"))).toEqual([]);
});

/** Returns the lines below a heading of a page, up to the next heading of its level. */
function section(page: string, heading: string): string {
  const text = pages.get(page) ?? "";
  const start = text.indexOf(`\n${heading}\n`);
  const end = text.indexOf("\n## ", start + 1);
  return start < 0 ? "" : text.slice(start, end < 0 ? undefined : end).replaceAll(/\s+/g, " ");
}

const entries = [...catalogs.values()].flatMap((catalog) =>
  [...catalog.entries.keys()].map((type) => ({ catalog, type })),
);

test.for(entries)("$type has a section on its page, and the contents link to it", ({ catalog, type }) => {
  const topic = [...iterateTopics(createRootTopic())].find(({ path }) => path === `${catalog.home}.${type}`)!;
  const text = section(`${catalog.page}.md`, `## ${type}`).replaceAll(/\\(.)/g, "$1");
  expect(text).toContain(topic.description);
  expect(text).toContain(topic.example);
  expect(text).toContain(`Source: [${topic.entry!.source}](../../${topic.entry!.source})`);
  for (const { name, description } of topic.options) expect(text).toContain(`- \`${name}\`: ${description}`);
  expect(pages.get("README.md")).toContain(`[${type}](${catalog.page}.md#${type})`);
});

test("every key of the file is on its page, with its values, its default and a line of YAML", () => {
  for (const key of createRootTopic().options) {
    const text = section("experiment.md", `## ${key.name}`);
    expect(text).toContain(`\`\`\`yaml ${key.example} \`\`\``);
    const below = [...iterateTopics(key)].filter(({ isFileKey }) => isFileKey);
    for (const { name } of below) expect(text).toContain(`\`${name}\``);
  }
  const training = section("experiment.md", "## training");
  expect(training).toContain(
    "- `batchSize`: Number of images per batch. A whole number from 1 to 1000000; default `100`. " +
      "`training: { batchSize: 100 }`",
  );
  expect(section("experiment.md", "## optimizer")).toContain("[optimizers](optimizers.md); required.");
});

test("block options that several entries share are described once", () => {
  const layers = pages.get("layers.md")!;
  expect(layers.match(/- `l1`: /g)).toHaveLength(1);
  expect(section("layers.md", "## dense")).toContain("A block, see [regularizer](#regularizer); optional.");
  expect(section("layers.md", "## Options of several entries")).toContain("### regularizer");
  expect(pages.get("schedules.md")!.match(/- `from`: /g)).toHaveLength(1);
});

test("characters with a meaning in Markdown are escaped", () => {
  expect(section("experiment.md", "## name")).toContain(String.raw`results/\<name>/.`);
});
