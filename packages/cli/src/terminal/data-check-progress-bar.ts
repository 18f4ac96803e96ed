import { createProgressDisplay, type ProgressDisplay } from "./progress-bar.ts";
import type { Terminal } from "./terminal.ts";

/** Below this number of files, the check is too fast for a progress bar. */
const FEW_FILES = 1000;

/** Shows the progress of checking data files: a bar on an interactive terminal, if there are many files. */
export class DataCheckProgressBar {
  readonly #terminal: Terminal;
  #progress: ProgressDisplay | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  readonly show = (done: number, total: number): void => {
    if (total < FEW_FILES) return;
    this.#progress ??= createProgressDisplay(this.#terminal);
    this.#progress.update(done / total, [`checking ${done} of ${total} images`, `${done} of ${total}`]);
  };

  stop(): void {
    this.#progress?.stop();
  }
}
