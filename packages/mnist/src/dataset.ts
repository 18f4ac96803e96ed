import type { Shape } from "@nn/tensor";

/** Images and their labels, in file order, as the files have them: bytes. */
export interface Split {
  /** (count, …exampleShape) in row-major order, 0 … 255. */
  readonly images: Uint8Array;
  /** (count), 0 … classes − 1. */
  readonly labels: Uint8Array;
  readonly count: number;
}

export interface Dataset {
  readonly name: string;
  /** One image: (H, W, C). */
  readonly exampleShape: Shape;
  readonly classes: number;
  readonly training: Split;
  readonly test: Split;
}
