import { isCategorical, isList, isMap, isNestedDomain, getChoices } from "./domain.ts";
import type { ParameterValues, Domain, Domains, SweptValue, DomainSpec, DomainSpecs } from "./domain.ts";
import { enumerateDomain } from "./enumerate-domain.ts";
import { createLabels } from "./label.ts";

/**
 * A value that a sampler chooses. Each domain in the file is a parameter: the learning rates of two
 * optimizers in a list are two parameters, although both are written to the same path.
 */
export interface Parameter {
  /** Its name for samplers: the swept path or, inside an option, `optimizer[sgd].learningRate`. */
  readonly name: string;
  /** The path to which its value is written, such as `optimizer.learningRate`: a column of the results. */
  readonly path: string;
  readonly domain: Domain;
  /** Path of the domain below `parameters`, as keys and indices. */
  readonly domainPath: readonly (string | number)[];
  /** The condition under which it exists; absent if it exists in all trials. */
  readonly condition?: Condition;
}

/** Holds if the parameter of this name has this value. */
export interface Condition {
  readonly name: string;
  readonly value: SweptValue;
}

/**
 * Returns all parameters of `written`. A parameter inside an option comes after the parameter that chooses
 * the option.
 */
export function listParameters(written: DomainSpecs): Parameter[] {
  const parameters: Parameter[] = [];
  for (const [path, domain] of Object.entries(written)) {
    parameters.push(...within(domain, { name: path, path, domainPath: [path] }));
  }
  return parameters;
}

/**
 * A position in the search space: its parameter name, the path to which its value is written, and its path in
 * the experiment file.
 */
interface At extends Pick<Parameter, "name" | "path" | "domainPath" | "condition"> {}

function* within(domain: DomainSpec, at: At): Generator<Parameter> {
  if (!isList(domain) && domain.type !== "choice") {
    yield { ...at, domain };
    return;
  }
  const options = getChoices(domain) ?? [];
  const labels = createLabels(options);
  yield { ...at, domain: labels };
  for (const [index, option] of options.entries()) {
    const value = labels[index]!;
    const domainPath = isList(domain) ? [...at.domainPath, index] : [...at.domainPath, "values", index];
    yield* inside(option, {
      name: `${at.name}[${typeof value === "string" ? value : JSON.stringify(value)}]`,
      path: at.path,
      domainPath,
      condition: { name: at.name, value },
    });
  }
}

/** Yields the parameters in an option, or in part of one. */
function* inside(part: unknown, at: At): Generator<Parameter> {
  for (const [step, each] of entriesOf(part)) {
    const below = {
      ...at,
      name: at.name + formatPathStep(step),
      path: at.path + formatPathStep(step),
      domainPath: [...at.domainPath, step],
    };
    if (isNestedDomain(each)) yield* within(each, below);
    else yield* inside(each, below);
  }
}

function entriesOf(part: unknown): [step: string | number, value: unknown][] {
  if (isList(part)) return [...part.entries()];
  return isMap(part) ? Object.entries(part) : [];
}

/** Returns a step as it is appended to a path: `.units`, `[1]`. */
export function formatPathStep(step: string | number): string {
  return typeof step === "number" ? `[${step}]` : `.${step}`;
}

/** Returns the distinct paths of all parameters, in order: the columns of the results. */
export function listSweptPaths(written: DomainSpecs): string[] {
  return [...new Set(listParameters(written).map(({ path }) => path))];
}

/**
 * Returns the domains of all parameters by name, as passed to samplers: as if each parameter always existed.
 */
export function getDomains(parameters: readonly Parameter[]): Domains {
  return Object.fromEntries(parameters.map(({ name, domain }) => [name, domain]));
}

/** Converts values keyed by name to values keyed by path. Leaves out parameters that do not exist. */
export function keyByPath(parameters: readonly Parameter[], byName: ParameterValues): ParameterValues {
  const values = new Map<string, SweptValue | undefined>(parameters.map(({ path }) => [path, undefined]));
  for (const { path, name } of getExistingParameters(parameters, byName)) values.set(path, byName[name]);
  return present(values);
}

/** Converts values keyed by path to values keyed by name, the inverse of `keyByPath`. */
export function keyByName(parameters: readonly Parameter[], byPath: ParameterValues): ParameterValues {
  const exist = existing(parameters, ({ path }) => byPath[path]);
  return present(exist.map(({ name, path }) => [name, byPath[path]]));
}

