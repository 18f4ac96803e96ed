import { accessSync, constants, existsSync } from "node:fs";
import { join, relative } from "node:path";

import { ensureKernelsCompiled } from "@nn/kernels/node";
import { workspaceFolder } from "@nn/runner/environment";

import type { Terminal } from "../terminal/terminal.ts";
import { toUnwritableError } from "../terminal/unwritable-error.ts";

const kernels = join(workspaceFolder, "packages", "kernels");

/**
 * Compiles the kernels if they are missing or older than their sources. Throws UnwritableError if the
 * compiled files cannot be written.
 */
export async function prepareKernels(
  terminal: Terminal,
  compile: typeof ensureKernelsCompiled = ensureKernelsCompiled,
): Promise<void> {
  try {
    await compile(() => terminal.err.write("Compiling the kernels (only once).\n"));
  } catch (error) {
    const dist = join(kernels, "dist");
    throw toUnwritableError(
      relative(process.cwd(), dist),
      createFolderError(existsSync(dist) ? dist : kernels) ?? error,
      'The kernels are compiled into this folder once. A user with write permission must run "pnpm run build".',
    );
  }
}

/**
 * Returns the system's error if the folder is not writable. The compiler reports this error in another form.
 */
function createFolderError(folder: string): unknown {
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return error;
  }
}
