import { prepareData } from "@nn/training";

import { DownloadProgressBar } from "../terminal/download-progress-bar.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { prepareKernels } from "./prepare-kernels.ts";

/**
 * Compiles the kernels and downloads the data of experiments if they are missing. For commands that do not
 * train. Ctrl-C ends the process. This is safe, because a download is written only when it is complete.
 * Throws DatasetError.
 */
export async function prepareKernelsAndData(
  specs: Parameters<typeof prepareData>[0],
  context: Parameters<typeof prepareData>[1],
  terminal: Terminal,
): Promise<void> {
  await prepareKernels(terminal);
  const download = new DownloadProgressBar(terminal);
  const { signal } = new AbortController();
  await prepareData(specs, context, signal, download.show).finally(() => download.stop());
}
