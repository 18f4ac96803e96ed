import { expect, test } from "vitest";

import { layers } from "../catalog.ts";
import { chooseLayer } from "./nested-layers.ts";

const source = { find: (type: string) => layers.get(type)! };

test("the layers in the options of a layer are chosen, at any depth, and other options stay as they are", () => {
  const block = { type: "residual", layers: [{ type: "repeat", times: 2, layers: [{ type: "relu" }] }] };
  expect(chooseLayer(block, source)).toEqual({
    definition: layers.get("residual"),
    options: {
      layers: [
        {
          definition: layers.get("repeat"),
          options: { times: 2, layers: [{ definition: layers.get("relu"), options: {} }] },
        },
      ],
    },
  });
});

test("a list of layers that is left out stays so", () => {
  const block = { type: "residual", layers: [], shortcut: undefined };
  expect(chooseLayer(block, source).options).toEqual({ layers: [], shortcut: undefined });
});
