"""Writes steps.json: three steps of each optimizer, and losses with their gradients, by PyTorch in float64.

    python3 steps.py
"""
import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
START = [0.5, -1.25, 2.0, 0.0, -0.001]
GRADIENTS = [[0.1, -0.2, 0.3, -0.4, 0.5], [-0.3, 0.2, 0.0, 1.5, -0.25], [2.0, -0.7, 0.01, 0.3, 0.0]]


def run(make):
    value = torch.tensor(START, requires_grad=True)
    optimizer = make([value])
    values = []
    for gradient in GRADIENTS:
        value.grad = torch.tensor(gradient)
        optimizer.step()
        values.append(value.tolist())
    return values


def sgd(**options):
    return {"options": options, "values": run(lambda p: torch.optim.SGD(p, lr=0.1, **options))}


def adam(decoupled, weight_decay):
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    return {"decoupled": decoupled, "weightDecay": weight_decay,
            "values": run(lambda p: kind(p, lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=weight_decay))}


def loss(function):
    outputs = torch.tensor([[1.5, -0.5, 0.25], [-3.0, 2.0, 0.1], [0.0, 0.0, 20.0], [1.0, -700.0, 100.0]],
                           requires_grad=True)
    labels = torch.tensor([2, 1, 0, 1])
    value = function(outputs, labels)
    value.backward()
    return {"outputs": outputs.detach().flatten().tolist(), "labels": labels.tolist(), "loss": value.item(),
            "gradient": outputs.grad.flatten().tolist()}


Path(__file__).with_name("steps.json").write_text(json.dumps({
    "start": START,
    "gradients": GRADIENTS,
    "sgd": [sgd(), sgd(weight_decay=0.05), sgd(momentum=0.9), sgd(momentum=0.9, nesterov=True),
            sgd(momentum=0.5, nesterov=True, weight_decay=0.01)],
    "adam": [adam(False, 0), adam(False, 0.1), adam(True, 0.1)],
    "crossEntropy": loss(F.cross_entropy),
    "meanSquaredError": loss(lambda y, t: F.mse_loss(y, F.one_hot(t, 3).to(y.dtype))),
}).replace("}, ", "},\n") + "\n")
