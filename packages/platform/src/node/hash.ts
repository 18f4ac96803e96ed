import crypto from "node:crypto";

import type { Hash, HashName } from "../interfaces.ts";

/** Creates a hash without data. */
export const createHash: (name: HashName) => Hash = crypto.createHash;
