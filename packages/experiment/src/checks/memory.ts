import { KERNEL_MEMORY_BYTES, estimateMemoryBytes } from "@nn/kernels";
import type { ModelPlan } from "@nn/layers";
import { createRng, countElements } from "@nn/tensor";
import { EVALUATION_BATCH_SIZE, formatPath, type PartSpec, type TrialSpec } from "@nn/training";

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
  const batchSize = getBatchSize(spec);
  const sizes = plan.layers.map(
    ({ parameters, outputShape }) => parameters + batchSize * countElements(outputShape),
  );
  const path = ["model", "layers", sizes.indexOf(Math.max(...sizes))];
  const isOfEvaluation = spec.training.batchSize < EVALUATION_BATCH_SIZE;
  const byBatch = spec.training.batchSize > EVALUATION_BATCH_SIZE;
  return [
    {
      path,
      message:
        `with this network and ${isOfEvaluation ? "evaluation in " : ""}batches of ${batchSize} images, ` +
        `a trial needs ${formatBytes(need)} of memory; ${formatPath(path)} needs the largest part`,
      expected: `at most ${formatBytes(KERNEL_MEMORY_BYTES)}, the memory limit of the kernels`,
      advice: byBatch
        ? "Make that layer or training.batchSize smaller."
        : `Make that layer smaller.${isOfEvaluation ? " A smaller training.batchSize does not help." : ""}`,
    },
  ];
}

/**
 * Returns the number of bytes that a trial allocates. It builds the trial as for training, on a backend that
 * only counts. Returns undefined if a custom part cannot be built on empty tensors. In this case, the run
 * itself reports that the memory is too small.
 */
function computeMemory(
  spec: TrialSpec,
  { catalogs, info }: CheckContext,
  plan: ModelPlan,
): number | undefined {
  const { outputShape } = plan;
  const { exampleShape, trainingCount } = info(spec.dataset);
  const { initializers, losses, optimizers } = catalogs;
  const batchSize = getBatchSize(spec);
  const start = spec.model.initializer;
  const initializer = { definition: getCatalogEntry(initializers, start), options: getOptions(start) };
  const rng = createRng(0);
  try {
    return estimateMemoryBytes((backend) => {
      backend.allocateBytes(trainingCount * countElements(exampleShape));
      backend.allocate([batchSize, ...exampleShape]);
      const { parameters } = plan.build({ backend, batchSize, rng, initializer, initializers });
      getCatalogEntry(losses, spec.loss).build(getOptions(spec.loss), { backend, batchSize, outputShape });
      getCatalogEntry(optimizers, spec.optimizer).build(getOptions(spec.optimizer), { backend, parameters });
    });
  } catch {
    return undefined;
  }
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
