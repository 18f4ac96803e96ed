import type { EntryKind, EntryTemplate } from "../template.ts";

/** The templates for the catalogs of `@nn/sweep`. */
export const sweepTemplates = {
  sampler: {
    package: "sweep",
    folder: "samplers",
    golden: "its recorded proposals: run pnpm exec node packages/sweep/golden/proposals.ts",
    source: (type, value) => `import { Type } from "typebox";

import { defineAdaptiveSampler } from "../sampler.ts";
import { drawValue } from "./shared/draw.ts";
import { argsortTrials } from "./shared/argsort-trials.ts";

/** Draws two random combinations. Then changes one value of the best trial so far, one trial at a time. */
export const ${value} = defineAdaptiveSampler({
  type: "${type}",
  description: "Changes one value of the best trial so far.",
  options: Type.Object({
    trials: Type.Integer({
      minimum: 2,
      maximum: 100_000,
      description: "Number of combinations to try.",
    }),
  }),

  check: () => [],

  generations: ({ trials }) => [2, ...Array<number>(trials - 2).fill(1)],

  // Keeps no state between calls: proposals depend only on the history and the random stream.
  proposeNext(domains, _options, rng, history, count) {
    const names = Object.keys(domains);
    const best = history[argsortTrials(history)[0] ?? -1]?.parameters;
    return Array.from({ length: count }, (_, index) => {
      const stream = rng.fork(history.length + index);
      const changed = names[stream.fork("which").integer(names.length)];
      const parameters = Object.entries(domains).map(([name, domain]) => {
        const kept = name === changed ? undefined : best?.[name];
        return [name, kept ?? drawValue(domain, stream.fork(name))] as const;
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

/** Checks each configuration once. It does not compare configurations, so no decision has to wait. */
export const ${value} = definePruner({
  type: "${type}",
  description: "Stops a configuration whose objective is not below a bound, or that has no objective.",
  options: Type.Object({
    bound: Type.Number({
      description: "Upper bound of the objective, which is minimized (an accuracy is negated).",
    }),
    after: Type.Integer({
      minimum: 1,
      default: 1,
      description: "Epoch after which the bound is checked.",
    }),
  }),

  check: ({ after }, { epochs }) =>
    after < epochs
      ? []
      : [{ path: ["after"], message: \`nothing can be stopped after epoch \${after}; make after smaller\` }],

  create: ({ bound, after }, { epochs }) => ({
    rungs: () => (after < epochs ? [after] : []),
    report: (configuration, epoch, objective) => [
      { configuration, epoch, continues: objective !== undefined && objective < bound },
    ],
    // No decision depends on the end of a configuration.
    end: () => [],
  }),
});
`,
    test: (type, value) => `import { testPruner } from "../testing.ts";
import { ${value} } from "./${type}.ts";

testPruner(${value}, [{ bound: 0 }, { bound: 2, after: 3 }]);
`,
  },
} satisfies Partial<Record<EntryKind, EntryTemplate>>;
