import type { Rng } from "@nn/tensor";
import { Type } from "typebox";
import {
  isCategorical,
  isRange,
  type ParameterValues,
  type Domain,
  type SweptValue,
} from "../space/domain.ts";
import { drawValue } from "./shared/draw.ts";
import { argsortTrials } from "./shared/argsort-trials.ts";
import type { Problem } from "../problem.ts";
import { defineAdaptiveSampler, type FinishedTrial, type Proposal } from "../sampler.ts";
import { toDimension } from "../space/dimension.ts";
import { enumerateDomain } from "../space/enumerate-domain.ts";

/**
 * Population-based training (Jaderberg et al. 2017). Each generation trains the population for `interval`
 * more epochs. Then the worst members are replaced (truncation selection): each continues the network of one
 * of the best with changed values. A value is drawn at random with probability `resample`, and otherwise
 * multiplied by 0.8 or 1.2. The other members continue unchanged.
 *
 * A member without an objective, or one that a pruner stopped, is replaced too. If that is the case for all
 * members, all restart with new weights and random values.
 */
export const pbt = defineAdaptiveSampler({
  type: "pbt",
  description:
    "Population-based training: trains several networks in parallel. Every few epochs, the worst " +
    "continue from the networks of the best, with slightly changed values. Use it for parameters that may " +
    "change during training.",
  example: "{ type: pbt, population: 8, interval: 2 }",
  paper: "Jaderberg et al. 2017, Population based training of neural networks",
  options: Type.Object({
    population: Type.Integer({
      minimum: 2,
      maximum: 1000,
      description: "Number of networks that are trained in parallel.",
    }),
    interval: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: "Number of epochs from one comparison to the next.",
    }),
    quantile: Type.Number({
      minimum: 0,
      maximum: 0.5,
      default: 0.2,
      description: "Fraction of the population that is replaced each time by as many of the best.",
    }),
    resample: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.25,
      description: "Probability that a value is drawn again instead of being multiplied by 0.8 or 1.2.",
    }),
  }),

  continuesNetworks: true,

  check: (domains) => Object.entries(domains).flatMap(([path, domain]) => problemsOf(path, domain)),

  checkEpochs: ({ interval }, epochs) =>
    interval < epochs
      ? []
      : [
          {
            path: ["sampler", "interval"],
            message:
              `no networks are compared after epoch ${interval} of ${epochs}; ` +
              `make interval smaller than training.epochs`,
          },
        ],

  notices({ population, quantile }, _domains, count) {
    if (quantile === 0)
      return ["the sampler pbt changes nothing in this sweep: with quantile: 0, no network is replaced"];
    if (count > population) return [];
    return [
      `the sampler pbt changes nothing in this sweep: it starts after ` +
        `a population of ${population}, and there are ${count} combinations`,
    ];
  },

  generations: ({ population, interval }, epochs) =>
    Array<number>(Math.ceil(epochs / interval)).fill(population),

  proposeNext(domains, { population, interval, quantile, resample }, rng, history, count) {
    const generation = history.length / population;
    const until = (generation + 1) * interval;
    const stream = rng.fork("pbt").fork(generation);
    const anew = (place: number): Proposal => ({
      parameters: assign(domains, (path, domain) => drawValue(domain, rng.fork(path).fork(place))),
      until,
    });

    const first = history.length - population;
    const last = history.slice(Math.max(0, first));
    const { better, worse } = truncate(last, quantile);
    return Array.from({ length: count }, (_, member) => {
      if (better.length === 0) return anew(history.length + member);
      if (!worse.has(member)) return { parameters: last[member]!.parameters, from: first + member, until };
      const own = stream.fork(member);
      const model = better[own.integer(better.length)]!;
      const explored = assign(domains, (path, domain) => {
        const chance = own.fork(path);
        const value = last[model]!.parameters[path];
        // If the parameter does not exist in that trial, there is no value to change.
        return chance.uniform() < resample || value === undefined
          ? drawValue(domain, chance)
          : perturb(domain, value, chance);
      });
      return { parameters: explored, from: first + model, until };
    });
  },
});

