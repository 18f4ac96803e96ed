import crypto from "node:crypto";

import type { Hash, HashName } from "../interfaces.ts";

/** A checksum of nothing so far. */
export const createHash: (name: HashName) => Hash = crypto.createHash;
