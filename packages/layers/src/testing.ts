export {
  GRADIENT_TOLERANCE,
  computeNumericGradient,
  computeRelativeError,
} from "./testing/gradient-check.ts";
export { type LayerConfiguration } from "./testing/layer-under-test.ts";
export { drawShapes } from "./testing/numbers.ts";
export { testInitializer, type InitializerConfiguration } from "./testing/test-initializer.ts";
export { testLayer } from "./testing/test-layer.ts";
export { testLoss, type LossConfiguration } from "./testing/test-loss.ts";
export { testOptimizer } from "./testing/test-optimizer.ts";
export { testSchedule } from "./testing/test-schedule.ts";
