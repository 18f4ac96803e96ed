import { readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createRng, openStream } from "./rng.ts";
import { forkKey, streamWord, threefry2x32 } from "./threefry.ts";

interface Golden {
  readonly seed: number;
  readonly words: readonly number[];
  readonly farWord: { readonly index: number; readonly word: number };
  readonly forks: readonly { readonly name: string; readonly key: [number, number] }[];
  readonly uniforms: readonly number[];
  readonly normals: readonly number[];
}

// The format of the file that golden/streams.py writes.
const golden: Golden = JSON.parse(readFileSync(new URL("./golden/streams.json", import.meta.url), "utf8"));

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const words32 = fc.integer({ min: 0, max: 0xffffffff });
const keys = fc.tuple(words32, words32);

/**
 * Returns Pearson's statistic for equal frequencies. Its mean is the number of cells minus one, its variance
 * twice that.
 */
function chiSquare(counts: readonly number[]): number {
  let total = 0;
  for (const count of counts) total += count;
  const expected = total / counts.length;
  let sum = 0;
  for (const count of counts) sum += (count - expected) ** 2 / expected;
  return sum;
}

describe("threefry2x32", () => {
  test.each([
    // Random123, kat_vectors: threefry2x32, 20 rounds
    { key: [0, 0], counter: [0, 0], out: [0x6b200159, 0x99ba4efe] },
    {
      key: [0xffffffff, 0xffffffff],
      counter: [0xffffffff, 0xffffffff],
      out: [0x1cb996fc, 0xbb002be7],
    },
    {
      key: [0x13198a2e, 0x03707344],
      counter: [0x243f6a88, 0x85a308d3],
      out: [0xc4923a9c, 0x483df7a0],
    },
  ] as const)("gives Random123's known answer for key $key", ({ key, counter, out }) => {
    const block = new Uint32Array(2);
    threefry2x32(key, counter[0], counter[1], block);
    expect([...block]).toEqual(out);
  });
});

describe("a stream", () => {
  test("returns the same words as an independent implementation", () => {
    const rng = createRng(golden.seed);
    expect(golden.words.map(() => rng.uint32())).toEqual(golden.words);
  });

  test("returns the words of streamWord, even far into the stream", () => {
    fc.assert(
      fc.property(keys, (key) => {
        const rng = openStream(key);
        for (let i = 0; i < 7; i++) expect(rng.uint32()).toBe(streamWord(key, i));
      }),
    );
    const { index, word } = golden.farWord;
    expect(streamWord(createRng(golden.seed).key, index)).toBe(word);
  });

  test("depends on its seed, and different seeds have different streams", () => {
    fc.assert(
      fc.property(seeds, seeds, (one, other) => {
        const words = (seed: number) => {
          const rng = createRng(seed);
          return [rng.uint32(), rng.uint32()];
        };
        expect(words(one)).toEqual(words(one));
        fc.pre(one !== other);
        expect(words(one)).not.toEqual(words(other));
      }),
    );
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN, Infinity])("rejects the seed %d", (seed) => {
    expect(() => createRng(seed)).toThrow(`whole number from 0 to 2^53 - 1, got ${seed}`);
  });
});

describe("fork", () => {
  test("returns the same keys as an independent implementation", () => {
    const rng = createRng(golden.seed);
    expect(golden.forks.map(({ name }) => rng.fork(name).key)).toEqual(golden.forks.map(({ key }) => key));
  });

  test("does not depend on draws, and draws do not depend on forks", () => {
    fc.assert(
      fc.property(seeds, fc.string(), fc.integer({ min: 0, max: 9 }), (seed, name, draws) => {
        const used = createRng(seed);
        for (let i = 0; i < draws; i++) used.normal();
        expect(used.fork(name).key).toEqual(createRng(seed).fork(name).key);

        const forked = createRng(seed);
        const untouched = createRng(seed);
        forked.fork(name).uint32();
        expect(forked.uint32()).toBe(untouched.uint32());
      }),
    );
  });

  test("returns different keys for different names, and treats a number as its decimal digits", () => {
    const name = fc.string({ unit: "binary", maxLength: 20 });
    fc.assert(
      fc.property(keys, name, name, (key, one, other) => {
        fc.pre(one !== other);
        expect(forkKey(key, one)).not.toEqual(forkKey(key, other));
      }),
    );
    expect(createRng(1).fork(12).key).toEqual(createRng(1).fork("12").key);
  });

  test("of a fork differs from the fork of the joined name", () => {
    // Seven bytes fill a block: without an end mark, the joined name would have the same key.
    expect(createRng(1).fork("1234567").fork("89").key).not.toEqual(createRng(1).fork("123456789").key);
  });

  test("returns streams that are uncorrelated with their parent and with each other", () => {
    const parent = createRng(5);
    const streams = [parent, parent.fork(0), parent.fork(1), parent.fork(0).fork(1)];
    const draws = streams.map((rng) => Array.from({ length: 20_000 }, () => rng.uniform() - 0.5));
    for (let a = 0; a < draws.length; a++) {
      for (let b = 0; b < a; b++) {
        let sum = 0;
        for (let i = 0; i < 20_000; i++) sum += draws[a]![i]! * draws[b]![i]!;
        // Each product has variance 1/144. The limit is four standard deviations.
        expect(Math.abs(sum)).toBeLessThan(4 * Math.sqrt(20_000 / 144));
      }
    }
  });
});

