/** Options that are each within bounds but cannot be combined. `option` names the one to change. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
  readonly option: string;
  constructor(option: string, message: string) {
    super(message);
    this.option = option;
  }
}
