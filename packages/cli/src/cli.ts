#!/usr/bin/env node
import { keepCompiled } from "@nn/runner/compile-cache";

// First this, then the program: what is imported before is not kept.
keepCompiled();
const { main } = await import("./program.ts");
await main();