describe("uniform", () => {
  test("uses two words, the upper 27 bits first", () => {
    const rng = createRng(golden.seed).fork("weights");
    expect(golden.uniforms.map(() => rng.uniform())).toEqual(golden.uniforms);
  });

  test("is evenly distributed over 100 cells and stays in [0, 1)", () => {
    const rng = createRng(11);
    const counts = Array.from({ length: 100 }, () => 0);
    for (let i = 0; i < 100_000; i++) counts[Math.floor(rng.uniform() * 100)]!++;
    expect(counts).toHaveLength(100);
    const statistic = chiSquare(counts); // 99 ± 14
    expect(statistic).toBeGreaterThan(99 - 4 * 14.1);
    expect(statistic).toBeLessThan(99 + 4 * 14.1);
  });
});

describe("integer", () => {
  test("stays below its bound", () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 2 ** 32 }), (key, bound) => {
        const drawn = openStream(key).integer(bound);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn < bound).toBe(true);
      }),
    );
  });

  test("has no bias even for a bound for which a plain remainder has a large bias", () => {
    // A plain remainder by 3·2³⁰ is in the lowest third twice as often as in each other third.
    const rng = createRng(3);
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[Math.floor(rng.integer(3 * 2 ** 30) / 2 ** 30)]!++;
    expect(chiSquare(counts)).toBeLessThan(14); // 2 degrees of freedom: p = 0.001
  });

  test.each([0, -3, 1.5, 2 ** 32 + 1, Number.NaN])("rejects the bound %d", (bound) => {
    expect(() => createRng(1).integer(bound)).toThrow(`whole number from 1 to 2^32, got ${bound}`);
  });
});

describe("normal", () => {
  test("matches mpmath's values for the same words to 2e-15", () => {
    const rng = createRng(golden.seed).fork("weights");
    let worst = 0;
    for (const exact of golden.normals) worst = Math.max(worst, Math.abs(rng.normal() - exact));
    expect(worst).toBeLessThan(2e-15);
  });

  test("has mean 0, variance 1, no skew and kurtosis 3", () => {
    const rng = createRng(17);
    const count = 200_000;
    const moments = [0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const z = rng.normal();
      for (let power = 1; power <= 4; power++) moments[power - 1]! += z ** power / count;
    }
    // Five standard deviations each: Var z = 1, Var z² = 2, Var z³ = 15, Var z⁴ = 96.
    const tolerance = (variance: number) => 5 * Math.sqrt(variance / count);
    expect(Math.abs(moments[0]!)).toBeLessThan(tolerance(1));
    expect(Math.abs(moments[1]! - 1)).toBeLessThan(tolerance(2));
    expect(Math.abs(moments[2]!)).toBeLessThan(tolerance(15));
    expect(Math.abs(moments[3]! - 3)).toBeLessThan(tolerance(96));
  });

  test("uses four words per number", () => {
    const rng = createRng(2);
    for (let i = 0; i < 3; i++) rng.normal();
    expect(rng.uint32()).toBe(streamWord(rng.key, 12));
  });
});

describe("shuffle", () => {
  test("returns a permutation", () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.integer({ min: -100, max: 100 })), (seed, values) => {
        const shuffled = Int32Array.from(values);
        createRng(seed).shuffle(shuffled);
        expect([...shuffled].sort((a, b) => a - b)).toEqual(values.toSorted((a, b) => a - b));
      }),
    );
  });

  test("produces all 24 permutations of four numbers equally often", () => {
    const rng = createRng(23);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const values = Int32Array.of(0, 1, 2, 3);
      rng.shuffle(values);
      counts.set(values.join(), (counts.get(values.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()])).toBeLessThan(49.7); // 23 degrees of freedom: p = 0.001
  });
});
