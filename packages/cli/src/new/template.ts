/** The kinds of catalog entry that `new` writes. */
export const ENTRY_KINDS = [
  "layer",
  "loss",
  "optimizer",
  "schedule",
  "initializer",
  "augmentation",
  "dataset",
  "sampler",
  "pruner",
] as const;
/** A kind of catalog entry that `new` writes. */
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** The template of a new entry: a small working source file and its test, for the user to change. */
export interface EntryTemplate {
  /** The package of the catalog. */
  readonly package: "layers" | "mnist" | "sweep";
  /** The folder of the catalog below the sources of that package. */
  readonly folder: string;
  /** A description of the golden values that `pnpm test` requires, if any. */
  readonly golden: string | undefined;
  /** Returns the source. `type` is the name in an experiment file, `value` the exported name. */
  readonly source: (type: string, value: string) => string;
  readonly test: (type: string, value: string) => string;
}
