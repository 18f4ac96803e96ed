import { defineConfig } from "vitest/config";

// Every event waits for the disk, which may be slow and busy with the tests of other packages.
export default defineConfig({ test: { include: ["{src,test}/**/*.test.ts"], testTimeout: 60_000 } });
