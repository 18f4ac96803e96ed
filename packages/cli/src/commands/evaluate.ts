import { toPrintable, toPrintableLine } from "@nn/platform/printable";
import {
  computeClassMetrics,
  createTrainingRuntime,
  evaluateSaved,
  computeTopKAccuracies,
  type SavedEvaluation,
} from "@nn/training";

import { writeJson } from "../terminal/data-output.ts";
import { formatEvaluation } from "../terminal/evaluation.ts";
import { formatNotices } from "../terminal/notices.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { resolveDataFolder } from "./data-folder.ts";
import { resolveDatasetArgument } from "./dataset-argument.ts";
import { prepareKernelsAndData } from "./download-data.ts";
import { findNetwork, type FoundNetwork } from "./find-network.ts";
import { noticeOtherMetrics } from "./recorded-metrics.ts";

/** Command-line options of `evaluate`. */
export interface EvaluateOptions {
  /** The number of a trial, instead of the best one. */
  readonly trial?: number | undefined;
  /** A data set in YAML, such as `fashion-mnist` or `{ type: images, path: … }`. */
  readonly dataset?: string | undefined;
  readonly data?: string | undefined;
  readonly threads?: number | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Runs `evaluate RUN`: computes all metrics of a trained network, on its own data set or another one. Returns
 * the exit code. Throws ExperimentError, DatasetError and RunDirectoryError.
 */
export async function evaluateCommand(
  where: string,
  options: EvaluateOptions,
  terminal: Terminal,
): Promise<number> {
  const found = findNetwork(where, options.trial);
  const { network, experimentFolder } = found;
  terminal.err.write(formatNotices(found.notices));
  const other =
    options.dataset === undefined ? undefined : await resolveDatasetArgument(options.dataset, network);
  const context = { dataFolder: resolveDataFolder(options), experimentFolder };
  const spec = { ...network.spec, dataset: other ?? network.spec.dataset };

  // With --json, standard output contains only the result.
  const screen = options.json === true ? { ...terminal, out: terminal.err } : terminal;
  const data = await prepareKernelsAndData([spec.dataset], { ...context, onlyEvaluates: true }, screen);
  const changed = other === undefined ? noticeChangedData(found, data) : [];
  terminal.err.write(formatNotices(changed));
  const runtime = await createTrainingRuntime(options.threads ?? 1, (notice) => {
    terminal.err.write(formatNotices([notice]));
  });
  const evaluation = await evaluateSaved(runtime, network, context, other);

  const isAsTrained = other === undefined && changed.length === 0 && !found.hasChangedParts;
  terminal.err.write(
    formatNotices([
      ...evaluation.notices,
      ...(isAsTrained ? noticeOtherMetrics(network.source, evaluation) : []),
    ]),
  );
  if (options.json === true) {
    writeJson(toJson(network.source, evaluation), terminal);
    return 0;
  }
  if (found.reason !== undefined) terminal.out.write(`${toPrintable(found.reason)}\n`);
  terminal.out.write(`${toPrintableLine(network.source)}\n`);
  if (other !== undefined) terminal.out.write(`evaluated on the test images of ${other.type}\n`);
  terminal.out.write("\n");
  for (const line of formatEvaluation(evaluation, terminal.width)) terminal.out.write(`${line}\n`);
  return 0;
}

/** Notices about data sets that differ from those with which the network was trained. */
function noticeChangedData(
  { dataHashes, network }: FoundNetwork,
  current: Awaited<ReturnType<typeof prepareKernelsAndData>>,
): string[] {
  return current
    .filter(({ name, sha256 }) => dataHashes.has(name) && dataHashes.get(name) !== sha256)
    .map(
      ({ name, source }) =>
        `${name} (${source}) has changed since ${network.source} was trained. The metrics are those of the changed ` +
        `data, and the validation images may be others`,
    );
}

/** Returns everything that was computed, with all digits. */
function toJson(source: string, { validation, test, predictions, classNames }: SavedEvaluation): object {
  const { confusion, ranks } = predictions;
  return {
    network: source,
    ...(validation === undefined ? {} : { validation }),
    test,
    topAccuracies: computeTopKAccuracies(ranks),
    classes: computeClassMetrics(confusion).map((each) => ({
      name: String(classNames?.[each.class] ?? each.class),
      images: each.images,
      precision: each.precision,
      recall: each.recall,
      f1: each.f1,
    })),
    confusion,
  };
}
