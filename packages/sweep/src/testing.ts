export { testPruner } from "./testing/test-pruner.ts";
export { testSampler, type SamplerTestOptions } from "./testing/test-sampler.ts";
