// The entry of a worker process.
import { saveCompiled } from "../compile-cache.ts";

// Whatever happened to the parent, nobody waits for a trial any more.
process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches every process of the terminal; the parent decides what it means.
process.on("SIGINT", () => {});

await import("./worker-program.ts");
saveCompiled();
