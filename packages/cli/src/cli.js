#!/usr/bin/env node
// The only file in JavaScript: to strip the types of a first file, Node loads a program that takes 0.1 s. From
// here on the compile cache keeps what was stripped and compiled before.
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

enableCompileCache(fileURLToPath(new URL("../../../node_modules/.cache/nn-compiled/", import.meta.url)));
// Stack traces name the lines of the sources, and not those of the bundle.
process.setSourceMapsEnabled(true);
const { programUrl } = await import("./start/program-url.ts");
const { main } = await import(await programUrl());
await main();
