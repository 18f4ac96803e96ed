// Trains XOR by hand, and prints every gradient: pnpm exec node experiments/xor.ts
import { initializers, layers, losses, optimizers, planModel } from "@nn/layers";
import { createReferenceBackend, createRng } from "@nn/tensor";

const backend = createReferenceBackend("float64");
const layer = (type: string, options = {}) => ({ definition: layers.get(type)!, options });
const network = [
  layer("dense", { units: 3, bias: true }),
  layer("tanh"),
  layer("dense", { units: 2, bias: true }),
];
const initializer = { definition: initializers.get("glorot")!, options: { distribution: "normal" } };
const model = planModel(network, [2]).build({ backend, batchSize: 4, rng: createRng(1), initializer });
const loss = losses
  .get("cross-entropy")!
  .build({ labelSmoothing: 0 }, { backend, batchSize: 4, outputShape: [2] });
const optimizer = optimizers
  .get("sgd")!
  .build(
    { learningRate: 0.5, momentum: 0.9, nesterov: false, weightDecay: 0 },
    { backend, parameters: model.parameters },
  );

const [x, labels] = [backend.allocate([4, 2]), Int32Array.of(0, 1, 1, 0)];
x.data.set([0, 0, 0, 1, 1, 0, 1, 1]);
for (let step = 0; step < 100; step++) {
  const pass = { training: true, step };
  console.log(`step ${step}, loss ${loss.forward(model.forward(x, pass), labels)}`);
  model.backward(loss.backward(), pass);
  for (const { name, gradient } of model.parameters)
    console.log(`  ∂loss/∂${name} = [${gradient.data.join(", ")}]`);
  optimizer.step(1);
}
