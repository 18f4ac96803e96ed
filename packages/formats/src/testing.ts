export { formatGraph } from "./testing/format-graph.ts";
export { layerNetworks, randomNetwork, type LayerNetwork } from "./testing/layer-networks.ts";
export { randomNetworks } from "./testing/random-networks.ts";
