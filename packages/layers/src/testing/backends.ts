import { createWasmBackend } from "@nn/kernels";
import { createReferenceBackend, type Backend } from "@nn/tensor";

/** The float32 reference. Every other backend must give the same bits. */
export const reference: Backend = createReferenceBackend("float32");

/** The backend of gradient checks: differences of float32 numbers are too coarse. */
export const exact: Backend = createReferenceBackend("float64");

/** The backends that are compared with the reference. */
export const fastBackends: readonly Backend[] = [createWasmBackend()];
