import type { LayerSummary } from "@nn/layers";
import { formatShape } from "@nn/tensor";
import { formatPath, isCustomType, type PartSpec } from "@nn/training";
import { mean, sampleStandardDeviation } from "simple-statistics";

import { escapeMarkdown } from "./escape-markdown.ts";
import { formatFrontMatter } from "./front-matter.ts";
import { formatMarkdownTable } from "./markdown-table.ts";
import type { ModelCardInput, SplitMetrics } from "./model-card-input.ts";

/**
 * Returns a model card in Markdown. It describes the network and its training, data, results, limitations and
 * use. It starts with YAML metadata for Hugging Face. The same input gives the same text. Mitchell et al.
 * 2019, Model cards for model reporting.
 */
export function createModelCard(input: ModelCardInput): string {
  const { name, description } = input;
  const sections = [
    `# ${name}`,
    ...(description === undefined ? [] : [sentence(escapeMarkdown(description))]),
    "## Network",
    network(input),
    "## Training",
    training(input),
    "## Data",
    data(input),
    "## Results",
    results(input),
    "## Limitations",
    limits(input),
    "## Use",
    use(input),
  ];
  return `${formatFrontMatter(input)}\n${sections.join("\n\n")}\n`;
}

function network({
  network: { layers, parameters, multiplyAdds },
  data: { inputShape },
}: ModelCardInput): string {
  const rows = layers.flatMap((layer, index) => layerRows(`${index}`, layer, 1));
  return [
    `${count(parameters)} learned parameters, ${count(multiplyAdds)} multiply-adds per image. Images have the ` +
      `shape ${formatShape(inputShape)}: height, width, channels.`,
    formatMarkdownTable(
      [
        { head: "", align: "left" },
        { head: "layer", align: "left" },
        { head: "output shape", align: "left" },
        { head: "parameters", align: "right" },
      ],
      rows,
    ),
  ].join("\n\n");
}

/** One row for the layer, and one for each layer in it. */
function layerRows(place: string, layer: LayerSummary, times: number): string[][] {
  const { type, outputShape, parameters, nestedLayers = [] } = layer;
  const row = [
    place,
    `${times === 1 ? "" : `${times} × `}${escapeMarkdown(type)}`,
    formatShape(outputShape),
    count(parameters),
  ];
  return [
    row,
    ...nestedLayers.flatMap((nested) =>
      layerRows(`${place}.${formatPath(nested.path)}`, nested, nested.times),
    ),
  ];
}

function training({
  name,
  trial,
  seed,
  spec,
  epochs,
  bestEpoch,
  selection,
  ...input
}: ModelCardInput): string {
  const { training: options, loss, optimizer, schedule, augment = [], model } = spec;
  const { version, commit } = input;
  const program = `nn-from-scratch${version === undefined ? "" : ` ${version}`}`;
  const rows = [
    ["experiment", `${name}, trial ${trial}, seed ${seed}`],
    ["loss", part(loss)],
    ["optimizer", part(optimizer)],
    ["schedule", part(schedule)],
    ["initializer", part(model.initializer)],
    ["epochs", `${epochs}${bestEpoch === undefined ? "" : `; the weights are those of epoch ${bestEpoch}`}`],
    [
      "batch size",
      `${options.batchSize}${options.accumulate === undefined ? "" : ` × ${options.accumulate}`}`,
    ],
    ["augmentation", augment.length === 0 ? "none" : augment.map(part).join(", ")],
    ["program", `${program}${commit === undefined ? "" : `, commit ${commit}`}`],
    ...Object.entries(selection?.parameters ?? {}).map(([path, value]) => [
      `\`${path}\``,
      `${escapeMarkdown(value)} (swept)`,
    ]),
  ];
  const columns = [
    { head: "", align: "left" },
    { head: "value", align: "left" },
  ] as const;
  return [
    formatMarkdownTable(columns, rows),
    ...(selection === undefined ? [] : [sweepLine(selection)]),
  ].join("\n\n");
}

function sweepLine({ configurations, metric }: NonNullable<ModelCardInput["selection"]>): string {
  return `This configuration is the best of ${count(configurations)} by ${metric}.`;
}

