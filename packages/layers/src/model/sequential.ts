import type { Shape, Tensor } from "@nn/tensor";

import type { ForwardContext, Layer, LayerContext, LayerPart, LayerPlan, Parameter } from "../definition.ts";
import { expectShape } from "./check-returned-shape.ts";
import { LayerError, type LayerPath } from "./layer-error.ts";
import { backwardMultiplyAdds } from "./multiply-adds.ts";

/** A layer of a chain, planned for the output shape of the layer before it. */
export interface SequentialItem {
  /** Prefix of the parameter names, followed by a dot. Empty if the parameters keep their names. */
  readonly name: string;
  readonly inputShape: Shape;
  readonly plan: LayerPlan;
  /** The type of the layer. If absent, summaries list only its nested layers, not the layer itself. */
  readonly type?: string;
  /** The path from the layer around the chain. Present if the link has a type. */
  readonly path?: LayerPath;
  /** The number of the repetition in a repeated chain, from 1. */
  readonly time?: number;
}

interface BuiltLink {
  readonly link: SequentialItem;
  readonly layer: Pick<Layer, "forward" | "backward">;
  readonly parameters: readonly Parameter[];
  readonly needsInputGradient: boolean;
}

/** Plans a sequence of at least one layer as one layer: y = fₖ(… f₂(f₁(x))). A model is such a chain. */
export function planSequential(links: readonly SequentialItem[]): LayerPlan {
  return {
    outputShape: links.at(-1)?.plan.outputShape ?? [],
    parameters: together(links, ({ parameters }) => parameters),
    state: together(links, ({ state }) => state),
    multiplyAdds: links.reduce((sum, { plan }) => sum + (plan.multiplyAdds ?? 0), 0),
    inputGradientMultiplyAdds: inputGradientMultiplyAdds(links),
    parts: links.flatMap(partsOf),

    build(context) {
      const built = buildLinks(links, context);
      // The backward pass stops at the first layer with parameters, unless the caller needs dx.
      const downwards = built
        .filter(({ needsInputGradient, parameters }) => needsInputGradient || parameters.length > 0)
        .toReversed();
      let forwardIsChecked = false;
      let backwardIsChecked = false;

      return {
        forward(x, pass) {
          for (const each of built) {
            const inside = pass.watch === undefined ? pass : passInside(each.link, pass);
            x = forwardIsChecked ? each.layer.forward(x, inside) : checkedForward(each, x, inside);
            if (pass.watch !== undefined) report(each, x, pass);
          }
          forwardIsChecked = true;
          return x;
        },
        backward(dy, pass) {
          for (const each of downwards) {
            dy = backwardIsChecked ? each.layer.backward(dy, pass) : checkedBackward(each, dy, pass);
          }
          backwardIsChecked = true;
          return dy;
        },
      };
    },
  };
}

/** Calls `run` and returns its result. If it throws a LayerError, `path` is put before the error's path. */
export function withPathTo<Result>(path: LayerPath, run: () => Result): Result {
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
function buildLinks(links: readonly SequentialItem[], context: LayerContext): BuiltLink[] {
  const built: BuiltLink[] = [];
  let { needsInputGradient } = context;
  let fused = false;
  for (const [index, link] of links.entries()) {
    const { name, inputShape, plan, path = [] } = link;
    const inside: LayerContext = {
      ...context,
      inputShape,
      needsInputGradient,
      alreadyActivated: fused,
      rng: context.rng.fork(index),
      parameter(own) {
        expectPlanned(link, "parameter", plan.parameters, own);
        return context.parameter(nameInside(name, own));
      },
      state(own) {
        expectPlanned(link, "state", plan.state, own);
        return context.state(nameInside(name, own));
      },
    };
    const layer = withPathTo(path, () => plan.build(inside));
    const parameters = Object.keys(plan.parameters ?? {}).map((own) => inside.parameter(own));
    built.push({ link, layer: wrapped(layer, link, inside), parameters, needsInputGradient });

    // The layers after a layer with parameters must compute input gradients, even if the caller does not need
    // dx.
    needsInputGradient ||= parameters.length > 0;
    const activation = links[index + 1]?.plan.activation;
    fused = activation !== undefined && layer.fuse !== undefined;
    if (activation !== undefined) layer.fuse?.(activation);
  }
  return built;
}

/** Returns the layer that the chain calls: wrapped, if the model has a wrapper and the layer has a type. */
function wrapped(
  layer: Layer,
  { type, path = [], plan }: SequentialItem,
  { wrapLayer, needsInputGradient }: LayerContext,
): BuiltLink["layer"] {
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
  throw new LayerError([], `${type}: its plan names no ${noun} "${own}", but its build asks for it.`);
}

function checkedForward({ link, layer }: BuiltLink, x: Tensor, pass: ForwardContext): Tensor {
  const { type, path = [], plan } = link;
  const y = withPathTo(path, () => layer.forward(x, pass));
  if (type !== undefined) expectShape(path, `${type}: forward`, y, [x.shape[0]!, ...plan.outputShape]);
  return y;
}

function checkedBackward(each: BuiltLink, dy: Tensor, pass: ForwardContext): Tensor {
  const { type, path = [], inputShape } = each.link;
  const N = dy.shape[0]!;
  const dx = withPathTo(path, () => each.layer.backward(dy, pass));
  if (type !== undefined && each.needsInputGradient) {
    expectShape(path, `${type}: backward`, dx, [N, ...inputShape]);
  }
  return dx;
}

/**
 * Returns the multiply-adds that a chain saves if the caller does not need dx: those of the layers before the
 * first one with parameters, whose backward pass does not run, and those of its dx.
 */
function inputGradientMultiplyAdds(links: readonly SequentialItem[]): number {
  const first = links.findIndex(({ plan }) => Object.keys(plan.parameters ?? {}).length > 0);
  const skipped = first === -1 ? links : links.slice(0, first);
  const { multiplyAdds = 0, inputGradientMultiplyAdds: saved = multiplyAdds } = links[first]?.plan ?? {};
  return skipped.reduce((sum, { plan }) => sum + backwardMultiplyAdds(plan, true), saved);
}

/** Collects the parameters or buffers of all links, by their names in the chain. */
function together<Part>(
  links: readonly SequentialItem[],
  partsOf: (plan: LayerPlan) => Readonly<Record<string, Part>> | undefined,
): Record<string, Part> {
  return Object.fromEntries(
    links.flatMap(({ name, plan }) =>
      Object.entries(partsOf(plan) ?? {}).map(([own, part]) => [nameInside(name, own), part] as const),
    ),
  );
}

/** Returns the link itself if it has a type, otherwise its nested layers. */
function partsOf({ type, path = [], plan }: SequentialItem): readonly LayerPart[] {
  if (type !== undefined) return [{ path, type, plan }];
  return plan.parts ?? [];
}

/**
 * Returns the context for the layers inside a link. It adds the path and repetition of the link to the
 * outputs that they report.
 */
function passInside({ path = [], time }: SequentialItem, pass: ForwardContext): ForwardContext {
  const times = time === undefined ? [] : [time];
  return {
    ...pass,
    watch: (part) =>
      pass.watch?.({ ...part, path: [...path, ...part.path], times: [...times, ...part.times] }),
  };
}

function report({ link, parameters }: BuiltLink, output: Tensor, pass: ForwardContext): void {
  const { type, path = [] } = link;
  if (type !== undefined) pass.watch?.({ path, type, times: [], parameters, output });
}

function nameInside(name: string, own: string): string {
  return name === "" ? own : `${name}.${own}`;
}
