/** Thrown by what was going on when the run was interrupted. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Turns Ctrl-C and the like into one signal for everything that can be stopped. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #onSignal: () => void;

  /** `onFirst` is called at the first signal; a second one ends the process at once. */
  constructor(onFirst: () => void) {
    this.#onSignal = () => {
      if (this.signal.aborted) process.exit(130);
      onFirst();
      this.#controller.abort(new Interrupted("interrupted"));
    };
    for (const name of SIGNALS) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From here on signals do again what they do by default. */
  end(): void {
    for (const name of SIGNALS) process.off(name, this.#onSignal);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
