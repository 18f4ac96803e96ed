/** A layer that does not fit; `index` is its place in `model.layers`. */
export class LayerError extends Error {
  override readonly name = "LayerError";
  readonly index: number;
  constructor(index: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.index = index;
  }
}
