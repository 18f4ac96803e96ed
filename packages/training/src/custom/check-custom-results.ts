import { describeValue, isPromise, type Definition } from "@nn/catalog";
import type {
  InitializerDefinition,
  Loss,
  LossDefinition,
  Optimizer,
  OptimizerDefinition,
  Schedule,
  ScheduleDefinition,
} from "@nn/layers";
import type { Augmentation, AugmentationDefinition } from "@nn/mnist";
import { countElements, formatShape, isSameShape, type Shape, type Tensor } from "@nn/tensor";

// The compiler does not check the file of a custom part, and a wrong result would be trained on silently or
// look like a divergence. So what the functions of custom parts return is checked, and only that: the
// functions of built-in parts are called directly. The layers of all models are checked in their first pass.

/**
 * Thrown if a function of a custom part returns an invalid value, or throws something other than an Error.
 * The message names the part.
 */
export class CustomResultError extends Error {
  override readonly name = "CustomResultError";

  /** `part`: noun and path, such as `loss ./brier.ts`. `expected` completes "must return …" or "… throw". */
  constructor(
    part: string,
    name: string,
    expected: string,
    found: string,
    verb: "return" | "throw" = "return",
  ) {
    const did = verb === "return" ? "returned" : "threw";
    super(`the ${part}: its function "${name}" must ${verb} ${expected}, but ${did} ${found}.`);
  }
}

/** Returns a custom loss that throws CustomResultError instead of returning an invalid value. */
export function checkLossResults(definition: LossDefinition, part: string): LossDefinition {
  const build: LossDefinition["build"] = (options, context) => {
    const built = requireBuilt(part, () => definition.build(options, context), ["forward", "backward"]);
    let shape: Shape = context.outputShape;
    const checked: Loss = {
      forward(outputs, labels) {
        ({ shape } = outputs);
        const loss = call(part, "forward", () => built.forward(outputs, labels));
        if (typeof loss === "number") return loss;
        throw new CustomResultError(part, "forward", "a number", describeValue(loss));
      },
      backward() {
        const gradient = call(part, "backward", () => built.backward());
        if (isTensorOf(gradient, shape)) return gradient;
        const expected = `the gradient of the outputs, a tensor ${formatShape(shape)}`;
        throw new CustomResultError(part, "backward", expected, describeTensor(gradient));
      },
    };
    if (built.sumWeights === undefined) return checked;
    const sumWeights = (labels: Int32Array): number => {
      const sum = call(part, "sumWeights", () => built.sumWeights!(labels));
      if (isFiniteNumber(sum) && sum > 0) return sum;
      throw new CustomResultError(part, "sumWeights", "a finite number above 0", describeValue(sum));
    };
    return { ...checked, sumWeights };
  };
  return replaceFunctions(definition, { build });
}

/** Returns a custom optimizer that throws CustomResultError instead of returning an invalid value. */
export function checkOptimizerResults(definition: OptimizerDefinition, part: string): OptimizerDefinition {
  const build: OptimizerDefinition["build"] = (options, context): Optimizer => {
    const built = requireBuilt(part, () => definition.build(options, context), ["step"]);
    requireStates(part, built.state, '"state", which is a list and may be empty');
    return {
      state: built.state,
      step: (factor) => callNow(part, "step", () => built.step(factor)),
    };
  };
  return replaceFunctions(definition, { build });
}

/** Returns a custom schedule that throws CustomResultError instead of returning an invalid value. */
export function checkScheduleResults(definition: ScheduleDefinition, part: string): ScheduleDefinition {
  const build: ScheduleDefinition["build"] = (options, context): Schedule => {
    const built = requireBuilt(part, () => definition.build(options, context), ["factor"]);
    if (built.state !== undefined) requireStates(part, built.state, '"state", which is a list or absent');
    return {
      factor(step) {
        const factor = call(part, "factor", () => built.factor(step));
        if (isFiniteNumber(factor) && factor >= 0) return factor;
        throw new CustomResultError(part, "factor", "a finite number from 0", describeValue(factor));
      },
      ...(built.onEpoch && {
        onEpoch: (validation) => callNow(part, "onEpoch", () => built.onEpoch!(validation)),
      }),
      ...(built.state && { state: built.state }),
    };
  };
  return replaceFunctions(definition, { build });
}

/** Returns a custom initializer that throws CustomResultError instead of returning a promise. */
export function checkInitializerResults(
  definition: InitializerDefinition,
  part: string,
): InitializerDefinition {
  return replaceFunctions<InitializerDefinition>(definition, {
    fill: (options, value, fan, rng) =>
      callNow(part, "fill", () => definition.fill(options, value, fan, rng)),
  });
}

