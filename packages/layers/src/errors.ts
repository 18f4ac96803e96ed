/**
 * Thrown for options that are valid on their own but cannot be combined or do not match the data. `option` is
 * the name of the option to change.
 */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
  readonly option: string;
  constructor(option: string, message: string) {
    super(message);
    this.option = option;
  }
}
