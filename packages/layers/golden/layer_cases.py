"""What activations.py, normalization.py and shapes.py share: inputs, and one forward and backward pass in float64.

Inputs are not stored: both sides make x, dy, each parameter and each state from a sequence of whole numbers (Park & Miller
1988), scaled so that they are exact in float32; test/golden-layers.test.ts does the same.
"""

import json

import torch

BATCH = 3


def draw(seed, shape, scale=1 / 256):
    """Each k · scale with |k| ≤ 127."""
    numbers, state = [], seed
    for _ in range(torch.Size(shape).numel()):
        state = state * 16807 % 2147483647
        numbers.append((state % 255 - 127) * scale)
    return torch.tensor(numbers, dtype=torch.float64).reshape(shape)


def case(type, inputShape, forward, options={}, parameters={}, state={}, scale=1 / 256, training=True):
    """forward(x, **parameters, **state) → y. parameters: name → shape. state: name → (shape, what it starts as)."""
    x = draw(200, [BATCH, *inputShape], scale).requires_grad_()
    tensors = {name: draw(100 + k, shape).requires_grad_() for k, (name, shape) in enumerate(parameters.items())}
    kept = {name: start + draw(400 + k, shape) for k, (name, (shape, start)) in enumerate(state.items())}
    y = forward(x, **tensors, **kept)
    y.backward(draw(300, y.shape))
    seen = {"y": y, "dx": x.grad, **{f"d{name}": tensor.grad for name, tensor in tensors.items()}, **kept}
    return {
        "type": type,
        "options": options,
        "inputShape": inputShape,
        "scale": scale,
        "training": training,
        "seen": {name: tensor.detach().flatten().tolist() for name, tensor in seen.items()},
    }


def write(cases):
    print(json.dumps({"batch": BATCH, "cases": cases}, separators=(",", ":")))
