import * as pathe from "pathe";

import type { Paths } from "../interfaces.ts";

const paths: Paths = {
  ...pathe,
  sep: "/",
  // pathe takes the whole of a name such as .hidden for its extension.
  extname: (path) => (/(?:^|\/)\.[^./]*$/.test(path) ? "" : pathe.extname(path)),
};

export const { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } = paths;
