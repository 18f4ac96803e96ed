import type { ReportData } from "@nn/report";

/** Hostile to the page that shows it. */
export const description = `Is </script><script>said(2)</script> "text" & 'text'?`;

/** Two parameters × two seeds on 90 tiny images, for two epochs, so that learning curves have a line. */
export const sweep = `
name: small
description: ${JSON.stringify(description)}
repeats: 2
dataset: { type: images, training: data/train, test: data/test, validation: 30 }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 8 }
    - { type: relu }
    - { type: dense, units: 3 }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 2, batchSize: 10 }
sweep:
  sampler: { type: grid }
  parameters:
    optimizer.learningRate: { type: float, min: 0.01, max: 1, scale: log, count: 3 }
    model.layers[1].units: [4, 8, 16]
`;

/** One trial on MNIST. */
export const single = `
name: single
dataset: { type: mnist, validation: 10000 }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 64 }
    - { type: relu }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1, momentum: 0.9 }
training: { epochs: 2, batchSize: 100 }
`;

/** Returns the data that a report stores. */
export function dataOf(html: string): ReportData {
  const [, stored = ""] = /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(stored);
}
