import { useMemo } from "preact/hooks";

import { colors } from "../colors.ts";
import { formatNumber } from "../format.ts";
import type { LayerActivation, PageModel } from "./page-model.ts";
import { PixelMap } from "./pixel-map.tsx";

/** At most this many channels of a layer are shown. */
const MAX_CHANNELS = 32;

/** The output of each layer for an image. */
export function LayerOutputs({
  model,
  image,
  classes,
}: {
  readonly model: PageModel;
  readonly image: Uint8Array;
  readonly classes: readonly string[];
}) {
  const layers = useMemo(() => withoutCopies(model.activations(image)), [model, image]);
  return (
    <div>
      {layers.map(({ name, activation }, at) => (
        <div class="layer" key={`${at} ${name}`}>
          <h4>
            {name} <span>{activation.shape.join(" × ")}</span>
          </h4>
          <Output activation={activation} classes={at === layers.length - 1 ? classes : undefined} />
        </div>
      ))}
    </div>
  );
}

interface NamedActivation {
  readonly name: string;
  readonly activation: LayerActivation;
}

/**
 * Leaves out layers that only reshape the image, and joins layers with the same output, such as a dense layer
 * that applies the activation after it.
 */
function withoutCopies(activations: readonly LayerActivation[]): NamedActivation[] {
  const kept: NamedActivation[] = [];
  for (const activation of activations) {
    if (activation.type === "flatten" || activation.type === "reshape") continue;
    const last = kept.at(-1);
    const isCopy =
      last !== undefined &&
      last.activation.values.length === activation.values.length &&
      last.activation.values.every((value, at) => value === activation.values[at]);
    if (isCopy) kept[kept.length - 1] = { name: `${last.name}, ${activation.type}`, activation };
    else kept.push({ name: activation.type, activation });
  }
  return kept;
}

function Output({
  activation: { shape, values },
  classes,
}: {
  readonly activation: LayerActivation;
  readonly classes: readonly string[] | undefined;
}) {
  const [height = 1, width = 1, channels = 1] = shape;
  if (shape.length === 3 && height * width > 1) {
    const shown = Math.min(channels, MAX_CHANNELS);
    return (
      <div class="filters small" role="img" aria-label={`${shown} of ${channels} channels`}>
        {Array.from({ length: shown }, (_, channel) => (
          <PixelMap
            key={channel}
            width={width}
            height={height}
            values={values.filter((_, at) => at % channels === channel)}
            colors="gray"
          />
        ))}
      </div>
    );
  }
  return <Bars values={values} names={classes?.length === values.length ? classes : undefined} />;
}

/** One bar per neuron: up for positive outputs, down for negative ones. */
function Bars({
  values,
  names,
}: {
  readonly values: Float32Array;
  readonly names: readonly string[] | undefined;
}) {
  const list = [...values];
  const low = Math.min(0, ...list);
  const high = Math.max(0, ...list);
  const height = high - low || 1;
  const top = list.indexOf(Math.max(...list));
  return (
    <div
      class="bars"
      role="img"
      aria-label={`${list.length} outputs from ${formatNumber(low, 3)} to ${formatNumber(high, 3)}`}
    >
      {list.map((value, at) => (
        <div key={at} title={`${names?.[at] ?? at}: ${formatNumber(value, 3)}`}>
          <i
            style={{
              top: `${(100 * (high - Math.max(0, value))) / height}%`,
              height: `${(100 * Math.abs(value)) / height}%`,
              background: names !== undefined && at === top ? colors.orange : colors.blue,
            }}
          />
          {names !== undefined && names.length <= 26 && <span>{names[at]!.slice(0, 5)}</span>}
        </div>
      ))}
    </div>
  );
}
