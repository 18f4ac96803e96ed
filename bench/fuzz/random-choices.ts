import { createRng } from "../../packages/tensor/src/index.ts";

/** Random choices that depend only on a seed. */
export class RandomChoices {
  readonly #rng: ReturnType<typeof createRng>;

  constructor(seed: number, name: string) {
    this.#rng = createRng(seed).fork(name);
  }

  /** Returns an integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + this.#rng.integer(max - min + 1);
  }

  /** Returns true with a probability of `share`. */
  is(share: number): boolean {
    return this.#rng.uniform() < share;
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.#rng.integer(items.length)]!;
  }

  /** Returns one of the items. The numbers are their relative frequencies. */
  weighted<Item>(items: readonly (readonly [weight: number, item: Item])[]): Item {
    let left = this.#rng.uniform() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) if ((left -= weight) < 0) return item;
    return items.at(-1)![1];
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: count }, () => this.#rng.integer(256));
  }

  /** Returns a copy with `count` bytes changed. */
  changed(bytes: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
    const copy = Uint8Array.from(bytes);
    if (copy.length === 0) return copy;
    for (let n = 0; n < count; n++) copy[this.#rng.integer(copy.length)]! ^= this.integer(1, 255);
    return copy;
  }
}

/** Texts with characters that a terminal, a table or a web page would interpret. */
export const hostileTexts = [
  "\u001B[31mred\u001B[0m",
  "\u001B]0;title\u0007",
  "\u001B[2J\u001B[H",
  "\u009B31m",
  "line\nbreak",
  "return\rover",
  "tab\there",
  "<script>alert(1)</script>",
  "<b>&amp;</b>",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  '"quoted"',
  "it's, with a comma",
  "=1+1",
  "%s %d ${x} $(id)",
  "\u202Ereversed",
  "née ☂ 日本",
  "a".repeat(150),
  "--json",
  "..",
] as const;
