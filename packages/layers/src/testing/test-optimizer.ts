import { completeOptions, formatOptions } from "@nn/catalog/testing/complete-options";
import { createRng, type Backend } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import type { OptimizerDefinition, Parameter } from "../definition.ts";
import { float64ReferenceBackend, fastBackends, referenceBackend } from "./backends.ts";
import { describeDifferences, sumTerms, type NamedArrays } from "./numbers.ts";
import { restoreStates } from "./restore-states.ts";

/** Defines the tests that every optimizer must pass. Call it in a vitest file, with the options to test. */
export function testOptimizer(
  definition: OptimizerDefinition,
  configurations: readonly Record<string, unknown>[],
): void {
  for (const options of configurations) {
    const build = (backend: Backend, parameters: readonly Parameter[]) => {
      const complete = completeOptions(definition, options);
      definition.check?.(complete);
      return definition.build(complete, { backend, parameters });
    };

    /** Returns the parameters after 20 steps with the same random gradients. */
    const run = (backend: Backend): NamedArrays => {
      const rng = createRng(19);
      const parameters = [createParameter(backend, "weight", [5, 7]), createParameter(backend, "bias", [7])];
      const optimizer = build(backend, parameters);
      for (let step = 0; step < 20; step++) {
        for (const { gradient } of parameters) {
          for (let i = 0; i < gradient.data.length; i++) gradient.data[i] = rng.normal();
        }
        optimizer.step(1);
      }
      return Object.fromEntries(parameters.map(({ name, value }) => [name, value.data]));
    };

    describe(`${definition.type} ${formatOptions(options)}`, () => {
      test("lowers a quadratic and resets the gradient to zero", () => {
        const parameter = createParameter(float64ReferenceBackend, "weight", [6]);
        const { value, gradient } = parameter;
        const optimizer = build(float64ReferenceBackend, [parameter]);
        // f(w) = Σ k·(w − 3)² / 2 with curvatures k = 1, 2, …; ∂f/∂w = k·(w − 3)
        const f = () => sumTerms(value.data, (w, i) => ((i + 1) * (w - 3) ** 2) / 2);
        const start = f();
        for (let step = 0; step < 50; step++) {
          for (let i = 0; i < value.data.length; i++) gradient.data[i] = (i + 1) * (value.data[i]! - 3);
          optimizer.step(1);
          expect(gradient.data.every((g) => g === 0)).toBe(true);
        }
        expect(f()).toBeLessThan(start);
      });

      test("a factor of 0 changes no parameter and resets the gradient to zero", () => {
        const parameters = [
          createParameter(float64ReferenceBackend, "weight", [5, 7]),
          createParameter(float64ReferenceBackend, "bias", [7]),
        ] as const;
        const before = parameters.map(({ value }) => Array.from(value.data));
        const optimizer = build(float64ReferenceBackend, parameters);
        for (let step = 0; step < 3; step++) {
          for (const { gradient } of parameters) gradient.data.fill(step + 1);
          optimizer.step(0);
          for (const { gradient } of parameters) expect(gradient.data.every((g) => g === 0)).toBe(true);
        }
        expect(parameters.map(({ value }) => Array.from(value.data))).toEqual(before);
      });

      test("resumes from its state as if never stopped", () => {
        const gradients = createRng(29);
        const first = [
          createParameter(float64ReferenceBackend, "weight", [5, 7]),
          createParameter(float64ReferenceBackend, "bias", [7]),
        ];
        const second = first.map(({ name, value }) =>
          createParameter(float64ReferenceBackend, name, value.shape),
        );
        const [before, after] = [
          build(float64ReferenceBackend, first),
          build(float64ReferenceBackend, second),
        ];
        for (let step = 0; step < 20; step++) {
          for (const [p, { gradient }] of first.entries()) {
            for (let i = 0; i < gradient.data.length; i++) gradient.data[i] = gradients.normal();
            second[p]!.gradient.data.set(gradient.data);
          }
          before.step(0.7);
          if (step > 7) after.step(0.7);
          if (step !== 7) continue;
          for (const [p, { value, gradient }] of second.entries()) {
            value.data.set(first[p]!.value.data);
            gradient.data.fill(0);
          }
          restoreStates(before.state, after.state);
        }
        expect(second.map(({ value }) => value.data)).toEqual(first.map(({ value }) => value.data));
      });

      test("two runs give the same bytes", () => {
        expect(describeDifferences(run(referenceBackend), run(referenceBackend))).toEqual([]);
      });

      test.each(fastBackends)("the same bytes on $name as on the reference", (backend) => {
        expect(describeDifferences(run(backend), run(referenceBackend))).toEqual([]);
      });
    });
  }
}

function createParameter(backend: Backend, name: string, shape: readonly number[]): Parameter {
  const value = backend.allocate(shape);
  const rng = createRng(23).fork(name);
  for (let i = 0; i < value.data.length; i++) value.data[i] = rng.normal();
  return { name, value, gradient: backend.allocate(shape) };
}
