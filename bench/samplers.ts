// Compares our samplers with Optuna's on test functions. Prints the median regret over 20 seeds after 100
// trials of ours and of Optuna's (measured separately by packages/sweep/golden/regrets.py), their ratio, and
// the p-value of the comparison with random search (Mann–Whitney). tpe and gp propose one trial at a time, as
// Optuna does, and then four. cma-es proposes a population, as Optuna does. Optuna 3.1.0 has no Gaussian
// process, so gp is compared with the better of Optuna's TPE and CMA-ES.
//
//   pnpm run bench:samplers                 some minutes
//   pnpm run bench:samplers -- --first 1000 other seeds, from 1000 on
import { parseArgs } from "node:util";

import { functionNames, type FunctionName } from "../packages/sweep/test/functions.ts";
import { median, rankSumPValue } from "../packages/sweep/test/rank-sum.ts";
import { optuna, computeRegrets, type ComparedSampler } from "../packages/sweep/test/regrets.ts";

const { values } = parseArgs({ options: { first: { type: "string", default: "0" } } });
const seeds = Array.from({ length: 20 }, (_, index) => Number(values.first) + index);
const { trials } = optuna;

const rows: { type: ComparedSampler; options: Record<string, number> }[] = [
  { type: "tpe", options: { generation: 1 } },
  { type: "tpe", options: { generation: 4 } },
  { type: "cma-es", options: {} },
  { type: "gp", options: { generation: 1 } },
  { type: "gp", options: { generation: 4 } },
];

console.log(`median regret of ${seeds.length} seeds, ${trials} trials`);
console.log(line("", "sampler", "generation", "ours", "Optuna", "ratio", "random", "p"));
for (const name of functionNames) {
  const drawn = computeRegrets("random", name, trials, seeds);
  for (const { type, options } of rows) {
    const ours = computeRegrets(type, name, trials, seeds, options);
    const theirs = theirMedian(type, name);
    console.log(
      line(
        name,
        type,
        "generation" in options ? String(options["generation"]) : "population",
        median(ours).toPrecision(3),
        theirs.toPrecision(3),
        (median(ours) / theirs).toPrecision(2),
        median(drawn).toPrecision(3),
        rankSumPValue(ours, drawn).toExponential(0),
      ),
    );
  }
}

function theirMedian(type: ComparedSampler, name: FunctionName): number {
  const of = (sampler: "tpe" | "cma-es"): number => median(optuna.regrets[sampler][name]["100"]);
  return type === "tpe" || type === "cma-es" ? of(type) : Math.min(of("tpe"), of("cma-es"));
}

function line(...cells: readonly string[]): string {
  return cells.map((cell, index) => (index < 3 ? cell.padEnd(12) : cell.padStart(10))).join("");
}
