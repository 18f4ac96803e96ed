import path from "node:path";

import type { Paths } from "../interfaces.ts";

const paths: Paths = path;

export const { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } = paths;
