// The entry of a worker process.
import { writeCompileCache } from "./compile-cache.ts";

// The parent has exited, so nobody waits for the trial.
process.on("disconnect", () => process.exit(0));
// Every process of the group receives these signals at Ctrl-C or at the end of a session. Only the parent
// reacts to them.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => {});

// With source maps, stack traces show the lines of the sources instead of the bundle.
process.setSourceMapsEnabled(true);
await import("./worker-program.ts");
writeCompileCache();
