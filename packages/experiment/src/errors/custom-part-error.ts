import { LayerError, OptionsError } from "@nn/layers";
import { ShapeError } from "@nn/tensor";

/** A custom part that does what none of its kind may do: a function of it throws, or gives what is none. */
export class CustomPartError extends Error {
  override readonly name = "CustomPartError";
  /** `optimizer ./my-adam.ts` */
  readonly part: string;

  constructor(part: string, fact: string, options?: ErrorOptions) {
    super(`the ${part} cannot be used: ${fact}`, options);
    this.part = part;
  }

  /** What its function of that name throws. */
  static thrownBy(part: string, name: string, cause: unknown): CustomPartError {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const fact = `its function "${name}" throws ${reason.split("\n", 1).join("")}`;
    return new CustomPartError(part, fact, { cause });
  }
}

/**
 * The same part, whose functions throw a CustomPartError where they would throw an error that says nothing to
 * a person; so do those of the objects that they return. `part`: as of the error.
 */
export function guarded<Part extends object>(definition: Part, part: string): Part {
  return new Proxy(definition, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      // What an object must give as it is cannot be wrapped.
      const isFixed = Reflect.getOwnPropertyDescriptor(target, key)?.configurable === false;
      if (typeof value !== "function" || typeof key !== "string" || isFixed) return value;
      return (...given: unknown[]): unknown => {
        try {
          const result: unknown = Reflect.apply(value, target, given);
          return isPlainObject(result) ? guarded(result, part) : result;
        } catch (error) {
          const isForeseen =
            error instanceof ShapeError ||
            error instanceof OptionsError ||
            error instanceof LayerError ||
            error instanceof CustomPartError;
          throw isForeseen ? error : CustomPartError.thrownBy(part, key, error);
        }
      };
    },
  });
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
