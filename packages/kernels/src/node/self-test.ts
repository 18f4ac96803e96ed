import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

/** Beside the kernels, and gone with them. */
const usualStamp = fileURLToPath(new URL("../../dist/widening.sha256", import.meta.url));

/**
 * What `judge` says, asked once for these kernels, this judge, this V8 with these options and this processor:
 * a verdict takes a twelfth of a second of each worker's start, and they decide it. Only a good one is
 * remembered; where nothing can be written, none.
 */
export function runSelfTest(judge: () => boolean, stamp: string = usualStamp): boolean {
  const circumstances = digest();
  if (read(stamp) === circumstances) return true;
  if (!judge()) return false;
  try {
    writeFileSync(stamp, circumstances);
  } catch {
    // Judged again the next time.
  }
  return true;
}

function digest(): string {
  const hash = createHash("sha256").update(
    [process.versions.v8, process.arch, cpus()[0]?.model, ...process.execArgv].join("\n"),
  );
  for (const file of ["../../dist/kernels.wasm", "../simd256.ts"]) {
    hash.update(readFileSync(new URL(file, import.meta.url)));
  }
  return hash.digest("hex");
}

function read(stamp: string): string | undefined {
  try {
    return readFileSync(stamp, "utf8");
  } catch {
    return undefined; // not judged yet
  }
}
