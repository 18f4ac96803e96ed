import { sizeOf, type Shape, type Tensor } from "@nn/tensor";

import type { Layer, LayerPart, LayerPlan, Parameter, ForwardContext } from "../definition.ts";
import type { LayerPath } from "./layer-error.ts";

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
}

/** Layers one after the other, as one layer: y = fₖ(… f₂(f₁(x))). At least one. */
export function planChain(links: readonly Link[]): LayerPlan {
  return {
    outputShape: links.at(-1)?.plan.outputShape ?? [],
    parameters: together(links, ({ parameters }) => parameters),
    state: together(links, ({ state }) => state),
    multiplyAdds: links.reduce((sum, { plan }) => sum + (plan.multiplyAdds ?? 0), 0),
    parts: links.flatMap(partsOf),

    build(context) {
      const built: BuiltLink[] = [];
      let { needsInputGradient } = context;
      let fused = false;
      for (const [index, link] of links.entries()) {
        const { name, inputShape, plan } = link;
        const own = Object.keys(plan.parameters ?? {});
        const layer = plan.build({
          ...context,
          inputShape,
          needsInputGradient,
          alreadyActivated: fused,
          rng: context.rng.fork(index),
          parameter: (own) => context.parameter(nameInside(name, own)),
          state: (own) => context.state(nameInside(name, own)),
        });
        const parameters = own.map((each) => context.parameter(nameInside(name, each)));
        built.push({ link, layer, parameters });
        // Above a layer that learns, gradients are needed, whoever reads ours.
        needsInputGradient ||= own.length > 0;
        const activation = links[index + 1]?.plan.activation;
        fused = activation !== undefined && layer.fuse !== undefined;
        if (activation !== undefined) layer.fuse?.(activation);
      }
      const downwards = built.toReversed();

      return {
        forward(x, pass) {
          for (const each of built) {
            x = each.layer.forward(x, pass.watch === undefined ? pass : passInside(each.link, pass));
            if (pass.watch !== undefined) report(each, x, pass);
          }
          return x;
        },
        backward(dy, pass) {
          for (const { layer } of downwards) dy = layer.backward(dy, pass);
          return dy;
        },
      };
    },
  };
}

/**
 * y = x + f(x); dx = dy + f′(dy): what comes down the branch and what goes past it add up. He et al. 2016.
 * f keeps the shape of x, (N, …).
 */
export function planResidual(f: LayerPlan, shape: Shape): LayerPlan {
  return {
    outputShape: shape,
    parameters: f.parameters ?? {},
    state: f.state ?? {},
    multiplyAdds: f.multiplyAdds ?? 0,
    parts: f.parts ?? [],

    build(context) {
      const branch = f.build(context);
      const output = context.batch(shape);
      const inputGradient = context.needsInputGradient ? context.batch(shape) : undefined;
      const size = sizeOf(shape);

      return {
        forward(x, pass) {
          const branched = branch.forward(x, pass);
          const y = output.rows(x.data.length / size);
          for (let i = 0; i < y.data.length; i++) y.data[i] = x.data[i]! + branched.data[i]!;
          return y;
        },
        backward(dy, pass) {
          const dx = inputGradient?.rows(dy.data.length / size);
          dx?.data.set(dy.data); // before the branch writes over it
          const branched = branch.backward(dy, pass);
          if (dx === undefined) return branched;
          for (let i = 0; i < dx.data.length; i++) dx.data[i] = dx.data[i]! + branched.data[i]!;
          return dx;
        },
      };
    },
  };
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
