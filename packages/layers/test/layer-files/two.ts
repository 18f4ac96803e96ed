export { relu } from "../../src/layers/relu.ts";
export { tanh } from "../../src/layers/tanh.ts";
