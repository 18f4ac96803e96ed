import { createProgress, type Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** So many files are looked into before anybody could wonder. */
const FEW_FILES = 1000;

/** Shows files of data being looked into: a bar where a person watches and there are many. */
export class DataCheckScreen {
  readonly #terminal: Terminal;
  #progress: Progress | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  readonly show = (done: number, total: number): void => {
    if (total < FEW_FILES) return;
    this.#progress ??= createProgress(this.#terminal);
    this.#progress.update(done / total, [`looking into ${done} of ${total} images`, `${done} of ${total}`]);
  };

  stop(): void {
    this.#progress?.stop();
  }
}
