import { expect, test } from "vitest";

import { isDefinition, type Definition, type DefinitionKind } from "../definition.ts";

/** What every definition promises: it is complete, and says what it and each of its options is. */
export function testDescription<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  definition: Definition,
): void {
  test("is complete, and says what it and each of its options is", () => {
    expect(isDefinition(kind, definition)).toBe(true);
    expect(definition.description).toMatch(/\S/);
    for (const option of Object.values(definition.options.properties)) {
      expect(option).toMatchObject({ description: expect.stringMatching(/\S/) });
    }
  });
}
