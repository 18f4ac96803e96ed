import { LayerError } from "@nn/layers";
import { DatasetError } from "@nn/mnist";
import type { NetworkSize } from "@nn/results";
import type { Figures } from "@nn/sweep";

import type { TrialSpec } from "../experiment.ts";
import { canonicalJson } from "./canonical-json.ts";
import { substitute, type Body } from "./substitute.ts";
import type { SweptPath } from "./sweep.ts";
import { planTrial, type OwnFiles } from "./trial-spec.ts";
import { trialSpecOf } from "./trials.ts";

/**
 * How large the network of a trial is; undefined where it cannot be planned, which is told elsewhere. Trials differ mostly in other things
 * than their layers: each network is planned once.
 */
export function networkSizeBy(files: OwnFiles): (spec: TrialSpec) => NetworkSize | undefined {
  const known = new Map<string, NetworkSize | undefined>();
  return (spec) => {
    const key = canonicalJson([spec.dataset, spec.model.layers]);
    if (!known.has(key)) known.set(key, sizeOf(spec, files));
    return known.get(key);
  };
}

/** What a constraint may say of the network that swept values make: `model.parameters <= 50000`. */
export function networkFigures(
  body: Body,
  swept: readonly SweptPath[],
  sizeOf: (spec: TrialSpec) => NetworkSize | undefined,
): Figures {
  // What is swept elsewhere, such as a learning rate, leaves the network as it is.
  const shaping = swept.filter(({ path: [part] }) => part === "dataset" || part === "model");
  const known = new Map<string, NetworkSize | undefined>();
  const sizeWith = (written: Readonly<Record<string, unknown>>): NetworkSize | undefined => {
    const values = shaping.map(({ text, path }) => [path, written[text]] as const);
    const key = JSON.stringify(values.map(([, value]) => value));
    if (!known.has(key)) known.set(key, sizeOf(trialSpecOf(substitute(body, values))));
    return known.get(key);
  };
  return {
    "model.parameters": (written) => sizeWith(written)?.parameters,
    "model.multiplyAdds": (written) => sizeWith(written)?.multiplyAdds,
  };
}

function sizeOf(spec: TrialSpec, files: OwnFiles): NetworkSize | undefined {
  try {
    const { parameters, multiplyAdds } = planTrial(spec, files);
    // What a layer of one's own counts may be no number.
    return [parameters, multiplyAdds].every(Number.isSafeInteger) ? { parameters, multiplyAdds } : undefined;
  } catch (error) {
    if (error instanceof LayerError || error instanceof DatasetError) return undefined;
    throw error;
  }
}
