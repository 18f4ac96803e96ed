import { compileKernels } from "./src/node/compile.ts";

await compileKernels();
