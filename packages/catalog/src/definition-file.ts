import { existsSync } from "@nn/platform/files";
import type { Module } from "@nn/platform/interfaces";
import { importFile } from "@nn/platform/modules";

import {
  findDefinitionErrors,
  isDefinition,
  getDefinitionNoun,
  looksLikeDefinition,
  withArticle,
  type Definition,
  type DefinitionKind,
} from "./definition.ts";

/** Thrown for a file that does not export a valid definition. The message begins with the file's path. */
export class DefinitionFileError extends Error {
  override readonly name = "DefinitionFileError";
}

/**
 * Imports a file and returns the definition of this kind that it exports, under any name. The file may also
 * export definitions of other kinds. Throws DefinitionFileError if the file is missing or throws, or if it
 * exports no definition of this kind, several, or one with wrong fields. A file that is still loading after
 * LOADING_SECONDS is reported likewise.
 */
export async function importDefinition<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  path: string,
): Promise<Entry> {
  return getExportedDefinition(kind, await load(path), path);
}

/**
 * Returns the definition of this kind that a module exports. Throws DefinitionFileError if there is none, if
 * there are several, or if it has wrong fields.
 */
export function getExportedDefinition<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  module: Module,
  path: string,
): Entry {
  const exported = exportsOf(module);
  const howTo = `Export one ${kind.noun}, made by ${kind.defineFunction}({ … }).`;
  const candidates = exported.filter((value) => looksLikeDefinition(kind, value));
  const [candidate] = candidates;
  if (candidate === undefined) {
    const others = [...new Set(exported.flatMap((value) => getDefinitionNoun(value) ?? []))];
    const instead = others.length === 0 ? "" : `${others.map(withArticle).join(" and ")}, and `;
    throw new DefinitionFileError(`${path}: it exports ${instead}no ${kind.noun}. ${howTo}`);
  }
  if (candidates.length > 1) {
    throw new DefinitionFileError(`${path}: it exports ${candidates.length} definitions. ${howTo}`);
  }
  if (!isDefinition(kind, candidate)) {
    const errors = findDefinitionErrors(kind, candidate).join("; ");
    throw new DefinitionFileError(`${path}: its export is not a complete ${kind.noun}: ${errors}.`);
  }
  return candidate;
}

/**
 * Imports a file and returns the definition of this kind that it exports. Returns undefined if there is none
 * or if there are several. Throws DefinitionFileError if the file is missing or throws.
 */
export async function findDefinition<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  path: string,
): Promise<Entry | undefined> {
  const found = exportsOf(await load(path)).filter((value) => isDefinition(kind, value));
  return found.length === 1 ? found[0] : undefined;
}

/**
 * Returns the exported values without duplicates, because a value may be exported both by name and as
 * default.
 */
function exportsOf(module: Module): unknown[] {
  return [...new Set(Object.values(module))];
}

/** Seconds after which a file that is still loading is reported. */
const LOADING_SECONDS = 10;

async function load(path: string): Promise<Module> {
  if (!existsSync(path)) throw new DefinitionFileError(`${path}: there is no such file.`);
  const late = Promise.withResolvers<never>();
  // A pending import does not keep the process alive, but this timer does.
  const timer = setTimeout(() => {
    late.reject(
      new DefinitionFileError(
        `${path}: it did not finish loading within ${LOADING_SECONDS} s: an "await" outside its functions waits ` +
          "for something that never happens, or for too long.",
      ),
    );
  }, LOADING_SECONDS * 1000);
  try {
    return await Promise.race([importFile(path), late.promise]);
  } catch (cause) {
    if (cause instanceof DefinitionFileError) throw cause;
    throw new DefinitionFileError(`${path}: it could not be loaded: ${firstLine(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return message.split("\n", 1).join("");
}
