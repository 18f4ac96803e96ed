export { ensureKernels } from "./compile.ts";
export { createWasmBackend, type WasmBackendOptions } from "./create.ts";
export { WasmBackend } from "./wasm-backend.ts";
export { isWidened, workerFlags } from "./widening.ts";
