import { createHash } from "@nn/platform/hash";

import { parametersOf, type WrittenDomains } from "@nn/sweep";
import { canonicalJson, isRecord } from "@nn/training";

/**
 * 12 hexadecimal digits that stand for everything that can change a byte of the results: the resolved
 * experiment and the files of its custom parts. The name and the description are left out: the one names the
 * folder above, the other is for people, and correcting it must not make a finished run a new one. So are the
 * minutes that a sweep may take: one that has used them up resumes with more. What such a file imports is
 * not followed.
 */
export function fingerprintOf(
  resolved: Readonly<Record<string, unknown>>,
  swept: WrittenDomains,
  sources: ReadonlyMap<string, Uint8Array>,
): string {
  const { name: _name, description: _description, ...rest } = withoutMinutes(resolved);
  // The order of the parameters is the order of the trials, and sorting the keys would lose it.
  const order = parametersOf(swept).map(({ name }) => name);
  const hash = createHash("sha256").update(canonicalJson({ ...rest, order }));
  for (const [path, bytes] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`\n${path}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex").slice(0, 12);
}

function withoutMinutes(resolved: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { sweep } = resolved;
  if (!isRecord(sweep) || !isRecord(sweep["budget"])) return resolved;
  const { budget: _budget, ...others } = sweep;
  const { minutes: _minutes, ...lasting } = sweep["budget"];
  const isLeft = Object.keys(lasting).length > 0;
  return { ...resolved, sweep: isLeft ? { ...others, budget: lasting } : others };
}
