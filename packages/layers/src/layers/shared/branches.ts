import { formatShape, isSameShape, ShapeError, type Shape, type Tensor } from "@nn/tensor";

import type { Layer, LayerContext, LayerPlan } from "../../definition.ts";

/** The layers of one branch; "identity" passes x through unchanged. */
export type Branch = LayerPlan | "identity";

const IDENTITY: Layer = { forward: (x) => x, backward: (dy) => dy };

/**
 * Plans y = Σ_k fₖ(x), with dx = Σ_k fₖ′(dy). Throws ShapeError if the outputs of the branches differ in
 * shape.
 */
export function planSum(type: string, branches: readonly Branch[], inputShape: Shape): LayerPlan {
  const shapes = branches.map((branch) => (branch === "identity" ? inputShape : branch.outputShape));
  const [outputShape = inputShape] = shapes;
  const other = shapes.find((shape) => !isSameShape(shape, outputShape));
  if (other !== undefined) {
    throw new ShapeError(
      `${type}: outputs that are added must have the same shape, ` +
        `got ${formatShape(outputShape)} and ${formatShape(other)}. ` +
        `Change the layers so that all branches give the same shape.`,
    );
  }

  return {
    ...allOf(branches),
    outputShape,
    build: (context) => buildSum(buildBranches(branches, context), outputShape, context),
  };
}

/**
 * Plans y = x + f(x), with dx = dy + f′(dy). He et al. 2016. The output of f must have the shape of x, (N,
 * …). f uses the random stream of the layer around it.
 */
export function planResidual(f: LayerPlan, shape: Shape): LayerPlan {
  return {
    ...allOf([f]),
    outputShape: shape,
    build: (context) => buildSum([IDENTITY, f.build(context)], shape, context),
  };
}

function buildSum(branches: readonly Layer[], outputShape: Shape, context: LayerContext): Layer {
  const output = context.allocateBatch(outputShape);
  const copy = context.allocateBatch(outputShape);
  const inputGradient = context.allocateBatch(context.inputShape);
  return {
    forward(x, pass) {
      const y = output.rows(x.shape[0]!);
      for (const [k, branch] of branches.entries()) sumUp(k, branch.forward(x, pass), y);
      return y;
    },
    backward(dy, pass) {
      const dx = inputGradient.rows(dy.shape[0]!);
      const own = copy.rows(dy.shape[0]!);
      for (const [k, branch] of branches.entries()) {
        own.data.set(dy.data); // a branch may overwrite dy
        const gradient = branch.backward(own, pass);
        if (context.needsInputGradient) sumUp(k, gradient, dx);
      }
      return dx;
    },
  };
}

/**
 * Plans y = [f₁(x), f₂(x), …] along the last axis. Each branch receives its part of dy; dx is the sum over
 * the branches. Throws ShapeError if the outputs differ in another axis.
 */
export function planConcatenation(type: string, branches: readonly Branch[], inputShape: Shape): LayerPlan {
  const shapes = branches.map((branch) => (branch === "identity" ? inputShape : branch.outputShape));
  const [first = inputShape] = shapes;
  const leading = first.slice(0, -1);
  const other = shapes.find((shape) => !isSameShape(shape.slice(0, -1), leading));
  if (other !== undefined) {
    throw new ShapeError(
      `${type}: outputs that are concatenated may differ only in the last axis, ` +
        `got ${formatShape(first)} and ${formatShape(other)}. ` +
        `Change the layers so that the other axes agree.`,
    );
  }
  const widths = shapes.map((shape) => shape.at(-1) ?? 1);
  const outputShape = [...leading, widths.reduce((sum, width) => sum + width, 0)];
  const starts = widths.map((_width, k) => widths.slice(0, k).reduce((sum, width) => sum + width, 0));

  return {
    ...allOf(branches),
    outputShape,
    build(context) {
      const built = buildBranches(branches, context);
      const output = context.allocateBatch(outputShape);
      const parts = shapes.map((shape) => context.allocateBatch(shape));
      const inputGradient = context.allocateBatch(inputShape);
      const rowLength = outputShape.at(-1) ?? 1;
      return {
        forward(x, pass) {
          const y = output.rows(x.shape[0]!);
          for (const [k, branch] of built.entries()) {
            const part = branch.forward(x, pass).data;
            const width = widths[k]!;
            for (let i = 0; i < part.length; i++) {
              y.data[Math.floor(i / width) * rowLength + starts[k]! + (i % width)] = part[i]!;
            }
          }
          return y;
        },
        backward(dy, pass) {
          const dx = inputGradient.rows(dy.shape[0]!);
          for (const [k, branch] of built.entries()) {
            const part = parts[k]!.rows(dy.shape[0]!);
            const width = widths[k]!;
            for (let i = 0; i < part.data.length; i++) {
              part.data[i] = dy.data[Math.floor(i / width) * rowLength + starts[k]! + (i % width)]!;
            }
            const gradient = branch.backward(part, pass);
            if (context.needsInputGradient) sumUp(k, gradient, dx);
          }
          return dx;
        },
      };
    },
  };
}

/** Returns the parameters, buffers, cost and nested layers of all branches together. */
function allOf(branches: readonly Branch[]): Omit<LayerPlan, "outputShape" | "build"> {
  const plans = branches.filter((branch) => branch !== "identity");
  return {
    parameters: Object.assign({}, ...plans.map(({ parameters }) => parameters)),
    buffers: Object.assign({}, ...plans.map(({ buffers }) => buffers)),
    multiplyAdds: plans.reduce((sum, { multiplyAdds = 0 }) => sum + multiplyAdds, 0),
    inputGradientMultiplyAdds: plans.reduce(
      (sum, { multiplyAdds = 0, inputGradientMultiplyAdds = multiplyAdds }) =>
        sum + inputGradientMultiplyAdds,
      0,
    ),
    nestedLayers: plans.flatMap(({ nestedLayers = [] }) => nestedLayers),
  };
}

function buildBranches(branches: readonly Branch[], context: LayerContext): Layer[] {
  return branches.map((branch, k) =>
    branch === "identity"
      ? IDENTITY
      : branch.build({ ...context, alreadyActivated: false, rng: context.rng.fork(k) }),
  );
}

/** Adds one term to sum = Σ_k xₖ. The first term (k = 0) overwrites the sum. */
function sumUp(k: number, term: Tensor, sum: Tensor): void {
  if (k === 0) sum.data.set(term.data);
  else for (let i = 0; i < term.data.length; i++) sum.data[i] = sum.data[i]! + term.data[i]!;
}
