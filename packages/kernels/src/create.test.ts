import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { createWasmBackend } from "./create.ts";
import { usesSimd256, workerFlags } from "./node/simd-flags.ts";
import { agreesWithReference } from "./simd256.ts";

test("the variant is the one this process was started for", () => {
  expect(createWasmBackend().name).toBe(usesSimd256() ? "wasm-widened" : "wasm-plain");
});

test("kernels that differ from the reference are refused with one line, and the plain ones serve", () => {
  const notices: string[] = [];
  const backend = createWasmBackend({ agrees: () => false, onNotice: (message) => notices.push(message) });
  expect(backend.name).toBe("wasm-plain");
  expect(agreesWithReference(backend)).toBe(true);
  // Without widening there is nothing to refuse.
  expect(notices).toHaveLength(usesSimd256() ? 1 : 0);
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
  expect(workerFlags(256)).toContain("--experimental-wasm-revectorize");
  expect(workerFlags(128)).not.toContain("--experimental-wasm-revectorize");
});
