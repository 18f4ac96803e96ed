import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { createWasmBackend } from "./create.ts";
import { usesSimd256, getNodeFlags } from "./node/simd-flags.ts";
import { agreesWithReference } from "./agrees-with-reference.ts";

test("selects the variant for which this process was started", () => {
  expect(createWasmBackend().name).toBe(usesSimd256() ? "wasm-simd256" : "wasm-simd128");
});

test("kernels that differ from the reference are replaced by the plain kernels, with one notice", () => {
  const notices: string[] = [];
  const backend = createWasmBackend({ agrees: () => false, onNotice: (message) => notices.push(message) });
  expect(backend.name).toBe("wasm-simd128");
  expect(agreesWithReference(backend)).toBe(true);
  // With 128-bit instructions, the self-test does not run.
  expect(notices).toHaveLength(usesSimd256() ? 1 : 0);
});

test("the self-test detects one wrong bit", () => {
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

test("the flags enable 256-bit instructions only on request", () => {
  expect(getNodeFlags(256)).toContain("--experimental-wasm-revectorize");
  expect(getNodeFlags(128)).not.toContain("--experimental-wasm-revectorize");
});
