import crypto from "node:crypto";

import type { Hash, HashName } from "../interfaces.ts";

/** Creates an empty checksum. */
export const createHash: (name: HashName) => Hash = crypto.createHash;
