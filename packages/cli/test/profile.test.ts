import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { smallSweep, type BenchFolder } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();
const singleTrial = `
name: small
dataset: { type: mnist, validation: 100 }
model:
  layers:
    - { type: conv2d, filters: 4, kernelSize: 3, stride: 2 }
    - { type: relu }
    - { type: flatten }
    - { type: dense, units: 12 }
    - { type: residual, layers: [{ type: tanh }, { type: dense, units: 12 }] }
    - { type: dense, units: 10 }
optimizer: { type: adam, learningRate: 0.003 }
training: { epochs: 2, batchSize: 32 }
`;

/** Returns the milliseconds of the rows of a printed table, by their name with its indentation. */
function printedRows(out: string): Map<string, number> {
  const lines = out.split("\n");
  const table = lines.slice(lines.findIndex((line) => /^profile +ms +share +GFLOP\/s$/.test(line)) + 1);
  const rows = table.slice(0, table.findIndex((line) => line.startsWith("total")) + 1);
  return new Map(
    rows.map((row) => {
      const [, name = "", ms] = /^( *\S.*?) +(\d+\.\d) +\d+\.\d %/.exec(row) ?? [];
      return [name, Number(ms)];
    }),
  );
}

function filesOf(folder: BenchFolder): string[] {
  return ["profile.json", "trace.json"].filter((name) => existsSync(join(folder.runFolder(), name)));
}

test("--profile prints where the time went, writes a trace, and changes no byte of the results", async () => {
  const plain = prepare(singleTrial);
  await plain.run();
  expect(filesOf(plain)).toEqual([]);

  const profiled = prepare(singleTrial);
  const { out, err, code } = await profiled.run(["--profile"]);
  expect({ err, code }).toEqual({ err: "", code: 0 });
  expect(profiled.runFolder().split("/").at(-1)).toBe(plain.runFolder().split("/").at(-1));
  expect(profiled.promisedFiles()).toEqual(plain.promisedFiles());

  const rows = printedRows(out);
  expect([...rows.keys()].filter((name) => !name.startsWith(" "))).toEqual([
    "data",
    "forward",
    "loss",
    "backward",
    "optimizer",
    "evaluation",
    "everything else",
    "total",
  ]);
  expect([...rows.keys()]).toEqual(expect.arrayContaining(["  [0] conv2d", "    layers[0] tanh"]));
  const outer = [...rows].filter(([name]) => !/^ |^total/.test(name)).map(([, ms]) => ms);
  // Each printed number is rounded to a tenth.
  expect(Math.abs(outer.reduce((sum, ms) => sum + ms, 0) - rows.get("total")!)).toBeLessThan(0.5);

  expect(out).toMatch(/^Open results\/small\/[0-9a-f]{12}\/trace\.json in https:\/\/ui\.perfetto\.dev/m);
  const trace: { traceEvents: { name: string }[] } = JSON.parse(profiled.read("trace.json"));
  const names = new Set(trace.traceEvents.map(({ name }) => name));
  expect([...names]).toEqual(
    expect.arrayContaining(["trial", "epoch 1", "step", "[0] conv2d", "evaluation"]),
  );
});

test("a finished trial is not trained again: its profile is shown if there is one", async () => {
  const folder = prepare(singleTrial);
  await folder.run();
  const without = await folder.run(["--profile"]);
  expect(without.code).toBe(0);
  expect(without.out).toContain(
    "There is no profile, because this run has not trained its trial. Use --fresh to train it again.",
  );
  const fresh = await folder.run(["--profile", "--fresh"]);
  const again = await folder.run(["--profile"]);
  expect(printedRows(fresh.out).size).toBeGreaterThan(10);
  expect(printedRows(again.out)).toEqual(printedRows(fresh.out));
  writeFileSync(join(folder.runFolder(), "profile.json"), '{"rows": [');
  const damaged = await folder.run(["--profile"]);
  expect(damaged).toMatchObject({
    code: 0,
    out: expect.stringMatching(/profile\.json is damaged\. Use --fresh/),
  });
  await folder.run(["--fresh"]);
  expect(filesOf(folder)).toEqual([]);
});

const refusals = [
  {
    what: "a sweep",
    args: [],
    spec: smallSweep,
    lines: [
      "--profile: only a single trial can be profiled, and this experiment has a sweep",
      "  Profile an experiment without a sweep, such as best.yaml of a finished run.",
    ],
  },
  {
    what: "several repeats",
    args: ["--set", "repeats=3"],
    spec: singleTrial,
    lines: [
      "--profile: only a single trial can be profiled, and this experiment has 3 repeats",
      "  Add --set repeats=1.",
    ],
  },
  {
    what: "an executor",
    args: [],
    spec: `${singleTrial}executor: { type: redis, url: "redis://127.0.0.1:1" }\n`,
    lines: [
      "--profile: only a trial on this machine can be profiled, and this experiment has an executor",
      "  Remove executor from the experiment file.",
    ],
  },
];

test.for(refusals)(
  "--profile is refused for $what, and nothing is written",
  async ({ args, spec, lines }) => {
    const folder = prepare(spec);
    const { err, code } = await folder.run(["--profile", ...args]);
    expect(err).toContain(lines.join("\n"));
    expect(code).toBe(2);
    expect(existsSync(join(folder.path, "results"))).toBe(false);
  },
);

test("--profile and --dry-run exclude each other", async () => {
  const { err, code } = await prepare(singleTrial).run(["--profile", "--dry-run"]);
  expect(code).toBe(2);
  expect(err).toContain("option '--profile' cannot be used with option '--dry-run'");
});
