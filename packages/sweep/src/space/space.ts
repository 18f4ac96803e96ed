import { isChoices, isList, isMap, isNested, optionsOf } from "./domain.ts";
import type { Assignment, Domain, Domains, SweptValue, WrittenDomain, WrittenDomains } from "./domain.ts";
import { labelsOf } from "./label.ts";

/**
 * One thing to choose, of its own wherever it stands: the learning rates of two optimizers that are tried are
 * two parameters, though they are written to one path.
 */
export interface Parameter {
  /** What samplers know it by: the swept path or, inside an option, `optimizer[sgd].learningRate`. */
  readonly name: string;
  /** The path that it is written to, `optimizer.learningRate`: a column of the results. */
  readonly path: string;
  readonly domain: Domain;
  /** Where it stands below `parameters`. */
  readonly place: readonly (string | number)[];
  /** It exists only in trials that have chosen this; absent: in all. */
  readonly condition?: Condition;
}

/** That the parameter of this name has this value. */
export interface Condition {
  readonly name: string;
  readonly value: SweptValue;
}

/** Every parameter that there is in `written`, those inside an option behind the choice of it. */
export function parametersOf(written: WrittenDomains): Parameter[] {
  const parameters: Parameter[] = [];
  for (const [path, domain] of Object.entries(written)) {
    parameters.push(...within(domain, { name: path, path, place: [path] }));
  }
  return parameters;
}

/** A place in the search space, as a name, as the path that is written to, and in the experiment file. */
interface At extends Pick<Parameter, "name" | "path" | "place" | "condition"> {}

function* within(domain: WrittenDomain, at: At): Generator<Parameter> {
  if (!isList(domain) && domain.type !== "choice") {
    yield { ...at, domain };
    return;
  }
  const options = optionsOf(domain) ?? [];
  const labels = labelsOf(options);
  yield { ...at, domain: labels };
  for (const [index, option] of options.entries()) {
    const value = labels[index]!;
    const place = isList(domain) ? [...at.place, index] : [...at.place, "values", index];
    yield* inside(option, {
      name: `${at.name}[${typeof value === "string" ? value : JSON.stringify(value)}]`,
      path: at.path,
      place,
      condition: { name: at.name, value },
    });
  }
}

/** The parameters in an option, or in a part of it. */
function* inside(part: unknown, at: At): Generator<Parameter> {
  for (const [step, each] of entriesOf(part)) {
    const below = {
      ...at,
      name: at.name + suffix(step),
      path: at.path + suffix(step),
      place: [...at.place, step],
    };
    if (isNested(each)) yield* within(each, below);
    else yield* inside(each, below);
  }
}

function entriesOf(part: unknown): [step: string | number, value: unknown][] {
  if (isList(part)) return [...part.entries()];
  return isMap(part) ? Object.entries(part) : [];
}

/** As a path goes on: `.units`, `[1]`. */
export function suffix(step: string | number): string {
  return typeof step === "number" ? `[${step}]` : `.${step}`;
}

/** The paths that the values of trials are told by: the columns of the results, in order. */
export function pathsOf(written: WrittenDomains): string[] {
  return [...new Set(parametersOf(written).map(({ path }) => path))];
}

/** What samplers see of the parameters: all of them, as if they always existed. */
export function domainsOf(parameters: readonly Parameter[]): Domains {
  return Object.fromEntries(parameters.map(({ name, domain }) => [name, domain]));
}

/** The values by path, from those by name. Where a parameter does not exist, neither does its value. */
export function byPath(parameters: readonly Parameter[], byName: Assignment): Assignment {
  const values = new Map<string, SweptValue | undefined>(parameters.map(({ path }) => [path, undefined]));
  for (const { path, name } of existingIn(parameters, byName)) values.set(path, byName[name]);
  return present(values);
}

/** The way back. */
export function byName(parameters: readonly Parameter[], byPath: Assignment): Assignment {
  const exist = existing(parameters, ({ path }) => byPath[path]);
  return present(exist.map(({ name, path }) => [name, byPath[path]]));
}

/** Those that exist in the trial of these values, by name. */
export function existingIn<P extends Conditional>(parameters: readonly P[], byName: Assignment): P[] {
  return existing(parameters, ({ name }) => byName[name]);
}

/** What `Parameter` says of where it exists. */
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
    // What holds options has one whose values are all texts, numbers, booleans or null.
    if (condition !== undefined && values.get(condition.name) !== condition.value) return false;
    values.set(name, valueOf(parameter));
    return true;
  });
}

function present(entries: Iterable<readonly [string, SweptValue | undefined]>): Assignment {
  return Object.fromEntries(
    [...entries].filter((entry): entry is [string, SweptValue] => entry[1] !== undefined),
  );
}

/**
 * What to write at each swept path: the options that were chosen, each with the values of the parameters in
 * it.
 */
export function assemble(written: WrittenDomains, byPath: Assignment): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(written).map(([path, domain]) => [path, valueAt(domain, path, byPath)]),
  );
}

function valueAt(domain: WrittenDomain, path: string, byPath: Assignment): unknown {
  const options = optionsOf(domain);
  const value = byPath[path];
  if (options === undefined) return value;
  const labels = labelsOf(options);
  const index = labels.indexOf(value!);
  // A value that has nothing in it is its own label, and a map may have come from a journal.
  return index === -1 || labels[index] === options[index] ? value : filled(options[index], path, byPath);
}

function filled(part: unknown, path: string, byPath: Assignment): unknown {
  if (isNested(part)) return valueAt(part, path, byPath);
  if (isList(part)) return part.map((each, index) => filled(each, path + suffix(index), byPath));
  if (!isMap(part)) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, each]) => [key, filled(each, path + suffix(key), byPath)]),
  );
}

/**
 * A trial in which this parameter exists and has this value, by name: what it is inside of is chosen, all
 * else has its first value.
 */
export function exampleWith(
  parameters: readonly Parameter[],
  parameter: Parameter,
  value: SweptValue,
): Assignment {
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

/** A trial in which all that is free has its first value, by name. */
export function firstExample(parameters: readonly Parameter[]): Assignment {
  const valueOf = ({ domain }: Parameter): SweptValue => firstOf(domain);
  return Object.fromEntries(existing(parameters, valueOf).map((each) => [each.name, valueOf(each)]));
}

function firstOf(domain: Domain): SweptValue {
  if (isChoices(domain)) return domain[0] ?? null;
  return domain.type === "bool" ? false : domain.min;
}
