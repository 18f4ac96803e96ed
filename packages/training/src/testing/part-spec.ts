import type { Definition } from "@nn/layers";
import { Value } from "typebox/value";

import type { PartSpec } from "../trial-spec.ts";

/** Returns a choice with the defaults of its options. */
export function createPartSpec(
  catalog: ReadonlyMap<string, Definition>,
  type: string,
  options = {},
): PartSpec {
  const complete = { ...options };
  Value.Default(catalog.get(type)!.options, complete);
  return { type, ...complete };
}
