#!/usr/bin/env node
import { keepCompiled } from "@nn/runner/compile-cache";

// This call comes first: the compile cache keeps only what is imported after it.
keepCompiled();
const { main } = await import("./program.ts");
await main();
