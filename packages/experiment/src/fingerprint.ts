import { createHash } from "@nn/platform/hash";

import { listParameters, type DomainSpecs } from "@nn/sweep";
import { canonicalJson, isRecord } from "@nn/training";

/**
 * Returns a hash (12 hexadecimal digits) of everything that can change the results: the resolved experiment
 * and the files of its custom parts. Files that a custom part imports are not included.
 *
 * The name and the description are not included, because changing them must not start a new run. The minutes
 * of a sweep's budget are not included either, because a sweep that has used them up can resume with more.
 */
export function computeFingerprint(
  resolved: Readonly<Record<string, unknown>>,
  swept: DomainSpecs,
  sources: ReadonlyMap<string, Uint8Array>,
): string {
  const { name: _name, description: _description, ...rest } = removeMinutes(resolved);
  // The order of the parameters determines the order of the trials, so these keys are not sorted.
  const order = listParameters(swept).map(({ name }) => name);
  const hash = createHash("sha256").update(canonicalJson({ ...rest, order }));
  for (const [path, bytes] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`\n${path}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex").slice(0, 12);
}

function removeMinutes(resolved: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { sweep } = resolved;
  if (!isRecord(sweep) || !isRecord(sweep["budget"])) return resolved;
  const { budget: _budget, ...others } = sweep;
  const { minutes: _minutes, ...lasting } = sweep["budget"];
  const isLeft = Object.keys(lasting).length > 0;
  return { ...resolved, sweep: isLeft ? { ...others, budget: lasting } : others };
}
