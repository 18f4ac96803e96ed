import { clearScreenDown, cursorTo, moveCursor } from "node:readline";

import { MultiBar, type SingleBar } from "cli-progress";

import { findFittingLine } from "./format.ts";
import type { Terminal } from "./terminal.ts";

/** The progress display of a run. */
export interface ProgressDisplay {
  /** Prints a permanent line. */
  line(text: string): void;
  /**
   * Redraws the progress bar. `share` is the finished fraction, 0 … 1. `labels` are alternative texts beside
   * the bar, the longest first. The first one that fits is shown. Prints nothing in a pipe.
   */
  update(share: number, labels: readonly string[]): void;
  /** Removes the bar. */
  stop(): void;
}

/**
 * Creates the progress display. On an interactive terminal, it shows a bar below the lines. In a pipe, a file
 * or CI, it prints only the lines.
 */
export function createProgressDisplay(terminal: Terminal): ProgressDisplay {
  return terminal.interactive ? new BarProgress(terminal) : new LineProgress(terminal);
}

class LineProgress implements ProgressDisplay {
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

/** Number of steps of the bar, finer than any terminal can show. */
const STEPS = 1000;

class BarProgress implements ProgressDisplay {
  readonly #terminal: Terminal;
  readonly #bars: MultiBar;
  readonly #bar: SingleBar;
  #labels: readonly string[] = [""];
  /** Number of characters of the bar's line when it was last drawn. */
  #drawn = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    // A MultiBar with one bar, because a SingleBar cannot print lines above itself.
    this.#bars = new MultiBar({
      stream: terminal.out,
      format: (_options, { progress }) => this.#draw(progress),
      clearOnComplete: true,
      // The bar must be redrawn even if its text is the same, because the line may have been removed.
      forceRedraw: true,
      // Cut a long line at the terminal's width.
      linewrap: true,
      gracefulExit: false,
    });
    this.#bar = this.#bars.create(STEPS, 0);
    terminal.out.on("resize", this.#onResize);
  }

  line(text: string): void {
    this.#bars.log(`${text}\n`);
    // Redraws at once, so that the line is visible when this function returns.
    this.#bars.update();
  }

  update(share: number, labels: readonly string[]): void {
    this.#labels = labels;
    this.#bar.update(Math.floor(STEPS * Math.min(1, share)));
  }

  stop(): void {
    this.#terminal.out.off("resize", this.#onResize);
    this.#bars.stop();
  }

  #draw(share: number): string {
    const { width } = this.#terminal;
    const size = Math.max(10, Math.min(30, width - 100));
    const done = Math.round(share * size);
    const bar = `${"█".repeat(done)}${"░".repeat(size - done)} ${Math.floor(100 * share)} %  `;
    // The last column stays empty, because a terminal may wrap after it.
    const line = bar + findFittingLine(this.#labels, width - 1 - bar.length);
    this.#drawn = line.length;
    return line;
  }

  /** Clears all rows of the old line, which a narrower terminal has wrapped. */
  readonly #onResize = (): void => {
    const { out, width } = this.#terminal;
    moveCursor(out, 0, 1 - Math.max(1, Math.ceil(this.#drawn / width)));
    cursorTo(out, 0);
    clearScreenDown(out);
    this.#bars.update();
  };
}
