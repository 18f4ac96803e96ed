import { compileKernels } from "./src/compile.ts";

await compileKernels();
