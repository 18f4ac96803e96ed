export { formatGraph } from "./testing/format-graph.ts";
export { layerNetworks, createRandomNetwork, type LayerNetwork } from "./testing/layer-networks.ts";
export { createRandomNetworks } from "./testing/random-networks.ts";
