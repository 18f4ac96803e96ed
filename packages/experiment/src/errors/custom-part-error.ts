import { describeValue, isPromise } from "@nn/catalog";
import { LayerError, OptionsError } from "@nn/layers";
import { CustomResultError } from "@nn/training";
import { ShapeError } from "@nn/tensor";

/** Thrown if a custom part cannot be used: one of its functions throws or returns an invalid value. */
export class CustomPartError extends Error {
  override readonly name = "CustomPartError";
  /** Kind and path of the part, such as `optimizer ./my-adam.ts`. */
  readonly part: string;

  constructor(part: string, fact: string, options?: ErrorOptions) {
    super(`the ${part} cannot be used: ${fact}`, options);
    this.part = part;
  }

  /** Creates the error for a function of the part that throws. */
  static thrownBy(part: string, name: string, cause: unknown): CustomPartError {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const fact = `its function "${name}" throws ${reason.split("\n", 1).join("")}`;
    return new CustomPartError(part, fact, { cause });
  }

  /** Creates the error for a function of the part that returns an invalid value. */
  static returnedBy(part: string, name: string, expected: string, found: string): CustomPartError {
    return new CustomPartError(part, `its function "${name}" must return ${expected}, but returned ${found}`);
  }
}

/** A condition on what a function returns, and the words for it that complete "must return …". */
export interface ResultRule {
  readonly expected: string;
  readonly isValid: (result: unknown) => boolean;
}

/** Maps the name of a function to the condition on what it returns. */
export type ResultRules = Readonly<Record<string, ResultRule>>;

const texts: ResultRule = {
  expected: "a list of texts, which may be empty",
  isValid: (result) => Array.isArray(result) && result.every((each) => typeof each === "string"),
};
const truth: ResultRule = { expected: "true or false", isValid: (result) => typeof result === "boolean" };

/** Rules for functions that several kinds of parts have, or that nothing else checks. */
const commonRules: ResultRules = {
  notices: texts,
  idleOptions: texts,
  isIdentity: truth,
  isOpenEnded: truth,
  isWeighted: truth,
};

/**
 * Wraps a part so that its functions throw a CustomPartError instead of an unexpected error. They also throw
 * it if they would return a promise or violate one of the `rules`. Objects that they return are wrapped too.
 * `part` becomes the `part` of the error.
 */
export function wrapCustomPart<Part extends object>(
  definition: Part,
  part: string,
  rules: ResultRules = {},
): Part {
  return new Proxy(definition, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      // A property that a proxy must return unchanged cannot be wrapped.
      const isFixed = Reflect.getOwnPropertyDescriptor(target, key)?.configurable === false;
      if (typeof value !== "function" || typeof key !== "string" || isFixed) return value;
      return (...given: unknown[]): unknown => {
        try {
          const result: unknown = Reflect.apply(value, target, given);
          requireValid(result, part, key, rules);
          return isPlainObject(result) ? wrapCustomPart(result, part, rules) : result;
        } catch (error) {
          const isForeseen =
            error instanceof ShapeError ||
            error instanceof OptionsError ||
            error instanceof LayerError ||
            error instanceof CustomResultError ||
            error instanceof CustomPartError;
          throw isForeseen ? error : CustomPartError.thrownBy(part, key, error);
        }
      };
    },
  });
}

function requireValid(result: unknown, part: string, name: string, rules: ResultRules): void {
  const rule = [rules, commonRules].find((each) => Object.hasOwn(each, name))?.[name];
  if (isPromise(result))
    throw CustomPartError.returnedBy(
      part,
      name,
      rule?.expected ?? "its result at once",
      describeValue(result),
    );
  if (rule === undefined || rule.isValid(result)) return;
  throw CustomPartError.returnedBy(part, name, rule.expected, describeValue(result));
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
