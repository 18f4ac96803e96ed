export * from "./backend.ts";
export * from "./batch.ts";
export * from "./errors.ts";
export * from "./rng.ts";
export * from "./shape.ts";
export * from "./tensor.ts";
