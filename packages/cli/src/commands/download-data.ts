import { prepareData } from "@nn/training";

import { DownloadProgressBar } from "../terminal/download-progress-bar.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { prepareKernels } from "./prepare-kernels.ts";

/**
 * Compiles the kernels and downloads the data of experiments, if they are missing, for a command that trains
 * nothing. Ctrl-C ends the process; this is safe, because a download is written only when it is complete.
 * Returns the identity of each data set. Throws DatasetError.
 */
export async function prepareKernelsAndData(
  datasets: Parameters<typeof prepareData>[0],
  context: Parameters<typeof prepareData>[1],
  terminal: Terminal,
): ReturnType<typeof prepareData> {
  await prepareKernels(terminal);
  const download = new DownloadProgressBar(terminal);
  const { signal } = new AbortController();
  return prepareData(datasets, context, signal, download.show).finally(() => download.stop());
}
