import { formatShape } from "@nn/tensor";
import type { SavedNetwork } from "@nn/training";

import { encodeJson } from "./json/export-json.ts";
import { OPERATOR_SET } from "./onnx/encode-model.ts";
import { encodeOnnx, createOnnxModel } from "./onnx/export-onnx.ts";
import { encodeTorch } from "./pytorch/export-torch.ts";

/** A format to which a network can be exported. */
export interface ExportFormat {
  /** A description of the format, for help and messages. */
  readonly title: string;
  /** The extension of its files. */
  readonly extension: string;
  /** Returns the bytes of the file. The same network gives the same bytes. Throws ExportError. */
  encode(network: SavedNetwork): Uint8Array;
  /** Describes the inputs and outputs, or the tensors, one per line. */
  describe(network: SavedNetwork): string[];
  /**
   * Returns how to open the file: the arguments of a command, or a sentence that refers to the documentation.
   */
  open(file: string): readonly string[] | string;
}

/** The formats by their names in the option `--to`. */
export const exportFormats = {
  onnx: {
    title: `ONNX, operator set ${OPERATOR_SET}`,
    extension: ".onnx",
    encode: encodeOnnx,
    describe(network) {
      const { inputs, outputs, nodes } = createOnnxModel(network).graph;
      const axes = (shape: readonly number[]): string => `(N, ${shape.join(", ")})`;
      const probabilities = nodes.at(-1)!.operator.toLowerCase();
      const notes: Readonly<Record<string, string>> = {
        image: "float32, the bytes 0 … 255; the graph normalizes them",
        logits: "float32, the outputs of the last layer",
        probabilities: `float32, their ${probabilities}`,
      };
      return [...inputs, ...outputs].map(
        ({ name, shape }) => `${name.padEnd(14)}${axes(shape).padEnd(18)}${notes[name]}`,
      );
    },
    open: (file) => [
      "python3",
      "-c",
      "import sys, onnxruntime as o; print(o.InferenceSession(sys.argv[1]).get_inputs()[0])",
      file,
    ],
  },
  safetensors: {
    title: "safetensors in PyTorch's layout",
    extension: ".safetensors",
    encode: encodeTorch,
    describe: ({ inputShape, classes, tensors }) => [
      `${tensors.size} tensors; images ${formatShape(inputShape)}, ${classes} outputs`,
    ],
    open: (file) =>
      `with the programs for NumPy and PyTorch in docs/networks.md: network(*load(${quotePython(file)}))`,
  },
  json: {
    title: "JSON",
    extension: ".json",
    encode: encodeJson,
    describe: ({ inputShape, classes, tensors }) => [
      `${tensors.size} tensors; images ${formatShape(inputShape)}, ${classes} outputs`,
    ],
    open: (file) => [
      "node",
      "-p",
      "Object.keys(JSON.parse(fs.readFileSync(process.argv[1])).tensors)",
      // Node would interpret a name that starts with a hyphen as an option.
      file.startsWith("-") ? `./${file}` : file,
    ],
  },
} as const satisfies Readonly<Record<string, ExportFormat>>;

/** Formats a text as a string literal of Python. */
function quotePython(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

/** A name of `exportFormats`. */
export type ExportFormatName = keyof typeof exportFormats;
