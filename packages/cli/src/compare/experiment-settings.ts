import { formatPath, isRecord, type Path } from "@nn/training";

/** The settings of an experiment: path → value. A value is a scalar, or an empty list or map as JSON. */
export type Settings = ReadonlyMap<string, string | number | boolean | null>;

/** Keys of an experiment that do not affect its trials. */
const OUTSIDE = new Set(["name", "description", "sweep", "executor", "keep", "loggers"]);

/**
 * Returns the settings of a trial: all values of the resolved experiment, keyed by path. The swept values of
 * the trial replace those of the file. `swept`: path → the cell of results.csv.
 */
export function getSettings(
  experiment: Readonly<Record<string, unknown>>,
  swept: Readonly<Record<string, string>> = {},
): Settings {
  const settings = new Map<string, string | number | boolean | null>();
  for (const [key, value] of Object.entries(experiment)) {
    if (!OUTSIDE.has(key)) collect(settings, [key], value);
  }
  for (const [path, cell] of Object.entries(swept)) {
    // A swept block replaces all settings of the block in the file.
    for (const known of settings.keys())
      if (known === path || known.startsWith(`${path}.`) || known.startsWith(`${path}[`))
        settings.delete(known);
    settings.set(path, parseScalar(cell));
  }
  return settings;
}

function collect(settings: Map<string, string | number | boolean | null>, path: Path, value: unknown): void {
  if (Array.isArray(value) && value.length > 0) {
    for (const [index, item] of value.entries()) collect(settings, [...path, index], item);
  } else if (isRecord(value) && Object.keys(value).length > 0) {
    for (const [key, item] of Object.entries(value)) collect(settings, [...path, key], item);
  } else if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    settings.set(formatPath(path), value);
  } else {
    settings.set(formatPath(path), value === null || value === undefined ? null : JSON.stringify(value));
  }
}

/** Returns the value of a cell of results.csv. */
function parseScalar(cell: string): string | number | boolean | null {
  if (cell === "true" || cell === "false") return cell === "true";
  if (cell === "null" || cell === "") return null;
  const number = Number(cell);
  return cell.trim() !== "" && Number.isFinite(number) ? number : cell;
}

/**
 * Returns the paths whose values differ, in the order of the first settings that have them. Without a
 * `folder`, the experiment is unknown, so a missing value does not count as a difference.
 */
export function findDifferingPaths(
  all: readonly { readonly settings: Settings; readonly folder?: string | undefined }[],
): string[] {
  const paths = new Set(all.flatMap(({ settings }) => [...settings.keys()]));
  return [...paths].filter((path) => {
    const known = all.filter(({ settings, folder }) => folder !== undefined || settings.has(path));
    return new Set(known.map(({ settings }) => settings.get(path))).size > 1;
  });
}

/**
 * Returns the sources whose settings are not all known, because they are tables outside of a run's folder.
 * Configurations of one source differ only in their known settings, so a single source is not returned.
 */
export function findUnknownSources(
  all: readonly {
    readonly source: string;
    readonly path: number;
    readonly folder?: string | undefined;
  }[],
): string[] {
  if (new Set(all.map(({ path }) => path)).size < 2) return [];
  return [...new Set(all.filter(({ folder }) => folder === undefined).map(({ source }) => source))];
}
