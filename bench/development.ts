// Prints the median regrets of samplers on development functions, and their geometric mean. Use these
// functions to choose the settings of samplers; bench/samplers.ts evaluates them on other functions and
// seeds. To evaluate a change, run this before and after it. A small difference is chance.
//
//   pnpm run bench:development -- --sampler cma-es [--options '{"population":10}'] [--trials 100] [--seeds 50]
//
// Takes seconds; gp: minutes.
import { parseArgs } from "node:util";

import { exp, log } from "@nn/tensor";
import { developmentFunctions } from "../packages/sweep/test/development-functions.ts";
import { median } from "../packages/sweep/test/rank-sum.ts";
import { comparedSamplers, computeRegret, type ComparedSampler } from "../packages/sweep/test/regrets.ts";

const { values } = parseArgs({
  options: {
    sampler: { type: "string", default: "cma-es" },
    options: { type: "string", default: "{}" },
    trials: { type: "string", default: "100" },
    seeds: { type: "string", default: "50" },
  },
});
const isContender = (type: string): type is ComparedSampler => Object.hasOwn(comparedSamplers, type);
if (!isContender(values.sampler)) {
  throw new Error(`no sampler "${values.sampler}"; there are ${Object.keys(comparedSamplers).join(", ")}`);
}
const type = values.sampler;
const options: Record<string, unknown> = JSON.parse(values.options);

const medians = Object.entries(developmentFunctions).map(([name, at]) => {
  const regrets = Array.from({ length: Number(values.seeds) }, (_, index) => {
    const seed = 5000 + index;
    return computeRegret(type, at(seed), Number(values.trials), seed, options);
  });
  const middle = median(regrets);
  console.log(name.padEnd(14) + middle.toPrecision(3).padStart(10));
  return middle;
});
const logs = medians.map((middle) => log(Math.max(middle, 1e-12)));
const mean = exp(logs.reduce((a, b) => a + b, 0) / logs.length);
console.log("geometric mean".padEnd(14) + mean.toPrecision(3).padStart(10));
