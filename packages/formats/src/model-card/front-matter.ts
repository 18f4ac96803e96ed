import type { Metrics } from "@nn/results";
import { stringify } from "yaml";

import type { ModelCardInput } from "./model-card-input.ts";

/**
 * Returns the YAML at the start of a model card, between lines of three hyphens. It contains tags, and the
 * results as a model-index of Hugging Face (https://huggingface.co/docs/hub/model-cards).
 */
export function formatFrontMatter(input: ModelCardInput): string {
  const { name, license, spec, metrics, data } = input;
  const { type } = spec.dataset;
  const task = { type: "image-classification", name: "Image classification" };
  const result = (split: string, title: string, { accuracy, loss }: Metrics): object => ({
    task,
    dataset: { type, name: data.title ?? type, split },
    metrics: [
      { type: "accuracy", value: accuracy, name: `${title} accuracy` },
      { type: "loss", value: loss, name: `${title} loss` },
    ],
  });
  // If the validation images are the test images, there is only one entry.
  const ownValidation = spec.dataset.validation === "test" ? undefined : metrics.validation;
  const results = [
    ...(metrics.test === undefined ? [] : [result("test", "Test", metrics.test)]),
    ...(ownValidation === undefined ? [] : [result("validation", "Validation", ownValidation)]),
  ];
  const text = stringify(
    {
      ...(license !== undefined && { license }),
      library_name: "nn-from-scratch",
      pipeline_tag: "image-classification",
      tags: ["image-classification", "nn-from-scratch"],
      datasets: [type],
      metrics: ["accuracy"],
      "model-index": [{ name, results }],
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
  return `---\n${text}---\n`;
}
