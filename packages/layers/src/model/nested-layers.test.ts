import { expect, test } from "vitest";

import { layers } from "../catalog.ts";
import { resolveLayer } from "./nested-layers.ts";

const source = { find: (type: string) => layers.get(type)! };

test("finds the definitions of nested layers at any depth, and keeps other options unchanged", () => {
  const block = { type: "residual", layers: [{ type: "repeat", times: 2, layers: [{ type: "relu" }] }] };
  expect(resolveLayer(block, source)).toEqual({
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

test("keeps an omitted list of layers omitted", () => {
  const block = { type: "residual", layers: [], shortcut: undefined };
  expect(resolveLayer(block, source).options).toEqual({ layers: [], shortcut: undefined });
});
