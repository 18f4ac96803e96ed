import { md5 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import type { Hash, HashName } from "../interfaces.ts";

const functions = { sha256, md5 };

/** Creates a hash without data. */
export function createHash(name: HashName): Hash {
  const hash = functions[name].create();
  const taken: Hash = {
    update(chunk) {
      hash.update(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
      return taken;
    },
    digest: () => bytesToHex(hash.digest()),
  };
  return taken;
}
