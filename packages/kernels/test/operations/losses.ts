import { createRng, type Backend } from "@nn/tensor";
import fc from "fast-check";

import { axisSize, seed, type OperationCase, type OperationCases } from "../same-bytes.ts";

const batch = fc.record({ N: axisSize, C: axisSize, seed });

const crossEntropy = batch.map(({ N, C, seed: s }): OperationCase => (backend, draw) => {
  const gradient = backend.allocate([N, C]);
  const loss = backend.softmaxCrossEntropy(draw([N, C], s), labels(backend, N, C, s), gradient);
  return [loss, gradient];
});

const meanSquaredError = batch.map(({ N, C, seed: s }): OperationCase => (backend, draw) => {
  const gradient = backend.allocate([N, C]);
  return [backend.meanSquaredError(draw([N, C], s), labels(backend, N, C, s), gradient), gradient];
});

const correct = batch.map(({ N, C, seed: s }): OperationCase => (backend, draw) => [
  backend.countCorrect(draw([N, C], s), labels(backend, N, C, s)),
]);

function labels(backend: Backend, N: number, C: number, s: number): Int32Array {
  const placed = backend.allocateIntegers(N);
  const rng = createRng(s).fork("labels");
  for (let n = 0; n < N; n++) placed[n] = rng.integer(C);
  return placed;
}

export const losses = {
  softmaxCrossEntropy: { "loss and gradient": crossEntropy },
  meanSquaredError: { "loss and gradient": meanSquaredError },
  countCorrect: { "right answers": correct },
} satisfies OperationCases;
