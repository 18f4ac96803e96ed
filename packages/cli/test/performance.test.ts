import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import type { Layer } from "../../../bench/network.ts";
import { lstmRows } from "../../../bench/networks/lstm-rows.ts";
import { transformer } from "../../../bench/networks/transformer.ts";
import { benches } from "../../../bench/record/benches.ts";
import { markdownTable, replaceTables, tableNames } from "../../../bench/record/document.ts";
import { machineName } from "../../../bench/record/machine-name.ts";
import { Measurements } from "../../../bench/record/measurements.ts";
import { formatResults, parseResults, type Result } from "../../../bench/record/results-file.ts";
import { median } from "../../../bench/record/statistics.ts";
import { tables } from "../../../bench/record/tables.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const document = read("docs/performance.md");

describe("docs/performance.md", () => {
  test("shows every generated table once", () => {
    expect(tableNames(document).sort()).toEqual(Object.keys(tables).sort());
  });

  test("shows the figures of the results that it names", () => {
    const named = new Set(document.match(/bench\/results\/[\w-]+\.csv/g));
    expect(named.size).toBe(1);
    const results = parseResults(read([...named][0]!));
    expect(replaceTables(document, (name) => tables[name]?.(results))).toBe(document);
  });
});

describe("bench/results", () => {
  const files = globSync("bench/results/*.csv", { cwd: root });

  test.for(files)("%s is named after its machine, and only has rows of existing benches", (file) => {
    const text = read(file);
    const results = parseResults(text);
    expect(file).toBe(`bench/results/${machineName(results.machine)}.csv`);
    expect(formatResults(results)).toBe(text);
    const names = new Set(benches.map(({ name }) => name));
    expect(results.results.filter(({ bench }) => !names.has(bench))).toEqual([]);
  });
});

describe("networks of the benches", () => {
  interface Spec {
    readonly model: { readonly layers: readonly Item[] };
    readonly optimizer: object;
    readonly training: { readonly batchSize: number; readonly clipNorm?: number };
  }
  type Item = { readonly type: "repeat"; readonly times: number; readonly layers: readonly Layer[] } | Layer;

  test.for([lstmRows, transformer].map((network, i) => [["lstm-rows", "transformer"][i]!, network] as const))(
    "%s has the layers, the optimizer and the batches of its experiment",
    ([name, { layers, optimizer, batchSize, clipNorm }]) => {
      const { model, training, ...spec }: Spec = parse(read(`experiments/${name}.yaml`));
      const expanded = model.layers.flatMap((item) =>
        item.type === "repeat" ? Array.from({ length: item.times }, () => item.layers).flat() : [item],
      );
      expect({ layers, optimizer }).toEqual({ layers: expanded, optimizer: spec.optimizer });
      expect({ batchSize, clipNorm }).toEqual({ batchSize: training.batchSize, clipNorm: training.clipNorm });
    },
  );
});

describe("bench:all", () => {
  test("runs programs that exist, each bench under its own name", () => {
    const programs = new Set(globSync("*.ts", { cwd: join(root, "bench") }));
    expect(benches.filter(({ program }) => !programs.has(program))).toEqual([]);
    expect(new Set(benches.map(({ name }) => name)).size).toBe(benches.length);
  });
});

const result: Result = {
  bench: "start",
  setting: 'a "whole", long command',
  name: "--version",
  unit: "s",
  median: 0.0625,
  min: 0.05,
  max: 1200,
  rounds: 3,
  load: 0.25,
  date: "2026-11-29",
};
const machine = { processor: "AMD EPYC (Zen 5)", cores: "2", Node: "26.10.0" };

test("a file of results is read as it was written", () => {
  const file = { machine, results: [result, { ...result, setting: "", name: "(100, 784)·(784, 128)" }] };
  expect(parseResults(formatResults(file))).toEqual(file);
});

test("a file of results with other columns, or a row with missing cells, is refused", () => {
  expect(() => parseResults("# cores: 2\nbench,name\n")).toThrow("results have the columns bench,name");
  const text = formatResults({ machine, results: [result] });
  expect(() => parseResults(`${text}start,a\n`)).toThrow("a row of results has 2 cells: start,a");
});

test("the rows of a bench are its subjects in their first order, each with its median and range", () => {
  const measurements = new Measurements();
  const [a, b] = ["a", "b"].map((name) => ({ setting: "s", name, unit: "ms" }));
  for (const value of [3, 1, 10, 2]) measurements.add(b!, value);
  measurements.add(a!, 7);
  expect(measurements.rows()).toEqual([
    { setting: "s", name: "b", unit: "ms", median: 2.5, min: 1, max: 10, rounds: 4 },
    { setting: "s", name: "a", unit: "ms", median: 7, min: 7, max: 7, rounds: 1 },
  ]);
});

test("the median of no values is not a number", () => {
  expect([median([]), median([4]), median([4, 1, 2])]).toEqual([NaN, 4, 2]);
});

test("the names of machines are those of their processors, without marks and clock rates", () => {
  const name = (processor: string, cores: string): string => machineName({ processor, cores });
  expect(name("AMD EPYC (Zen 5)", "2")).toBe("amd-epyc-zen-5-2");
  expect(name("Intel(R) Xeon(R) CPU E5-2670 v3 @ 2.30GHz", "16")).toBe("intel-xeon-e5-2670-v3-16");
});

test("only the text between the markers of a table is replaced, with their indentation", () => {
  const text =
    "a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\n- b\n\n  <!-- bench:y -->\n  <!-- /bench:y -->\nc\n";
  const table = markdownTable(["", "ms"], [["a·b", "1,200"]]);
  expect(table).toBe("|     | ms    |\n| --- | ----- |\n| a·b | 1,200 |");
  expect(tableNames(text)).toEqual(["x", "y"]);
  expect(replaceTables(text, (name) => (name === "y" ? table : undefined))).toBe(
    "a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\n- b\n\n" +
      "  <!-- bench:y -->\n\n  |     | ms    |\n  | --- | ----- |\n  | a·b | 1,200 |\n\n  <!-- /bench:y -->\nc\n",
  );
});

test("a table of training has our ratio to each peer, and gaps where a peer was not measured", () => {
  const row = (bench: string, name: string, median: number): Result => ({
    ...result,
    bench,
    name,
    median,
    unit: "images/s",
  });
  const results = [
    row("mlp-128", "nn-from-scratch, 1 thread, strict", 400_000),
    row("mlp-128", "PyTorch, 1 thread", 200_000),
    row("mlp-512", "nn-from-scratch, 1 thread, strict", 135_000),
  ];
  expect(tables["perceptrons"]!({ machine: { ...machine, PyTorch: "1.13" }, results })?.split("\n")).toEqual([
    "| images per second                 | 784-128-10, batch 100 | 784-512-10, batch 128 |",
    "| --------------------------------- | --------------------- | --------------------- |",
    "| nn-from-scratch, 1 thread, strict | 400,000               | 135,000               |",
    "| PyTorch 1.13, 1 thread            | 200,000               |                       |",
    "| ours / PyTorch, 1 thread          | 2.0 ×                 |                       |",
  ]);
  expect(tables["start"]!({ machine, results })).toBeUndefined();
});
