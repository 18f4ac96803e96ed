import { expect, test } from "vitest";

import { isDefinition, type Definition, type DefinitionKind } from "../definition.ts";

/** Tests that a definition is complete, and that it and each of its options have a description. */
export function testDefinition<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  definition: Definition,
): void {
  test("is complete, with a description of itself and of each option", () => {
    expect(isDefinition(kind, definition)).toBe(true);
    expect(definition.description).toMatch(/\S/);
    for (const option of Object.values(definition.options.properties)) {
      expect(option).toMatchObject({ description: expect.stringMatching(/\S/) });
    }
  });
}
