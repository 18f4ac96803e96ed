import { completeOptions, formatOptions } from "@nn/catalog/testing/complete-options";
import { createRng, ShapeError, type Backend, type Shape } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import type { Loss, LossDefinition } from "../definition.ts";
import { float64ReferenceBackend, fastBackends, referenceBackend } from "./backends.ts";
import { describeGradientError, computeNumericGradient } from "./gradient-check.ts";
import { expectMeanOfBatches } from "./expect-mean-of-batches.ts";
import { describeDifferences, drawLabels, drawAwayFromKinks, type NamedArrays } from "./numbers.ts";

/** One configuration of a loss for the contract suite. */
export interface LossConfiguration {
  readonly options?: Record<string, unknown>;
  /** C, the number of classes: the network's output has the shape (C) per example. */
  readonly classes: number;
}

const N = 5;

/**
 * Defines the tests that every loss over classes must pass. Call it in a vitest file, with the configurations
 * to test.
 */
export function testLoss(definition: LossDefinition, configurations: readonly LossConfiguration[]): void {
  for (const { options = {}, classes } of configurations) {
    const build = (backend: Backend, batchSize: number): Loss => {
      const complete = completeOptions(definition, options);
      return definition.build(complete, { backend, batchSize, outputShape: [classes] });
    };

    describe(`${definition.type} ${formatOptions(options)} of ${classes} classes`, () => {
      test("accepts one output per class, and gives advice for any other shape", () => {
        const check = (outputShape: Shape) => () =>
          definition.check(outputShape, classes, completeOptions(definition, options));
        expect(check([classes])).not.toThrow();
        expect(check([classes + 1])).toThrow(ShapeError);
        expect(check([classes + 1])).toThrow(`"units: ${classes}"`);
        expect(check([4, 4, classes])).toThrow(ShapeError);
      });

      test.each([1, N])("the gradient agrees with central differences, batch of %i", (n) => {
        const loss = build(float64ReferenceBackend, n);
        const { outputs, labels } = drawOutputs(float64ReferenceBackend, n, classes);
        loss.forward(outputs, labels);
        const analytic = loss.backward().data.slice();
        const numeric = computeNumericGradient(outputs.data, () => loss.forward(outputs, labels));
        expect(describeGradientError("doutputs", analytic, numeric)).toBeUndefined();
      });

      test("the loss of all examples is the weighted mean over their batches", () => {
        expectMeanOfBatches((batchSize) => build(float64ReferenceBackend, batchSize), classes);
      });

      test("does not change outputs and labels", () => {
        const loss = build(float64ReferenceBackend, N);
        const { outputs, labels } = drawOutputs(float64ReferenceBackend, N, classes);
        const [outputsBefore, labelsBefore] = [outputs.data.slice(), labels.slice()];
        loss.forward(outputs, labels);
        loss.backward();
        expect(outputs.data).toEqual(outputsBefore);
        expect(labels).toEqual(labelsBefore);
      });

      test("two runs give the same bytes, for any largest batch size", () => {
        expect(
          describeDifferences(
            runLoss(build(referenceBackend, N), referenceBackend, classes),
            runLoss(build(referenceBackend, 2), referenceBackend, classes),
          ),
        ).toEqual([]);
      });

      test.each(fastBackends)("the same bytes on $name as on the reference", (backend) => {
        expect(
          describeDifferences(
            runLoss(build(backend, N), backend, classes),
            runLoss(build(referenceBackend, N), referenceBackend, classes),
          ),
        ).toEqual([]);
      });
    });
  }
}

/** Returns the loss and its gradient for a batch of two. */
function runLoss(loss: Loss, backend: Backend, classes: number): NamedArrays {
  const { outputs, labels } = drawOutputs(backend, 2, classes);
  return { loss: Float64Array.of(loss.forward(outputs, labels)), gradient: loss.backward().data };
}

function drawOutputs(backend: Backend, n: number, classes: number) {
  const rng = createRng(17);
  return {
    outputs: drawAwayFromKinks(backend, [n, classes], rng.fork("outputs"), []),
    labels: drawLabels(backend, n, classes, rng.fork("labels")),
  };
}