/** Formats a name in a list. A name that contains a comma is put in quotes. */
function formatClassName(name: string): string {
  return escapeMarkdown(/[,"]/.test(name) ? JSON.stringify(name) : name);
}

function data({ spec, data: own }: ModelCardInput): string {
  const { type, validation, normalize } = spec.dataset;
  const classes =
    own.classNames === undefined
      ? `${own.classes} classes`
      : `${own.classes} classes: ${own.classNames.map(formatClassName).join(", ")}`;
  const heldOut =
    validation === "test"
      ? "The validation images are the test images."
      : own.validationImages === 0
        ? "No images were held out for validation."
        : `${count(own.validationImages)} images were held out of the training images for validation.`;
  return [
    `${escapeMarkdown(own.title ?? type)} (\`${type}\`): ${classes}. ${count(own.trainingImages)} training images, ` +
      `${count(own.testImages)} test images. ${heldOut}`,
    normalize
      ? "Pixels are normalized to mean 0 and standard deviation 1 over the training images."
      : "Pixels are scaled to 0 … 1.",
    ...(own.sha256 === undefined ? [] : [`SHA-256 of the images and labels: \`${own.sha256}\`.`]),
  ].join("\n\n");
}

function results({ metrics, repeats, spec }: ModelCardInput): string {
  const several = repeats.length > 1;
  const row = (title: string, split: keyof SplitMetrics): string[][] => {
    const own = metrics[split];
    if (own === undefined) return [];
    const all = repeats.flatMap(({ [split]: each }) => (each === undefined ? [] : [each]));
    return [
      [
        title,
        percent(own.accuracy),
        own.loss.toPrecision(4),
        ...(several
          ? [
              spread(
                all.map(({ accuracy }) => accuracy),
                2,
                100,
              ),
              spread(
                all.map(({ loss }) => loss),
                4,
              ),
            ]
          : []),
      ],
    ];
  };
  const title = spec.dataset.validation === "test" ? "validation (the test images)" : "validation";
  const table = formatMarkdownTable(
    [
      { head: "images", align: "left" },
      { head: "accuracy", align: "right" },
      { head: "loss", align: "right" },
      ...(several
        ? ([
            { head: `accuracy, ${repeats.length} seeds`, align: "right" },
            { head: `loss, ${repeats.length} seeds`, align: "right" },
          ] as const)
        : []),
    ],
    [...row("test", "test"), ...row(title, "validation")],
  );
  if (!several) return `${table}\n\nThese results are from one seed. Results vary with the seed.`;
  const seeds = repeats.map(({ seed }) => seed).join(", ");
  return (
    `${table}\n\nThe columns on the right are the mean ± standard deviation over the seeds ${seeds}. ` +
    `This network was trained with one of these seeds.`
  );
}

/** Mean ± sample standard deviation. With `scale` 100, in percent. */
function spread(values: readonly number[], digits: number, scale: 1 | 100 = 1): string {
  if (values.length === 0) return "–";
  const all = [...values];
  const unit = scale === 100 ? " %" : "";
  const middle = (scale * mean(all)).toFixed(digits);
  return values.length === 1
    ? `${middle}${unit}`
    : `${middle} ± ${(scale * sampleStandardDeviation(all)).toFixed(digits)}${unit}`;
}

function limits({ spec, selection, data: own, network: { layers } }: ModelCardInput): string {
  const { validation, type } = spec.dataset;
  const views = spec.evaluation?.views ?? 1;
  const lines = [
    validation === "test"
      ? "The validation images are the test images. All choices by validation metrics used the test set, " +
        "so the test metrics are optimistic."
      : "The test set was not used to train or to select this network." +
        (selection === undefined || own.validationImages === 0
          ? ""
          : " The validation metrics are optimistic, because they were used to select the configuration."),
    `The network predicts one of the ${own.classes} classes of ${escapeMarkdown(own.title ?? type)} for every ` +
      "image, including images of other classes. " +
      `Its accuracy on images from other sources is unknown and usually lower.`,
    "Its probabilities are not calibrated: of the images with a probability of 99 %, fewer than 99 % may be correct.",
    ...(views > 1
      ? [
          `The metrics use the mean output of ${views} views of each image. An exported network uses only the image ` +
            `itself.`,
        ]
      : []),
    ...(layers.some((layer) => isCustomType(layer.type))
      ? ["It has custom layers. Their files are needed to use it, and it cannot be exported to ONNX."]
      : []),
  ];
  return lines.map((line) => `- ${line}`).join("\n");
}

function use({ run, trial }: ModelCardInput): string {
  const named = `${run} --trial ${trial}`;
  return [
    "```sh",
    `pnpm run predict ${run} photo.jpg --trial ${trial}`,
    `pnpm run evaluate ${named}`,
    `pnpm run export ${named} --to onnx`,
    "```",
  ].join("\n");
}

/** Formats a part with its options: `sgd (learningRate 0.05, momentum 0.9)`. */
function part({ type, ...options }: PartSpec): string {
  const written = Object.entries(options).map(
    ([name, value]) => `${name} ${typeof value === "string" ? escapeMarkdown(value) : JSON.stringify(value)}`,
  );
  return written.length === 0 ? escapeMarkdown(type) : `${escapeMarkdown(type)} (${written.join(", ")})`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** `12,345`, in every locale. */
function count(value: number): string {
  return value.toString().replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
