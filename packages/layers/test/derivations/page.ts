import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { countElements, type Backend, type FloatArray, type Shape, type Tensor } from "@nn/tensor";

const FOLDER = new URL("../../../../docs/derivations/", import.meta.url);

/** The shape and the numbers of one name on a page. */
interface Entry {
  readonly shape: Shape;
  readonly written: readonly string[];
}

/** Lines of code on a page, and their source file. */
export interface Quote {
  readonly file: string;
  readonly code: string;
}

/**
 * A page of docs/derivations. The numbers of its example are lines `name (shape) = numbers` in text blocks,
 * with `|` between rows. A line without a shape is a scalar.
 */
export class Page {
  readonly name: string;
  readonly #text: string;
  readonly #entries = new Map<string, Entry>();
  readonly #unread = new Set<string>();

  constructor(name: string) {
    this.name = name;
    this.#text = readFileSync(new URL(`${name}.md`, FOLDER), "utf8");
    for (const [, block = ""] of this.#text.matchAll(/^```text\n(.*?)^```$/gms)) {
      for (const line of block.split("\n")) this.#read(line);
    }
  }

  #read(line: string): void {
    const [, name, shape = "", numbers = ""] = /^(\S+)(?: \(([\d, ]+)\))? += +(.*)$/.exec(line) ?? [];
    if (name === undefined) return;
    const extents = shape === "" ? [] : shape.split(",").map(Number);
    const written = numbers.replaceAll("|", " ").replaceAll("−", "-").trim().split(/\s+/);
    if (this.#entries.has(name)) throw new Error(`${this.name}.md: ${name} is defined twice.`);
    if (written.length !== countElements(extents)) {
      throw new Error(
        `${this.name}.md: ${name} has ${written.length} numbers, its shape says ${countElements(extents)}.`,
      );
    }
    this.#entries.set(name, { shape: extents, written });
    this.#unread.add(name);
  }

  /** The names whose numbers have not been read yet. */
  get unread(): string[] {
    return [...this.#unread];
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`${this.name}.md has no numbers of the name ${name}.`);
    this.#unread.delete(name);
    return entry;
  }

  shape(name: string): Shape {
    return this.#entry(name).shape;
  }

  numbers(name: string): number[] {
    return this.#entry(name).written.map(Number);
  }

  number(name: string): number {
    return this.numbers(name)[0]!;
  }

  tensor(backend: Backend, name: string): Tensor {
    const tensor = backend.allocate(this.shape(name));
    tensor.data.set(this.numbers(name));
    return tensor;
  }

  /**
   * Describes the numbers on the page and the computed numbers if they disagree, otherwise returns undefined.
   * Numbers with four or more decimals are rounded on the page; all others are exact.
   */
  disagreement(name: string, computed: FloatArray | readonly number[]): string | undefined {
    const { written } = this.#entry(name);
    const agrees = written.every((text, i) => {
      const decimals = text.split(".")[1]?.length ?? 0;
      const tolerance = decimals < 4 ? 1e-6 : 0.501 * 10 ** -decimals;
      return Math.abs(Number(text) - computed[i]!) <= tolerance;
    });
    if (agrees && computed.length === written.length) return undefined;
    return `${name} = ${written.join(" ")}, computed: ${Array.from(computed, (value) => value.toFixed(6)).join(" ")}`;
  }

  /** The code blocks of the page. Each quotes the file of the last link before it. */
  get quotes(): Quote[] {
    return [...this.#text.matchAll(/^```ts\n(.*?)\n^```$/gms)].map(({ 1: code = "", index }) => {
      const links = [...this.#text.slice(0, index).matchAll(/\]\(([^)]+\.ts)\)/g)];
      const file = fileURLToPath(new URL(links.at(-1)?.[1] ?? "", FOLDER));
      return { file, code };
    });
  }
}
