import { clearScreenDown, cursorTo, moveCursor } from "node:readline";

import { MultiBar, type SingleBar } from "cli-progress";

import { firstThatFits } from "./format.ts";
import type { Terminal } from "./terminal.ts";

/** What a run shows while it lasts. */
export interface Progress {
  /** A line that stays. */
  line(text: string): void;
  /**
   * The one line that is redrawn: `share` done, 0 … 1, and what to say beside the bar, in ever fewer words:
   * the first that fits is shown. Nothing in a pipe.
   */
  update(share: number, labels: readonly string[]): void;
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
  readonly #terminal: Terminal;
  readonly #bars: MultiBar;
  readonly #bar: SingleBar;
  #labels: readonly string[] = [""];
  /** Characters of the bar's line as it was last drawn. */
  #drawn = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    // A MultiBar of one: unlike a SingleBar it can print lines above itself.
    this.#bars = new MultiBar({
      stream: terminal.out,
      format: (_options, { progress }) => this.#draw(progress),
      clearOnComplete: true,
      // The line may have been taken away since, with its text the same.
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
    // Redrawn at once: a line that is printed counts as seen.
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
    // Without the last column, where a terminal may go to the next line.
    const line = bar + firstThatFits(this.#labels, width - 1 - bar.length);
    this.#drawn = line.length;
    return line;
  }

  /** A terminal that became narrower has wrapped the line that was there: all of it goes. */
  readonly #onResize = (): void => {
    const { out, width } = this.#terminal;
    moveCursor(out, 0, 1 - Math.max(1, Math.ceil(this.#drawn / width)));
    cursorTo(out, 0);
    clearScreenDown(out);
    this.#bars.update();
  };
}
