import fc from "fast-check";
import { expect, test } from "vitest";

import { layers } from "../catalog.ts";
import { checkLayerCount, MAX_LAYERS } from "./layer-count.ts";
import { LayerError } from "./layer-error.ts";
import { planModel, type ResolvedLayer } from "./model.ts";
import { resolveLayer, type LayerBlock } from "./nested-layers.ts";

function chosen(block: LayerBlock): ResolvedLayer {
  return resolveLayer(block, { find: (type) => layers.get(type)! });
}

function repeated(times: number, ...inside: LayerBlock[]): LayerBlock {
  return { type: "repeat", times, layers: inside };
}

const relu: LayerBlock = { type: "relu" };

test.each([
  [repeated(1000, repeated(1000, relu)), "1000 × 1000 = 1000000 layers"],
  [repeated(1000, repeated(1000, repeated(1000, relu))), "1000 × 1000 × 1000 = 1000000000 layers"],
  [repeated(200, repeated(200, relu, relu)), "200 × 200 × 2 = 80000 layers"],
  [repeated(500, { type: "residual", layers: [repeated(50, relu)] }), "500 × 50 = 25000 layers"],
  [repeated(50, repeated(50, { type: "transformer-encoder", hiddenUnits: 8 })), "50 × 50 × 8 = 20000 layers"],
  [
    { type: "parallel", join: "add", branches: [[relu], [repeated(1000, repeated(20, relu))]] },
    "20001 layers",
  ],
  [{ type: "residual", layers: [relu], shortcut: [repeated(1000, repeated(1000, relu))] }, "1000001 layers"],
])("a network with too many layers is refused before it is planned", (block, product) => {
  const inChain = [chosen(relu), chosen(block)];
  const planning = (): unknown => planModel(inChain, [4]);

  expect(planning).toThrow(LayerError);
  expect(planning).toThrow(`it expands to ${product}; a network can have at most ${MAX_LAYERS}.`);
  expect(planning).toThrow(expect.objectContaining({ path: [1] }));
});

test("the counts of all layers are summed", () => {
  const many = Array.from({ length: 11 }, () => chosen(repeated(1000, relu)));

  expect(() => checkLayerCount(many.slice(1))).not.toThrow();
  expect(() => checkLayerCount(many)).toThrow(
    "1000 layers, and the network has 11000; a network can have at most",
  );
});

const { block } = fc.letrec<{ block: LayerBlock }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 4 },
    fc.constant(relu),
    fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.array(tie("block"), { minLength: 1, maxLength: 2 }))
      .map(([times, inside]) => repeated(times, ...inside)),
    fc
      .array(tie("block"), { minLength: 1, maxLength: 2 })
      .map((inside) => ({ type: "residual", layers: inside })),
    fc
      .array(fc.array(tie("block"), { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 3 })
      .map((branches) => ({ type: "parallel", join: "add", branches })),
  ),
}));

test("counts the layers that would be planned", () => {
  fc.assert(
    fc.property(block, (each) => {
      let planned = 0;
      const counted = {
        ...layers.get("relu")!,
        plan: (...args: Parameters<ResolvedLayer["definition"]["plan"]>) => {
          planned += 1;
          return layers.get("relu")!.plan(...args);
        },
      };
      const choice = resolveLayer(each, { find: (type) => (type === "relu" ? counted : layers.get(type)!) });
      let refused = false;
      try {
        planModel([choice], [2]);
      } catch (error) {
        refused = error instanceof LayerError;
      }
      expect(planned).toBe(refused ? 0 : countedIn(each));
      expect(refused).toBe(countedIn(each) > MAX_LAYERS);
    }),
    { numRuns: 100 },
  );
});

/** Returns the number of layers without nested layers. Each is counted as often as it is planned. */
function countedIn(each: LayerBlock): number {
  const { layers: inside, branches, times } = each;
  const lists = [inside, ...(Array.isArray(branches) ? branches : [])].filter((list) => Array.isArray(list));
  if (lists.length === 0) return 1;
  const sum = lists.flat().reduce((total: number, below: LayerBlock) => total + countedIn(below), 0);
  return (typeof times === "number" ? times : 1) * sum;
}
