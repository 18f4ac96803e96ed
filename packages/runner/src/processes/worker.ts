// The entry of a worker process.
import { saveCompiled } from "./compile-cache.ts";

// Whatever happened to the parent, nobody waits for a trial any more.
process.on("disconnect", () => process.exit(0));
// Ctrl-C, or the end of a session, reaches every process of the group; the parent decides what it means.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => {});

await import("./worker-program.ts");
saveCompiled();
