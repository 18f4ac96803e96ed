import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { createWasmBackend } from "./create.ts";
import { agreesWithReference, isWidened, workerFlags } from "./widening.ts";

test("the variant is the one this process was started for", () => {
  expect(createWasmBackend().name).toBe(isWidened() ? "wasm-widened" : "wasm-plain");
});

test("kernels that differ from the reference are refused with one line, and the plain ones serve", () => {
  const notices: string[] = [];
  const backend = createWasmBackend({ agrees: () => false, onNotice: (message) => notices.push(message) });
  expect(backend.name).toBe("wasm-plain");
  expect(agreesWithReference(backend)).toBe(true);
  // Without widening there is nothing to refuse.
  expect(notices).toHaveLength(isWidened() ? 1 : 0);
});

test("the judge sees one wrong bit", () => {
  const reference = createReferenceBackend("float32");
  expect(agreesWithReference(reference)).toBe(true);
  const broken = Object.assign(createReferenceBackend("float32"), {
    sumRows: (...[x, out]: Parameters<typeof reference.sumRows>) => {
      reference.sumRows(x, out);
      out.data[0]! += 1e-7;
    },
  });
  expect(agreesWithReference(broken)).toBe(false);
});

test("widening is asked for only where it is wanted", () => {
  expect(workerFlags(true)).toContain("--experimental-wasm-revectorize");
  expect(workerFlags(false)).not.toContain("--experimental-wasm-revectorize");
});
