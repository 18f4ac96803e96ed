import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createTrainingRuntime, type TrainingRuntime } from "@nn/training";
import { runTiny, tinyExperiments, type TinyRun } from "./truth/run-tiny.ts";
import { listSchemaOptions, listUsedOptions } from "./truth/options.ts";

// Tiny experiments that use every option of the experiment file. Their tables are compared with the committed
// bytes, and their metrics with those that PyTorch computes from their weights and data. After an intended
// change: `pnpm --filter @nn/cli run truth`.

interface Measured {
  readonly loss: number;
  readonly accuracy: number;
}

/**
 * By experiment and trial, the metrics that evaluate.py has computed. `stepped` is compared with the
 * validation and test metrics.
 */
type Golden = Record<
  string,
  Record<string, Record<"validation" | "test" | "train", Measured> & { stepped?: Record<string, Measured> }>
>;

const golden: Golden = JSON.parse(readFileSync(new URL("./truth/golden.json", import.meta.url), "utf8"));
const out = mkdtempSync(join(tmpdir(), "nn-truth-"));
let runtime: TrainingRuntime;
const runs = new Map<string, TinyRun>();

beforeAll(async () => {
  runtime = await createTrainingRuntime(1, () => {});
  for (const [name, file] of tinyExperiments) runs.set(name, await runTiny(file, runtime, out));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe.for([...tinyExperiments.keys()])("%s", (name) => {
  test("has the committed tables, byte for byte", () => {
    const run = runs.get(name)!;
    expect(run.results).toBe(expectedTable(name, "results"));
    expect(run.epochs).toBe(expectedTable(name, "epochs"));
  });

  test("has the metrics that PyTorch computes", () => {
    const run = runs.get(name)!;
    const rows = rowsOf(run.results);
    expect(Object.keys(golden[name] ?? {})).toEqual(run.completed.map(({ number }) => `${number}`));
    for (const [trial, { stepped, ...measured }] of Object.entries(golden[name] ?? {})) {
      const row = rows.get(trial)!;
      for (const parts of [measured, stepped ?? {}]) {
        for (const [part, { loss, accuracy }] of Object.entries(parts)) {
          expect(Math.abs(row[`${part}.loss`]! - loss), `${part}.loss of trial ${trial}`).toBeLessThan(1e-5);
          expect(row[`${part}.accuracy`], `${part}.accuracy of trial ${trial}`).toBeCloseTo(accuracy, 10);
        }
      }
    }
  });
});

/** Options that no tiny experiment can use, and why. */
const UNUSED: readonly (readonly [option: RegExp, reason: string])[] = [
  [/^dataset<(mnist|fashion-mnist)>/, "60,000 images; idx reads the same files"],
  [/^sweep\.budget\.minutes$/, "it depends on the machine"],
  [/^sweep\.pruner<asha>\.asynchronous$/, "it gives up that results are the same bytes"],
  [/^loggers/, "they write other formats and change no result: best.test.ts"],
  [/^keep/, "it deletes files and changes no result: file-retention.test.ts"],
  [/^executor/, "where trials are trained changes no result: same-bytes.test.ts and redis.test.ts"],
];

test("together they use every option of the file, with a value other than its default", () => {
  const used = listUsedOptions([...runs.values()], [...tinyExperiments.values()]);
  const missing = [...listSchemaOptions()].filter((option) => !used.has(option));
  const reasoned = (option: string): boolean => UNUSED.some(([pattern]) => pattern.test(option));
  expect(missing.filter((option) => !reasoned(option))).toEqual([]);
  for (const [pattern] of UNUSED) expect(missing.some((option) => pattern.test(option))).toBe(true);
});

function expectedTable(name: string, table: "results" | "epochs"): string {
  return readFileSync(new URL(`./truth/expected/${name}.${table}.csv`, import.meta.url), "utf8");
}

/**
 * The metrics by trial. Columns are counted from the end, because swept values, which come first, may contain
 * commas.
 */
function rowsOf(results: string): Map<string, Record<string, number>> {
  const [header = "", ...lines] = results.trim().split("\n");
  const columns = header.split(",").toReversed();
  const rows = lines.map((line) => {
    const cells = line.split(",").toReversed();
    const figures = columns.flatMap((column, index) =>
      /^(train|validation|test)\./.test(column) ? [[column, Number(cells[index])] as const] : [],
    );
    return [line.slice(0, line.indexOf(",")), Object.fromEntries(figures)] as const;
  });
  return new Map(rows);
}
