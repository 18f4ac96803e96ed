import { useEffect, useRef } from "preact/hooks";

import { formatPercent } from "../format.ts";
import type { ShownEvaluation } from "./shown-evaluation.ts";
import { drawImage, useImages, type Images } from "./sprite.ts";

/** Arguments of `ImageList`. */
export interface ImageListProps {
  readonly evaluation: ShownEvaluation;
  /** The network whose predictions are shown, as an index of `evaluation.networks`; undefined for none. */
  readonly network?: number | undefined;
  /** Indices of images in the sprite. */
  readonly items: readonly number[];
  readonly label: string;
  /** Whether it fills the width of the page, with twelve images per row. */
  readonly isRow?: boolean | undefined;
  readonly chosen?: number | undefined;
  /** If present, images are buttons. */
  readonly onChoose?: ((item: number) => void) | undefined;
  /** Replaces the lines below an image. */
  readonly lines?: ((item: number) => readonly string[]) | undefined;
}

/** Images with the predicted class and the true class below each. */
export function ImageList({
  evaluation,
  network,
  items,
  label,
  isRow,
  chosen,
  onChoose,
  lines,
}: ImageListProps) {
  const images = useImages(evaluation.images);
  const predictions = network === undefined ? undefined : evaluation.networks[network];
  const linesOf = (item: number): readonly string[] => {
    if (lines !== undefined) return lines(item);
    const truth = `true ${evaluation.classes[evaluation.images!.label[item]!]}`;
    if (predictions === undefined) return ["", truth];
    return [
      `${evaluation.classes[predictions.predicted[item]!]} · ${formatPercent(predictions.confidences[item]!, 0)}`,
      truth,
    ];
  };
  if (images === undefined) return null;
  const file = evaluation.set === "validation" ? "training" : "test";
  return (
    <ul class={isRow === true ? "images row" : "images"} aria-label={label}>
      {items.map((item) => {
        const [predicted = "", ...rest] = linesOf(item);
        const content = (
          <>
            <Thumbnail images={images} item={item} />
            {predicted !== "" && <span class="predicted">{predicted}</span>}
            {rest.map((line) => (
              <span class="truth" key={line}>
                {line}
              </span>
            ))}
          </>
        );
        return (
          <li
            key={item}
            title={[
              ...linesOf(item),
              `image ${evaluation.images!.index[item]! + 1} of the ${file} images`,
            ].join(", ")}
          >
            {onChoose === undefined ? (
              content
            ) : (
              <button type="button" aria-pressed={chosen === item} onClick={() => onChoose(item)}>
                {content}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** One image of the sprite. It has no alternative text, because text beside it describes it. */
export function Thumbnail({ images, item }: { readonly images: Images; readonly item: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current !== null) drawImage(images, item, canvas.current);
  }, [images, item]);
  return <canvas ref={canvas} aria-hidden="true" style={{ aspectRatio: ratioOf(images) }} />;
}

function ratioOf({ sprite }: Images): string {
  return `${sprite.width} / ${sprite.height}`;
}