/** Returns a custom augmentation that throws CustomResultError instead of returning an invalid value. */
export function checkAugmentationResults(
  definition: AugmentationDefinition,
  part: string,
): AugmentationDefinition {
  const plan: AugmentationDefinition["plan"] = (options, format): Augmentation => {
    const planned: unknown = call(part, "plan", () => definition.plan(options, format));
    if (!isAugmentation(planned)) {
      const expected =
        "an object with the function transformCoordinates, transformPixels, transformBatch or mix";
      throw new CustomResultError(part, "plan", expected, describeValue(planned));
    }
    if ("transformCoordinates" in planned)
      return {
        transformCoordinates: (rng, map) =>
          callNow(part, "transformCoordinates", () => planned.transformCoordinates(rng, map)),
      };
    if ("transformPixels" in planned)
      return {
        transformPixels: (rng, images, start) =>
          callNow(part, "transformPixels", () => planned.transformPixels(rng, images, start)),
      };
    if ("transformBatch" in planned)
      return {
        transformBatch: (keys, images) =>
          callNow(part, "transformBatch", () => planned.transformBatch(keys, images)),
      };
    return {
      mix(rng, images) {
        const share = call(part, "mix", () => planned.mix(rng, images));
        if (isFiniteNumber(share) && share >= 0 && share <= 1) return share;
        throw new CustomResultError(part, "mix", "a share from 0 to 1", describeValue(share));
      },
    };
  };
  return replaceFunctions(definition, { plan });
}

/**
 * Calls a function of a part. Throws CustomResultError if it throws something other than an Error, which has
 * no stack that would name the part.
 */
function call<Result>(part: string, name: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error) throw error;
    throw new CustomResultError(part, name, "an Error", describeValue(error), "throw");
  }
}

/** Returns an object like the definition in which these functions replace its own. */
function replaceFunctions<Entry extends Definition>(definition: Entry, functions: Partial<Entry>): Entry {
  // A prototype, not a copy: the definition may be an object of a class, or frozen.
  const fields = Object.entries(functions).map(([name, value]) => [
    name,
    { value, enumerable: true, configurable: true },
  ]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it inherits all other fields
  return Object.create(definition, Object.fromEntries(fields)) as Entry;
}

/** Returns what a part has built if it is an object with these functions. Throws CustomResultError. */
function requireBuilt<Built extends object>(
  part: string,
  build: () => Built,
  functions: readonly (keyof Built & string)[],
): Built {
  const built = call(part, "build", build);
  const expected = `an object with the function ${functions.join(" and ")}`;
  if (!isObject(built) || isPromise(built))
    throw new CustomResultError(part, "build", expected, describeValue(built));
  const missing = functions.filter((name) => typeof built[name] !== "function");
  if (missing.length === 0) return built;
  throw new CustomResultError(part, "build", expected, `one without ${missing.join(" and ")}`);
}

function requireStates(part: string, states: unknown, field: string): void {
  const isState = (state: unknown): boolean =>
    isObject(state) && "tensors" in state && Array.isArray(state.tensors) && "numbers" in state;
  if (Array.isArray(states) && states.every(isState)) return;
  const found = Array.isArray(states) ? "a list of other values" : describeValue(states);
  throw new CustomResultError(part, "build", `an object with ${field}, of { tensors, numbers }`, found);
}

/** Calls a function that returns nothing. Throws CustomResultError if it returns a promise. */
function callNow(part: string, name: string, run: () => unknown): void {
  const result = call(part, name, run);
  if (result === undefined || !isPromise(result)) return;
  throw new CustomResultError(part, name, "nothing, after its work is done", "a promise");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isAugmentation(value: unknown): value is Augmentation {
  return (
    isObject(value) &&
    ["transformCoordinates", "transformPixels", "transformBatch", "mix"].some(
      (name) => typeof Reflect.get(value, name) === "function",
    )
  );
}

function isTensor(value: unknown): value is Tensor {
  return (
    isObject(value) &&
    "shape" in value &&
    Array.isArray(value.shape) &&
    "data" in value &&
    isObject(value.data)
  );
}

function isTensorOf(value: unknown, shape: Shape): boolean {
  return isTensor(value) && isSameShape(value.shape, shape) && value.data.length === countElements(shape);
}

function describeTensor(value: unknown): string {
  if (!isTensor(value)) return describeValue(value);
  return `one ${formatShape(value.shape)} with ${value.data.length} numbers`;
}
