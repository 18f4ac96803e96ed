import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

import { hostileTexts, type RandomChoices } from "./random-choices.ts";

/** How a file was corrupted. */
export interface FileCorruption {
  readonly what: string;
  /**
   * Whether a reader can notice it: a changed digit of a table cannot be noticed, a missing line of a table
   * can,
   * because the journal has it.
   */
  readonly isNoticeable: boolean;
}

/** Values that are invalid for every number of a run. */
const WRONG_NUMBERS = ["NaN", "1e309", "-1", "-7.5", "0x10", "1,000", "", "nothing", "Infinity", '"'];

/** Corrupts a file of a run in one way. */
export function corruptFile(file: string, chance: RandomChoices): FileCorruption {
  const bytes = readFileSync(file);
  // Runs keep only the outputs of their best networks, so a missing file of outputs is normal.
  const isKept = !file.endsWith("outputs.safetensors");
  const isText = !file.endsWith(".safetensors") && !file.endsWith("lock");
  const replace = (content: string | Uint8Array): void => writeFileSync(file, content);
  const [what, isNoticeable, work] = chance.weighted<readonly [string, boolean, () => void]>([
    [2, ["removed", isKept, () => rmSync(file)]],
    [1, ["emptied", true, () => replace("")]],
    [
      3,
      ["truncated", true, () => replace(bytes.subarray(0, chance.integer(0, Math.max(0, bytes.length - 1))))],
    ],
    [3, ["bytes changed", false, () => replace(chance.changed(bytes, chance.integer(1, 5)))]],
    [1, ["bytes added", true, () => replace(Buffer.concat([bytes, chance.bytes(chance.integer(1, 50))]))]],
    [1, ["a folder", true, () => replaceByFolder(file)]],
    [1, ["a dangling link", isKept, () => replaceByLink(file, "/nowhere/at all")]],
    [1, ["a link to itself", isKept, () => replaceByLink(file, path.basename(file))]],
    [1, ["random bytes", true, () => replace(chance.bytes(chance.integer(1, 400)))]],
    [isText ? 12 : 0, damagedLines(bytes.toString(), chance, replace)],
  ]);
  work();
  return { what: `${path.basename(file)} ${what}`, isNoticeable };
}

function replaceByFolder(file: string): void {
  rmSync(file);
  mkdirSync(file);
}

function replaceByLink(file: string, target: string): void {
  rmSync(file);
  symlinkSync(target, file);
}

function damagedLines(
  text: string,
  chance: RandomChoices,
  replace: (content: string) => void,
): readonly [string, boolean, () => void] {
  const lines = text.split("\n");
  const [a, b] = [chance.integer(0, lines.length - 1), chance.integer(0, lines.length - 1)];
  const write = (all: readonly string[]) => () => replace(all.join("\n"));
  const changed = (change: (line: string) => string): (() => void) =>
    write(lines.map((line, index) => (index === a ? change(line) : line)));
  const number = chance.one(WRONG_NUMBERS);
  const hostile = chance.one([...hostileTexts, "x".repeat(100_000)]);
  const inJson = JSON.stringify(hostile).slice(1, -1);
  const isJson = text.startsWith("{");
  const numbers = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g;
  const count = [...lines[a]!.matchAll(numbers)].length;
  let left = chance.integer(0, Math.max(0, count - 1));
  return chance.one<readonly [string, boolean, () => void]>([
    [`line ${a + 1} dropped`, lines[a] !== "", write(lines.toSpliced(a, 1))],
    [`line ${a + 1} doubled`, lines[a] !== "", write(lines.toSpliced(a, 0, lines[a]!))],
    [`lines ${a + 1} and ${b + 1} exchanged`, false, write(lines.with(a, lines[b]!).with(b, lines[a]!))],
    [
      `a number of line ${a + 1} is ${number}`,
      false,
      changed((line) => line.replaceAll(numbers, (old) => (left-- === 0 ? number : old))),
    ],
    [
      `a number of line ${a + 1} is ${number}`,
      false,
      changed((line) => line.replaceAll(numbers, (old) => (left-- === 0 ? number : old))),
    ],
    [
      `a word of line ${a + 1} is ${JSON.stringify(hostile.slice(0, 30))}`,
      false,
      changed((line) => line.replace(/[a-zA-Z]{3,}/, () => (isJson ? inJson : hostile))),
    ],
    [
      `a key is __proto__ in line ${a + 1}`,
      false,
      changed((line) => line.replace(/"?[a-zA-Z]{3,}"?:/, '"__proto__":')),
    ],
    ["Windows line ends", false, () => replace(text.replaceAll("\n", "\r\n"))],
    ["a byte order mark", false, () => replace(`\uFEFF${text}`)],
    ["NUL in it", false, changed((line) => `${line.slice(0, 5)}\0${line.slice(5)}`)],
  ]);
}
