export * from "./definition-file.ts";
export * from "./definition.ts";
export * from "./describe-value.ts";
export * from "./read-catalog.ts";
