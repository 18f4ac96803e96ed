import * as Plot from "@observablehq/plot";
import { useCallback } from "preact/hooks";

import type { NetworkPredictions } from "../../data/network-data.ts";
import { Chart, Figure } from "../charts/chart.tsx";
import { colors } from "../colors.ts";
import { formatLoss, formatPercent } from "../format.ts";
import { ImageSetSwitch } from "../images/image-set-switch.tsx";
import { NetworkSelect, useNetworkChoice } from "../images/network-choice.tsx";
import type { ShownEvaluation } from "../images/shown-evaluation.ts";
import { useReport } from "../selection.ts";

/** The calibration of a network: whether its probabilities match its accuracy. */
export function Calibration() {
  const evaluation = useReport().evaluation!;
  const choice = useNetworkChoice(evaluation);
  const network = evaluation.networks[choice.chosen]!;
  const { expectedError, brier } = network.calibration;
  return (
    <>
      <h2>Calibration</h2>
      <p class="intro">
        Expected calibration error <strong>{formatPercent(expectedError, 2)}</strong>, Brier score{" "}
        <strong>{formatLoss(brier)}</strong> (0 is perfect, 2 the worst), on the {evaluation.set} images.
      </p>
      <div class="controls">
        <ImageSetSwitch />
        <NetworkSelect evaluation={evaluation} label="Network" choice={choice} />
      </div>
      <div class="grid three">
        <Reliability network={network} />
        <Coverage network={network} />
        {network.topAccuracies.length > 1 && <TopK network={network} evaluation={evaluation} />}
      </div>
    </>
  );
}

const frame = { height: 260, marginLeft: 46, marginBottom: 40, marginTop: 22, marginRight: 12 } as const;
const below = { labelAnchor: "center", labelArrow: "none" } as const;

function Reliability({ network }: { readonly network: NetworkPredictions }) {
  const { bins, expectedError } = network.calibration;
  const plot = useCallback(
    (): Plot.PlotOptions => ({
      ...frame,
      x: { domain: [0, 100], label: "confidence (%)", ...below, ticks: 5 },
      y: { domain: [0, 100], label: "accuracy (%)", labelArrow: "none", grid: true, ticks: 5 },
      marks: [
        Plot.line(
          [
            [0, 0],
            [100, 100],
          ],
          { stroke: colors.gray, strokeDasharray: "4 4" },
        ),
        Plot.rect(bins, {
          x1: (bin) => 100 * bin.from,
          x2: (bin) => 100 * bin.to,
          y1: 0,
          y2: (bin) => 100 * bin.accuracy,
          inset: 1,
          fill: colors.blue,
          fillOpacity: 0.3,
        }),
        Plot.link(bins, {
          x1: (bin) => 100 * bin.confidence,
          x2: (bin) => 100 * bin.confidence,
          y1: (bin) => 100 * bin.confidence,
          y2: (bin) => 100 * bin.accuracy,
          stroke: colors.orange,
          strokeWidth: 2,
        }),
        Plot.dot(bins, {
          x: (bin) => 100 * bin.confidence,
          y: (bin) => 100 * bin.accuracy,
          r: (bin) => Math.sqrt(bin.images),
          fill: colors.blue,
        }),
      ],
      r: { range: [2, 7] },
    }),
    [network],
  );
  const over = bins.reduce(
    (sum, { images, confidence, accuracy }) => sum + images * (confidence - accuracy),
    0,
  );
  const total = bins.reduce((sum, { images }) => sum + images, 0);
  const gap = over / total;
  const verdict =
    expectedError < 0.01
      ? "The dots lie close to the diagonal: the network is well calibrated."
      : gap > 0
        ? "The dots lie below the diagonal: the network is overconfident."
        : "The dots lie above the diagonal: the network is underconfident.";
  return (
    <Figure
      title="Reliability"
      caption={<>{verdict} Orange lines are the gaps; large dots have many images.</>}
    >
      <Chart label="Accuracy against confidence" plot={plot} />
    </Figure>
  );
}

function Coverage({ network }: { readonly network: NetworkPredictions }) {
  const { coverage } = network.calibration;
  const plot = useCallback(
    (): Plot.PlotOptions => ({
      ...frame,
      x: { domain: [0, 100], label: "coverage: share of images classified (%)", ...below, ticks: 5 },
      y: { label: "accuracy (%)", labelArrow: "none", grid: true, ticks: 5, nice: true },
      marks: [
        Plot.line(coverage, {
          x: ({ share }) => 100 * share,
          y: ({ accuracy }) => 100 * accuracy,
          stroke: colors.blue,
          strokeWidth: 2.25,
        }),
        Plot.dot(coverage.slice(-1), {
          x: ({ share }) => 100 * share,
          y: ({ accuracy }) => 100 * accuracy,
          r: 4,
          fill: colors.orange,
        }),
      ],
    }),
    [network],
  );
  const surest = coverage.find(({ share }) => share >= 0.9);
  return (
    <Figure
      title="Accuracy against coverage"
      caption={
        <>
          Accuracy if the network classifies only the images with the highest confidence.{" "}
          {surest === undefined
            ? ""
            : `It is ${formatPercent(surest.accuracy, 2)} for the most confident ${formatPercent(surest.share, 0)}.`}
        </>
      }
    >
      <Chart label="Accuracy against coverage" plot={plot} />
    </Figure>
  );
}

function TopK({
  network,
  evaluation,
}: {
  readonly network: NetworkPredictions;
  readonly evaluation: ShownEvaluation;
}) {
  const { topAccuracies } = network;
  const plot = useCallback((): Plot.PlotOptions => {
    const rows = topAccuracies.map((accuracy, at) => ({ top: `${at + 1}`, accuracy: 100 * accuracy }));
    const min = rows[0]!.accuracy;
    return {
      ...frame,
      x: { label: "k", ...below, padding: 0.7, type: "point" },
      y: {
        label: "accuracy (%)",
        labelArrow: "none",
        grid: true,
        ticks: 5,
        domain: [min - 0.14 * (100 - min), 100 + 0.05 * (100 - min)],
      },
      marks: [
        Plot.line(rows, { x: "top", y: "accuracy", stroke: colors.blue, strokeWidth: 1.5 }),
        Plot.dot(rows, { x: "top", y: "accuracy", r: 4.5, fill: colors.blue }),
        Plot.text(rows, {
          x: "top",
          y: "accuracy",
          text: ({ accuracy }) => accuracy.toFixed(2),
          textAnchor: "start",
          dx: 6,
          dy: 12,
          fontSize: 12,
          fill: colors.ink,
          stroke: colors.card,
          strokeWidth: 4,
        }),
      ],
    };
  }, [network]);
  const second = topAccuracies[1]!;
  return (
    <Figure
      title="Top-k accuracy"
      caption={
        <>
          How often the true class is among the k most probable classes of {evaluation.classes.length}. The
          second guess covers {formatPercent((second - topAccuracies[0]!) / (1 - topAccuracies[0]! || 1), 0)}{" "}
          of the mistakes.
        </>
      }
    >
      <Chart label="Top-k accuracy" plot={plot} />
    </Figure>
  );
}
