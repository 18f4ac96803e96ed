import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";

import type { Problem } from "./problem.ts";
import type { Source, Span } from "./source.ts";
import { nearest } from "./suggestion.ts";

/** An experiment is a page of text; beyond this it is some other file. */
const LARGEST_FILE = 2 ** 20;

export type Read = { readonly source: Source } | { readonly problem: Problem };

/**
 * Reads an experiment file. `name` is how messages name it; `mentioned` is where another file or an argument names it,
 * which is then where a problem is shown.
 */
export function readSource(file: string, name: string, mentioned?: Span): Read {
  const place = mentioned ?? name;
  const told = (message: string, rest: Omit<Problem, "place" | "message">): Read => ({
    problem: { place, message: mentioned === undefined ? message : `${name}: ${message}`, ...rest },
  });

  let bytes: Uint8Array;
  try {
    const handle = openSync(file, "r");
    try {
      const stats = fstatSync(handle);
      if (stats.isDirectory()) {
        return told("this is a folder, not an experiment file", {
          expected: "a YAML file",
          advice: filesIn(file),
        });
      }
      if (!stats.isFile()) {
        return told("this is not a regular file", { expected: "a YAML file on disk" });
      }
      if (stats.size > LARGEST_FILE) {
        return told(`this file has ${inUnits(stats.size)}: too large for an experiment`, {
          expected: `at most ${inUnits(LARGEST_FILE)} of YAML`,
          advice: "Is this the right file? Data sets are named in an experiment, never put into it.",
        });
      }
      bytes = new Uint8Array(LARGEST_FILE);
      let length = 0;
      for (let read = -1; read !== 0 && length < bytes.length; length += read) {
        read = readSync(handle, bytes, length, bytes.length - length, null);
      }
      bytes = bytes.subarray(0, length);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    return told(...whyUnreadable(error, file, name));
  }

  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes); // drops a byte order mark
    return { source: { kind: "file", name, folder: dirname(resolve(file)), text } };
  } catch {
    return told("this file is not UTF-8 text", {
      expected: "YAML, written as UTF-8",
      advice: "Save it as UTF-8 in your editor, or name another file.",
    });
  }
}

type Reason = readonly [message: string, rest: Omit<Problem, "place" | "message">];

function whyUnreadable(error: unknown, file: string, name: string): Reason {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return ["no such file", { expected: "the path of an experiment file", advice: nearbyFile(file, name) }];
    case "EACCES":
    case "EPERM":
      return ["this file may not be read", { advice: "Check its permissions." }];
    default:
      return [
        `this file cannot be read (${error instanceof Error ? error.message : String(error)})`,
        { advice: "Check the path and the disk." },
      ];
  }
}

function nearbyFile(file: string, name: string): string {
  const folder = dirname(resolve(file));
  const names = namesIn(folder);
  if (names === undefined) return `there is no folder "${dirname(name)}" either`;
  const wanted = basename(file);
  const match =
    names.find((each) => stem(each) === wanted) ??
    nearest(wanted, names) ??
    names.find((each) => stem(each) === nearest(stem(wanted), names.map(stem)));
  if (match !== undefined) return `did you mean "${join(dirname(name), match)}"?`;
  return filesIn(folder);
}

function filesIn(folder: string): string {
  const names = namesIn(folder) ?? [];
  if (names.length === 0) return "There is no YAML file in that folder.";
  const more = names.length > 8 ? ", …" : "";
  return `YAML files in that folder: ${names.slice(0, 8).join(", ")}${more}`;
}

/** The YAML files of a folder, or undefined when there is no such folder. */
function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/i.test(name))
      .sort();
  } catch {
    return undefined;
  }
}

function stem(name: string): string {
  return basename(name, extname(name));
}

function inUnits(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
