import type { Estimate, ReportData, ReportTrial } from "../../data/report-data.ts";
import {
  pluralize,
  formatCount,
  formatEstimate,
  formatSeconds,
  formatValue,
  joinWords,
  PERCENT,
  getMetricFormat,
  type MetricFormat,
} from "../format.ts";
import { useReport } from "../selection.ts";
import { groupByConfiguration, describeConfiguration, type Configuration } from "../trials/configurations.ts";
import { describeLead } from "./describe-lead.ts";

/** The summary of the run: the question, the best configuration, and a few numbers. */
export function Summary() {
  const { data } = useReport();
  const ranked = groupByConfiguration(data, data.trials);
  const best = ranked.find(({ metric }) => metric !== null);
  return (
    <header class="head">
      <p class="kicker">{data.run}</p>
      <h1>{data.description ?? data.name}</h1>
      {best === undefined ? (
        <p class="lead">No trial of this run is completed.</p>
      ) : (
        <BestResult best={best} />
      )}
      {data.parameters.length > 0 && <p class="swept">{sweptWords(data, ranked)}</p>}
      {best !== undefined && <Tiles best={best} />}
    </header>
  );
}

function BestResult({ best }: { readonly best: Configuration }) {
  const { data } = useReport();
  const metricFormat = getMetricFormat(data.metric);
  const { margin, seeds } = best.metric!;
  const result = (
    <>
      a {metricFormat.label} of <strong>{formatEstimate(metricFormat, best.metric!)}</strong>
      {margin === null ? " with one seed" : ` (mean and 95\u00a0% interval over ${seeds} seeds)`}
    </>
  );
  if (data.parameters.length === 0) return <p class="lead">The network reaches {result}.</p>;
  return (
    <p class="lead">
      The best of {pluralize(data.configurations.length, "configuration")} is{" "}
      <strong>{describeConfiguration(data, best.trials[0]!.values)}</strong>, with {result}.{" "}
      {data.lead !== null && describeLead(data.lead, data.goal, metricFormat)}
    </p>
  );
}

/** Describes the ranges of the experiment file, or the values of its lists that trials used. */
function sweptWords(data: ReportData, ranked: readonly Configuration[]): string {
  const domains = data.parameters.map(({ label, scale, range }, index) => {
    const onScale = scale === "log" ? ", log scale" : "";
    if (range !== null) return `${label} (${formatValue(range.min)} to ${formatValue(range.max)}${onScale})`;
    const values = [...new Set(data.trials.map(({ values }) => values[index] ?? null))].filter(
      (value) => value !== null,
    );
    if (scale === "category" || values.length <= 4)
      return `${label} (${values.sort(byValue).map(formatValue).join(", ")})`;
    const numbers = values.map(Number);
    const [min, max] = [Math.min(...numbers), Math.max(...numbers)];
    return `${label} (${values.length} values from ${formatValue(min)} to ${formatValue(max)}${onScale})`;
  });
  const seeds = Math.max(...ranked.map(({ trials }) => trials.length));
  const parts = [
    `${pluralize(ranked.length, "configuration")} × ${pluralize(seeds, "seed")}`,
    `sampler ${data.sampler ?? "none"}`,
    ...(data.pruner === null ? [] : [`pruner ${data.pruner}`]),
  ];
  return `Swept: ${joinWords(domains)}. ${parts.join(", ")}.`;
}

function byValue(a: number | string, b: number | string): number {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : 1;
}

function Tiles({ best }: { readonly best: Configuration }) {
  const { data } = useReport();
  const metricFormat = getMetricFormat(data.metric);
  const tested = getMetricFormat("test.accuracy");
  const { test } = best;
  const [first] = best.trials;
  const epochs = data.trials.reduce((sum, trial) => sum + trial.ownEpochs, 0);
  const seconds = data.trials.reduce((sum, trial) => sum + (trial.seconds ?? 0), 0);
  return (
    <ul class="tiles">
      <li>
        <EstimateFigure metricFormat={metricFormat} estimate={best.metric!} />
        <span class="what">
          {data.configurations.length > 1
            ? `${metricFormat.label} of the best, the metric of the selection`
            : metricFormat.label}
        </span>
      </li>
      {test !== null && (
        <li>
          <EstimateFigure metricFormat={tested} estimate={test} />
          <span class="what">
            {data.validatesOnTest
              ? "test accuracy, on the images that also selected the best"
              : "test accuracy: never used for model selection"}
          </span>
        </li>
      )}
      {first?.parameters !== null && first !== undefined && (
        <li>
          <Figure text={formatCount(first.parameters)} />
          <span class="what">{sizeWords(first)}</span>
        </li>
      )}
      <li>
        <Figure text={formatCount(epochs)} />
        <span class="what">
          {epochs === 1 ? "epoch" : "epochs"} trained in {pluralize(data.trials.length, "trial")}
          {seconds > 0 && `: ${formatSeconds(seconds)} of computing`}
        </span>
      </li>
    </ul>
  );
}

function sizeWords({ multiplyAdds }: ReportTrial): string {
  return multiplyAdds === null
    ? "parameters"
    : `parameters, ${formatCount(multiplyAdds)} multiply-adds per image`;
}

function EstimateFigure({
  metricFormat,
  estimate: { mean, margin },
}: {
  readonly metricFormat: MetricFormat;
  readonly estimate: Estimate;
}) {
  const interval = margin === null ? undefined : metricFormat.formatInterval(mean - margin, mean + margin);
  return <Figure text={metricFormat.format(mean)} interval={interval} />;
}

function Figure({ text, interval }: { readonly text: string; readonly interval?: string | undefined }) {
  const unit = text.endsWith(PERCENT) ? PERCENT : "";
  return (
    <span class="figure">
      {text.slice(0, text.length - unit.length)}
      {unit !== "" && <small>{unit}</small>} {interval !== undefined && <small>({interval})</small>}
    </span>
  );
}
