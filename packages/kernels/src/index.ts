export { createWasmBackend, type WasmBackendOptions } from "./create.ts";
export { memoryNeed } from "./memory-need.ts";
export { KERNEL_MEMORY } from "./memory.ts";
export { WasmBackend } from "./wasm-backend.ts";
export { usesSimd256 } from "#platform/simd-flags";
