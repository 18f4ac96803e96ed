import fc from "fast-check";

import { seed, someActivation, type OperationCase, type OperationCases } from "../same-bytes.ts";

const length = fc.integer({ min: 1, max: 200 });

const forward = fc
  .record({ n: length, activation: someActivation, seed })
  .map(({ n, activation, seed: s }): OperationCase => (backend, draw) => {
    const y = backend.allocate([n]);
    backend.activate(activation, draw([n], s), y);
    return [y];
  });

const backward = fc
  .record({ n: length, activation: someActivation, seed })
  .map(({ n, activation, seed: s }): OperationCase => (backend, draw) => {
    const y = draw([n], s);
    backend.activate(activation, y, y);
    const dx = draw([n], s + 1);
    backend.activateBackward(activation, y, dx, dx);
    return [y, dx];
  });

const rate = fc.constantFrom(0, 0.1, 0.5, 0.9, 1 - 2 ** -53);
const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

const dropped = fc
  .record({ n: length, rate, word, seed })
  .map(({ n, rate: each, word: first, seed: s }): OperationCase => (backend, draw) => {
    const x = draw([n], s);
    backend.dropout(x, each, [first, s], x);
    return [x];
  });

const finite = fc.record({ n: length, seed }).map(({ n, seed: s }): OperationCase => (backend, draw) => [
  Number(backend.allFinite(draw([n], s))),
]);

export const elementwise = {
  activate: { "every activation": forward },
  activateBackward: { "every activation, in place": backward },
  dropout: { "the words of the stream": dropped },
  allFinite: { "whether all are": finite },
} satisfies OperationCases;
