/** The kinds of things that `new` writes. */
export const KINDS = [
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
export type Kind = (typeof KINDS)[number];

/**
 * The two files of a new entry: small, complete, and true as they stand, to be changed into what is wanted.
 */
export interface Template {
  /** The package that has the catalog. */
  readonly package: "layers" | "mnist" | "sweep";
  /** Its folder below the sources of that package. */
  readonly folder: string;
  /** What `pnpm test` asks for besides: values of it from outside. */
  readonly golden: string | undefined;
  /** `type`: its name in an experiment file; `value`: what the file exports. */
  readonly source: (type: string, value: string) => string;
  readonly test: (type: string, value: string) => string;
}
