/**
 * Thrown for a text that is not a valid constraint of this search space. The message states the mistake and,
 * after "; ", how to correct it.
 */
export class ConstraintError extends Error {
  override readonly name = "ConstraintError";
  /** The unknown name in the text, if that is the mistake. */
  readonly unknownName: string | undefined;

  constructor(message: string, unknownName?: string) {
    super(message);
    this.unknownName = unknownName;
  }
}
