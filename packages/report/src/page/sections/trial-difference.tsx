import type { NetworkPair } from "../../data/network-data.ts";
import type { ReportData, ReportTrial } from "../../data/report-data.ts";
import { Figure } from "../charts/chart.tsx";
import {
  pluralize,
  formatCount,
  formatPValue,
  formatPercent,
  formatValue,
  getTrialMetric,
  getMetricFormat,
} from "../format.ts";
import { ImageList } from "../images/image-list.tsx";
import { ImageSetSwitch } from "../images/image-set-switch.tsx";
import { NetworkSelect, useNetworkChoice } from "../images/network-choice.tsx";
import type { ShownEvaluation } from "../images/shown-evaluation.ts";
import { useReport } from "../selection.ts";

/** Maximum number of images to show. */
const MAX_SHOWN = 24;

/** Whether there are two networks to compare. */
export function hasNetworkPairs(data: ReportData): boolean {
  return data.evaluation !== null && data.evaluation.sets.some(({ networks }) => networks.length > 1);
}

/** A comparison of two trials: their settings, their results, and the images on which they disagree. */
export function TrialDifference() {
  const { data, ...report } = useReport();
  const evaluation = report.evaluation!;
  const one = useNetworkChoice(evaluation, 0);
  const other = useNetworkChoice(evaluation, firstOfAnotherConfiguration(data, evaluation));
  const pair = pairOf(evaluation, one.chosen, other.chosen);
  return (
    <>
      <h2>Compare two trials</h2>
      <p class="intro">
        {pair !== undefined
          ? disagreementWords(evaluation, pair)
          : evaluation.networks.length < 2
            ? "Only one of the stored networks has these validation images."
            : "Choose two different trials."}
      </p>
      <div class="controls">
        <ImageSetSwitch />
        <NetworkSelect evaluation={evaluation} label="First" choice={one} />
        <NetworkSelect evaluation={evaluation} label="Second" choice={other} />
      </div>
      {pair !== undefined && (
        <>
          <div class="grid">
            <Settings
              trials={[trialOf(data, evaluation, one.chosen), trialOf(data, evaluation, other.chosen)]}
            />
            <Agreement evaluation={evaluation} first={one.chosen} pair={pair} />
          </div>
          {evaluation.images !== null && (
            <Disagreements
              evaluation={evaluation}
              first={one.chosen}
              second={other.chosen}
              total={pair.different}
            />
          )}
        </>
      )}
    </>
  );
}

function firstOfAnotherConfiguration(data: ReportData, { networks }: ShownEvaluation): number {
  const configuration = (trial: number): number | undefined =>
    data.trials.find(({ number }) => number === trial)?.configuration;
  const [first] = networks;
  const found = networks.findIndex(({ trial }) => configuration(trial) !== configuration(first!.trial));
  return found === -1 ? 1 : found;
}

/** A pair in the order in which the reader chose it. */
type Ordered = Omit<NetworkPair, "first" | "second">;

function pairOf({ pairs }: ShownEvaluation, one: number, other: number): Ordered | undefined {
  const found = pairs.find(
    ({ first, second }) => (first === one && second === other) || (first === other && second === one),
  );
  if (found === undefined) return undefined;
  const { first, different, onlyFirst, onlySecond, pValue } = found;
  return first === one
    ? { different, onlyFirst, onlySecond, pValue }
    : { different, onlyFirst: onlySecond, onlySecond: onlyFirst, pValue };
}

function disagreementWords(
  { set, imageCount }: ShownEvaluation,
  { different, onlyFirst, onlySecond, pValue }: Ordered,
): string {
  const share = formatPercent(different / imageCount, 2);
  const start =
    `They disagree on ${pluralize(different, `${set} image`)} (${share}): ` +
    `only the first is correct on ${formatCount(onlyFirst)}, ` +
    `only the second on ${formatCount(onlySecond)}.`;
  const test = `McNemar test, ${formatPValue(pValue)}`;
  if (pValue >= 0.05) return `${start} On these images, neither is significantly better (${test}).`;
  const better = onlyFirst > onlySecond ? "first" : "second";
  return `${start} The ${better} is better on these images (${test}); another seed may change that.`;
}

function trialOf(data: ReportData, { networks }: ShownEvaluation, index: number): ReportTrial {
  return data.trials.find(({ number }) => number === networks[index]!.trial)!;
}

/** A name, and its value in each of the two trials. */
type PairRow = readonly [name: string, first: string, second: string];

