import type { Rng } from "@nn/tensor";
import type { Static, TObject } from "typebox";
import type { Assignment, Domains } from "./domain.ts";
import type { Problem } from "./problem.ts";

/** A sampler: one file in samplers/ that exports one of these, made by `defineSampler`. Pure: the same arguments, the same trials. */
export interface SamplerDefinition<Options extends TObject = TObject> {
  readonly type: string;
  readonly description: string;
  /** Everything beside `type` that it takes. */
  readonly options: Options;
  /** What it cannot do with domains that are valid by themselves. Paths lead from the `sweep` block. */
  check(domains: Domains, options: Static<Options>): Problem[];
  /** The combinations to try, in order, after `check` found nothing. */
  propose(domains: Domains, options: Static<Options>, rng: Rng): Assignment[];
}

/** Gives `check` and `propose` the type of the options its schema describes. */
export function defineSampler<Options extends TObject>(
  definition: SamplerDefinition<Options>,
): SamplerDefinition<Options> {
  return definition;
}
