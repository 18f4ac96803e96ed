// The state of a recurrent layer is 0 before the first step, even if its buffers contain old numbers.
import { layers } from "@nn/layers";
import { createReferenceBackend, type Backend } from "@nn/tensor";
import { expect, test } from "vitest";

import { buildLayer } from "../src/testing/layer-under-test.ts";

/** Wraps a backend so that new buffers contain NaN, like memory that was used before. */
function withStaleMemory(backend: Backend): Backend {
  return new Proxy(backend, {
    get(target, name, receiver) {
      if (name !== "allocate") return Reflect.get(target, name, receiver) as unknown;
      return (shape: readonly number[]) => {
        const tensor = target.allocate(shape);
        tensor.data.fill(Number.NaN);
        return tensor;
      };
    },
  });
}

test.each(["simple-rnn", "lstm", "gru"])("%s starts with a state of 0 in used memory", (type) => {
  const backend = createReferenceBackend("float64");
  const configuration = { options: { units: 3, returnSequences: true }, inputShape: [4, 2] };
  const [clean, stale] = [backend, withStaleMemory(backend)].map((each) => {
    const { layer } = buildLayer(layers.get(type)!, configuration, { backend: each, batchSize: 2 });
    const x = backend.allocate([2, 4, 2]);
    for (let i = 0; i < x.data.length; i++) x.data[i] = (i % 5) / 5 - 0.3;
    return Array.from(layer.forward(x, { training: true, step: 0 }).data);
  });
  expect(clean!.every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
  expect(stale).toEqual(clean);
});
