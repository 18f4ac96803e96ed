import type { elu as Elu } from "@nn/layers/layers/elu";
import type { gelu as Gelu } from "@nn/layers/layers/gelu";
import type { leakyRelu as LeakyRelu } from "@nn/layers/layers/leaky-relu";
import type { prelu as Prelu } from "@nn/layers/layers/prelu";
import type { softplus as Softplus } from "@nn/layers/layers/softplus";

import type { OnnxAttribute } from "../graph.ts";
import type { LayerExport, LayerScope, OnnxValue } from "../layer-export.ts";

/** y = f(x) for each number, as one operator without attributes. */
const elementwise =
  (operator: string): LayerExport =>
  (_options, x, scope) =>
    apply(scope, x, operator);

/** y = max(x, 0) */
export const relu = elementwise("Relu");
/** y = 1 / (1 + e^−x) */
export const sigmoid = elementwise("Sigmoid");
/** y = tanh(x) */
export const tanh = elementwise("Tanh");
/** y = x·max(0, min(1, x / 6 + 1 / 2)) */
export const hardSwish = elementwise("HardSwish");

/** y = x where x ≥ 0, else slope·x */
export const leakyRelu: LayerExport<typeof LeakyRelu> = ({ slope }, x, scope) =>
  apply(scope, x, "LeakyRelu", { alpha: { float: slope } });

/** y = x where x > 0, else alpha·(e^x − 1) */
export const elu: LayerExport<typeof Elu> = ({ alpha }, x, scope) =>
  apply(scope, x, "Elu", { alpha: { float: alpha } });

/** The constants are those of Klambauer et al. 2017, which are the defaults of the operator. */
export const selu = elementwise("Selu");

/** y = x·sigmoid(x) */
export const silu: LayerExport = (_options, x, scope) => ({
  ...x,
  name: scope.add("Mul", [x.name, scope.add("Sigmoid", [x.name])]),
});

/** y = x·tanh(log(1 + e^x)). This operator set does not contain Mish. */
export const mish: LayerExport = (_options, x, scope) => ({
  ...x,
  name: scope.add("Mul", [x.name, scope.add("Tanh", [scope.add("Softplus", [x.name])])]),
});

/** y = log(1 + e^(beta·x)) / beta */
export const softplus: LayerExport<typeof Softplus> = ({ beta }, x, scope) => {
  if (beta === 1) return apply(scope, x, "Softplus");
  const scaled = scope.add("Mul", [x.name, scope.scalar(beta)]);
  return { ...x, name: scope.add("Div", [scope.add("Softplus", [scaled]), scope.scalar(beta)]) };
};

/** y = x·Φ(x), exact or approximated with tanh */
export const gelu: LayerExport<typeof Gelu> = ({ approximate }, x, scope) => {
  const { name } = x;
  return { ...x, name: approximate === "tanh" ? geluTanh(name, scope) : geluErf(name, scope) };
};

/** y = x·(1 + erf(x / √2)) / 2 */
export function geluErf(x: string, scope: LayerScope): string {
  const erf = scope.add("Erf", [scope.add("Div", [x, scope.scalar(Math.SQRT2)])]);
  const sum = scope.add("Add", [erf, scope.scalar(1)]);
  return scope.add("Mul", [scope.add("Mul", [x, sum]), scope.scalar(0.5)]);
}

/** y = x·(1 + tanh(√(2 / π)·(x + 0.044715·x³))) / 2, Hendrycks & Gimpel 2016 */
function geluTanh(x: string, scope: LayerScope): string {
  const cube = scope.add("Mul", [scope.add("Mul", [x, x]), x]);
  const inner = scope.add("Add", [x, scope.add("Mul", [cube, scope.scalar(0.044715)])]);
  const curve = scope.add("Tanh", [scope.add("Mul", [inner, scope.scalar(Math.sqrt(2 / Math.PI))])]);
  const sum = scope.add("Add", [curve, scope.scalar(1)]);
  return scope.add("Mul", [scope.add("Mul", [x, sum]), scope.scalar(0.5)]);
}

/** The slope (C) or (1) is broadcast over the last axes of x. */
export const prelu: LayerExport<typeof Prelu> = ({ perChannel }, x, scope) => {
  const shape = perChannel && x.channelsFirst ? [x.shape.at(-1)!, 1, 1] : undefined;
  return { ...x, name: scope.add("PRelu", [x.name, scope.parameter("slope", shape)]) };
};

/** y = e^x / Σ e^x over the last axis */
export const softmax: LayerExport = (_options, x, scope) =>
  apply(scope, scope.channelsLast(x), "Softmax", { axis: { int: -1 } });

function apply(
  scope: LayerScope,
  x: OnnxValue,
  operator: string,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): OnnxValue {
  return { ...x, name: scope.add(operator, [x.name], attributes) };
}
