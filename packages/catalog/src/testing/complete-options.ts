import { Value } from "typebox/value";

import type { Definition } from "../definition.ts";

/**
 * Returns options with the schema's defaults, as in a checked experiment file. Throws if they do not match
 * the schema.
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
      `${definition.type}: the options ${JSON.stringify(options)} do not match its schema: ${error.message}`,
    );
  }
  return complete;
}

/** Returns options as text for a test title: `{ units: 3, bias: false }`. */
export function formatOptions(options: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(options).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}
