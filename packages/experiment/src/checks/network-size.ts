import { LayerError, resolveLayer, countLayers } from "@nn/layers";
import { DatasetError } from "@nn/mnist";
import type { NetworkSize } from "@nn/results";
import type { DerivedVariables, SearchSpace } from "@nn/sweep";
import { canonicalJson, type TrialSpec } from "@nn/training";

import { getCatalogEntry } from "./get-catalog-entry.ts";
import { substituteValues, type ExperimentBody } from "../sweep/substitute.ts";
import type { SweptPath } from "../sweep/sweep.ts";
import { planTrial, type CheckContext } from "./check-trial.ts";
import { getTrialSpec } from "../sweep/trials.ts";

/**
 * Returns a function that returns the size of a trial's network. The size is undefined if the network cannot
 * be planned, which is reported elsewhere. Most trials share their layers, so each network is planned only
 * once.
 */
export function createNetworkSizeProvider(files: CheckContext): (spec: TrialSpec) => NetworkSize | undefined {
  const sizes = new Map<string, NetworkSize | undefined>();
  return (spec) => {
    const key = canonicalJson([spec.dataset, spec.model.layers]);
    if (!sizes.has(key)) sizes.set(key, computeSize(spec, files));
    return sizes.get(key);
  };
}

/** Returns the number of layers in a trial's network, including layers inside other layers. */
export function countTrialLayers(spec: TrialSpec, { catalogs }: Pick<CheckContext, "catalogs">): number {
  return countLayers(
    spec.model.layers.map((layer) =>
      resolveLayer(layer, { find: (type) => getCatalogEntry(catalogs.layers, { type }) }),
    ),
  );
}

/**
 * Maximum number of layers to plan when checking that constraints can be satisfied. This takes about ten
 * seconds.
 */
const MAX_PLANNED = 100_000;

/** Maximum and minimum number of combinations to draw. The maximum applies if planning is fast. */
const [MAX_DRAWS, MIN_DRAWS] = [2000, 10];

interface Sizing {
  readonly sizeOf: (spec: TrialSpec) => NetworkSize | undefined;
  /** Number of layers of the network in the file. */
  readonly layers: number;
}

/**
 * Returns the derived variables of the network that a constraint may use, such as `model.parameters <=
 * 50000`. `sizing` is undefined if no network can be planned because the file has other mistakes; the derived
 * variables are then undefined in every trial.
 */
export function getNetworkVariables(
  body: ExperimentBody,
  swept: readonly SweptPath[],
  sizing: Sizing | undefined,
): Required<Pick<SearchSpace, "derivedVariables">> & Pick<SearchSpace, "draws"> {
  // Other swept paths, such as a learning rate, do not change the network.
  const shaping = swept.filter(({ path: [part] }) => part === "dataset" || part === "model");
  const sizes = new Map<string, NetworkSize | undefined>();
  const sizeWith = (written: Readonly<Record<string, unknown>>): NetworkSize | undefined => {
    const values = shaping.map(({ text, path }) => [path, written[text]] as const);
    const key = JSON.stringify(values.map(([, value]) => value));
    if (!sizes.has(key)) sizes.set(key, sizing?.sizeOf(getTrialSpec(substituteValues(body, values))));
    return sizes.get(key);
  };
  const derivedVariables: DerivedVariables = {
    "model.parameters": (written) => sizeWith(written)?.parameters,
    "model.multiplyAdds": (written) => sizeWith(written)?.multiplyAdds,
  };
  const draws = Math.floor(MAX_PLANNED / (sizing?.layers ?? 1));
  return draws < MAX_DRAWS ? { derivedVariables, draws: Math.max(MIN_DRAWS, draws) } : { derivedVariables };
}

function computeSize(spec: TrialSpec, files: CheckContext): NetworkSize | undefined {
  try {
    const { parameters, multiplyAdds } = planTrial(spec, files);
    // A custom layer may return invalid numbers.
    return [parameters, multiplyAdds].every(Number.isSafeInteger) ? { parameters, multiplyAdds } : undefined;
  } catch (error) {
    if (error instanceof LayerError || error instanceof DatasetError) return undefined;
    throw error;
  }
}
