import { createWasmBackend, type Threads } from "@nn/kernels";
import {
  InMemorySplit,
  computeDigest,
  datasets,
  type Dataset,
  type FileContext,
  type LoadContext,
  type ImageOrigins,
} from "@nn/mnist";
import { availableThreads } from "@nn/platform/host";
import type { Backend, Shape } from "@nn/tensor";

import type { ThreadCount } from "./messages.ts";
import type { TrialSpec } from "./trial-spec.ts";

/** A data set in the memory of a backend. */
export interface InMemoryDataset {
  readonly name: string;
  /** Returns the SHA-256 of the data (`computeDigest`). Computes it at the first call. */
  readonly digest: () => string;
  /** Shape of one image: (H, W, C). */
  readonly exampleShape: Shape;
  readonly classes: number;
  /** Names of the classes by label, if they have names. */
  readonly classNames?: readonly string[] | undefined;
  /** The origin of each image, such as its file, if it is known. */
  readonly origins: {
    readonly training?: ImageOrigins | undefined;
    readonly test?: ImageOrigins | undefined;
  };
  readonly training: InMemorySplit;
  readonly test: InMemorySplit;
}

/**
 * The objects that a process keeps between trials: its backend, with compiled kernels, and the images of the
 * last data set in the backend's memory.
 */
export class TrainingRuntime {
  readonly backend: Backend;
  /** The threads. Each trial chooses how many to use; see ThreadTuner. */
  readonly threads: Threads | undefined;
  readonly #releaseMemory: () => void;
  #latest: { readonly key: string; readonly dataset: InMemoryDataset } | undefined;

  constructor(backend: Backend, threads?: Threads) {
    this.backend = backend;
    this.threads = threads;
    this.#releaseMemory = backend.mark();
  }

  /**
   * Returns the data set that a spec names. Reads its files, unless it is the data set of the last call.
   * Throws DatasetError.
   */
  async useDataset(choice: TrialSpec["dataset"], context: FileContext): Promise<InMemoryDataset> {
    const { dataFolder, experimentFolder, onlyEvaluates } = context;
    const key = JSON.stringify([choice, dataFolder, experimentFolder]);
    if (this.#latest?.key === key) return this.#latest.dataset;
    this.#latest = undefined;
    this.#releaseMemory();

    const { name, exampleShape, classes, classNames, training, test } = await loadDataset(choice, {
      dataFolder,
      experimentFolder,
      onlyEvaluates,
    });
    const splits = {
      training: new InMemorySplit(this.backend, training, exampleShape),
      test: new InMemorySplit(this.backend, test, exampleShape),
    };
    let digest: string | undefined;
    const dataset = {
      name,
      digest: () => (digest ??= computeDigest({ exampleShape, ...splits })),
      exampleShape,
      classes,
      classNames,
      origins: { training: training.origins, test: test.origins },
      ...splits,
    };
    this.#latest = { key, dataset };
    return dataset;
  }
}

/**
 * Maximum number of threads that a trial starts with `auto`. Each thread reserves a workspace, even if
 * unused.
 */
const MAX_AUTO_THREADS = 8;

/**
 * Creates a runtime with the fast backend. This is the only code that chooses the backend. The flags of the
 * process determine whether the kernels use 256-bit instructions. The instructions and the number of threads
 * do not affect results. Rejects if a thread does not start.
 */
export async function createTrainingRuntime(
  threads: ThreadCount,
  onNotice: (message: string) => void,
): Promise<TrainingRuntime> {
  const backend = createWasmBackend({ onNotice });
  if (threads !== "auto") {
    if (threads > 1) await backend.startThreads(threads);
    return new TrainingRuntime(backend);
  }
  const reserved = backend.reserveThreads(Math.min(availableThreads, MAX_AUTO_THREADS));
  const start = (): Promise<void> =>
    reserved.start().catch((error: unknown) => {
      onNotice(`notice: training continues on one thread. ${error instanceof Error ? error.message : ""}`);
      throw error;
    });
  return new TrainingRuntime(backend, { ...reserved, start });
}

/** Reads the data set that a spec names. Throws DatasetError. */
export function loadDataset(choice: TrialSpec["dataset"], context: LoadContext): Promise<Dataset> {
  const { type, ...options } = choice;
  const definition = datasets.get(type);
  // The spec was checked against this catalog, so an entry is missing only in a worker of another version.
  if (definition === undefined) throw new Error(`There is no data set of type "${type}".`);
  return definition.load(options, context);
}
