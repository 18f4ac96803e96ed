import type { Host } from "../interfaces.ts";

const host: Host = {
  // No other process uses the files of a page.
  processId: 1,
  threadId: 0,
  canOpenFolders: false,
  getWorkingFolder: () => "/",
  fileUrlToPath: (url) => decodeURIComponent(new URL(url).pathname),
  yieldToEventLoop: () =>
    new Promise((resolve) => {
      // Uses a message, because a timer would take some milliseconds.
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener("message", () => {
        port1.close();
        resolve();
      });
      port1.start();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
      port2.postMessage("");
    }),
  availableThreads: 1,
};

export const {
  availableThreads,
  yieldToEventLoop,
  canOpenFolders,
  fileUrlToPath,
  processId,
  threadId,
  getWorkingFolder,
} = host;
