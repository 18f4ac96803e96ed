import { createHash } from "@nn/platform/hash";

/** Returns the MD5 in hexadecimal, as published with these data sets. It detects damage, not tampering. */
export function computeMd5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
