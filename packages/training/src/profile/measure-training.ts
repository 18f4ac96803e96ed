import { countBackwardMultiplyAdds, type LayerWrapper } from "@nn/layers";

import type { TrainingBatch } from "../data/data-loader.ts";
import { formatPath } from "../path.ts";
import type { TrainingLoopParts, TrainingObserver } from "../train.ts";
import type { Profiler } from "./profiler.ts";

/** A multiply-add is two floating-point operations. */
const FLOPS = 2;

/**
 * Returns a wrapper that measures the forward and the backward pass of each layer. The number of
 * floating-point operations follows from the formula of the layer and not from its kernel. It is two per
 * multiply-add of the forward pass, and two per multiply-add of the gradients of input and weights
 * (`countBackwardMultiplyAdds`). Elementwise operations are not counted.
 */
export function createLayerTimer(profiler: Profiler): LayerWrapper {
  return (layer, { path, type, plan, needsInputGradient }) => {
    const name = `${formatPath(path)} ${type}`;
    const forwardFlops = FLOPS * (plan.multiplyAdds ?? 0);
    const backwardFlops = FLOPS * countBackwardMultiplyAdds(plan, needsInputGradient);
    return {
      forward(x, pass) {
        profiler.begin(name);
        const y = layer.forward(x, pass);
        profiler.end(x.shape[0]! * forwardFlops);
        return y;
      },
      backward(dy, pass) {
        profiler.begin(name);
        const dx = layer.backward(dy, pass);
        profiler.end(dy.shape[0]! * backwardFlops);
        return dx;
      },
    };
  };
}

/**
 * Returns the same parts with their times measured. A step is a span from the request of its batch to the
 * request of the next one. It contains the spans `data` (gathering and augmenting the batch), `forward`,
 * `loss` (with its gradient and the penalty), `backward` and `optimizer` (with clipping and weight averages).
 */
export function profileLoop(
  { model, loss, batches, update }: TrainingLoopParts,
  profiler: Profiler,
): TrainingLoopParts {
  const measured = <Args extends unknown[], Result>(name: string, work: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      profiler.begin(name);
      const result = work(...args);
      profiler.end();
      return result;
    };
  };
  return {
    model: {
      forward: measured("forward", (x, pass) => model.forward(x, pass)),
      backward: measured("backward", (dy, pass) => model.backward(dy, pass)),
      penalty: measured("loss", () => model.penalty()),
    },
    loss: {
      forward: measured("loss", (outputs, labels) => loss.forward(outputs, labels)),
      backward: measured("loss", () => loss.backward()),
      ...(loss.sumWeights !== undefined && { sumWeights: (labels) => loss.sumWeights!(labels) }),
    },
    batches: {
      *epoch(epoch, learned) {
        const rest = batches.epoch(epoch, learned)[Symbol.iterator]();
        const next = measured("data", (): TrainingBatch | undefined => rest.next().value);
        let batch: TrainingBatch | undefined;
        do {
          profiler.begin("step");
          batch = next();
          if (batch !== undefined) yield batch;
          profiler.end();
        } while (batch?.isLastOfEpoch === false);
      },
    },
    update: { ...update, after: measured("optimizer", (isLastBatch) => update.after(isLastBatch)) },
  };
}

/**
 * Returns an observer that also measures each epoch: its steps, and its evaluation on the validation images.
 */
export function profileEpochs(observer: TrainingObserver, profiler: Profiler): TrainingObserver {
  return {
    ...observer,
    profiler,
    onEpochStart(epoch, seen) {
      profiler.begin("epoch", epoch);
      observer.onEpochStart(epoch, seen);
    },
    onLearned(epoch) {
      observer.onLearned(epoch);
      profiler.begin("evaluation");
    },
    onEpoch(measures) {
      profiler.end();
      observer.onEpoch(measures);
      profiler.end();
    },
  };
}
