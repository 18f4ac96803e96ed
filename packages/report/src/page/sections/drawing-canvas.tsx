import { preparePhoto } from "@nn/mnist/photos";
import { useEffect, useRef, useState } from "preact/hooks";

import type { ReportNetwork } from "../../data/network-data.ts";
import { formatPercent } from "../format.ts";
import { drawImage, useImages, type Images } from "../images/sprite.ts";
import { PixelMap } from "../network/pixel-map.tsx";
import { useModel } from "../network/use-model.ts";
import { useReport } from "../selection.ts";

/** Size of the drawing in pixels. */
const SIZE = 280;
/** Width of a stroke in pixels: about that of the strokes of MNIST at the same scale. */
const STROKE = 22;

/**
 * Up to this many classes are listed in the order of their labels. If there are more, only the most probable
 * ones are listed.
 */
const MAX_IN_ORDER = 10;

interface Prediction {
  readonly image: Uint8Array;
  readonly probabilities: readonly number[];
}

/** A canvas to draw on. The network predicts a class after every stroke. */
export function DrawingCanvas() {
  const { data, evaluation } = useReport();
  const { network } = data.evaluation!;
  const { classes, set, images: sprite } = evaluation!;
  const images = useImages(sprite);
  const [example, setExample] = useState(0);
  const model = useModel(network!);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [prediction, setPrediction] = useState<Prediction>();
  const [height = 1, width = 1] = network!.inputShape;

  useEffect(() => {
    if (canvas.current !== null) clear(canvas.current);
  }, []);

  const ask = (): void => {
    if (canvas.current === null || model === undefined) return;
    const image = prepare(canvas.current, network!);
    setPrediction(image && { image, probabilities: model.probabilities(image) });
  };
  const stroke = useStroke(canvas, ask);
  const showExample = (): void => {
    if (canvas.current === null || images === undefined) return;
    drawExample(canvas.current, images, example % images.sprite.index.length);
    setExample(example + 37);
    ask();
  };
  const probabilities = prediction?.probabilities ?? classes.map(() => 0);
  const byLabel = probabilities.map((probability, label) => ({ probability, name: classes[label]! }));
  const ranked = byLabel.toSorted((a, b) => b.probability - a.probability);
  const shown = classes.length <= MAX_IN_ORDER ? byLabel : ranked.slice(0, MAX_IN_ORDER);

  return (
    <>
      <h2>{network!.drawsSymbols ? "Draw a digit" : "Draw an image"}</h2>
      <p class="intro">
        The network of trial {network!.trial} predicts a class after every stroke. The drawing is scaled and
        centered as its training images were.
      </p>
      <div class="card draw">
        <div class="side">
          <div>
            <div class="canvas">
              <canvas
                ref={canvas}
                width={SIZE}
                height={SIZE}
                role="img"
                aria-label="Drawing: draw with the mouse, a finger or a pen"
                {...stroke}
              />
              {prediction === undefined && (
                <span class="hint" aria-hidden="true">
                  draw here
                </span>
              )}
            </div>
            <div class="controls" style={{ margin: "12px 0 0" }}>
              <button
                type="button"
                onClick={() => {
                  if (canvas.current !== null) clear(canvas.current);
                  setPrediction(undefined);
                }}
              >
                Clear
              </button>
              {images !== undefined && (
                <button type="button" onClick={showExample}>
                  {set === "test" ? "Test image" : "Validation image"}
                </button>
              )}
            </div>
          </div>
          <div aria-live="polite" class="predictions">
            {prediction !== undefined && (
              <div class="prediction">
                <div class="seen">
                  <PixelMap
                    width={width}
                    height={height}
                    values={prediction.image}
                    colors="bytes"
                    label={`What the network sees: ${width} × ${height} pixels`}
                  />
                </div>
                <p>
                  <strong data-predicted={ranked[0]!.name}>{ranked[0]!.name}</strong>
                  <br />
                  <span class="filtered">{formatPercent(ranked[0]!.probability)}</span>
                </p>
              </div>
            )}
            <ol class="probabilities">
              {shown.map(({ name, probability }) => (
                <li key={name} class={prediction !== undefined && name === ranked[0]!.name ? "first" : ""}>
                  <span>{name}</span>
                  <i>
                    <b style={{ width: `${100 * probability}%` }} />
                  </i>
                  <span>{prediction === undefined ? "" : formatPercent(probability)}</span>
                </li>
              ))}
            </ol>
            <p class="filtered">
              {prediction === undefined
                ? "Draw with the mouse, a finger or a pen, or take an image of the data set."
                : "The small picture is what the network sees; the bars are its probabilities."}
            </p>
          </div>
        </div>
      </div>
    </>
  );
}

function clear(canvas: HTMLCanvasElement): void {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return;
  context.fillStyle = "#000";
  context.fillRect(0, 0, SIZE, SIZE);
}

/** Draws an image of the data set on the canvas, enlarged. */
function drawExample(canvas: HTMLCanvasElement, images: Images, item: number): void {
  const small = document.createElement("canvas");
  drawImage(images, item, small);
  clear(canvas);
  canvas.getContext("2d", { willReadFrequently: true })?.drawImage(small, 0, 0, SIZE, SIZE);
}

/** Returns the handlers of pointer events that draw on a canvas. `onChange` is called after each chunk. */
function useStroke(canvas: { readonly current: HTMLCanvasElement | null }, onChange: () => void) {
  const last = useRef<readonly [x: number, y: number] | undefined>(undefined);
  const place = (event: PointerEvent): readonly [number, number] => {
    const { left, top, width } = canvas.current!.getBoundingClientRect();
    const scale = SIZE / width;
    return [(event.clientX - left) * scale, (event.clientY - top) * scale];
  };
  const draw = (to: readonly [number, number]): void => {
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    if (!context) return;
    const from = last.current ?? to;
    context.strokeStyle = "#fff";
    context.lineWidth = STROKE;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    last.current = to;
    onChange();
  };
  return {
    onPointerDown(event: PointerEvent) {
      canvas.current?.setPointerCapture(event.pointerId);
      last.current = undefined;
      draw(place(event));
    },
    onPointerMove(event: PointerEvent) {
      if (event.buttons !== 0 && last.current !== undefined) draw(place(event));
    },
    onPointerUp() {
      last.current = undefined;
    },
  };
}

/** Converts the drawing to the format of the training images, as `predict` does with photos. */
function prepare(
  canvas: HTMLCanvasElement,
  { inputShape, drawsSymbols }: ReportNetwork,
): Uint8Array | undefined {
  const { data } = canvas.getContext("2d", { willReadFrequently: true })!.getImageData(0, 0, SIZE, SIZE);
  const colors = Float64Array.from(
    { length: SIZE * SIZE * 3 },
    (_, at) => data[4 * Math.floor(at / 3) + (at % 3)]! / 255,
  );
  if (colors.every((color) => color === 0)) return undefined;
  return preparePhoto({ width: SIZE, height: SIZE, colors }, inputShape, drawsSymbols ? "symbol" : "picture");
}
