import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

/** Stored next to the kernels, and deleted with them. */
const usualStamp = fileURLToPath(new URL("../../dist/widening.sha256", import.meta.url));

/**
 * Runs the kernel self-test `judge` once for these kernels, this self-test, this V8 with its flags and this
 * processor. The test takes a twelfth of a second when a worker starts. Stores only a passed test, and only
 * if it can write.
 */
export function runSelfTest(judge: () => boolean, stamp: string = usualStamp): boolean {
  const circumstances = digest();
  if (read(stamp) === circumstances) return true;
  if (!judge()) return false;
  try {
    writeFileSync(stamp, circumstances);
  } catch {
    // The test runs again the next time.
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
    return undefined; // not tested yet
  }
}