/** Returns the parameters that exist in a trial, given its values by parameter name. */
export function getExistingParameters<P extends Conditional>(
  parameters: readonly P[],
  byName: ParameterValues,
): P[] {
  return existing(parameters, ({ name }) => byName[name]);
}

/** The part of `Parameter` that determines when it exists. */
interface Conditional {
  readonly name: string;
  readonly condition?: Condition | undefined;
}

function existing<P extends Conditional>(
  parameters: readonly P[],
  valueOf: (parameter: P) => SweptValue | undefined,
): P[] {
  const values = new Map<string, SweptValue | undefined>();
  return parameters.filter((parameter) => {
    const { name, condition } = parameter;
    // Labels of options with nested domains are strings, numbers, booleans or null, so !== compares them.
    if (condition !== undefined && values.get(condition.name) !== condition.value) return false;
    values.set(name, valueOf(parameter));
    return true;
  });
}

function present(entries: Iterable<readonly [string, SweptValue | undefined]>): ParameterValues {
  return Object.fromEntries(
    [...entries].filter((entry): entry is [string, SweptValue] => entry[1] !== undefined),
  );
}

/**
 * Returns the value to write at each swept path: the chosen options, each filled with the values of the
 * parameters in it.
 */
export function resolveSweptValues(written: DomainSpecs, byPath: ParameterValues): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(written).map(([path, domain]) => [path, valueAt(domain, path, byPath)]),
  );
}

function valueAt(domain: DomainSpec, path: string, byPath: ParameterValues): unknown {
  const options = getChoices(domain);
  const value = byPath[path];
  if (options === undefined) return value;
  const labels = createLabels(options);
  const index = labels.indexOf(value!);
  // A value without nested domains is its own label. `indexOf` does not find a map that comes from a journal.
  return index === -1 || labels[index] === options[index] ? value : filled(options[index], path, byPath);
}

function filled(part: unknown, path: string, byPath: ParameterValues): unknown {
  if (isNestedDomain(part)) return valueAt(part, path, byPath);
  if (isList(part)) return part.map((each, index) => filled(each, path + formatPathStep(index), byPath));
  if (!isMap(part)) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, each]) => [key, filled(each, path + formatPathStep(key), byPath)]),
  );
}

/**
 * Returns a trial, keyed by name, in which this parameter exists and has this value. The options that contain
 * it are chosen; all other parameters have their first value.
 */
export function createExampleTrial(
  parameters: readonly Parameter[],
  parameter: Parameter,
  value: SweptValue,
): ParameterValues {
  const wanted = new Map([[parameter.name, value]]);
  for (let { condition } = parameter; condition !== undefined;) {
    const { name, value: chosen } = condition;
    wanted.set(name, chosen);
    condition = parameters.find((each) => each.name === name)?.condition;
  }
  const valueOf = ({ name, domain }: Parameter): SweptValue => {
    const chosen = wanted.get(name);
    return chosen === undefined ? firstOf(domain) : chosen;
  };
  return Object.fromEntries(existing(parameters, valueOf).map((each) => [each.name, valueOf(each)]));
}

/**
 * Returns every combination of the values of the parameters whose paths are `wanted`, keyed by path. The
 * other parameters have their first value, as do ranges without `step` or `count`.
 */
export function enumerateCombinations(
  written: DomainSpecs,
  isWanted: (path: string) => boolean,
): ParameterValues[] {
  const parameters = listParameters(written);
  let combinations: ParameterValues[] = [{}];
  for (const { name, path, domain, condition } of parameters) {
    const values = (isWanted(path) ? enumerateDomain(domain) : undefined) ?? [firstOf(domain)];
    const extended: ParameterValues[] = [];
    for (const byName of combinations) {
      const exists = condition === undefined || byName[condition.name] === condition.value;
      if (!exists) extended.push(byName);
      else for (const value of values) extended.push({ ...byName, [name]: value });
    }
    combinations = extended;
  }
  return combinations.map((byName) => keyByPath(parameters, byName));
}

/** Returns a trial, keyed by name, in which each parameter has its first value. */
export function createFirstTrial(parameters: readonly Parameter[]): ParameterValues {
  const valueOf = ({ domain }: Parameter): SweptValue => firstOf(domain);
  return Object.fromEntries(existing(parameters, valueOf).map((each) => [each.name, valueOf(each)]));
}

function firstOf(domain: Domain): SweptValue {
  if (isCategorical(domain)) return domain[0] ?? null;
  return domain.type === "bool" ? false : domain.min;
}
