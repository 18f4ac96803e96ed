import { formatShape } from "@nn/tensor";

import type { OnnxAttribute, OnnxGraph } from "../onnx/graph.ts";

/** Formats a graph as text: one line per node, and per constant that is not a scalar or a shape. */
export function formatGraph({ inputs, outputs, nodes, initializers }: OnnxGraph): string {
  const written = initializers.filter(
    ({ name, data }) => data instanceof Float32Array && !name.startsWith("number "),
  );
  return [
    ...inputs.map(({ name, shape }) => `input "${name}" (N, ${shape.join(", ")})`),
    ...written.map(({ name, shape }) => `constant "${name}" ${formatShape(shape)}`),
    ...nodes.map(({ operator, inputs: from, outputs: to, attributes }) => {
      const options = Object.entries(attributes).map(([name, value]) => `${name}: ${formatAttribute(value)}`);
      const parts = [...from.map((name) => `"${name}"`), ...options];
      return `${to.map((name) => `"${name}"`).join(", ")} = ${operator}(${parts.join(", ")})`;
    }),
    ...outputs.map(({ name, shape }) => `output "${name}" (N, ${shape.join(", ")})`),
    "",
  ].join("\n");
}

function formatAttribute(value: OnnxAttribute): string {
  if ("float" in value) return `${value.float}`;
  if ("int" in value) return `${value.int}`;
  return "text" in value ? `"${value.text}"` : `[${value.ints.join(", ")}]`;
}
