import { useMemo, useState } from "preact/hooks";

import type { ReportNetwork } from "../../data/network-data.ts";
import type { ReportData } from "../../data/report-data.ts";
import { Figure } from "../charts/chart.tsx";
import { pluralize, formatPercent } from "../format.ts";
import { ImageList } from "../images/image-list.tsx";
import { ImageSetSwitch } from "../images/image-set-switch.tsx";
import type { ShownEvaluation } from "../images/shown-evaluation.ts";
import { getPixels, useImages } from "../images/sprite.ts";
import { getFirstLayerFilters } from "../network/first-layer-filters.ts";
import { isFeatureMap, LayerOutputs, listLayerOutputs } from "../network/layer-outputs.tsx";
import type { PageModel } from "../network/page-model.ts";
import { PixelMap } from "../network/pixel-map.tsx";
import { useModel } from "../network/use-model.ts";
import { useReport } from "../selection.ts";

/** Whether the page contains the network of the best trial. */
export function hasNetwork(data: ReportData): boolean {
  return data.evaluation?.network != null;
}

/** The internals of the best trial's network: its filters, and the outputs of its layers for an image. */
export function NetworkInternals() {
  const { data, ...report } = useReport();
  const evaluation = report.evaluation!;
  const network = data.evaluation!.network!;
  const model = useModel(network);
  return (
    <>
      <h2>Inside the network</h2>
      <p class="intro">
        The network of trial {network.trial}. It runs in this page, with the same code that trained it.
        {network.precision === "float16" && " Its weights are rounded to float16 to keep the file small."}
      </p>
      {model !== undefined && <FirstFilters model={model} />}
      {model !== undefined && evaluation.images !== null && (
        <OneImage key={evaluation.set} evaluation={evaluation} network={network} model={model} />
      )}
    </>
  );
}

function FirstFilters({ model }: { readonly model: PageModel }) {
  const filters = useMemo(() => getFirstLayerFilters(model), [model]);
  if (filters === undefined) return null;
  const { kind, pictures, total, width, height } = filters;
  const shown = pictures.length < total ? `The ${pictures.length} largest of ${total}. ` : "";
  return (
    <Figure
      title="Filters of the first layer"
      caption={
        kind === "dense" ? (
          <>
            {shown}Each square shows the weights of one neuron over the image: blue pixels increase its
            output, orange pixels decrease it.
          </>
        ) : (
          <>
            {shown}Each square is one filter of {width} × {height} pixels: its output is large where the image
            resembles it. Blue weights are positive, orange weights are negative.
          </>
        )
      }
    >
      <div
        class={width < 12 ? "filters small" : "filters"}
        role="img"
        aria-label={`${pluralize(pictures.length, "filter")} of the first layer`}
      >
        {pictures.map((picture, at) => (
          <PixelMap key={at} width={width} height={height} values={picture} colors="signed" />
        ))}
      </div>
    </Figure>
  );
}

/** Number of images from which the reader can choose. */
const OFFERED = 12;

function OneImage({
  evaluation,
  network,
  model,
}: {
  readonly evaluation: ShownEvaluation;
  readonly network: ReportNetwork;
  readonly model: PageModel;
}) {
  const offered = useMemo(() => imagesToOffer(evaluation), [evaluation]);
  const [item, setItem] = useState(offered[0]!);
  const images = useImages(evaluation.images);
  const [height = 1, width = 1, channels = 1] = network.inputShape;
  const seen = useMemo(() => {
    if (images === undefined) return undefined;
    const image = getPixels(images, item, channels);
    const probabilities = model.probabilities(image);
    const predicted = probabilities.indexOf(Math.max(...probabilities));
    return {
      image,
      predicted,
      probability: probabilities[predicted]!,
      saliency: model.saliency(image, predicted),
      layers: listLayerOutputs(model, image),
    };
  }, [images, item, model, channels]);
  if (seen === undefined) return null;
  const { layers } = seen;
  const predicted = evaluation.classes[seen.predicted]!;
  const truth = evaluation.classes[evaluation.images!.label[item]!]!;
  const map = Float32Array.from({ length: height * width }, (_, pixel) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += seen.saliency[pixel * channels + channel]!;
    return sum;
  });
  return (
    <Figure
      title="The outputs of the layers for one image"
      caption={
        <>
          Saliency is the derivative of the largest output by each pixel (Simonyan et al. 2014). Brighter blue
          pixels would increase this output, brighter orange pixels would decrease it.{" "}
          {layers.some(({ activation }) => isFeatureMap(activation)) &&
            "Each square is one channel of a layer's output. Bright pixels are large numbers. "}
          Each bar is the output of one neuron. The orange bar is the predicted class.
        </>
      }
    >
      <div class="controls">
        <ImageSetSwitch />
      </div>
      <ImageList
        evaluation={evaluation}
        network={0}
        items={offered}
        label="Images to choose from"
        isRow
        chosen={item}
        onChoose={setItem}
      />
      <div class="side one-image" aria-live="polite">
        <div class="pair-of-images">
          <div>
            <PixelMap
              width={width}
              height={height}
              values={seen.image}
              colors="bytes"
              label={`The image, ${truth}`}
            />
            <p>
              true {truth}
              <br />
              predicted <strong>{predicted}</strong>, {formatPercent(seen.probability, 1)}
            </p>
          </div>
          <div>
            <PixelMap
              width={width}
              height={height}
              values={map}
              colors="signed"
              label={`Saliency of the predicted class ${predicted}`}
            />
            <p>
              saliency
              <br />
              of “{predicted}”
            </p>
          </div>
        </div>
        <LayerOutputs layers={layers} classes={evaluation.classes} />
      </div>
    </Figure>
  );
}

/**
 * Returns the images to choose from: a correctly classified image per class, then the most confident
 * mistakes.
 */
function imagesToOffer({ images, networks }: ShownEvaluation): number[] {
  const { predicted, confidences } = networks[0]!;
  const { label } = images!;
  const items = label.map((_, item) => item);
  const mistakes = items
    .filter((item) => predicted[item] !== label[item])
    .sort((a, b) => confidences[b]! - confidences[a]!)
    .slice(0, OFFERED / 2);
  const right = items.filter((item) => predicted[item] === label[item]);
  const ofClasses = [...Map.groupBy(right, (item) => label[item]!).values()].flatMap((own) =>
    own.slice(0, 1),
  );
  return [...ofClasses.slice(0, OFFERED - mistakes.length), ...mistakes];
}
