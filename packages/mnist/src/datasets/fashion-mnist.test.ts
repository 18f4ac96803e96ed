import { existsSync } from "node:fs";

import { temporaryFolder } from "../../test/temporary-folder.ts";
import { testDataset } from "../testing.ts";
import { fashionMnist } from "./fashion-mnist.ts";

// Without Debian's package dataset-fashion-mnist there are no files to read; CI installs it.
const isHere = existsSync("/usr/share/datasets/fashion-mnist");
testDataset(fashionMnist, isHere ? [{ options: {}, files: () => ({ dataFolder: temporaryFolder() }) }] : []);
