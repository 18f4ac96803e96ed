import type { StreamKey } from "../backend.ts";
import { openStream } from "../rng.ts";
import type { Tensor } from "../tensor.ts";
import type { Round } from "./rounding.ts";

/**
 * out = x · m / (1 − rate), where m is 0 with probability `rate` and 1 otherwise. The remaining numbers are
 * scaled up to keep the mean, so evaluation needs no scaling ("inverted" dropout; Srivastava et al. 2014,
 * section 10).
 */
export function dropout(round: Round, x: Tensor, rate: number, key: StreamKey, out: Tensor): void {
  const words = openStream(key);
  const threshold = Math.min(Math.round(rate * 4294967296), 4294967295);
  const scale = round(1 / (1 - rate));
  for (let i = 0; i < x.data.length; i++) {
    const factor = words.uint32() >= threshold ? scale : 0;
    out.data[i] = round(x.data[i]! * factor);
  }
}
