import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

/** The stored result. It is next to the compiled kernels, so that it is deleted with them. */
const usualStamp = fileURLToPath(new URL("../../dist/simd256.sha256", import.meta.url));

/**
 * Returns whether the kernel self-test `test` passes. The test takes about 80 ms, so a passed test is stored
 * in the file `stamp`. It is not repeated until the kernels, the self-test, V8, its flags or the processor
 * change. A failed test is not stored. If the file cannot be written, every call runs the test.
 */
export function runSelfTest(test: () => boolean, stamp: string = usualStamp): boolean {
  const digestOfTest = digest();
  if (read(stamp) === digestOfTest) return true;
  if (!test()) return false;
  try {
    writeFileSync(stamp, digestOfTest);
  } catch {
    // The result is not stored, so the test runs again next time.
  }
  return true;
}

function digest(): string {
  const hash = createHash("sha256").update(
    [process.versions.v8, process.arch, cpus()[0]?.model, ...process.execArgv].join("\n"),
  );
  for (const file of ["../../dist/kernels.wasm", "../agrees-with-reference.ts"]) {
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
