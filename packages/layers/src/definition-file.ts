import { existsSync } from "@nn/platform/files";
import type { Module } from "@nn/platform/interfaces";
import { importFile } from "@nn/platform/modules";

import type { Definition } from "./definition.ts";

/** A file that should export a definition and does not. The message begins with the file's path. */
export class DefinitionFileError extends Error {
  override readonly name = "DefinitionFileError";
}

/** What a file of some catalog exports: how to tell, and what to say when it does not. */
export interface DefinitionKind<Entry extends Definition> {
  /** `layer`, `loss`, … */
  readonly noun: string;
  /** `defineLayer`, …: what makes one. */
  readonly maker: string;
  /** The functions that a definition of this kind must have. */
  readonly functions: readonly (keyof Entry & string)[];
}

/**
 * Imports a file and gives the one definition that it exports, under any name. Throws DefinitionFileError
 * when the file is missing, throws, or exports none, several, or one with wrong fields.
 */
export async function importDefinition<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  path: string,
): Promise<Entry> {
  if (!existsSync(path)) throw new DefinitionFileError(`${path}: there is no such file.`);

  let module: Module;
  try {
    module = await importFile(path);
  } catch (cause) {
    throw new DefinitionFileError(`${path}: it could not be loaded: ${firstLine(cause)}`, { cause });
  }
  return definitionIn(kind, module, path);
}

/** The one definition that a file exports. Throws as `importDefinition` does. */
export function definitionIn<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  module: Module,
  path: string,
): Entry {
  const exported = [...new Set(Object.values(module))]; // one may be exported by name and as default
  const howTo = `Export one ${kind.noun}, made by ${kind.maker}({ … }).`;
  const candidates = exported.filter((value) => resembles(kind, value));
  const [candidate] = candidates;
  if (candidate === undefined) throw new DefinitionFileError(`${path}: it exports no ${kind.noun}. ${howTo}`);
  if (candidates.length > 1) {
    throw new DefinitionFileError(`${path}: it exports ${candidates.length} definitions. ${howTo}`);
  }
  if (!isDefinition(kind, candidate)) {
    const faults = faultsOf(kind, candidate).join("; ");
    throw new DefinitionFileError(`${path}: what it exports is not a complete ${kind.noun}: ${faults}.`);
  }
  return candidate;
}

/** Whether a value has every field that a definition of this kind needs. */
export function isDefinition<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  value: unknown,
): value is Entry {
  return faultsOf(kind, value).length === 0;
}

/** An object with some field of a definition: meant as one, perhaps with mistakes. */
function resembles(kind: DefinitionKind<never>, value: unknown): boolean {
  const fields: readonly string[] = ["options", ...kind.functions];
  return isRecord(value) && fields.some((field) => field in value);
}

/** Each fault as a part of a sentence: what was expected, what came. */
function faultsOf(kind: DefinitionKind<never>, value: unknown): string[] {
  if (!isRecord(value)) return [`it must be an object, got ${describe(value)}`];
  const { type, description, options } = value;
  const faults: string[] = [];
  if (typeof type !== "string" || type === "") faults.push(`"type" must be its name, got ${describe(type)}`);
  if (typeof description !== "string")
    faults.push(`"description" must be a sentence, got ${describe(description)}`);
  if (!isRecord(options) || options["type"] !== "object" || !isRecord(options["properties"])) {
    faults.push(
      `"options" must be the schema of an object, such as Type.Object({ … }), got ${describe(options)}`,
    );
  }
  const functions: readonly string[] = kind.functions;
  for (const name of functions) {
    if (typeof value[name] !== "function")
      faults.push(`"${name}" must be a function, got ${describe(value[name])}`);
  }
  return faults;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return value === null || typeof value === "string" ? JSON.stringify(value) : `a ${typeof value}`;
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return message.split("\n", 1).join("");
}
