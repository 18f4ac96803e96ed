import { createHash } from "@nn/platform/hash";

/** MD5 in hexadecimal: what these data sets are published with. It tells damage, not malice. */
export function md5Of(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
