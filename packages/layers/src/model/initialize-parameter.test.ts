import { createReferenceBackend, createRng } from "@nn/tensor";
import { Type } from "typebox";
import { describe, expect, test } from "vitest";

import { defineInitializer } from "../definition.ts";
import { initializeParameter } from "./initialize-parameter.ts";
import { he } from "../initializers/he.ts";

const backend = createReferenceBackend("float32");
const options = { distribution: "normal" };
const fan = { fanIn: 6, fanOut: 4 };

/** The initializer `he`, with a count of its calls. */
function counted() {
  let draws = 0;
  const definition = defineInitializer({
    ...he,
    fill(...args) {
      draws++;
      he.fill(...args);
    },
  });
  return { definition, draws: () => draws };
}

describe("the initial values of parameters", () => {
  test("are drawn once and then reused", () => {
    const { definition, draws } = counted();
    const start = { options, fan, rng: createRng(1) };
    const [first, second] = [backend.allocate([6, 4]), backend.allocate([6, 4])];
    initializeParameter(first, { definition, ...start });
    initializeParameter(second, { definition, ...start });
    expect(draws()).toBe(1);
    expect(new Set(first.data).size).toBe(24);
    expect(second.data).toEqual(first.data);
  });

  test("stay unchanged in the cache during training", () => {
    const { definition } = counted();
    const [first, second] = [backend.allocate([6, 4]), backend.allocate([6, 4])];
    initializeParameter(first, { definition, options, fan, rng: createRng(1) });
    const start = first.data.slice();
    first.data.fill(7);
    initializeParameter(second, { definition, options, fan, rng: createRng(1) });
    expect(second.data).toEqual(start);
    second.data.fill(7);
    initializeParameter(first, { definition, options, fan, rng: createRng(1) });
    expect(first.data).toEqual(start);
  });

  test.each([
    ["another stream", [6, 4], { options, fan, rng: createRng(2) }],
    ["another shape", [4, 6], { options, fan, rng: createRng(1) }],
    ["other options", [6, 4], { options: { distribution: "uniform" }, fan, rng: createRng(1) }],
    ["another fan", [6, 4], { options, fan: { fanIn: 3, fanOut: 4 }, rng: createRng(1) }],
  ])("are drawn again for %s", (_what, shape, start) => {
    const { definition, draws } = counted();
    initializeParameter(backend.allocate([6, 4]), { definition, options, fan, rng: createRng(1) });
    initializeParameter(backend.allocate(shape), { definition, ...start });
    expect(draws()).toBe(2);
  });

  test("are drawn again for another precision, and for another definition with the same name", () => {
    const { definition, draws } = counted();
    const other = counted();
    const start = { options, fan, rng: createRng(1) };
    initializeParameter(backend.allocate([6, 4]), { definition, ...start });
    initializeParameter(createReferenceBackend("float64").allocate([6, 4]), { definition, ...start });
    initializeParameter(backend.allocate([6, 4]), { definition: other.definition, ...start });
    expect([draws(), other.draws()]).toEqual([2, 1]);
  });

  test("are evicted from a full cache, least recently used first", () => {
    const draws: number[] = [];
    const definition = defineInitializer({
      type: "large",
      description: "",
      options: Type.Object({ name: Type.Number() }),
      fill: ({ name }) => void draws.push(name),
    });
    const large = backend.allocate([3_000_000]);
    for (const name of [1, 2, 1, 3, 1, 2]) {
      initializeParameter(large, { definition, options: { name }, fan, rng: createRng(1) });
    }
    expect(draws).toEqual([1, 2, 3, 2]);
  });

  test("take the place of those of another definition with the same name", () => {
    const large = backend.allocate([3_000_000]);
    const [first, second] = [counted(), counted()];
    const draw = ({ definition }: typeof first, seed: number): void =>
      initializeParameter(large, { definition, options, fan, rng: createRng(seed) });
    draw(first, 1);
    draw(second, 1);
    draw(second, 2);
    // If the first values were still counted, the cache would be full, and these would be drawn again.
    draw(second, 1);
    expect([first.draws(), second.draws()]).toEqual([1, 2]);
  });
});
