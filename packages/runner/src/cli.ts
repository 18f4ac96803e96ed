#!/usr/bin/env node
import { keepCompiled } from "./compile-cache.ts";

// First this, then the program: what is imported before is not kept.
keepCompiled();
const { main } = await import("./program.ts");
await main();
