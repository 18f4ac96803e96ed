import type { Kind, Template } from "../template.ts";

/** The templates for the catalogs of `@nn/sweep`. */
export const sweepTemplates = {
  sampler: {
    package: "sweep",
    folder: "samplers",
    golden: "what it proposes: node packages/sweep/golden/proposals.ts records it",
    source: (type, value) => `import { Type } from "typebox";

import { defineAdaptiveSampler } from "../sampler.ts";
import { draw } from "./shared/draw.ts";
import { sortTrials } from "./shared/sort-trials.ts";

/** Two combinations by chance; then, one at a time, the best so far with one of its values drawn anew. */
export const ${value} = defineAdaptiveSampler({
  type: "${type}",
  description: "Changes one value of the best trial so far.",
  options: Type.Object({
    trials: Type.Integer({
      minimum: 2,
      maximum: 100_000,
      description: "How many combinations to try.",
    }),
  }),

  check: () => [],

  generations: ({ trials }) => [2, ...Array<number>(trials - 2).fill(1)],

  // Nothing is kept from call to call: it all follows from the history and the stream.
  proposeNext(domains, _options, rng, history, count) {
    const names = Object.keys(domains);
    const best = history[sortTrials(history)[0] ?? -1]?.parameters;
    return Array.from({ length: count }, (_, index) => {
      const stream = rng.fork(history.length + index);
      const changed = names[stream.fork("which").integer(names.length)];
      const parameters = Object.entries(domains).map(([name, domain]) => {
        const kept = name === changed ? undefined : best?.[name];
        return [name, kept ?? draw(domain, stream.fork(name))] as const;
      });
      return { parameters: Object.fromEntries(parameters) };
    });
  },
});
`,
    test: (type, value) => `import { testSampler } from "../testing.ts";
import { ${value} } from "./${type}.ts";

testSampler(${value}, [{ trials: 12 }]);
`,
  },

  pruner: {
    package: "sweep",
    folder: "pruners",
    golden: undefined,
    source: (type, value) => `import { Type } from "typebox";

import { definePruner } from "../pruner.ts";

/** Looks once at each configuration, and compares it with no other: so each verdict is given at once. */
export const ${value} = definePruner({
  type: "${type}",
  description: "Stops a configuration whose objective is not below a bound. One without a cost is stopped.",
  options: Type.Object({
    bound: Type.Number({
      description: "Of the objective, which is minimized: that of an accuracy is minus the accuracy.",
    }),
    after: Type.Integer({
      minimum: 1,
      default: 1,
      description: "The epoch after which it looks.",
    }),
  }),

  check: ({ after }, { epochs }) =>
    after < epochs
      ? []
      : [{ path: ["after"], message: \`nothing is judged before epoch \${epochs}; make after smaller\` }],

  create: ({ bound, after }, { epochs }) => ({
    rungs: () => (after < epochs ? [after] : []),
    report: (configuration, epoch, objective) => [
      { configuration, epoch, goesOn: objective !== undefined && objective < bound },
    ],
    // Nobody waits for it.
    end: () => [],
  }),
});
`,
    test: (type, value) => `import { testPruner } from "../testing.ts";
import { ${value} } from "./${type}.ts";

testPruner(${value}, [{ bound: 0 }, { bound: 2, after: 3 }]);
`,
  },
} satisfies Partial<Record<Kind, Template>>;
