// Compiles assembly/ to dist/kernels.wasm. Memory is imported and shared, so that JavaScript lays out the buffers; the
// stub runtime has no garbage collector, as the kernels allocate nothing.
import asc from "assemblyscript/asc";

const { error } = await asc.main(
  [
    "assembly/index.ts",
    "--outFile=dist/kernels.wasm",
    "-O3",
    "--noAssert",
    "--runtime=stub",
    "--importMemory",
    "--sharedMemory",
    "--initialMemory=16",
    "--maximumMemory=16384",
    "--enable=threads",
    "--enable=simd",
    // v128 values cross between the kernels' own files only, never to JavaScript.
    "--disableWarning=112",
  ],
  { stderr: process.stderr },
);
if (error) {
  process.stderr.write(`kernels: assembly does not compile: ${error.message}\n`);
  process.exitCode = 1;
}
