import {
  resolveSweptValues,
  keyByPath,
  checkDomain,
  createExampleTrial,
  getExistingParameters,
  createFirstTrial,
  isCategorical,
  isNestedDomain,
  isRange,
  listParameters,
  enumerateDomain,
  type Domain,
  type Parameter,
  type SweptValue,
  type DomainSpec,
} from "@nn/sweep";
import { formatPath, parsePath, type Path } from "@nn/training";

import { formatYamlValue } from "../schema/json-schema.ts";
import { findNode, type Located } from "../yaml/located.ts";
import type { Problem } from "../errors/problem.ts";
import { locateSchemaError, type SchemaCheck, type SchemaError } from "../schema/schema-problems.ts";
import { substituteValues, type ExperimentBody } from "./substitute.ts";

/**
 * Maximum number of combinations that are checked, and of values that a range implies. Planning a combination
 * takes some microseconds.
 */
export const MAX_CHECKED_COMBINATIONS = 512;

/** The values to try at a valid swept path. */
export interface SweptDomain {
  readonly text: string;
  readonly path: Path;
  readonly domain: DomainSpec;
  /** The domain in the file. */
  readonly node: Located;
  readonly body: ExperimentBody;
  readonly check: SchemaCheck;
}

/** Checks each value, including those inside options, against the schema at its path. */
export function checkSweptValues(swept: SweptDomain): Problem[] {
  const { text, domain, node, body, check } = swept;
  const written = { [text]: domain };
  const parameters = listParameters(written);
  const before = new Set(check(body.written).map(createErrorKey));
  return parameters.flatMap((parameter) => {
    const place = findNode(node, parameter.domainPath.slice(1))?.value ?? node;
    return checkParameter(parameter, place, (value) => {
      const example = createExampleTrial(parameters, parameter, value);
      const whole = resolveSweptValues(written, keyByPath(parameters, example))[text];
      const errors = check(substituteValues(body, [[swept.path, whole]]).written).filter(
        (error) => !before.has(createErrorKey(error)),
      );
      const existing = getExistingParameters(parameters, example);
      return { whole, errors: errors.filter((error) => isOwn(error, parameter, existing)) };
    });
  });
}

/** Returns the value at a swept path when each of its parameters has its first value. */
export function getFirstValue({ text, domain }: Pick<SweptDomain, "text" | "domain">): unknown {
  const written = { [text]: domain };
  const parameters = listParameters(written);
  return resolveSweptValues(written, keyByPath(parameters, createFirstTrial(parameters)))[text];
}

/** Returns the errors of a trial with this value of a parameter, and the complete value at the swept path. */
type Trying = (value: SweptValue) => { readonly whole: unknown; readonly errors: readonly SchemaError[] };

function checkParameter(parameter: Parameter, node: Located, trying: Trying): Problem[] {
  const { domain, path, condition } = parameter;
  if (canGiveFractions(domain, trying)) {
    return [
      {
        place: findNode(node, ["type"])?.value.span ?? node.span,
        message: `${path} takes whole numbers, and a float range gives fractions`,
        expected: "type: int",
      },
    ];
  }
  const mistakesIn = (tried: readonly Candidate[]): Problem[] =>
    tried.flatMap(([value, place]) => {
      const { whole, errors } = trying(value);
      const shown = condition === undefined ? whole : value;
      return errors.map((error) => locateInCandidate(error, toPathSteps(path), path, shown, place));
    });
  const mistakes = mistakesIn(listCandidates(domain, node));
  if (mistakes.length > 0) return mistakes;
  // Only the first invalid value is reported, because all implied values are invalid for the same reason.
  const wrong = listImpliedValues(domain, node).find(([value]) => trying(value).errors.length > 0);
  return wrong === undefined ? [] : mistakesIn([wrong]);
}

/**
 * Returns whether an error belongs to this parameter. An error belongs to the innermost existing parameter
 * that contains it, or to the outermost parameter if none contains it.
 */
function isOwn(error: SchemaError, parameter: Parameter, existing: readonly Parameter[]): boolean {
  const around = existing.filter(({ path }) =>
    toPathSteps(path).every((step, index) => error.path[index] === step),
  );
  const innermost = around.reduce<Parameter | undefined>(
    (inner, each) => (inner === undefined || each.path.length > inner.path.length ? each : inner),
    undefined,
  );
  return innermost === undefined ? parameter.condition === undefined : innermost.name === parameter.name;
}

function toPathSteps(path: string): Path {
  const parsed = parsePath(path);
  return parsed.ok ? parsed.steps.map(({ step }) => step) : [];
}

/** A value to try, and its position in the file. */
type Candidate = readonly [value: SweptValue, node: Located];

/** Returns the values of a list, or the ends of a range. */
function listCandidates(domain: Domain, node: Located): Candidate[] {
  const at = (step: string | number): Located => findNode(node, [step])?.value ?? node;
  if (isCategorical(domain)) {
    const list = node.kind === "map" ? at("values") : node;
    const values = domain.map((value, index): Candidate => [value, findNode(list, [index])?.value ?? list]);
    return values.filter(([value]) => !isNestedDomain(value)); // reported elsewhere
  }
  if (!isRange(domain)) return [];
  if (domain.min >= domain.max) return []; // reported elsewhere
  // `max` of a float range without step or count is never drawn, so it may be a value that is not allowed.
  const isDrawn = domain.type === "int" || domain.step !== undefined || domain.count !== undefined;
  const last = isDrawn ? domain.max : domain.max - (domain.max - domain.min) * 1e-9;
  return [
    [domain.min, at("min")],
    [last, at("max")],
  ];
}

/**
 * Returns the implied values of a domain: false and true for a bool, and the values of a range with step or
 * count.
 */
function listImpliedValues(domain: Domain, node: Located): Candidate[] {
  if (isCategorical(domain) || checkDomain(domain).length > 0) return [];
  const key = isRange(domain) ? (domain.step === undefined ? "count" : "step") : "type";
  const place = findNode(node, [key])?.value ?? node;
  return (enumerateDomain(domain) ?? []).slice(0, MAX_CHECKED_COMBINATIONS).map((value) => [value, place]);
}

/** Returns whether a float range would give fractions where only integers are allowed. */
function canGiveFractions(domain: Domain, trying: Trying): boolean {
  if (!isRange(domain) || domain.type !== "float") return false;
  if (domain.step !== undefined || domain.count !== undefined) return false; // its values are checked
  const middle = Math.floor((domain.min + domain.max) / 2);
  return trying(middle + 0.5).errors.length > 0 && trying(middle).errors.length === 0;
}

function locateInCandidate(
  error: SchemaError,
  path: Path,
  text: string,
  value: unknown,
  node: Located,
): Problem {
  const inside = path.every((step, index) => error.path[index] === step);
  if (inside) {
    const below = error.path.slice(path.length);
    const isList = below.length > 0 && findNode(node, below)?.value.kind === "list";
    const advice = isList ? "To try several values, write { type: choice, values: […] }." : error.advice;
    return locateSchemaError({ ...error, path: below, advice }, node);
  }
  // Another type has other options, so an option that is missing cannot be added beside the type.
  const advice = path.at(-1) === "type" ? undefined : error.advice;
  return {
    place: node.span,
    message: `with ${text}: ${formatYamlValue(value)}: ${error.message}`,
    expected: error.expected,
    advice: advice ?? "Sweep the whole block instead, with the options that each type has.",
  };
}

function createErrorKey({ path, message }: SchemaError): string {
  return `${formatPath(path)}\n${message}`;
}
