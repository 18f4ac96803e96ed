import { createTemporaryFolder } from "../../test/temporary-folder.ts";
import { testDataset } from "../testing.ts";
import { mnist } from "./mnist.ts";

testDataset(mnist, [{ options: {}, files: () => ({ dataFolder: createTemporaryFolder() }) }]);
