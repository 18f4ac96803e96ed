import { MultiBar, type SingleBar } from "cli-progress";

import type { Terminal } from "./terminal.ts";

/** What a run shows while it lasts. */
export interface Progress {
  /** A line that stays. */
  line(text: string): void;
  /** The one line that is redrawn: `share` done, 0 … 1, and what to say beside the bar. Nothing in a pipe. */
  update(share: number, label: string): void;
  /** Takes the bar away. */
  stop(): void;
}

/** A bar below the lines where a person watches; the lines alone in a pipe, a file or CI. */
export function createProgress(terminal: Terminal): Progress {
  return terminal.interactive ? new BarProgress(terminal) : new LineProgress(terminal);
}

class LineProgress implements Progress {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  line(text: string): void {
    this.#terminal.out.write(`${text}\n`);
  }

  update(): void {}

  stop(): void {}
}

/** Steps of the bar: finer than any terminal shows. */
const STEPS = 1000;

class BarProgress implements Progress {
  readonly #bars: MultiBar;
  readonly #bar: SingleBar;

  constructor(terminal: Terminal) {
    // A MultiBar of one: unlike a SingleBar it can print lines above itself.
    this.#bars = new MultiBar({
      stream: terminal.out,
      format: "{bar} {percentage} %  {label}",
      // The label takes some 85 characters.
      barsize: Math.max(8, Math.min(30, terminal.width - 92)),
      barCompleteChar: "█",
      barIncompleteChar: "░",
      clearOnComplete: true,
      // Cut a long line at the terminal's width.
      linewrap: true,
      gracefulExit: false,
    });
    this.#bar = this.#bars.create(STEPS, 0, { label: "" });
  }

  line(text: string): void {
    this.#bars.log(`${text}\n`);
    // Redrawn at once: a line that is printed counts as seen.
    this.#bars.update();
  }

  update(share: number, label: string): void {
    this.#bar.update(Math.floor(STEPS * Math.min(1, share)), { label });
  }

  stop(): void {
    this.#bars.stop();
  }
}
