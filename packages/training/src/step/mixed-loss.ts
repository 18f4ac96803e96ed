import type { Loss } from "@nn/layers";
import type { Augmenter } from "@nn/mnist";
import type { Backend } from "@nn/tensor";

/**
 * Returns the loss for a batch in which each image was mixed with the next one:
 *
 *     L = λ·loss(outputs, labels) + (1 − λ)·loss(outputs, labels of the next)
 *
 * Mixes the gradient in the same way. This is the definition of mixup and cutmix for any loss (Zhang et al.
 * 2018). For cross-entropy it equals the loss against mixed labels. λ is the `share` of the augmenter's
 * latest batch.
 */
export function computeMixedLoss(
  loss: Loss,
  augmenter: Pick<Augmenter, "share">,
  backend: Backend,
  batchSize: number,
): Loss {
  const next = backend.allocateIntegers(batchSize);
  const views = new Map<number, Int32Array>();
  let kept = new Float64Array();
  let gradient: ReturnType<Loss["backward"]>;
  return {
    forward(outputs, labels) {
      const N = labels.length;
      const share = augmenter.share;
      const nextLabels = views.get(N) ?? next.subarray(0, N);
      views.set(N, nextLabels);
      for (let n = 0; n < N; n++) nextLabels[n] = labels[(n + 1) % N]!;

      const ofNext = loss.forward(outputs, nextLabels);
      const { data } = loss.backward();
      if (kept.length < data.length) kept = new Float64Array(data.length); // the first batch is the largest
      kept.set(data);

      const own = loss.forward(outputs, labels);
      gradient = loss.backward();
      for (let i = 0; i < gradient.data.length; i++) {
        gradient.data[i] = share * gradient.data[i]! + (1 - share) * kept[i]!;
      }
      return share * own + (1 - share) * ofNext;
    },
    backward: () => gradient,
    // The labels of the next images are those of the batch in another order, so the sum of their weights is
    // the same.
    ...(loss.sumWeights && { sumWeights: (labels: Int32Array) => loss.sumWeights!(labels) }),
  };
}
