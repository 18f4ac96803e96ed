import { runSelfTest } from "#platform/self-test";
import { disableSimd256, usesSimd256 } from "#platform/simd-flags";
import type { Backend } from "@nn/tensor";

import { WasmBackend } from "./wasm-backend.ts";
import { agreesWithReference } from "./simd256.ts";

/** Options of `createWasmBackend`. */
export interface WasmBackendOptions {
  /** Told when the widened kernels were refused, in one line. */
  readonly onNotice?: (message: string) => void;
  /** How widened kernels are judged; another judge than the reference backend is for tests. */
  readonly agrees?: (backend: Backend) => boolean;
}

/**
 * The fast backend, in the variant that this process can run: `wasm-widened` where V8 was started with the
 * options of `workerFlags(256)` and the widened kernels give the reference's bytes, else `wasm-plain`.
 */
export function createWasmBackend({
  onNotice = () => {},
  agrees = (backend) => runSelfTest(() => agreesWithReference(backend)),
}: WasmBackendOptions = {}): WasmBackend {
  if (!usesSimd256()) return new WasmBackend("wasm-plain");
  const widened = new WasmBackend("wasm-widened");
  const release = widened.mark();
  const sound = agrees(widened);
  release();
  if (sound) return widened;
  disableSimd256();
  onNotice(
    "notice: V8's 256-bit widening gives wrong results on this machine; going on with the plain kernels " +
      "(same bytes, slower)",
  );
  return new WasmBackend("wasm-plain");
}
