import type { StreamKey } from "./backend.ts";

/** The parity constant of the Skein hash function: it prevents an all-zero key from being weak. */
const PARITY = 0x1bd11bda;

/** Rotation of each round in bits, repeated after eight rounds. */
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/**
 * Computes Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1,
 * 2, 3", 2011). For a fixed key, it is a bijection of the 2⁶⁴ blocks (c0, c1). Any block of a stream can be
 * computed without the blocks before it.
 *
 * Writes the two output words to out[0] and out[1].
 */
export function threefry2x32(key: StreamKey, c0: number, c1: number, out: Uint32Array): void {
  const schedule = [key[0], key[1], key[0] ^ key[1] ^ PARITY] as const;
  let x0 = (c0 + key[0]) | 0;
  let x1 = (c1 + key[1]) | 0;
  for (let round = 0; round < 20; round++) {
    const rotation = ROTATIONS[round & 7]!;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    // After every fourth round, add the key, and the number of additions so far.
    if ((round & 3) === 3) {
      const times = (round + 1) >>> 2;
      x0 = (x0 + schedule[times % 3]!) | 0;
      x1 = (x1 + schedule[(times + 1) % 3]! + times) | 0;
    }
  }
  out[0] = x0;
  out[1] = x1;
}

/**
 * Returns word i of the stream of `key`, 0 ≤ i < 2⁵³: the (i & 1)-th word of the block threefry(key, c) with
 * c = ⌊i / 2⌋ as 64 bits, low word first. `Rng.uint32` returns the words in this order, and the dropout
 * kernel computes the same words.
 */
export function streamWord(key: StreamKey, i: number): number {
  const block = Math.floor(i / 2);
  const words = new Uint32Array(2);
  threefry2x32(key, block % TWO_32, Math.floor(block / TWO_32), words);
  return words[i % 2]!;
}

const TWO_32 = 4294967296;

const utf8 = new TextEncoder();

/**
 * Returns the key of the child stream `name` of the stream `key`. It encrypts the name's UTF-8 bytes in
 * blocks of seven bytes; the output of a block is the key for the next block. The eighth byte of a block (the
 * top byte of c1) is 0x80 plus the number of bytes used in the last block, and 0x88 in all blocks before it.
 * This has two consequences:
 * - No block equals a counter of `streamWord`, which is below 2⁵², so draws and forks never use the same
 *   block.
 * - The block determines its bytes, and the cipher is one to one. So different names of up to seven bytes
 *   never have the same key in one stream; longer names have the same key with probability 2⁻⁶⁴.
 */
export function forkKey(key: StreamKey, name: string): StreamKey {
  const bytes = utf8.encode(name);
  const words = new Uint32Array([key[0], key[1]]);
  for (let start = 0; start === 0 || start < bytes.length; start += 7) {
    const left = bytes.length - start;
    const byte = (offset: number) => bytes[start + offset] ?? 0;
    const tag = left > 7 ? 0x88 : 0x80 + left;
    const c0 = byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24);
    const c1 = byte(4) | (byte(5) << 8) | (byte(6) << 16) | (tag << 24);
    threefry2x32([words[0]!, words[1]!], c0, c1, words);
  }
  return [words[0]!, words[1]!];
}
