import { useMemo, useState } from "preact/hooks";

import type { ReportData } from "../../data/report-data.ts";
import { Figure } from "../charts/chart.tsx";
import { pluralize, formatPercent } from "../format.ts";
import { ConfusionMatrix, type ConfusionCell } from "../images/confusion.tsx";
import { ImageList } from "../images/image-list.tsx";
import { ImageSetSwitch } from "../images/image-set-switch.tsx";
import { NetworkSelect, useNetworkChoice } from "../images/network-choice.tsx";
import { describeSelection, type ShownEvaluation } from "../images/shown-evaluation.ts";
import { useReport } from "../selection.ts";

/** Maximum number of images to show at once. */
const MAX_SHOWN = 24;

/** Whether the outputs of a network are stored. */
export function hasMistakes(data: ReportData): boolean {
  return data.evaluation !== null;
}

/** The confusion matrix and the images of each cell. */
export function Mistakes() {
  const { data, ...report } = useReport();
  const evaluation = report.evaluation!;
  const choice = useNetworkChoice(evaluation);
  const network = choice.chosen;
  const [cell, setCell] = useState<ConfusionCell>();
  const { confusion } = evaluation.networks[network]!;
  const right = confusion.reduce((sum, row, at) => sum + row[at]!, 0);
  const { set, imageCount } = evaluation;
  const wrong = imageCount - right;
  const isEmpty = cell === undefined || confusion[cell.actual]![cell.predicted] === 0;
  const shownCell = isEmpty ? largestMistake(confusion) : cell;
  return (
    <>
      <h2>Mistakes of the network</h2>
      <p class="intro">
        {pluralize(wrong, "mistake")} among {pluralize(imageCount, `${set} image`)} (
        {formatPercent(wrong / imageCount, 2)}). {describeSelection(data, set)}
      </p>
      <div class="controls">
        <ImageSetSwitch />
        <NetworkSelect evaluation={evaluation} label="Network" choice={choice} />
      </div>
      <Figure
        title="Confusion matrix"
        caption={
          <>
            Rows are true classes, columns are predicted classes. Strong colors are frequent mistakes. The
            gray diagonal is correct. Click a cell to see its images.
          </>
        }
      >
        <div class="two">
          <ConfusionMatrix evaluation={evaluation} network={network} chosen={shownCell} onChoose={setCell} />
          {shownCell !== undefined && (
            <CellImages evaluation={evaluation} network={network} cell={shownCell} />
          )}
        </div>
      </Figure>
      {evaluation.images !== null && <Mistaken evaluation={evaluation} network={network} />}
    </>
  );
}

function largestMistake(confusion: readonly (readonly number[])[]): ConfusionCell | undefined {
  const cells = confusion.flatMap((row, actual) =>
    row.flatMap((images, predicted) =>
      actual === predicted || images === 0 ? [] : [{ actual, predicted, images }],
    ),
  );
  const max = Math.max(...cells.map(({ images }) => images));
  return cells.find(({ images }) => images === max);
}

function CellImages({
  evaluation,
  network,
  cell: { actual, predicted },
}: {
  readonly evaluation: ShownEvaluation;
  readonly network: number;
  readonly cell: ConfusionCell;
}) {
  const { classes, images, networks } = evaluation;
  const { confusion, predicted: predictedClasses, confidences } = networks[network]!;
  const total = confusion[actual]![predicted]!;
  if (images === null)
    return <p>The images are not part of this report, because the data set was not found.</p>;
  const items = predictedClasses
    .flatMap((given, item) => (given === predicted && images.label[item] === actual ? [item] : []))
    .sort((a, b) => confidences[b]! - confidences[a]!);
  if (actual === predicted) items.reverse();
  const shown = items.slice(0, 20);
  const title =
    actual === predicted
      ? `${classes[actual]}, predicted correctly`
      : `${classes[actual]}, predicted as ${classes[predicted]}`;
  return (
    <div aria-live="polite">
      <h3>{title}</h3>
      <p class="intro" style={{ margin: 0 }}>
        {pluralize(total, "image")}
        {shown.length < total && `, of which ${shown.length} are shown`}
        {total > 1 && (actual === predicted ? ", the least confident first" : ", the most confident first")}.
      </p>
      <ImageList evaluation={evaluation} network={network} items={shown} label={title} />
    </div>
  );
}

function Mistaken({
  evaluation,
  network,
}: {
  readonly evaluation: ShownEvaluation;
  readonly network: number;
}) {
  const { networks, images, missedByAll } = evaluation;
  const { predicted, confidences } = networks[network]!;
  const { label } = images!;
  const confident = useMemo(
    () =>
      predicted
        .flatMap((given, item) => (given === label[item] ? [] : [item]))
        .sort((a, b) => confidences[b]! - confidences[a]!)
        .slice(0, MAX_SHOWN),
    [predicted, confidences, label],
  );
  const everywhere = useMemo(
    () =>
      confident
        .concat(label.map((_, item) => item))
        .filter((item, at, all) => {
          return all.indexOf(item) === at && networks.every((each) => each.predicted[item] !== label[item]);
        })
        .slice(0, MAX_SHOWN),
    [confident, networks, label],
  );
  return (
    <>
      {confident.length > 0 && (
        <Figure
          title="Most confident mistakes"
          caption={
            <>
              Wrong predictions with the highest probability. Some of these images are ambiguous or
              mislabeled; the others show what the network has not learned.
            </>
          }
        >
          <ImageList
            evaluation={evaluation}
            network={network}
            items={confident}
            label="Most confident mistakes"
            isRow
          />
        </Figure>
      )}
      {networks.length > 1 && everywhere.length > 0 && (
        <Figure
          title={`Mistakes of all ${networks.length} networks`}
          caption={
            <>
              No stored network classifies these images correctly ({pluralize(missedByAll, "image")} in all).
              None of these configurations would have been better on them.
            </>
          }
        >
          <ImageList
            evaluation={evaluation}
            network={network}
            items={everywhere}
            label="Mistakes of all networks"
            isRow
          />
        </Figure>
      )}
    </>
  );
}
