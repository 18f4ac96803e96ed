import { shortenLine } from "@nn/platform/printable";

import {
  endStatuses,
  type EndStatus,
  type JournalEvent,
  type Metrics,
  type NetworkSize,
  type ParameterValue,
  type Parameters,
} from "./events.ts";

/**
 * Thrown for a line of a journal that is not an event. The message states the expected and the actual
 * content.
 */
export class EventError extends Error {
  override readonly name = "EventError";
}

/** Formats an event as one line of JSON, without the line end. NaN and infinities become strings. */
export function formatEvent(event: JournalEvent): string {
  return JSON.stringify(event, (_key, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
}

/** Parses a line of a journal. Ignores unknown keys. Throws EventError. */
export function parseEvent(line: string): JournalEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new EventError(`expected one JSON object, got ${quote(line)}`);
  }
  return readEvent(object(value, "the line"));
}

type Fields = Readonly<Record<string, unknown>>;

function readEvent(fields: Fields): JournalEvent {
  const event = fields["event"];
  switch (event) {
    case "run": {
      const format = fields["format"];
      if (format !== 1) {
        throw new EventError(
          `expected format 1, got ${quote(format)}: another version of this program wrote it`,
        );
      }
      return { event, format, fingerprint: text(fields, "fingerprint"), name: text(fields, "name") };
    }
    case "data":
      return {
        event,
        name: text(fields, "name"),
        source: text(fields, "source"),
        sha256: text(fields, "sha256"),
        ...optionalNames(fields["classes"]),
      };
    case "trial-started":
      return {
        event,
        trial: count(fields, "trial", 1),
        seed: count(fields, "seed", 0),
        parameters: parameters(fields["parameters"]),
        parent: optional(fields["parent"], () => count(fields, "parent", 1)),
        worker: typeof fields["worker"] === "string" ? fields["worker"] : number(fields, "worker"),
        after: optional(fields["after"], () => count(fields, "after", 0)),
        training: optional(fields["training"], () => text(fields, "training")),
        planned: optional(fields["planned"], () => count(fields, "planned", 0)),
        network: optional(fields["network"], networkSize),
      };
    case "epoch":
      return {
        event,
        trial: count(fields, "trial", 1),
        epoch: count(fields, "epoch", 1),
        train: metrics(fields["train"], "train"),
        validation: optional(fields["validation"], (value) => metrics(value, "validation")),
        seconds: number(fields, "seconds"),
        imagesPerSecond: number(fields, "imagesPerSecond"),
      };
    case "trial-ended":
      return {
        event,
        trial: count(fields, "trial", 1),
        status: status(fields["status"]),
        epochs: count(fields, "epochs", 0),
        bestEpoch: optional(fields["bestEpoch"], () => count(fields, "bestEpoch", 1)),
        train: optional(fields["train"], (value) => metrics(value, "train")),
        validation: optional(fields["validation"], (value) => metrics(value, "validation")),
        test: optional(fields["test"], (value) => metrics(value, "test")),
        seconds: number(fields, "seconds"),
        reason: optional(fields["reason"], () => text(fields, "reason")),
      };
    case "sweep-ended":
      return { event, after: count(fields, "after", 1), reason: text(fields, "reason") };
    default:
      throw new EventError(
        `expected event "run", "data", "trial-started", "epoch", "trial-ended" or "sweep-ended", got ${quote(event)}`,
      );
  }
}

function optional<Value>(value: unknown, read: (value: unknown) => Value): Value | undefined {
  return value === undefined ? undefined : read(value);
}

function optionalNames(value: unknown): { readonly classes?: readonly string[] } {
  if (value === undefined) return {};
  if (Array.isArray(value) && value.every((name) => typeof name === "string")) return { classes: value };
  throw new EventError(`expected "classes" to be a list of names, got ${quote(value)}`);
}

function object(value: unknown, name: string): Fields {
  if (!isMap(value)) throw new EventError(`expected ${name} to be a map, got ${quote(value)}`);
  return value;
}

function isMap(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function metrics(value: unknown, name: string): Metrics {
  const fields = object(value, name);
  return { loss: number(fields, "loss"), accuracy: number(fields, "accuracy") };
}

function networkSize(value: unknown): NetworkSize {
  const fields = object(value, "network");
  return { parameters: count(fields, "parameters", 0), multiplyAdds: count(fields, "multiplyAdds", 0) };
}

function parameters(value: unknown): Parameters {
  const entries = Object.entries(object(value, "parameters"));
  return Object.fromEntries(entries.map(([path, entry]) => [path, parameterValue(entry, path)]));
}

function parameterValue(value: unknown, path: string): ParameterValue {
  if (isParameterValue(value)) return value;
  throw new EventError(
    `expected parameters.${path} to be a number, text, true, false, null or a map, got ${quote(value)}`,
  );
}

function isParameterValue(value: unknown): value is ParameterValue {
  return value === null || ["number", "string", "boolean"].includes(typeof value) || isMap(value);
}

function status(value: unknown): EndStatus {
  const found = endStatuses.find((name) => name === value);
  if (found === undefined)
    throw new EventError(`expected status ${endStatuses.join(", ")}, got ${quote(value)}`);
  return found;
}

function text(fields: Fields, key: string): string {
  const value = fields[key];
  if (typeof value !== "string") throw new EventError(`expected ${key} to be text, got ${quote(value)}`);
  return value;
}

const notFinite: ReadonlySet<unknown> = new Set(["NaN", "Infinity", "-Infinity"]);

function number(fields: Fields, key: string): number {
  const value = fields[key];
  if (typeof value === "number") return value;
  if (notFinite.has(value)) return Number(value);
  throw new EventError(`expected ${key} to be a number, got ${quote(value)}`);
}

function count(fields: Fields, key: string, minimum: number): number {
  const value = fields[key];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= minimum) return value;
  throw new EventError(`expected ${key} to be a whole number of at least ${minimum}, got ${quote(value)}`);
}

/** Formats a value for a message, as in the file. Shortens long values. */
function quote(value: unknown): string {
  const shown = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return shortenLine(shown, 60);
}
