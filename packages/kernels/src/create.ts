import { runSelfTest } from "#platform/self-test";
import { disableSimd256, usesSimd256 } from "#platform/simd-flags";
import type { Backend } from "@nn/tensor";

import { WasmBackend } from "./wasm-backend.ts";
import { agreesWithReference } from "./agrees-with-reference.ts";

/** Options of `createWasmBackend`. */
export interface WasmBackendOptions {
  /** Called with a one-line message if the 256-bit kernels fail the self-test. */
  readonly onNotice?: (message: string) => void;
  /**
   * The self-test of the 256-bit kernels. By default, it compares them with the reference backend. Tests
   * replace it.
   */
  readonly agrees?: (backend: Backend) => boolean;
}

/**
 * Creates the fast backend in the variant that this process can run. The variant is `wasm-simd256` if V8 was
 * started with the flags of `getNodeFlags(256)` and the 256-bit kernels pass the self-test. Otherwise, it
 * is `wasm-simd128`.
 */
export function createWasmBackend({
  onNotice = () => {},
  agrees = (backend) => runSelfTest(() => agreesWithReference(backend)),
}: WasmBackendOptions = {}): WasmBackend {
  if (!usesSimd256()) return new WasmBackend("wasm-simd128");
  const backend = new WasmBackend("wasm-simd256");
  const release = backend.mark();
  const isCorrect = agrees(backend);
  release();
  if (isCorrect) return backend;
  disableSimd256();
  onNotice(
    "notice: V8's 256-bit instructions give wrong results on this machine, so the 128-bit kernels are used " +
      "(same bytes, slower)",
  );
  return new WasmBackend("wasm-simd128");
}
