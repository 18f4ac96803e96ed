import { completeOptions } from "@nn/catalog/testing/complete-options";
import { expect, test } from "vitest";

import { layers } from "../catalog.ts";
import { planModel } from "./model.ts";
import { resolveLayer, type LayerBlock } from "./nested-layers.ts";

const source = { find: (type: string) => layers.get(type)!, complete: completeOptions };
const dense = (units: number) => ({ type: "dense", units });

/** Returns the line of a layer, then the indented lines of its nested layers. */
function lines(block: LayerBlock, inputShape: readonly number[]): string[] {
  const [layer] = planModel([resolveLayer(block, source)], inputShape).layers;
  const line = ({
    type,
    outputShape,
    parameters,
    multiplyAdds,
    nestedLayers = [],
  }: typeof layer & object): string[] => [
    `${type} (${outputShape.join(", ")}) ${parameters} ${multiplyAdds}`,
    ...nestedLayers.flatMap((nested) => {
      const [first = "", ...inside] = line(nested);
      return [`${nested.path.join(".")}: ${nested.times} × ${first}`, ...inside].map((text) => `  ${text}`);
    }),
  ];
  return line(layer!);
}

test("lists nested layers with their shapes and costs", () => {
  const block = { type: "residual", layers: [dense(5), { type: "relu" }, dense(2)], shortcut: [dense(2)] };
  // By hand: 3·5 + 5, 5·2 + 2, 3·2 + 2.
  expect(lines(block, [3])).toEqual([
    "residual (2) 40 31",
    "  shortcut.0: 1 × dense (2) 8 6",
    "  layers.0: 1 × dense (5) 20 15",
    "  layers.1: 1 × relu (5) 0 0",
    "  layers.2: 1 × dense (2) 12 10",
  ]);
});

test("lists identical repeated layers once and counts each repetition", () => {
  const inner = { type: "repeat", times: 2, layers: [{ type: "residual", layers: [dense(4)] }] };
  expect(lines({ type: "repeat", times: 3, layers: [dense(4), inner] }, [2])).toEqual([
    "repeat (4) 172 136",
    "  layers.0: 1 × dense (4) 12 8",
    "  layers.1: 1 × repeat (4) 40 32",
    "    layers.0: 2 × residual (4) 40 32",
    "      layers.0: 1 × dense (4) 40 32",
    "  layers.0: 2 × dense (4) 40 32",
    "  layers.1: 2 × repeat (4) 80 64",
    "    layers.0: 2 × residual (4) 80 64",
    "      layers.0: 1 × dense (4) 80 64",
  ]);
});

test("lists the nested layers of a built-in composite layer", () => {
  // By hand, with D = 4, F = 6, T = 3: 4·12 + 12, 4·4 + 4, 4·6 + 6, 6·4 + 4; two matrix products of T·T·D in
  // the heads.
  expect(lines({ type: "transformer-encoder", heads: 2, hiddenUnits: 6 }, [3, 4])).toEqual([
    "transformer-encoder (3, 4) 154 408",
    "  norm1: 1 × layer-norm (3, 4) 8 0",
    "  attention: 1 × multi-head-attention (3, 4) 80 264",
    "    qkv: 1 × dense (3, 12) 60 144",
    "    output: 1 × dense (3, 4) 20 48",
    "  norm2: 1 × layer-norm (3, 4) 8 0",
    "  expand: 1 × dense (3, 6) 30 72",
    "  contract: 1 × dense (3, 4) 28 72",
  ]);
});
