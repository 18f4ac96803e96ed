import { createWasmBackend } from "@nn/kernels";
import { createReferenceBackend, type Backend } from "@nn/tensor";

/** The float32 reference: what every other backend must equal to the bit. */
export const reference: Backend = createReferenceBackend("float32");

/** Gradient checks run on it: differences of float32 numbers are too coarse to check anything. */
export const exact: Backend = createReferenceBackend("float64");

/** The backends that are compared with the reference. */
export const fastBackends: readonly Backend[] = [createWasmBackend()];
