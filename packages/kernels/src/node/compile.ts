import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const assembly = `${root}assembly/`;
const stamp = `${root}dist/sources.sha256`;

const OPTIONS = [
  "-O3",
  "--noAssert",
  // The stub runtime has no garbage collector, as the kernels allocate nothing; memory is imported and
  // shared, so that JavaScript lays out the buffers.
  "--runtime=stub",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory=16",
  "--maximumMemory=16384",
  "--enable=threads",
  "--enable=simd",
  // Writes kernels.d.ts, from which `Kernels` is made.
  "--bindings=raw",
  // v128 values cross between the kernels' own files only, never to JavaScript.
  "--disableWarning=112",
];

/**
 * Compiles assembly/ to dist/kernels.wasm and describes it in dist/kernels.d.ts, by rename, so that a reader
 * never sees half a file.
 */
export async function compileKernels(): Promise<void> {
  // Imported here, because the compiler takes a third of a second to load and is seldom needed.
  const { default: asc } = await import("assemblyscript/asc");
  const sources = digest();
  mkdirSync(`${root}dist`, { recursive: true });
  const fresh = `dist/kernels.${process.pid}`;
  const { error } = await asc.main(
    ["assembly/index.ts", `--baseDir=${root}`, `--outFile=${fresh}.wasm`, ...OPTIONS],
    { stderr: process.stderr },
  );
  if (error) throw new Error(`kernels: the assembly does not compile: ${error.message}`, { cause: error });
  rmSync(`${root}${fresh}.js`); // what would load the kernels: src/module.ts does
  for (const kind of ["d.ts", "wasm"]) renameSync(`${root}${fresh}.${kind}`, `${root}dist/kernels.${kind}`);
  writeFileSync(stamp, sources);
}

/**
 * Compiles the kernels when they are missing or older than their sources: after a clone, a pull or an edit.
 */
export async function ensureKernels(onCompile: () => void = () => {}): Promise<void> {
  if (stampIs(digest())) return;
  onCompile();
  await compileKernels();
}

function digest(): string {
  const hash = createHash("sha256").update(OPTIONS.join(" "));
  for (const file of readdirSync(assembly).sort())
    hash.update(file).update(readFileSync(`${assembly}${file}`));
  return hash.digest("hex");
}

function stampIs(expected: string): boolean {
  try {
    return readFileSync(stamp, "utf8") === expected;
  } catch {
    return false; // no stamp: never compiled
  }
}
