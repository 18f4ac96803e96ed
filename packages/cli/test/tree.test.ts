import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";

// What a reader may count on when they open the tree.

const root = join(import.meta.dirname, "../../..");
const packages = globSync("packages/*", { cwd: root })
  .map((folder) => basename(folder))
  .sort();
const sources = globSync("packages/*/src/**/*.ts", { cwd: root }).filter(
  (file) => !file.endsWith(".test.ts"),
);
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
  "catalog",
  "platform",
];

/** What runs in a browser, too. The run directory, many trials and the commands are for Node. */
const CORE = [
  "experiment",
  "training",
  "sweep",
  "mnist",
  "kernels",
  "layers",
  "tensor",
  "catalog",
  "platform",
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

test("the core asks Node for nothing outside the folders named node", () => {
  const core = sources.filter(
    (file) => CORE.some((name) => file.startsWith(`packages/${name}/`)) && !/\/(node|testing)\//.test(file),
  );
  expect(core.length).toBeGreaterThan(300);
  const asks = /(?:from|import\() ?"node:|\bprocess\.(?!ts)|\bBuffer\.(?:from|alloc|concat|compare)\(/;
  const offenders = core.filter((file) => {
    const code = read(file).replaceAll(/^\s*(?:\*|\/\/|\/\*\*).*$/gm, "");
    return asks.test(code);
  });
  expect(offenders).toEqual([]);
});

test("a package can be overlooked: at most 15 files stand directly in its sources", () => {
  const folders = Map.groupBy(sources, (file) => dirname(file));
  const large = [...folders].filter(([folder, files]) => basename(folder) === "src" && files.length > 15);
  expect(large.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
});

test("no line is wider than 120 characters", () => {
  // The formatter breaks code, but neither strings nor what it leaves alone: the kernels' assembly, wrong
  // files for tests. A licence keeps its own lines.
  const exclude = (name: string): boolean => ["node_modules", "dist"].includes(basename(name));
  const files = globSync(["*.ts", "{packages,bench,experiments}/**/*.ts"], { cwd: root, exclude });
  expect(files.length).toBeGreaterThan(600);
  const wide = files
    .filter((file) => !file.endsWith("joe-kuo.ts"))
    .flatMap((file) =>
      read(file)
        .split("\n")
        .flatMap((line, at) => (Array.from(line).length > 120 ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
    );
  expect(wide).toEqual([]);
});

test("comments are as wide as the formatter makes code", () => {
  const { printWidth }: { printWidth: number } = JSON.parse(read(".oxfmtrc.json"));
  // Not directives, separators, and formulas, which are indented.
  const isComment = /^\s*(\/\/ (?!oxlint-|-)|\/\*\* |\* (?! {2}))/;
  // The texts of other files, and a licence in its own lines.
  const others = /new\/templates\/\w+\.ts$|joe-kuo\.ts$/;
  const wide = [...sources, ...tests]
    .filter((file) => !others.test(file))
    .flatMap((file) =>
      read(file)
        .split("\n")
        .filter((line) => isComment.test(line) && Array.from(line).length > printWidth)
        .map((line) => `${file}: ${line.trim()}`),
    );
  expect(wide).toEqual([]);
});

test("every exported name says what it is", () => {
  const exported = /^export (?:abstract |async )?(?:const|function\*?|class|interface|type) (\w+)/;
  const silent = sources.flatMap((file) => {
    const lines = read(file)
      // What stands in a template is another file.
      .replaceAll(/`[^`]*`/g, (text) => text.replaceAll("\nexport", "\n"))
      .split("\n");
    return lines.flatMap((line, at) => {
      const name = exported.exec(line)?.[1];
      if (name === undefined || lines[at - 1]!.endsWith("*/")) return [];
      // The overloads of a function share the docstring of the first.
      return lines.slice(0, at).some((before) => exported.exec(before)?.[1] === name)
        ? []
        : [`${file}: ${name}`];
    });
  });
  expect(silent).toEqual([]);
});
