import { assemble, propose } from "@nn/sweep";
import { createRng } from "@nn/tensor";

import type { SweptValue, Trial, TrialSpec } from "../experiment.ts";
import type { Path } from "./located.ts";
import { substitute, type Body } from "./substitute.ts";
import type { SweepBlock, SweptPath } from "./sweep.ts";

/** One combination of swept values and the trial that they make. */
export interface Configuration {
  /** By path: see `pathsOf`. */
  readonly parameters: Readonly<Record<string, SweptValue>>;
  readonly body: Body;
  readonly spec: TrialSpec;
}

/** Every combination that the sampler proposes, in its order; without a sweep the experiment as it is. */
export function configurationsOf(
  body: Body,
  seed: number,
  sweep: SweepBlock | undefined,
  swept: readonly SweptPath[],
): Configuration[] {
  if (sweep === undefined) return [{ parameters: {}, body, spec: trialSpecOf(body) }];
  const { epochs } = trialSpecOf(body).training;
  const paths = new Map(swept.map(({ text, path }) => [text, path]));
  return propose(sweep, createRng(seed).fork("sweep"), epochs).map(({ parameters }) => {
    const values = Object.entries(assemble(sweep.parameters, parameters)).flatMap(
      ([text, value]): [Path, unknown][] => {
        const path = paths.get(text);
        return path === undefined ? [] : [[path, value]];
      },
    );
    const own = substitute(body, values);
    return { parameters: asSweptValues(parameters), body: own, spec: trialSpecOf(own) };
  });
}

/** Each configuration `repeats` times, with the seeds that follow each other. */
export function trialsOf(configurations: readonly Configuration[], seed: number, repeats: number): Trial[] {
  return configurations.flatMap(({ parameters, spec }, configuration) =>
    Array.from({ length: repeats }, (_, repeat) => ({
      number: configuration * repeats + repeat + 1,
      seed: seed + repeat,
      configuration,
      parameters,
      spec,
    })),
  );
}

/** The parts of a completed experiment that a trial needs. */
export function trialSpecOf({ completed }: Body): TrialSpec {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema has been checked: it says that the data has this type
  const { dataset, augment, model, loss, optimizer, schedule, training, evaluation } = completed as TrialSpec;
  return {
    dataset,
    ...(augment !== undefined && { augment }),
    model,
    loss,
    optimizer,
    schedule,
    training,
    ...(evaluation !== undefined && { evaluation }),
  };
}

function asSweptValues(parameters: Readonly<Record<string, unknown>>): Record<string, SweptValue> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a block among the values names a catalog entry: the schema has been checked
  return parameters as Record<string, SweptValue>;
}
