export { testAugmentation, type AugmentationSettings } from "./testing/test-augmentation.ts";
export { testDataset, type DatasetConfiguration } from "./testing/test-dataset.ts";
