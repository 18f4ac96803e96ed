import * as pathe from "pathe";

import type { Paths } from "../interfaces.ts";

const paths: Paths = {
  ...pathe,
  sep: "/",
  // pathe treats a whole name such as .hidden as an extension.
  extname: (path) => (/(?:^|\/)\.[^./]*$/.test(path) ? "" : pathe.extname(path)),
};

export const { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } = paths;
