import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";

// Rules that hold for the entire source tree.

const root = join(import.meta.dirname, "../../..");
const packages = globSync("packages/*", { cwd: root })
  .map((folder) => basename(folder))
  .sort();
const sources = globSync("packages/*/src/**/*.{ts,tsx}", { cwd: root }).filter(
  (file) => !file.endsWith(".test.ts"),
);
const tests = globSync("packages/*/{src,test}/**/*.test.ts", { cwd: root });
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** The order of the packages. A package depends only on packages after it. */
const ORDER = [
  "cli",
  "report",
  "runner",
  "experiment",
  "formats",
  "training",
  "results",
  "insight",
  "sweep",
  "mnist",
  "kernels",
  "layers",
  "tensor",
  "catalog",
  "platform",
];

/** The packages that also run in a browser. The run directory, the runner and the commands need Node. */
const CORE = [
  "experiment",
  "training",
  "insight",
  "sweep",
  "mnist",
  "kernels",
  "layers",
  "tensor",
  "catalog",
  "platform",
];

test("packages depend on each other in one direction", () => {
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

test("the core uses Node only in folders named node", () => {
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

test("at most 15 files are directly in the src folder of a package", () => {
  const folders = Map.groupBy(sources, (file) => dirname(file));
  const large = [...folders].filter(([folder, files]) => basename(folder) === "src" && files.length > 15);
  expect(large.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
});

test("no source has more than 400 lines", () => {
  const long = sources.map((file) => ({ file, lines: read(file).trimEnd().split("\n").length }));
  expect(long.filter(({ lines }) => lines > 400)).toEqual([]);
});

test("no line is wider than 120 characters", () => {
  // The formatter breaks code, but not strings, the kernels' assembly and wrong files for tests. A licence
  // keeps its lines.
  const exclude = (name: string): boolean => ["node_modules", "dist"].includes(basename(name));
  const files = globSync(["*.ts", "{packages,bench,experiments}/**/*.{ts,tsx}"], { cwd: root, exclude });
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

test("comments are not wider than formatted code", () => {
  const { printWidth }: { printWidth: number } = JSON.parse(read(".oxfmtrc.json"));
  // Excludes directives, separators, and formulas, which are indented.
  const isComment = /^\s*(\/\/ (?!oxlint-|-)|\/\*\* |\* (?! {2}))/;
  // Templates of other files, and a file with a licence.
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

test("every exported name has a docstring", () => {
  const exported = /^export (?:abstract |async )?(?:const|function\*?|class|interface|type) (\w+)/;
  const silent = sources.flatMap((file) => {
    const lines = read(file)
      // Exports in a template belong to another file.
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
