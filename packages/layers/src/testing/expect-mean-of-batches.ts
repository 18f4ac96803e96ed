import fc from "fast-check";
import { expect } from "vitest";

import type { Loss } from "../definition.ts";
import { float64ReferenceBackend } from "./backends.ts";

interface Example {
  /** (C) */
  readonly outputs: readonly number[];
  readonly label: number;
}

/**
 * Checks that the loss of all examples is the mean of the losses of their batches, weighted by `sumWeights`,
 * for any order and any division into batches. Checks the gradient in the same way. `build` builds the loss
 * on the float64 backend, for batches up to the given size.
 */
export function expectMeanOfBatches(build: (batchSize: number) => Loss, classes: number): void {
  const outputs = fc.array(fc.integer({ min: -90, max: 90 }), { minLength: classes, maxLength: classes });
  const example = fc.record({
    outputs: outputs.map((row) => row.map((value) => value / 10)),
    label: fc.nat(classes - 1),
  });
  const examples = fc.array(example, { minLength: 2, maxLength: 12 });
  const division = examples.chain((all) =>
    fc.record({
      all: fc.constant(all),
      order: fc.shuffledSubarray([...all.keys()], { minLength: all.length }),
      cuts: fc.subarray(Array.from({ length: all.length - 1 }, (_, index) => index + 1)),
    }),
  );

  fc.assert(
    fc.property(division, ({ all, order, cuts }) => {
      const whole = lossOf(build, all);
      let [sum, weight] = [0, 0];
      const gradients: number[][] = [];
      for (const [index, end] of [...cuts, all.length].entries()) {
        const places = order.slice(cuts[index - 1] ?? 0, end);
        const part = lossOf(
          build,
          places.map((place) => all[place]!),
        );
        sum += part.loss * part.weight;
        weight += part.weight;
        for (const [n, place] of places.entries()) {
          gradients[place] = part.gradient
            .slice(n * classes, (n + 1) * classes)
            .map((value) => (value * part.weight) / whole.weight);
        }
      }
      expect(weight).toBeCloseTo(whole.weight, 9);
      expect(sum / weight).toBeCloseTo(whole.loss, 9);
      for (const [i, value] of gradients.flat().entries()) expect(value).toBeCloseTo(whole.gradient[i]!, 9);
    }),
  );
}

/** Returns the loss, gradient and weight of one batch. */
function lossOf(build: (batchSize: number) => Loss, batch: readonly Example[]) {
  const loss = build(batch.length);
  const classes = batch[0]!.outputs.length;
  const outputs = float64ReferenceBackend.allocate([batch.length, classes]);
  const labels = float64ReferenceBackend.allocateIntegers(batch.length);
  for (const [n, example] of batch.entries()) {
    outputs.data.set(example.outputs, n * classes);
    labels[n] = example.label;
  }
  const value = loss.forward(outputs, labels);
  return {
    loss: value,
    gradient: [...loss.backward().data],
    weight: loss.sumWeights?.(labels) ?? batch.length,
  };
}
