import type { JsonSchema } from "../schema/json-schema.ts";
import { formatPath, type Path } from "@nn/training";
import { resolveKeyAlias } from "../errors/library-aliases.ts";
import type { Problem } from "../errors/problem.ts";
import {
  findSubstitutionTarget,
  listSweepablePaths,
  TRIAL_KEYS,
  type ExperimentBody,
  type SubstitutionTarget,
} from "../sweep/substitute.ts";
import { findNearestName } from "../errors/suggestion.ts";

/**
 * Explains why a swept path is invalid at step `wrong`, and what to write instead. `below` contains the valid
 * steps there.
 */
export function explainMissingPath(
  text: string,
  path: Path,
  wrong: number,
  below: readonly (string | number)[],
  body: ExperimentBody,
): Omit<Problem, "place"> {
  const step = path[wrong];
  if (wrong === 0 && (step === "seed" || step === "repeats")) {
    return {
      message: `${text} cannot be swept`,
      expected: `a path that begins with ${TRIAL_KEYS.join(", ")}`,
      advice: 'To try several seeds, set "repeats" at the top of the file.',
    };
  }
  if (wrong === 0 && (step === "extends" || Object.hasOwn(body.schema.properties ?? {}, String(step)))) {
    return {
      message: `${text} cannot be swept: all trials of an experiment have the same ${step}`,
      expected: `a path that begins with ${TRIAL_KEYS.join(", ")}`,
      advice:
        step === "extends"
          ? "Write one experiment file per base."
          : `To try several values, run the experiment once for each, with --set ${text}=….`,
    };
  }
  const here = formatPath(path.slice(0, wrong));
  const parent = wrong === 0 ? undefined : findSubstitutionTarget(body, path.slice(0, wrong));
  const lacking = parent && explainMissingKey(text, here, step, parent);
  if (lacking !== undefined) return lacking;
  let expected = below.length === 0 ? `the path to end at ${here}` : `one of: ${below.join(", ")}`;
  if (typeof below[0] === "number") expected = `an entry from [0] to [${below.length - 1}]`;
  const what = typeof step === "number" ? `entry [${step}]` : `"${step}"`;
  const meant = below.length === 0 ? here : guessPath(text, path, wrong, below, body);
  return {
    message: `the path ${text} does not exist in this experiment: ${here || "it"} has no ${what}`,
    expected,
    advice: meant === undefined ? "Write the path of an existing value." : `did you mean "${meant}"?`,
  };
}

/** Explains a path into an empty or absent list, or into an absent block of unknown type. */
function explainMissingKey(
  text: string,
  here: string,
  step: string | number | undefined,
  { schema, value }: SubstitutionTarget,
): Omit<Problem, "place"> | undefined {
  const isEmptyList = schema.type === "array" && (value === undefined || isEmpty(value));
  if (isEmptyList) {
    return {
      message:
        `the path ${text} does not exist in this experiment: ${here} ` +
        (value === undefined ? "is not in it" : "is an empty list"),
      expected: `a list at ${here}, or the path to end there`,
      advice: `Write the whole list into the file, or sweep whole lists: ${here}: [[…], […]].`,
    };
  }
  const branches = value === undefined ? listBranches(schema) : [];
  if (branches.length === 0) return undefined;
  const [type] = branches.find(([, { properties = {} }]) => Object.hasOwn(properties, String(step))) ?? [];
  const example = `{ type: ${type ?? branches[0]![0]}, … }`;
  const options = branches.flatMap(([, { properties = {} }]) => Object.keys(properties));
  const near = type === undefined ? findNearestName(String(step), options) : undefined;
  return {
    message: `the path ${text} does not exist in this experiment: ${here} is not in it, so its type is not known`,
    expected: `${here}: ${example} in the file, or the path to end at ${here} or ${here}.type`,
    advice:
      near === undefined
        ? `Write the block into the file, or sweep whole blocks: ${here}: [${example}, { … }].`
        : `did you mean "${here}.${near}"? Write the block with its type into the file.`,
  };
}

/** Returns the branches of a block that is decided by `type`; none for any other block. */
function listBranches({ allOf = [] }: JsonSchema): (readonly [string, JsonSchema])[] {
  return allOf.flatMap((branch) => {
    const type = branch.if?.properties?.["type"]?.const;
    return typeof type === "string" && branch.then !== undefined ? [[type, branch.then] as const] : [];
  });
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Returns the most similar valid path: with one step spelled differently, or with the same last name. */
function guessPath(
  text: string,
  path: Path,
  wrong: number,
  below: readonly (string | number)[],
  body: ExperimentBody,
): string | undefined {
  const paths = listSweepablePaths(body);
  const sibling = findNearestName(resolveKeyAlias(String(path[wrong])), below.map(String));
  const corrected = sibling === undefined ? undefined : formatPath(path.with(wrong, sibling));
  if (corrected !== undefined && paths.includes(corrected)) return corrected;
  const last = `.${resolveKeyAlias(String(path.at(-1)))}`;
  const ending = paths.filter((each) => each.endsWith(last));
  return ending.length === 1 ? ending[0] : findNearestName(text, ending);
}
