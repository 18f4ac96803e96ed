import { checkClassOutputs, defineLoss, logSoftmax } from "@nn/layers";
import { Batch, exp, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

/** Mean over the batch of Σ_c (p_c − t_c)², with p = softmax(outputs) and t = onehot(label) (Brier 1950). */
export const brier = defineLoss({
  type: "brier",
  description: "The squared distance of the probabilities from 1 for the true class and 0 for the others.",
  options: Type.Object({}),
  appliesToOutputs: "softmax",
  check: (outputShape, classes) => checkClassOutputs("brier", outputShape, classes),

  build(_options, { backend, batchSize, outputShape }) {
    const gradients = new Batch(backend, batchSize, outputShape);
    const logP = new Float64Array(outputShape[0]!);
    let gradient: Tensor;
    return {
      forward(outputs, labels) {
        const [N, C] = [outputs.shape[0]!, logP.length];
        gradient = gradients.rows(N); // (N, C)
        let total = 0;
        for (let n = 0; n < N; n++) {
          logSoftmax(outputs.data, n * C, logP);
          const p = logP.map(exp);
          const d = p.map((each, c) => each - (c === labels[n] ? 1 : 0)); // p − t
          total += d.reduce((sum, each) => sum + each * each, 0);
          // ∂loss/∂outputs_c = 2·p_c·(d_c − Σ_k p_k·d_k) / N
          const mean = p.reduce((sum, each, c) => sum + each * d[c]!, 0);
          for (let c = 0; c < C; c++) gradient.data[n * C + c] = (2 * p[c]! * (d[c]! - mean)) / N;
        }
        return total / N;
      },
      backward: () => gradient,
    };
  },
});
