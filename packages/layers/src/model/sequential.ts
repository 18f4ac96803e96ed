import { describeValue } from "@nn/catalog";
import type { Shape, Tensor } from "@nn/tensor";

import type {
  ForwardContext,
  Layer,
  LayerContext,
  NestedLayer,
  LayerPlan,
  Parameter,
} from "../definition.ts";
import { expectShape } from "./check-returned-shape.ts";
import { LayerError, type LayerPath } from "./layer-error.ts";
import { countBackwardMultiplyAdds } from "./multiply-adds.ts";

/** A layer of a chain, planned for the output shape of the layer before it. */
export interface SequentialItem {
  /** Prefix of the parameter names, followed by a dot. Empty if the parameters keep their names. */
  readonly name: string;
  readonly inputShape: Shape;
  readonly plan: LayerPlan;
  /** The type of the layer. If absent, summaries list only its nested layers, not the layer itself. */
  readonly type?: string;
  /** The path from the layer around the chain. Present if the item has a type. */
  readonly path?: LayerPath;
  /** The number of the repetition in a repeated chain, from 1. */
  readonly time?: number;
}

interface BuiltItem {
  readonly item: SequentialItem;
  readonly layer: Pick<Layer, "forward" | "backward">;
  readonly parameters: readonly Parameter[];
  readonly needsInputGradient: boolean;
}

/** Plans a sequence of at least one layer as one layer: y = fₖ(… f₂(f₁(x))). A model is such a chain. */
export function planSequential(items: readonly SequentialItem[]): LayerPlan {
  return {
    outputShape: items.at(-1)?.plan.outputShape ?? [],
    parameters: together(items, ({ parameters }) => parameters),
    buffers: together(items, ({ buffers }) => buffers),
    multiplyAdds: items.reduce((sum, { plan }) => sum + (plan.multiplyAdds ?? 0), 0),
    inputGradientMultiplyAdds: countInputGradientMultiplyAdds(items),
    nestedLayers: items.flatMap(nestedLayersOf),

    build(context) {
      const built = buildItems(items, context);
      // The backward pass stops at the first layer with parameters, unless the caller needs dx.
      const downwards = built
        .filter(({ needsInputGradient, parameters }) => needsInputGradient || parameters.length > 0)
        .toReversed();
      let forwardIsChecked = false;
      let backwardIsChecked = false;

      return {
        forward(x, pass) {
          for (const each of built) {
            const inside = pass.onOutput === undefined ? pass : passInside(each.item, pass);
            try {
              x = forwardIsChecked ? each.layer.forward(x, inside) : checkedForward(each, x, inside);
            } catch (error) {
              throw locateError(each.item, "forward", error);
            }
            if (pass.onOutput !== undefined) report(each, x, pass);
          }
          forwardIsChecked = true;
          return x;
        },
        backward(dy, pass) {
          for (const each of downwards) {
            try {
              dy = backwardIsChecked ? each.layer.backward(dy, pass) : checkedBackward(each, dy, pass);
            } catch (error) {
              throw locateError(each.item, "backward", error);
            }
          }
          backwardIsChecked = true;
          return dy;
        },
      };
    },
  };
}

/**
 * Returns the error to throw for one that a function of an item has thrown. Puts the path of the item before
 * the path of a LayerError. Anything but an Error has no stack that would name the layer, so it becomes a
 * LayerError.
 */
function locateError({ type, path = [] }: SequentialItem, name: string, error: unknown): unknown {
  if (error instanceof LayerError)
    return new LayerError([...path, ...error.path], error.message, { cause: error });
  if (error instanceof Error || type === undefined) return error;
  const message = `${type}: its function "${name}" must throw an Error, but threw ${describeValue(error)}.`;
  return new LayerError(path, message);
}

/** Calls `run` and returns its result. If it throws a LayerError, `path` is put before the error's path. */
export function addPathToErrors<Result>(path: LayerPath, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof LayerError)) throw cause;
    throw new LayerError([...path, ...cause.path], cause.message, { cause });
  }
}

/**
 * Builds the layers in order. Determines which layers need an input gradient, and fuses activations where
 * possible.
 */
function buildItems(items: readonly SequentialItem[], context: LayerContext): BuiltItem[] {
  const built: BuiltItem[] = [];
  let { needsInputGradient } = context;
  let fused = false;
  for (const [index, item] of items.entries()) {
    const { name, inputShape, plan } = item;
    const inside: LayerContext = {
      ...context,
      inputShape,
      needsInputGradient,
      alreadyActivated: fused,
      rng: context.rng.fork(index),
      parameter(own) {
        expectPlanned(item, "parameter", plan.parameters, own);
        return context.parameter(nameInside(name, own));
      },
      buffer(own) {
        expectPlanned(item, "buffer", plan.buffers, own);
        return context.buffer(nameInside(name, own));
      },
    };
    const layer = buildItem(item, inside);
    const parameters = Object.keys(plan.parameters ?? {}).map((own) => inside.parameter(own));
    built.push({ item, layer: wrapIfTyped(layer, item, inside), parameters, needsInputGradient });

    // The layers after a layer with parameters must compute input gradients, even if the caller does not need
    // dx.
    needsInputGradient ||= parameters.length > 0;
    const activation = items[index + 1]?.plan.activation;
    fused = activation !== undefined && layer.fuse !== undefined;
    if (activation !== undefined) layer.fuse?.(activation);
  }
  return built;
}

