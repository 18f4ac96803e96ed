import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import {
  faultsOf,
  isDefinition,
  nounOf,
  resembles,
  type Definition,
  type DefinitionKind,
} from "../definition.ts";

/** A file that should export a definition and does not. The message begins with the file's path. */
export class DefinitionFileError extends Error {
  override readonly name = "DefinitionFileError";
}

/**
 * Imports a file and gives the one definition of this kind that it exports, under any name. Definitions of
 * other kinds may stand beside it. Throws DefinitionFileError when the file is missing, throws, or exports
 * none, several, or one with wrong fields.
 */
export async function importDefinition<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  path: string,
): Promise<Entry> {
  const exported = await exportsOf(path);
  const howTo = `Export one ${kind.noun}, made by ${kind.maker}({ … }).`;
  const candidates = exported.filter((value) => resembles(kind, value));
  const [candidate] = candidates;
  if (candidate === undefined) {
    const others = [...new Set(exported.flatMap((value) => nounOf(value) ?? []))];
    const instead = others.length === 0 ? "" : `${others.map(withArticle).join(" and ")}, and `;
    throw new DefinitionFileError(`${path}: it exports ${instead}no ${kind.noun}. ${howTo}`);
  }
  if (candidates.length > 1) {
    throw new DefinitionFileError(`${path}: it exports ${candidates.length} definitions. ${howTo}`);
  }
  if (!isDefinition(kind, candidate)) {
    const faults = faultsOf(kind, candidate).join("; ");
    throw new DefinitionFileError(`${path}: what it exports is not a complete ${kind.noun}: ${faults}.`);
  }
  return candidate;
}

/**
 * The one definition of this kind that a file exports; undefined where there is none or there are several.
 * Throws DefinitionFileError when the file is missing or throws.
 */
export async function findDefinition<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  path: string,
): Promise<Entry | undefined> {
  const found = (await exportsOf(path)).filter((value) => isDefinition(kind, value));
  return found.length === 1 ? found[0] : undefined;
}

/** `an optimizer` */
function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

/** Each value once: one may be exported by name and as default. */
async function exportsOf(path: string): Promise<unknown[]> {
  if (!existsSync(path)) throw new DefinitionFileError(`${path}: there is no such file.`);
  try {
    const module: Record<string, unknown> = await import(currentUrl(path));
    return [...new Set(Object.values(module))];
  } catch (cause) {
    throw new DefinitionFileError(`${path}: it could not be loaded: ${firstLine(cause)}`, { cause });
  }
}

/** Path → the digest of what was first imported from there, which the process keeps. */
const imported = new Map<string, string>();

/**
 * The URL to import a file by. A process that lives long, such as a worker, would get a file that has changed
 * since as it was: a query has it loaded anew.
 */
function currentUrl(path: string): string {
  const { href } = pathToFileURL(path);
  const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
  const first = imported.get(resolve(path)) ?? digest;
  imported.set(resolve(path), first);
  return first === digest ? href : `${href}?${digest}`;
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return message.split("\n", 1).join("");
}
