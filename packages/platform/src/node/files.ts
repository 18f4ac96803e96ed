import fs from "node:fs";

import type { FileSystem } from "../interfaces.ts";

const system: FileSystem = fs;

export const {
  closeSync,
  existsSync,
  fstatSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = system;