/** Builds a layer. Throws LayerError if a custom layer builds anything else. */
function buildItem(item: SequentialItem, context: LayerContext): Layer {
  try {
    const layer: unknown = item.plan.build(context);
    if (isLayer(layer)) return layer;
    const found = describeValue(layer);
    throw new LayerError(
      [],
      `${item.type}: its function "build" must return an object with the functions forward and backward, ` +
        `but returned ${found}.`,
    );
  } catch (error) {
    throw locateError(item, "build", error);
  }
}

function isLayer(value: unknown): value is Layer {
  return (
    typeof value === "object" &&
    value !== null &&
    ["forward", "backward"].every((name) => typeof Reflect.get(value, name) === "function")
  );
}

/** Returns the layer that the chain calls: wrapped, if the model has a wrapper and the layer has a type. */
function wrapIfTyped(
  layer: Layer,
  { type, path = [], plan }: SequentialItem,
  { wrapLayer, needsInputGradient }: LayerContext,
): BuiltItem["layer"] {
  if (type === undefined || wrapLayer === undefined) return layer;
  return wrapLayer(layer, { path, type, plan, needsInputGradient });
}

/**
 * Throws LayerError if a layer requests a parameter or buffer that its plan does not declare. The caller adds
 * the path.
 */
function expectPlanned(
  { type }: SequentialItem,
  noun: string,
  planned: object | undefined,
  own: string,
): void {
  if (type === undefined || Object.hasOwn(planned ?? {}, own)) return;
  throw new LayerError(
    [],
    `${type}: its plan declares no ${noun} "${own}", but its build function requests it.`,
  );
}

function checkedForward({ item, layer }: BuiltItem, x: Tensor, pass: ForwardContext): Tensor {
  const { type, plan } = item;
  const y = layer.forward(x, pass);
  if (type !== undefined) expectShape([], `${type}: forward`, y, [x.shape[0]!, ...plan.outputShape]);
  return y;
}

function checkedBackward(each: BuiltItem, dy: Tensor, pass: ForwardContext): Tensor {
  const { type, inputShape } = each.item;
  const N = dy.shape[0]!;
  const dx = each.layer.backward(dy, pass);
  if (type !== undefined && each.needsInputGradient) {
    expectShape([], `${type}: backward`, dx, [N, ...inputShape]);
  }
  return dx;
}

/**
 * Returns the multiply-adds that a chain saves if the caller does not need dx. The layers before the first
 * layer with parameters then run no backward pass, and that layer does not compute its dx.
 */
function countInputGradientMultiplyAdds(items: readonly SequentialItem[]): number {
  const first = items.findIndex(({ plan }) => Object.keys(plan.parameters ?? {}).length > 0);
  const skipped = first === -1 ? items : items.slice(0, first);
  const { multiplyAdds = 0, inputGradientMultiplyAdds = multiplyAdds } = items[first]?.plan ?? {};
  return skipped.reduce(
    (sum, { plan }) => sum + countBackwardMultiplyAdds(plan, true),
    inputGradientMultiplyAdds,
  );
}

/** Collects the parameters or buffers of all items, by their names in the chain. */
function together<Part>(
  items: readonly SequentialItem[],
  partsOf: (plan: LayerPlan) => Readonly<Record<string, Part>> | undefined,
): Record<string, Part> {
  return Object.fromEntries(
    items.flatMap(({ name, plan }) =>
      Object.entries(partsOf(plan) ?? {}).map(([own, part]) => [nameInside(name, own), part] as const),
    ),
  );
}

/** Returns the item itself if it has a type, otherwise its nested layers. */
function nestedLayersOf({ type, path = [], plan }: SequentialItem): readonly NestedLayer[] {
  if (type !== undefined) return [{ path, type, plan }];
  return plan.nestedLayers ?? [];
}

/**
 * Returns the context for the layers inside an item. It adds the path and repetition of the item to the
 * outputs that they report.
 */
function passInside({ path = [], time }: SequentialItem, pass: ForwardContext): ForwardContext {
  const times = time === undefined ? [] : [time];
  return {
    ...pass,
    onOutput: (part) =>
      pass.onOutput?.({ ...part, path: [...path, ...part.path], times: [...times, ...part.times] }),
  };
}

function report({ item, parameters }: BuiltItem, output: Tensor, pass: ForwardContext): void {
  const { type, path = [] } = item;
  if (type !== undefined) pass.onOutput?.({ path, type, times: [], parameters, output });
}

function nameInside(name: string, own: string): string {
  return name === "" ? own : `${name}.${own}`;
}
