import type { Definition } from "@nn/layers";
import { Value } from "typebox/value";

import type { Choice } from "../trial-spec.ts";

/** Returns a choice with the defaults of its options. */
export function choice(catalog: ReadonlyMap<string, Definition>, type: string, options = {}): Choice {
  const complete = { ...options };
  Value.Default(catalog.get(type)!.options, complete);
  return { type, ...complete };
}
