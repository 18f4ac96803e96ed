import { Value } from "typebox/value";

import type { Definition } from "../definition.ts";

/**
 * Options with the schema's defaults filled in, as a checked experiment file has them. Throws when they do
 * not fit it.
 */
export function completeOptions(
  definition: Definition,
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const complete = { ...options };
  Value.Default(definition.options, complete);
  const [error] = Value.Errors(definition.options, complete);
  if (error !== undefined) {
    throw new Error(
      `${definition.type}: the options ${JSON.stringify(options)} do not fit its schema: ${error.message}`,
    );
  }
  return complete;
}

/** `{ units: 3, bias: false }`, for the name of a test. */
export function formatOptions(options: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(options).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}
