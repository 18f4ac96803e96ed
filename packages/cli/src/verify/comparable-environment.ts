import { isRecord } from "@nn/training";

/** The values of environment.json that can explain a difference of results. */
export type ComparableEnvironment = Readonly<Record<string, unknown>>;

/** The keys that describe the program and the machine. */
const KEYS = ["version", "commit", "node", "platform", "processor", "cores", "kernels", "threads"] as const;

/**
 * Parses the text of an environment.json. Leaves out paths, because they differ between machines. Of the
 * data, only the hashes remain. Returns no values if the text is invalid.
 */
export function parseComparableEnvironment(text: string): ComparableEnvironment {
  const all = parsed(text);
  const data = Array.isArray(all["data"]) ? all["data"] : [];
  // The files in expected/ contain only the hashes.
  const digests = data.map((each) => (isRecord(each) ? (each["sha256"] ?? null) : each));
  return { ...Object.fromEntries(KEYS.map((key) => [key, all[key] ?? null])), data: digests };
}

/** Formats the environment.json of expected results. `experiment`: the name of the experiment file. */
export function formatEnvironment(experiment: string, environment: ComparableEnvironment): string {
  return `${JSON.stringify({ experiment, ...environment }, null, 2)}\n`;
}

/** Returns the name of the experiment file in the environment.json of expected results, if it has one. */
export function readExperimentFile(text: string): string | undefined {
  const { experiment } = parsed(text);
  return typeof experiment === "string" ? experiment : undefined;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

/** Describes the values that differ, one line per key. */
export function describeEnvironmentDifferences(
  expected: ComparableEnvironment,
  found: ComparableEnvironment,
): string[] {
  const textOf = (value: unknown): string =>
    typeof value === "string" ? value : (JSON.stringify(value) ?? "none");
  return [...KEYS, "data"].flatMap((key) => {
    const [a, b] = [textOf(expected[key]), textOf(found[key])];
    return a === b ? [] : [`${key}: expected results from ${a}, now ${b}`];
  });
}
