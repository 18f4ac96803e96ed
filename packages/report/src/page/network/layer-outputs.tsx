import { colors } from "../colors.ts";
import { formatNumber } from "../format.ts";
import type { LayerActivation, PageModel } from "./page-model.ts";
import { PixelMap } from "./pixel-map.tsx";

/** Maximum number of channels to show per layer. */
const MAX_CHANNELS = 32;

/** The outputs of the layers for an image. */
export function LayerOutputs({
  layers,
  classes,
}: {
  readonly layers: readonly NamedActivation[];
  readonly classes: readonly string[];
}) {
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

/** Whether the output of a layer is shown as one square per channel. Otherwise it is shown as bars. */
export function isFeatureMap({ shape }: Pick<LayerActivation, "shape">): boolean {
  const [height = 1, width = 1] = shape;
  return shape.length === 3 && height * width > 1;
}

/** The output of a layer. The name contains the types of all layers with this output. */
export interface NamedActivation {
  readonly name: string;
  readonly activation: LayerActivation;
}

/**
 * Returns the outputs of the layers for an image. Omits layers that only reshape the image. Combines layers
 * with the same output, such as a dense layer that includes the activation after it.
 */
export function listLayerOutputs(model: PageModel, image: Uint8Array): NamedActivation[] {
  const kept: NamedActivation[] = [];
  for (const activation of model.activations(image)) {
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
  if (isFeatureMap({ shape })) {
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

/** One bar per neuron: upwards for positive outputs, downwards for negative ones. */
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