/** Returns the members to replace, and the members whose networks replace them. */
function truncate(
  generation: readonly FinishedTrial[],
  quantile: number,
): { better: readonly number[]; worse: ReadonlySet<number> } {
  const order = argsortTrials(generation);
  const isWhole = (member: number): boolean =>
    generation[member]!.objective !== undefined && generation[member]!.prunedAfter === undefined;
  // In floating point, 0.28 · 25 is slightly more than 7.
  const exact = Math.ceil(quantile * order.length - 1e-9);
  const share = Math.min(exact, Math.floor(order.length / 2));
  return {
    // If the share is 0, only members that cannot continue are replaced, and the best member replaces them.
    better: order.slice(0, Math.max(1, share)).filter(isWhole),
    worse: new Set(order.filter((member, place) => place >= order.length - share || !isWhole(member))),
  };
}

function assign(
  domains: Readonly<Record<string, Domain>>,
  value: (path: string, domain: Domain) => SweptValue,
): ParameterValues {
  return Object.fromEntries(Object.entries(domains).map(([path, domain]) => [path, value(path, domain)]));
}

/**
 * Makes a value slightly smaller or larger:
 *
 * - A number of a range is multiplied by 0.8 or 1.2, within the bounds. An integer changes by at least 1,
 *   unless it is at a bound.
 * - A number of a list, or of a range with `step` or `count`, becomes the next smaller or larger one.
 * - A value of any other list stays the same.
 * - An integer 0 moves up or down by 1, because a factor cannot change it. Any other 0 is drawn at random.
 */
function perturb(domain: Domain, value: SweptValue, rng: Rng): SweptValue {
  const up = rng.integer(2) === 1;
  const listed = enumerateDomain(domain);
  if (listed !== undefined) {
    const numbers = listed.filter((each) => typeof each === "number").toSorted((a, b) => a - b);
    if (numbers.length < listed.length) return value;
    const next = numbers.indexOf(Number(value)) + (up ? 1 : -1);
    return numbers[Math.min(Math.max(next, 0), numbers.length - 1)]!;
  }
  if (!isRange(domain)) return value;
  const factor = up ? 1.2 : 0.8;
  const size = Math.abs(Number(value)) * factor;
  const sign = Number(value) < 0 ? -1 : 1;
  if (domain.type === "int") {
    const next = value === 0 ? (up ? 1 : -1) : sign * (up ? Math.ceil(size) : Math.floor(size));
    return Math.min(Math.max(next, domain.min), domain.max) + 0; // −1 gives −0; adding 0 gives 0
  }
  if (value === 0) return drawValue(domain, rng);
  if (sign * size <= domain.min) return domain.min;
  const dimension = toDimension(domain);
  // The dimension rounds the value like all others and keeps it below max.
  return dimension.value(Math.min(dimension.interval(sign * size).from, 1 - 2 ** -53));
}

/**
 * Patterns of the paths whose values may change during training. They exclude whole blocks, and paths that
 * determine which parameters the network has.
 */
const changeable = [
  /^(optimizer|schedule|loss)\..+/,
  /^augment\[\d+\]\..+/,
  /^training\.clip[A-Z]\w*$/,
  /\.(rate|weightDecay)$/,
];

function problemsOf(path: string, domain: Domain): Problem[] {
  const of = (message: string): Problem[] => [{ path: ["parameters", path], message }];
  if (path.endsWith(".type") || !changeable.some((pattern) => pattern.test(path))) {
    return of(
      `pbt changes values during training, but ${path} must not change; sweep a number of optimizer, ` +
        "schedule, loss or augment, training.clipNorm, training.clipValue, or a layer's rate or weightDecay",
    );
  }
  if (isCategorical(domain) && domain.some((value) => typeof value === "object" && value !== null)) {
    return of(
      `pbt changes single values, but ${path} lists whole blocks; list numbers, or sweep a number within the block`,
    );
  }
  return [];
}
