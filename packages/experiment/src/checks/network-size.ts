import { LayerError, chooseLayer, countLayers } from "@nn/layers";
import { DatasetError } from "@nn/mnist";
import type { NetworkSize } from "@nn/results";
import type { Figures, SearchSpace } from "@nn/sweep";
import { canonicalJson, type TrialSpec } from "@nn/training";

import { catalogEntry } from "./known-entry.ts";
import { substitute, type ExperimentBody } from "../sweep/substitute.ts";
import type { SweptPath } from "../sweep/sweep.ts";
import { planTrial, type CustomFiles } from "./check-trial.ts";
import { trialSpecOf } from "../sweep/trials.ts";

/**
 * How large the network of a trial is; undefined where it cannot be planned, which is told elsewhere. Trials
 * differ mostly in other things than their layers: each network is planned once.
 */
export function createNetworkSize(files: CustomFiles): (spec: TrialSpec) => NetworkSize | undefined {
  const sizes = new Map<string, NetworkSize | undefined>();
  return (spec) => {
    const key = canonicalJson([spec.dataset, spec.model.layers]);
    if (!sizes.has(key)) sizes.set(key, sizeOf(spec, files));
    return sizes.get(key);
  };
}

/** How many layers the network of a trial has, those inside others counted. */
export function layersOf(spec: TrialSpec, { catalogs }: Pick<CustomFiles, "catalogs">): number {
  return countLayers(
    spec.model.layers.map((layer) =>
      chooseLayer(layer, { find: (type) => catalogEntry(catalogs.layers, { type }) }),
    ),
  );
}

/**
 * So many layers are planned at most to see that constraints can be satisfied: some ten seconds of planning.
 */
const MOST_PLANNED = 100_000;

/** Combinations that are drawn where planning takes no time, and at least. */
const [MOST_DRAWS, LEAST_DRAWS] = [2000, 10];

interface Sizing {
  readonly sizeOf: (spec: TrialSpec) => NetworkSize | undefined;
  /** Of the network as the file has it. */
  readonly layers: number;
}

/**
 * What a constraint may say of the network that swept values make: `model.parameters <= 50000`. `sizing`:
 * undefined where no network can be planned, as the file has other mistakes; no trial has the figures then.
 */
export function networkFigures(
  body: ExperimentBody,
  swept: readonly SweptPath[],
  sizing: Sizing | undefined,
): Required<Pick<SearchSpace, "figures">> & Pick<SearchSpace, "draws"> {
  // What is swept elsewhere, such as a learning rate, leaves the network as it is.
  const shaping = swept.filter(({ path: [part] }) => part === "dataset" || part === "model");
  const sizes = new Map<string, NetworkSize | undefined>();
  const sizeWith = (written: Readonly<Record<string, unknown>>): NetworkSize | undefined => {
    const values = shaping.map(({ text, path }) => [path, written[text]] as const);
    const key = JSON.stringify(values.map(([, value]) => value));
    if (!sizes.has(key)) sizes.set(key, sizing?.sizeOf(trialSpecOf(substitute(body, values))));
    return sizes.get(key);
  };
  const figures: Figures = {
    "model.parameters": (written) => sizeWith(written)?.parameters,
    "model.multiplyAdds": (written) => sizeWith(written)?.multiplyAdds,
  };
  const draws = Math.floor(MOST_PLANNED / (sizing?.layers ?? 1));
  return draws < MOST_DRAWS ? { figures, draws: Math.max(LEAST_DRAWS, draws) } : { figures };
}

function sizeOf(spec: TrialSpec, files: CustomFiles): NetworkSize | undefined {
  try {
    const { parameters, multiplyAdds } = planTrial(spec, files);
    // What a custom layer counts may be no number.
    return [parameters, multiplyAdds].every(Number.isSafeInteger) ? { parameters, multiplyAdds } : undefined;
  } catch (error) {
    if (error instanceof LayerError || error instanceof DatasetError) return undefined;
    throw error;
  }
}
