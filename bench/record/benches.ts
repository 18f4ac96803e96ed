/** A bench of speed, as `bench:all` runs it. */
export interface Bench {
  /** For `--only`, and in the column "bench" of the results. */
  readonly name: string;
  /** A program of bench/. */
  readonly program: string;
  readonly args?: readonly string[];
  /** The arguments with `--quick`: fewer rounds. */
  readonly quick: readonly string[];
}

function training(name: string, network: readonly string[], rounds: number): Bench {
  return {
    name,
    program: "train.ts",
    args: [...network, "--rounds", `${rounds}`],
    quick: [...network, "--rounds", "1", "--epochs", "2"],
  };
}

/**
 * Every bench of speed or memory, in the order in which they run. Not among them: those that judge
 * correctness (`faults`, `fuzz`, `mutation`, `same-bytes`, `onnx`, `network`) and those that judge methods by
 * what they find (`comparison`, `development`, `hyperband`, `photos`, `samplers`).
 */
export const benches: readonly Bench[] = [
  training("mlp-16", ["--hidden", "16"], 5),
  training("mlp-128", ["--hidden", "128"], 5),
  training("mlp-256", ["--hidden", "256"], 3),
  training("mlp-512", ["--hidden", "512", "--batch", "128"], 3),
  training("lenet5", ["--network", "lenet5"], 3),
  training("cnn", ["--network", "cnn"], 3),
  training("lstm-rows", ["--network", "lstm-rows"], 3),
  training("transformer", ["--network", "transformer"], 3),
  { name: "ladder", program: "ladder.ts", quick: ["--rounds", "1"] },
  {
    name: "ladder-lenet5",
    program: "ladder.ts",
    args: ["--network", "lenet5", "--rounds", "3"],
    quick: ["--network", "lenet5", "--rounds", "1"],
  },
  { name: "kernels", program: "kernels.ts", quick: ["1"] },
  { name: "threads", program: "threads.ts", quick: ["2", "300"] },
  { name: "augmentation", program: "augmentation.ts", quick: ["0.1"] },
  { name: "start", program: "start.ts", quick: ["3"] },
  { name: "sweep", program: "sweep.ts", args: ["--rounds", "5"], quick: ["--rounds", "1"] },
  { name: "overhead", program: "overhead.ts", quick: ["100"] },
  { name: "growth", program: "growth.ts", quick: ["--rounds", "1", "--images", "60000"] },
  { name: "memory", program: "memory.ts", quick: ["--images", "2000"] },
];
