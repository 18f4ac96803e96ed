/** Thrown by work in progress when the run is interrupted. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** Converts Ctrl-C and termination signals into one AbortSignal. */
export class InterruptHandler {
  readonly #controller = new AbortController();
  readonly #onSignal: () => void;

  /** `onFirst` is called at the first signal. A second signal ends the process at once. */
  constructor(onFirst: () => void) {
    this.#onSignal = () => {
      if (this.signal.aborted) process.exit(130);
      onFirst();
      this.#controller.abort(new InterruptedError("interrupted"));
    };
    for (const name of SIGNALS) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Restores the default behaviour of the signals. */
  end(): void {
    for (const name of SIGNALS) process.off(name, this.#onSignal);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
