import { describeValue, isPromise } from "@nn/catalog";
import { formatShape } from "@nn/tensor";

import { LayerError, type LayerPath } from "./layer-error.ts";

// A custom layer may return an invalid plan, because its file is not type-checked. The plan is checked before
// anything is allocated.

/** Throws LayerError unless a layer of this type has a valid plan. `path` is the path of the layer. */
export function checkPlan(path: LayerPath, type: string, plan: unknown): void {
  const expect = (isValid: boolean, field: string, expected: string, value: unknown): void => {
    if (isValid) return;
    const found = isNumbers(value) ? formatShape(value) : describeValue(value);
    throw new LayerError(path, `${type}: ${field} must ${expected}, got ${found}.`);
  };
  if (!isObject(plan)) return expect(false, "its plan", "be an object", plan);
  const { outputShape, build } = plan;
  expect(isShape(outputShape), "its plan", "give an outputShape of whole numbers from 1", outputShape);
  expect(typeof build === "function", "its plan", "give a build function", build);
  for (const name of ["multiplyAdds", "inputGradientMultiplyAdds", "minBatch"]) {
    const value = plan[name];
    expect(value === undefined || isNumberFrom0(value), `${name} of its plan`, "be a number from 0", value);
  }
  for (const noun of ["parameter", "buffer"] as const) {
    const specs = plan[`${noun}s`] ?? {};
    if (!isObject(specs)) return expect(false, `${noun}s of its plan`, "be an object", specs);
    const { isValid, expected } = initializations[noun];
    for (const [name, spec] of Object.entries(specs)) {
      const who = `the ${noun} ${JSON.stringify(name)} of its plan`;
      if (!isObject(spec)) return expect(false, who, "be an object with shape and initialization", spec);
      const { shape, initialization } = spec;
      expect(isShape(shape), who, "have a shape, a list of whole numbers from 1", shape);
      expect(isValid(initialization), who, `have the initialization ${expected}`, initialization);
    }
  }
}

const isConstant = (value: unknown): boolean => value === "zeros" || value === "ones";

/** The initializations that a plan may name, and the words for them. */
const initializations = {
  parameter: {
    isValid: (value: unknown): boolean =>
      isConstant(value) ||
      (isObject(value) &&
        (isFinite(value["constant"]) || (isNumberFrom0(value["fanIn"]) && isNumberFrom0(value["fanOut"])))),
    expected: '"zeros", "ones", { constant } or { fanIn, fanOut }',
  },
  buffer: { isValid: isConstant, expected: '"zeros" or "ones"' },
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isPromise(value);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}

function isShape(value: unknown): boolean {
  return isNumbers(value) && value.every((extent) => Number.isInteger(extent) && extent >= 1);
}

function isFinite(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isNumberFrom0(value: unknown): boolean {
  return isFinite(value) && value >= 0;
}
