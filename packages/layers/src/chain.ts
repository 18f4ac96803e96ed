import { sizeOf, type Shape } from "@nn/tensor";

import type { Layer, LayerPlan } from "./definition.ts";

/** A layer inside another one, planned for what the layer before it gives. */
export interface Link {
  /** Stands before the names of its parameters, with a dot; empty where its parameters keep their names. */
  readonly name: string;
  readonly inputShape: Shape;
  readonly plan: LayerPlan;
}

/** Layers one after the other, as one layer: y = fₖ(… f₂(f₁(x))). At least one. */
export function planChain(links: readonly Link[]): LayerPlan {
  return {
    outputShape: links.at(-1)?.plan.outputShape ?? [],
    parameters: together(links, ({ parameters }) => parameters),
    state: together(links, ({ state }) => state),
    multiplyAdds: links.reduce((sum, { plan }) => sum + (plan.multiplyAdds ?? 0), 0),

    build(context) {
      const built: Layer[] = [];
      let { needsInputGradient } = context;
      let fused = false;
      for (const [index, { name, inputShape, plan }] of links.entries()) {
        const layer = plan.build({
          ...context,
          inputShape,
          needsInputGradient,
          alreadyActivated: fused,
          rng: context.rng.fork(index),
          parameter: (own) => context.parameter(nameInside(name, own)),
          state: (own) => context.state(nameInside(name, own)),
        });
        built.push(layer);
        // Above a layer that learns, gradients are needed, whoever reads ours.
        needsInputGradient ||= Object.keys(plan.parameters ?? {}).length > 0;
        const activation = links[index + 1]?.plan.activation;
        fused = activation !== undefined && layer.fuse !== undefined;
        if (activation !== undefined) layer.fuse?.(activation);
      }
      const downwards = built.toReversed();

      return {
        forward(x, pass) {
          for (const layer of built) x = layer.forward(x, pass);
          return x;
        },
        backward(dy, pass) {
          for (const layer of downwards) dy = layer.backward(dy, pass);
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

function nameInside(name: string, own: string): string {
  return name === "" ? own : `${name}.${own}`;
}
