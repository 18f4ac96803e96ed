import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const assembly = `${root}assembly/`;
const stamp = `${root}dist/sources.sha256`;

const OPTIONS = [
  "-O3",
  "--noAssert",
  // The stub runtime has no garbage collector, because the kernels allocate nothing. Memory is imported and
  // shared, so that JavaScript allocates the buffers and threads can use them.
  "--runtime=stub",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory=16",
  "--maximumMemory=16384",
  "--enable=threads",
  "--enable=simd",
  // Writes kernels.d.ts, from which the type `Kernels` is derived.
  "--bindings=raw",
  // Silences the warning about v128 values in exports. Only the files of the kernels exchange such values.
  "--disableWarning=112",
];

/**
 * Compiles assembly/ to dist/kernels.wasm and its declarations to dist/kernels.d.ts. Writes temporary files
 * and renames them, so that no other process reads an incomplete file.
 */
export async function compileKernels(): Promise<void> {
  // Imported here, because the compiler takes a third of a second to load and is rarely needed.
  const { default: asc } = await import("assemblyscript/asc");
  const sources = digest();
  mkdirSync(`${root}dist`, { recursive: true });
  const fresh = `dist/kernels.${process.pid}`;
  const { error } = await asc.main(
    ["assembly/index.ts", `--baseDir=${root}`, `--outFile=${fresh}.wasm`, ...OPTIONS],
    { stderr: process.stderr },
  );
  if (error) throw new Error(`kernels: the assembly does not compile: ${error.message}`, { cause: error });
  rmSync(`${root}${fresh}.js`); // unused: src/module.ts loads the kernels
  for (const kind of ["d.ts", "wasm"]) renameSync(`${root}${fresh}.${kind}`, `${root}dist/kernels.${kind}`);
  writeFileSync(stamp, sources);
}

/**
 * Compiles a changed copy of assembly/ in memory, for experiments with the kernels. `change` is applied to
 * the text of each file. `features` are further WebAssembly features, such as `relaxed-simd`. With `debug`,
 * the module has the names of its functions.
 */
export async function compileModifiedKernels(
  change: (text: string) => string,
  { features = [], debug = false }: { readonly features?: readonly string[]; readonly debug?: boolean } = {},
): Promise<Uint8Array> {
  const { default: asc } = await import("assemblyscript/asc");
  let binary: Uint8Array | undefined;
  const { error } = await asc.main(
    [
      "index.ts",
      "--outFile=kernels.wasm",
      ...OPTIONS,
      ...features.map((feature) => `--enable=${feature}`),
      ...(debug ? ["--debug"] : []),
    ],
    {
      stderr: process.stderr,
      readFile(name) {
        // The compiler looks for a file in several folders.
        const file = `${assembly}${name}`;
        return existsSync(file) ? change(readFileSync(file, "utf8")) : null;
      },
      writeFile(name, contents) {
        if (name.endsWith(".wasm") && typeof contents !== "string") binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || binary === undefined)
    throw new Error(`kernels: the changed assembly does not compile: ${error?.message}`);
  return binary;
}

/**
 * Compiles the kernels if they are missing or out of date, for example after a clone, a pull or an edit.
 * Calls `onCompile` before it compiles.
 */
export async function ensureKernelsCompiled(onCompile: () => void = () => {}): Promise<void> {
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
