import { existsSync } from "node:fs";

import { createTemporaryFolder } from "../../test/temporary-folder.ts";
import { testDataset } from "../testing.ts";
import { fashionMnist } from "./fashion-mnist.ts";

// Debian's package dataset-fashion-mnist provides the files. CI installs it.
const isHere = existsSync("/usr/share/datasets/fashion-mnist");
testDataset(
  fashionMnist,
  isHere ? [{ options: {}, files: () => ({ dataFolder: createTemporaryFolder() }) }] : [],
);
