export { createWasmBackend, type WasmBackendOptions } from "./create.ts";
export { estimateMemoryBytes } from "./estimate-memory.ts";
export { type Threads } from "./engine.ts";
export { KERNEL_MEMORY_BYTES } from "./memory.ts";
export { WasmBackend } from "./wasm-backend.ts";
export { usesSimd256 } from "#platform/simd-flags";
