export * from "./definition-file.ts";
export * from "./read-catalog.ts";
