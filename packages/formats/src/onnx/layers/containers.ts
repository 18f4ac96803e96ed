import type { parallel as Parallel } from "@nn/layers/layers/parallel";
import type { repeat as Repeat } from "@nn/layers/layers/repeat";
import type { residual as Residual } from "@nn/layers/layers/residual";

import type { LayerExport, LayerScope, OnnxValue } from "../layer-export.ts";

/** y = s(x) + f(x) */
export const residual: LayerExport<typeof Residual> = ({ layers, shortcut }, x, scope) => {
  const f = scope.layers("layers", layers, x);
  const s = shortcut === undefined ? x : scope.layers("shortcut", shortcut, x);
  return addValues(scope, [s, f]);
};

/** y = [f₁(x), f₂(x), …] or f₁(x) + f₂(x) + … */
export const parallel: LayerExport<typeof Parallel> = ({ branches, join }, x, scope) => {
  const outputs = branches.map((layers, k) => scope.layers(`branches.${k}`, layers, x));
  return join === "add" ? addValues(scope, outputs) : concatenate(scope, outputs);
};

/** Each repetition has its own tensors, named `0.layers.…`, `1.layers.…`, … */
export const repeat: LayerExport<typeof Repeat> = ({ times, layers }, x, scope) => {
  let y = x;
  for (let k = 0; k < times; k++) y = scope.child(k).layers("layers", layers, y);
  return y;
};

/** Adds values of the same shape, in the layout of the last value. */
export function addValues(scope: LayerScope, values: readonly OnnxValue[]): OnnxValue {
  const aligned = alike(scope, values);
  const name = aligned.map((value) => value.name).reduce((total, each) => scope.add("Add", [total, each]));
  return { ...aligned[0]!, name };
}

function concatenate(scope: LayerScope, values: readonly OnnxValue[]): OnnxValue {
  const aligned = alike(scope, values);
  const { shape, channelsFirst } = aligned[0]!;
  const channels = aligned.reduce((total, value) => total + value.shape.at(-1)!, 0);
  return {
    name: scope.add(
      "Concat",
      aligned.map(({ name }) => name),
      { axis: { int: channelsFirst ? 1 : shape.length } },
    ),
    shape: [...shape.slice(0, -1), channels],
    channelsFirst,
  };
}

function alike(scope: LayerScope, values: readonly OnnxValue[]): OnnxValue[] {
  const first = values.at(-1)!.channelsFirst;
  return values.map((value) => (first ? scope.channelsFirst(value) : scope.channelsLast(value)));
}
