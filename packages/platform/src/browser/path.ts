import * as pathe from "pathe";

import type { Paths } from "../interfaces.ts";

const paths: Paths = {
  ...pathe,
  sep: "/",
  // For a name such as .hidden, pathe would return the entire name as the extension.
  extname: (path) => (/(?:^|\/)\.[^./]*$/.test(path) ? "" : pathe.extname(path)),
};

export const { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } = paths;
