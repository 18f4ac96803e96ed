import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";

// What a reader may count on when they open the tree.

const root = join(import.meta.dirname, "../../..");
const packages = globSync("packages/*", { cwd: root })
  .map((folder) => basename(folder))
  .sort();
const sources = globSync("packages/*/src/**/*.ts", { cwd: root }).filter((file) => !file.endsWith(".test.ts"));
const tests = globSync("packages/*/{src,test}/**/*.test.ts", { cwd: root });
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** From the commands to what everything stands on. A package depends on packages after it alone. */
const ORDER = [
  "cli",
  "runner",
  "experiment",
  "training",
  "results",
  "sweep",
  "mnist",
  "kernels",
  "layers",
  "tensor",
];

test("packages depend on each other one way", () => {
  expect([...ORDER].sort()).toEqual(packages);
  for (const [place, name] of ORDER.entries()) {
    const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(
      read(`packages/${name}/package.json`),
    );
    const ours = Object.keys(dependencies).flatMap((each) => /^@nn\/(.*)/.exec(each)?.[1] ?? []);
    expect(ours.filter((each) => ORDER.indexOf(each) <= place)).toEqual([]);
  }
});

test("no source imports a file of another package by its path", () => {
  const across = sources.filter((file) => /from "(\.\.\/)+(packages|[a-z]+\/src)\//.test(read(file)));
  expect(across).toEqual([]);
});

test("a folder of sources can be overlooked: at most 15 files beside the catalogs", () => {
  const catalogs = /(layers\/src\/(layers|losses|optimizers|schedules|initializers)|augment|redis)$/;
  const folders = Map.groupBy(sources, (file) => dirname(file));
  const large = [...folders].filter(([folder, files]) => files.length > 15 && !catalogs.test(folder));
  expect(large.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
});

test("comments are as wide as the formatter makes code", () => {
  const { printWidth }: { printWidth: number } = JSON.parse(read(".oxfmtrc.json"));
  const isComment = /^\s*(\/\/ (?!oxlint-)|\/\*\* |\* )/;
  const wide = [...sources, ...tests].flatMap((file) =>
    read(file)
      // What stands in a template is another file.
      .replaceAll(/`[^`]*`/g, "``")
      .split("\n")
      .filter((line) => isComment.test(line) && [...line].length > printWidth)
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(wide).toEqual([]);
});
