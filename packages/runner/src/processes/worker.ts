// The entry of a worker process.
import { writeCompileCache } from "./compile-cache.ts";

// The parent has exited, so nothing waits for a trial any more.
process.on("disconnect", () => process.exit(0));
// Ctrl-C and the end of a session reach every process of the group; the parent decides how to react.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => {});

// Stack traces name the lines of the sources, and not those of the bundle.
process.setSourceMapsEnabled(true);
await import("./worker-program.ts");
writeCompileCache();
