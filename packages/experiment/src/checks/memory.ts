import { KERNEL_MEMORY_BYTES, estimateMemoryBytes } from "@nn/kernels";
import type { ModelPlan } from "@nn/layers";
import { createRng, countElements, type Backend } from "@nn/tensor";
import {
  EVALUATION_BATCH_SIZE,
  createAugmenter,
  createTestTimeAugmentation,
  createWeightTrackers,
  formatPath,
  type PartSpec,
  type TrialSpec,
} from "@nn/training";

import { getCatalogEntry } from "./get-catalog-entry.ts";
import { planTrial, type SpecError, type CheckContext } from "./check-trial.ts";

/**
 * Reports a trial that needs more memory than the kernels have. The mistake is reported at the path of the
 * largest layer. The rest of the trial must be valid.
 */
export function checkMemory(spec: TrialSpec, files: CheckContext): SpecError[] {
  const plan = planTrial(spec, files);
  const need = computeMemory(spec, files, plan);
  if (need === undefined || need <= KERNEL_MEMORY_BYTES) return [];
  const expected = `at most ${formatBytes(KERNEL_MEMORY_BYTES)}, the memory limit of the kernels`;
  const imageBytes = estimateMemoryBytes((backend) => allocateImages(backend, spec, files));
  if (imageBytes > KERNEL_MEMORY_BYTES) {
    const message = `the images of ${spec.dataset.type} need ${formatBytes(imageBytes)} of memory`;
    return [{ path: ["dataset"], message, expected, advice: "Use fewer or smaller images." }];
  }
  const batchSize = getBatchSize(spec);
  const sizes = plan.layers.map(
    ({ parameters, outputShape }) => parameters + batchSize * countElements(outputShape),
  );
  const path = ["model", "layers", sizes.indexOf(Math.max(...sizes))];
  const isOfEvaluation = spec.training.batchSize < EVALUATION_BATCH_SIZE;
  const withoutCopies = adviseWithoutCopies(spec, files, plan);
  const byBatch = spec.training.batchSize > EVALUATION_BATCH_SIZE;
  return [
    {
      path,
      message:
        `with this network and ${isOfEvaluation ? "evaluation in " : ""}batches of ${batchSize} images, ` +
        `a trial needs ${formatBytes(need)} of memory; ${formatPath(path)} needs the largest part`,
      expected,
      advice: byBatch
        ? `Make that layer or training.batchSize smaller${withoutCopies}.`
        : `Make that layer smaller${withoutCopies}.` +
          (isOfEvaluation ? " A smaller training.batchSize does not help." : ""),
    },
  ];
}

/** Returns advice to leave out the options of training that copy the weights, if that is enough. */
function adviseWithoutCopies(spec: TrialSpec, files: CheckContext, plan: ModelPlan): string {
  const { lookahead, average, earlyStopping, ...training } = spec.training;
  const copies = Object.entries({ lookahead, average, earlyStopping }).filter(
    ([, each]) => each !== undefined,
  );
  const need = computeMemory({ ...spec, training }, files, plan);
  if (copies.length === 0 || need === undefined || need > KERNEL_MEMORY_BYTES) return "";
  return `, or leave out ${copies.map(([name]) => `training.${name}`).join(" and ")}`;
}

/**
 * Returns the number of bytes that a trial allocates. It builds the trial as for training, on a backend that
 * only counts. Returns undefined if a custom part cannot be built on empty tensors. In this case, the run
 * itself reports that the memory is too small.
 */
function computeMemory(spec: TrialSpec, files: CheckContext, plan: ModelPlan): number | undefined {
  const { catalogs } = files;
  const { outputShape } = plan;
  const { initializers, losses, optimizers } = catalogs;
  const batchSize = getBatchSize(spec);
  const start = spec.model.initializer;
  const initializer = { definition: getCatalogEntry(initializers, start), options: getOptions(start) };
  const rng = createRng(0);
  try {
    return estimateMemoryBytes((backend) => {
      allocateImages(backend, spec, files);
      allocateBatches(backend, spec, files);
      const model = plan.build({ backend, batchSize, rng, initializer, initializers });
      const { parameters } = model;
      getCatalogEntry(losses, spec.loss).build(getOptions(spec.loss), { backend, batchSize, outputShape });
      getCatalogEntry(optimizers, spec.optimizer).build(getOptions(spec.optimizer), { backend, parameters });
      createWeightTrackers(spec.training, backend, model);
    });
  } catch {
    return undefined;
  }
}

/** Allocates the training images and the test images with their labels, as `InMemorySplit` does. */
function allocateImages(backend: Backend, { dataset }: TrialSpec, { info }: CheckContext): void {
  const { exampleShape, trainingCount, testCount } = info(dataset);
  for (const count of [trainingCount, testCount]) {
    backend.allocateBytes(count * countElements(exampleShape));
    backend.allocateIntegers(count);
  }
}

/** Allocates the batches of training, validation and test, as `BatchReader` does, and their augmenters. */
function allocateBatches(backend: Backend, spec: TrialSpec, { catalogs, info }: CheckContext): void {
  const { exampleShape } = info(spec.dataset);
  const { validation } = spec.dataset;
  const evaluators = validation === "test" || validation === 0 ? 1 : 2;
  const sizes = [spec.training.batchSize, ...Array<number>(evaluators).fill(EVALUATION_BATCH_SIZE)];
  for (const size of sizes) {
    backend.allocate([size, ...exampleShape]);
    backend.allocateIntegers(2 * size); // labels and indices
  }
  const images = { backend, exampleShape, pixels: undefined };
  const rng = createRng(0);
  createAugmenter(spec, images, rng, catalogs.augmentations);
  for (let i = 0; i < evaluators; i++) createTestTimeAugmentation(spec, images, rng, catalogs.augmentations);
}

/** Returns the largest batch size of a trial, in training or evaluation. */
function getBatchSize({ training }: TrialSpec): number {
  return Math.max(training.batchSize, EVALUATION_BATCH_SIZE);
}

function getOptions({ type: _type, ...options }: PartSpec): Record<string, unknown> {
  return options;
}

function formatBytes(bytes: number): string {
  const hundredths = Math.ceil((bytes / 2 ** 30) * 100); // rounded up: more than the limit
  return `${hundredths / 100} GiB`;
}
