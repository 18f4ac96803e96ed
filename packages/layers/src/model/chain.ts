import type { Shape, Tensor } from "@nn/tensor";

import type { ForwardContext, Layer, LayerContext, LayerPart, LayerPlan, Parameter } from "../definition.ts";
import { expectShape } from "./first-pass.ts";
import { LayerError, type LayerPath } from "./layer-error.ts";

/** A layer inside another one, planned for what the layer before it gives. */
export interface Link {
  /** Stands before the names of its parameters, with a dot; empty where its parameters keep their names. */
  readonly name: string;
  readonly inputShape: Shape;
  readonly plan: LayerPlan;
  /** What it is, where it is shown as a layer of its own; else only the layers inside it are. */
  readonly type?: string;
  /** The way to it from the layer around the chain, where it has a type. */
  readonly path?: LayerPath;
  /** Which time it is of a chain that is repeated, from 1. */
  readonly time?: number;
}

interface BuiltLink {
  readonly link: Link;
  readonly layer: Layer;
  readonly parameters: readonly Parameter[];
  readonly needsInputGradient: boolean;
}

/** Layers one after the other, as one layer: y = fₖ(… f₂(f₁(x))). At least one. A model is one, too. */
export function planChain(links: readonly Link[]): LayerPlan {
  return {
    outputShape: links.at(-1)?.plan.outputShape ?? [],
    parameters: together(links, ({ parameters }) => parameters),
    state: together(links, ({ state }) => state),
    multiplyAdds: links.reduce((sum, { plan }) => sum + (plan.multiplyAdds ?? 0), 0),
    parts: links.flatMap(partsOf),

    build(context) {
      const built = buildLinks(links, context);
      // Backward goes down to the first layer that learns, and no further where nobody reads our dx.
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

/** What `run` gives; a LayerError of a layer inside another gets the way to the other. */
export function withPathTo<Result>(path: LayerPath, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof LayerError)) throw cause;
    throw new LayerError([...path, ...cause.path], cause.message, { cause });
  }
}

/** Builds each layer for its place: after those that learn, and with its activation fused where that goes. */
function buildLinks(links: readonly Link[], context: LayerContext): BuiltLink[] {
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
    built.push({ link, layer, parameters, needsInputGradient });

    // Above a layer that learns, gradients are needed, whoever reads ours.
    needsInputGradient ||= parameters.length > 0;
    const activation = links[index + 1]?.plan.activation;
    fused = activation !== undefined && layer.fuse !== undefined;
    if (activation !== undefined) layer.fuse?.(activation);
  }
  return built;
}

/** Throws LayerError where a layer asks for what its plan does not name; the caller adds the way to it. */
function expectPlanned({ type }: Link, noun: string, planned: object | undefined, own: string): void {
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

/** What the links have of a kind, each under its name inside the chain. */
function together<Part>(
  links: readonly Link[],
  partsOf: (plan: LayerPlan) => Readonly<Record<string, Part>> | undefined,
): Record<string, Part> {
  return Object.fromEntries(
    links.flatMap(({ name, plan }) =>
      Object.entries(partsOf(plan) ?? {}).map(([own, part]) => [nameInside(name, own), part] as const),
    ),
  );
}

/** The link, or, where it is not shown as a layer of its own, the layers inside it. */
function partsOf({ type, path = [], plan }: Link): readonly LayerPart[] {
  if (type !== undefined) return [{ path, type, plan }];
  return plan.parts ?? [];
}

/** The pass as the layers inside a link have it: what they report gets the way to the link. */
function passInside({ path = [], time }: Link, pass: ForwardContext): ForwardContext {
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
