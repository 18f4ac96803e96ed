import { writeFileSync } from "node:fs";
import path from "node:path";

import { compareCommand } from "../../packages/cli/src/commands/compare.ts";
import { hostileTexts, type RandomChoices } from "./random-choices.ts";
import { checkOutcome, captureOutcome, type FuzzResult } from "./command-outcome.ts";
import { generateTable } from "./generated-table.ts";

interface Row {
  readonly trial: number;
  readonly seed: number;
  readonly values: readonly string[];
  readonly loss: number;
  readonly accuracy: number;
}

/** Writes a results.csv outside of a run, and checks that `compare` reads the written values. */
export async function fuzzResultsTable(chance: RandomChoices, folder: string): Promise<FuzzResult> {
  const paths = chance.one([
    [],
    ["optimizer.learningRate"],
    ["model.layers[1].units", "loss.type"],
    ["__proto__", "constructor"],
    [chance.one(hostileTexts)],
  ]);
  const [configurations, seeds] = [paths.length === 0 ? 1 : chance.integer(1, 3), chance.integer(1, 3)];
  const rows = Array.from({ length: configurations }, (_, configuration) =>
    Array.from({ length: seeds }, (_, seed): Row => {
      const values = paths.map((_path, index) =>
        index === 0 ? `${(configuration + 1) / 10}` : chance.one(hostileTexts),
      );
      return {
        trial: configuration * seeds + seed + 1,
        seed: seed + 1,
        values: seed === 0 ? values : [],
        loss: chance.integer(1, 400) / 100,
        accuracy: chance.integer(0, 100) / 100,
      };
    }),
  ).flatMap((group) => group.map((row) => ({ ...row, values: group[0]!.values })));
  const isOld = chance.is(0.2);
  const size = isOld ? [] : ["parameters", "multiplyAdds"];
  const metrics = ["train", "validation", "test"].flatMap((set) => [`${set}.loss`, `${set}.accuracy`]);
  const header = ["trial", "status", "seed", ...paths, "epochs", "bestEpoch", ...size, ...metrics];
  const cells = rows.map(({ trial, seed, values, loss, accuracy }) => {
    const sizes = isOld ? [] : ["330", "320"];
    const all = [0, 1, 2].flatMap(() => [`${loss}`, `${accuracy}`]);
    return [`${trial}`, "completed", `${seed}`, ...values, "3", "2", ...sizes, ...all];
  });
  const isNumber = (row: number, column: number): boolean =>
    row > 0 && column !== 1 && (column < 3 || column >= 3 + paths.length);
  const written = generateTable([header, ...cells], chance, { isNumber, mayPack: false });
  const file = path.join(folder, "results.csv");
  writeFileSync(file, written.bytes);
  const form = chance.one(["json", "json", "text", "csv"] as const);
  const sort = chance.is(0.2) ? { sort: "test.loss" } : {};
  const outcome = await captureOutcome((terminal) =>
    compareCommand([file], { where: [], ...sort, ...(form !== "text" && { [form]: true }) }, terminal),
  );
  const faults = checkOutcome(outcome, ["results.csv"]);
  if (outcome.code === 0) {
    // Some cells may be empty, and the loss of a custom loss function can be negative.
    const mayBe = /cell "(?: ?|-3)"/.test(written.what);
    if (written.state === "wrong" && !mayBe)
      faults.push(`a damaged table is accepted: ${outcome.out.slice(0, 200)}`);
    if (/\bNaN\b|undefined|Infinity/.test(outcome.out))
      faults.push("the answer has NaN, Infinity or undefined");
    if ((written.state === "same" || written.state === "exact") && form === "json")
      faults.push(...differences(outcome.out, rows));
    if (written.what === "a doubled row") faults.push("a duplicated row is accepted");
  } else if (written.state === "same")
    faults.push(`an intact table is refused: ${outcome.err.slice(0, 300)}`);
  const what = `results.csv ${written.what}, swept ${JSON.stringify(paths)}, ${form}`;
  return { kind: outcome.code === 0 ? "answer" : "error", what, faults };
}

function differences(out: string, rows: readonly Row[]): string[] {
  const {
    configurations,
  }: { configurations: { trials: { trial: number }[]; metrics: Record<string, { mean: number }> }[] } =
    JSON.parse(out);
  const faults: string[] = [];
  const groups = Map.groupBy(rows, ({ values }) => values.join("\n"));
  if (configurations.length !== groups.size)
    faults.push(`${configurations.length} configurations of ${groups.size}`);
  for (const { trials, metrics } of configurations) {
    const own = rows.filter(({ trial }) => trials.some((each) => each.trial === trial));
    const mean = own.reduce((sum, { loss }) => sum + loss, 0) / own.length;
    if (!(Math.abs(metrics["test.loss"]!.mean - mean) < 1e-9))
      faults.push(`the mean loss is ${metrics["test.loss"]?.mean}, not ${mean}`);
  }
  return faults;
}
