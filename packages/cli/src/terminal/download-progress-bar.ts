import type { DownloadProgress } from "@nn/mnist";

import { createProgressDisplay, type ProgressDisplay } from "./progress-bar.ts";
import type { Terminal } from "./terminal.ts";

/** Shows downloads: one line per URL, and a progress bar on an interactive terminal. */
export class DownloadProgressBar {
  readonly #terminal: Terminal;
  #progress: ProgressDisplay | undefined;
  #url = "";

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  readonly show = ({ file, url, received, total }: DownloadProgress): void => {
    this.#progress ??= createProgressDisplay(this.#terminal);
    if (url !== this.#url) this.#progress.line(`downloading ${url}`);
    this.#url = url;
    const megabytes = `${(received / 1e6).toFixed(1)} MB`;
    if (total !== undefined) this.#progress.update(received / total, [`${file}  ${megabytes}`, megabytes]);
  };

  stop(): void {
    this.#progress?.stop();
  }
}
