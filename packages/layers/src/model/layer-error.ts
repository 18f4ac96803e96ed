/** A layer that does not fit. */
export class LayerError extends Error {
  override readonly name = "LayerError";
  /** Its place in `model.layers`: [3], or [3, "layers", 0] inside the options of another. */
  readonly path: LayerPath;
  constructor(place: number | LayerPath, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = typeof place === "number" ? [place] : place;
  }
}

/** Where a layer is in `model.layers`: `[3]`, or `[3, "layers", 0]` inside the options of another layer. */
export type LayerPath = readonly (string | number)[];
