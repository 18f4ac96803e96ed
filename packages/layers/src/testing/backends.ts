import { createWasmBackend } from "@nn/kernels";
import { createReferenceBackend, type Backend } from "@nn/tensor";

/** The reference backend in float32. Every other backend must compute the same bits. */
export const referenceBackend: Backend = createReferenceBackend("float32");

/**
 * The backend of gradient checks. It is float64, because central differences are too inaccurate in float32.
 */
export const float64ReferenceBackend: Backend = createReferenceBackend("float64");

/** The backends that are compared with the reference backend. */
export const fastBackends: readonly Backend[] = [createWasmBackend()];
