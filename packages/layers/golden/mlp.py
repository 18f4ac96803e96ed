"""Trains small networks for ten steps in PyTorch and writes what it saw to mlp.json, which test/golden.test.ts reads.

    python3 golden/mlp.py > golden/mlp.json        (PyTorch 1.13)

Weights and batches are not stored: both sides make them from the same sequence of whole numbers (Park & Miller 1988),
scaled by powers of two, so that they are exact in float32. Stored are, in float32 and in float64, the loss of each of the
ten steps for each optimizer, and the gradients of the first step (which no optimizer has touched yet).
"""

import json

import numpy
import torch
import torch.nn.functional as F

BATCH = 8
STEPS = 10
# Of a gradient with more numbers than this, every 101st is stored, or the file would be a megabyte.
WHOLE_UP_TO = 1000

NETWORKS = [
    {"activation": "relu", "loss": "cross-entropy", "sizes": [20, 16, 10]},
    {"activation": "leaky-relu", "loss": "mean-squared-error", "sizes": [20, 16, 10]},
    {"activation": "sigmoid", "loss": "mean-squared-error", "sizes": [20, 16, 10]},
    {"activation": "tanh", "loss": "cross-entropy", "sizes": [20, 16, 10]},
    {"activation": "relu", "loss": "cross-entropy", "sizes": [784, 32, 10]},  # as wide as MNIST
]

# The options as an experiment file has them; what is left out takes its default, which is PyTorch's too.
OPTIMIZERS = [
    {"type": "sgd", "learningRate": 0.125},
    {"type": "sgd", "learningRate": 0.125, "momentum": 0.875},
    {"type": "sgd", "learningRate": 0.125, "momentum": 0.875, "nesterov": True},
    {"type": "sgd", "learningRate": 0.125, "momentum": 0.875, "weightDecay": 0.03125},
    {"type": "adam"},
    {"type": "adam", "learningRate": 0.01, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6, "weightDecay": 0.03125},
    {"type": "adamw", "learningRate": 0.01},
]

ACTIVATIONS = {"relu": F.relu, "leaky-relu": F.leaky_relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}


def whole_numbers(seed):
    state = seed
    while True:
        state = state * 16807 % 2147483647
        yield state


def weights(layer, sizes, dtype):
    """(in, out), each k / 256 with |k| ≤ 127; a bias (out) the same."""
    numbers = whole_numbers(100 + layer)
    inputs, outputs = sizes[layer], sizes[layer + 1]
    draw = lambda count: [(next(numbers) % 255 - 127) / 256 for _ in range(count)]
    weight = torch.tensor(draw(inputs * outputs), dtype=dtype).reshape(inputs, outputs)
    bias = torch.tensor(draw(outputs), dtype=dtype)
    return [weight.requires_grad_(), bias.requires_grad_()]


def batch(step, features, dtype):
    """Pixels k / 256, four fifths of them zero as in MNIST; labels 0 … 9."""
    numbers = whole_numbers(200 + step)
    pixel = lambda: next(numbers) % 256 / 256 if next(numbers) % 5 == 0 else 0.0
    x = torch.tensor([pixel() for _ in range(BATCH * features)], dtype=dtype).reshape(BATCH, features)
    labels = torch.tensor([next(numbers) % 10 for _ in range(BATCH)])
    return x, labels


def create_optimizer(options, parameters):
    names = {"learningRate": "lr", "momentum": "momentum", "nesterov": "nesterov", "weightDecay": "weight_decay", "epsilon": "eps"}
    arguments = {names[name]: value for name, value in options.items() if name in names}
    if "beta1" in options:
        arguments["betas"] = (options["beta1"], options["beta2"])
    return {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[options["type"]](parameters, **arguments)


def train(network, options, dtype):
    """The loss of each step, and the gradients of the first."""
    sizes = network["sizes"]
    layers = [weights(layer, sizes, dtype) for layer in range(2)]
    (W1, b1), (W2, b2) = layers
    optimizer = create_optimizer(options, [W1, b1, W2, b2])
    losses = []
    for step in range(STEPS):
        x, labels = batch(step, sizes[0], dtype)
        outputs = ACTIVATIONS[network["activation"]](x @ W1 + b1) @ W2 + b2
        if network["loss"] == "cross-entropy":
            loss = F.cross_entropy(outputs, labels)
        else:
            loss = F.mse_loss(outputs, F.one_hot(labels, 10).to(dtype))
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            gradients = [p.grad.flatten()[:: 101 if p.numel() > WHOLE_UP_TO else 1].clone() for p in (W1, b1, W2, b2)]
        optimizer.step()
        losses.append(loss.detach())
    return losses, gradients


def shortest(values):
    """The shortest decimals that name each number in its own precision."""
    return [float(str(value)) for value in numpy.asarray(values)]


cases = []
for network in NETWORKS:
    case = dict(network)
    for precision, dtype in [("float32", torch.float32), ("float64", torch.float64)]:
        runs = [train(network, options, dtype) for options in OPTIMIZERS]
        case[precision] = {
            "losses": [shortest(torch.stack(losses)) for losses, _ in runs],
            "gradients": [shortest(gradient) for gradient in runs[0][1]],
        }
    cases.append(case)

print(json.dumps({"batch": BATCH, "optimizers": OPTIMIZERS, "networks": cases}, separators=(",", ":")))
