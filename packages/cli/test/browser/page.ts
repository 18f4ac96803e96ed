// The program of the page: stores files in the page's file system, and runs the same functions as the tests
// in Node.
import { loadExperiment } from "@nn/experiment";
import { createHash } from "@nn/platform/hash";
import { mkdirSync, writeFileSync } from "@nn/platform/files";
import { dirname } from "@nn/platform/path";

import { trainFirstEpoch, type FirstEpoch } from "./first-epoch.ts";

/** Fetches a file from the server and stores it at the same path in the page. */
async function take(path: string): Promise<void> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, new Uint8Array(await response.arrayBuffer()));
}

const program = {
  async firstEpoch(
    file: string,
    data: readonly string[],
  ): Promise<Omit<FirstEpoch, "checkpoint"> & { readonly checkpoint: string }> {
    await Promise.all([file, ...data].map(take));
    mkdirSync("/trial", { recursive: true });
    const folders = { dataFolder: "/data", experimentFolder: dirname(file), trialFolder: "/trial" };
    const { checkpoint, ...rest } = await trainFirstEpoch(file, folders);
    return { ...rest, checkpoint: createHash("sha256").update(checkpoint).digest("hex") };
  },
  async complaint(text: string): Promise<string> {
    mkdirSync("/wrong", { recursive: true });
    writeFileSync("/wrong/spec.yaml", text);
    return loadExperiment("/wrong/spec.yaml").then(
      () => "none",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  },
};

declare global {
  /** The functions that a test calls. */
  var page: Page;
}
type Page = typeof program;

globalThis.page = program;
