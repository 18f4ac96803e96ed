/** Thrown for an error in a layer of a model. */
export class LayerError extends Error {
  override readonly name = "LayerError";
  /** The path of the layer in `model.layers`: [3], or [3, "layers", 0] for a nested layer. */
  readonly path: LayerPath;
  constructor(place: number | LayerPath, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = typeof place === "number" ? [place] : place;
  }
}

/** The path of a layer in `model.layers`: `[3]`, or `[3, "layers", 0]` for a nested layer. */
export type LayerPath = readonly (string | number)[];
