import { describeValue } from "@nn/catalog";
import type { Pruner, PrunerDefinition, PruningDecision, SamplerDefinition } from "@nn/sweep";

import { CustomPartError, wrapCustomPart, type ResultRules } from "../errors/custom-part-error.ts";

const problems = {
  expected: "a list of problems { path, message }, which may be empty",
  isValid: (result: unknown) =>
    Array.isArray(result) &&
    result.every(
      (each) => isObject(each) && Array.isArray(each["path"]) && typeof each["message"] === "string",
    ),
};
const decisions = { expected: "a list of decisions, which may be empty", isValid: Array.isArray };

const samplerRules: ResultRules = {
  check: problems,
  checkEpochs: problems,
  generations: {
    expected: "a list of at least one size of a generation, each a whole number from 1",
    isValid: (result) =>
      Array.isArray(result) &&
      result.length > 0 &&
      result.every((size) => Number.isInteger(size) && size > 0),
  },
};

const prunerRules: ResultRules = {
  check: problems,
  create: {
    expected: "an object with the functions rungs, report and end",
    isValid: (result) =>
      isObject(result) && ["rungs", "report", "end"].every((name) => typeof result[name] === "function"),
  },
  rungs: {
    expected: "a list of epochs in ascending order, each a whole number from 1",
    isValid: (result) =>
      Array.isArray(result) &&
      result.every(
        (epoch, index) => Number.isInteger(epoch) && epoch > (index === 0 ? 0 : result[index - 1]),
      ),
  },
  report: decisions,
  end: decisions,
};

/** Wraps a custom sampler (`wrapCustomPart`). `proposeCombinations` checks what it proposes. */
export function wrapCustomSampler(definition: SamplerDefinition, part: string): SamplerDefinition {
  return wrapCustomPart(definition, part, samplerRules);
}

/** Wraps a custom pruner (`wrapCustomPart`), and checks that it decides only on configurations that wait. */
export function wrapCustomPruner(definition: PrunerDefinition, part: string): PrunerDefinition {
  const wrapped = wrapCustomPart(definition, part, prunerRules);
  return new Proxy(wrapped, {
    get(target, key, receiver) {
      if (key !== "create") return Reflect.get(target, key, receiver);
      const create: PrunerDefinition["create"] = (options, course) =>
        checkDecisions(target.create(options, course), part);
      return create;
    },
  });
}

/** Throws CustomPartError if a pruner returns a decision on a configuration that does not wait for one. */
function checkDecisions(pruner: Pruner, part: string): Pruner {
  /** Configuration → the epoch after which it waits for a decision. */
  const waiting = new Map<number, number>();
  const check = (name: string, made: readonly PruningDecision[]): PruningDecision[] => {
    for (const decision of made as readonly unknown[]) {
      if (!isDecision(decision)) {
        const expected = "decisions of the form { configuration, epoch, continues }";
        throw CustomPartError.returnedBy(part, name, expected, describeDecision(decision));
      }
      if (waiting.get(decision.configuration) !== decision.epoch) {
        const expected = `only decisions on configurations that wait (${describeWaiting(waiting)})`;
        throw CustomPartError.returnedBy(part, name, expected, describeDecision(decision));
      }
      waiting.delete(decision.configuration);
    }
    return [...made];
  };
  return {
    rungs: (configuration) => pruner.rungs(configuration),
    report(configuration, epoch, objective) {
      waiting.set(configuration, epoch);
      return check("report", pruner.report(configuration, epoch, objective));
    },
    end: (configuration) => check("end", pruner.end(configuration)),
  };
}

function isDecision(value: unknown): value is PruningDecision {
  return (
    isObject(value) &&
    Number.isInteger(value["configuration"]) &&
    Number.isInteger(value["epoch"]) &&
    typeof value["continues"] === "boolean"
  );
}

function describeDecision(value: unknown): string {
  if (!isObject(value)) return describeValue(value);
  const { configuration, epoch, continues } = value;
  const fields = Object.entries({ configuration, epoch, continues });
  return `{ ${fields.map(([name, field]) => `${name}: ${describeValue(field)}`).join(", ")} }`;
}

function describeWaiting(waiting: ReadonlyMap<number, number>): string {
  const [first, ...others] = [...waiting].map(
    ([index, epoch]) => `configuration ${index} after epoch ${epoch}`,
  );
  if (first === undefined) return "none does";
  return others.length === 0 ? first : `${first}, and ${others.length} more`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