/** The settings that differ, and the results of both trials. */
function Settings({ trials }: { readonly trials: readonly [ReportTrial, ReportTrial] }) {
  const { data } = useReport();
  const show = (format: (value: number) => string, value: number | null): string =>
    value === null ? "–" : format(value);
  const pairOf = (name: string, read: (trial: ReportTrial) => string): PairRow => [
    name,
    read(trials[0]),
    read(trials[1]),
  ];
  const isDifferent = ([, first, second]: PairRow): boolean => first !== second;
  const settings = [
    ...data.parameters.map(({ path }, index) =>
      pairOf(path, ({ values }) => formatValue(values[index] ?? null)),
    ),
    pairOf("seed", ({ seed }) => `${seed}`),
  ].filter(isDifferent);
  const metrics = [...new Set([data.metric, "test.accuracy"] as const)].map((metric) => {
    const { label, format } = getMetricFormat(metric);
    return pairOf(label, (trial) => show(format, getTrialMetric(trial, metric)));
  });
  const sizes = [
    pairOf("epochs", ({ epochs }) => formatCount(epochs)),
    pairOf("parameters", ({ parameters }) => show(formatCount, parameters)),
  ].filter(isDifferent);
  return (
    <div class="card">
      <div class="scroll" tabIndex={0} role="region" aria-label="Settings and results of both trials">
        <table class="pair">
          <thead>
            <tr>
              <th scope="col">
                {settings.length === 0 ? "All settings are the same" : "Setting that differs"}
              </th>
              {trials.map(({ number }) => (
                <th key={number} scope="col">
                  trial {number}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <PairRows rows={settings} />
          </tbody>
          <tbody>
            <tr>
              <th scope="rowgroup" colSpan={3}>
                Result
              </th>
            </tr>
            <PairRows rows={[...metrics, ...sizes]} />
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** A number stays on one line. A block of the experiment file may need several lines. */
const numberClass = (cell: string): string => (/\d/.test(cell[0]!) ? "number" : "");

function PairRows({ rows }: { readonly rows: readonly PairRow[] }) {
  return (
    <>
      {rows.map(([name, first, second]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td class={numberClass(first)}>{first}</td>
          <td class={numberClass(second)}>{second}</td>
        </tr>
      ))}
    </>
  );
}
/** A 2 × 2 table of the images that each network classifies correctly. */
function Agreement({
  evaluation,
  first,
  pair: { onlyFirst, onlySecond },
}: {
  readonly evaluation: ShownEvaluation;
  readonly first: number;
  readonly pair: Ordered;
}) {
  const right = evaluation.networks[first]!.confusion.reduce((sum, row, at) => sum + row[at]!, 0);
  const both = right - onlyFirst;
  const neither = evaluation.imageCount - both - onlyFirst - onlySecond;
  return (
    <div class="card">
      <table class="pair">
        <thead>
          <tr>
            <th scope="col">{evaluation.set === "test" ? "Test images" : "Validation images"}</th>
            <th scope="col">second right</th>
            <th scope="col">second wrong</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">first right</th>
            <td>{formatCount(both)}</td>
            <td>{formatCount(onlyFirst)}</td>
          </tr>
          <tr>
            <th scope="row">first wrong</th>
            <td>{formatCount(onlySecond)}</td>
            <td>{formatCount(neither)}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function Disagreements({
  evaluation,
  first,
  second,
  total,
}: {
  readonly evaluation: ShownEvaluation;
  readonly first: number;
  readonly second: number;
  readonly total: number;
}) {
  const { classes, images, networks } = evaluation;
  const [one, other] = [networks[first]!, networks[second]!];
  const items = one.predicted
    .flatMap((label, item) => (label === other.predicted[item] ? [] : [item]))
    .sort((a, b) => one.confidences[b]! + other.confidences[b]! - one.confidences[a]! - other.confidences[a]!)
    .slice(0, MAX_SHOWN);
  if (items.length === 0) return null;
  return (
    <Figure
      title="Images on which they disagree"
      caption={
        <>
          {items.length} of {formatCount(total)}, those with the highest confidence of both first. Below each:
          the classes predicted by trial {one.trial} and by trial {other.trial}, and the true class.
        </>
      }
    >
      <ImageList
        evaluation={evaluation}
        items={items}
        label="Images on which both trials disagree"
        isRow
        lines={(item) => [
          `${classes[one.predicted[item]!]} or ${classes[other.predicted[item]!]}?`,
          `true ${classes[images!.label[item]!]}`,
        ]}
      />
    </Figure>
  );
}
