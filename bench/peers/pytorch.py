"""Trains a network in PyTorch and prints one JSON line an epoch: {"imagesPerSecond": …, "loss": …}.

The images are float32 tensors in memory, scaled beforehand, outside the measured time; an epoch is a shuffle, the batches,
forward, backward and the steps of the optimizer. Usage: pytorch.py WORK, as network.ts describes it.
"""
import json
import sys
import time

import numpy
import torch
from torch import nn

from idx import read_training_set

work = json.loads(sys.argv[1])
batch_size = work["batchSize"]
torch.set_num_threads(work["threads"])
torch.manual_seed(1)

images, labels = read_training_set(work["folder"])
x = torch.from_numpy(images.astype(numpy.float32) / 255).reshape(-1, 1, 28, 28)
y = torch.from_numpy(labels.astype(numpy.int64))



class Lambda(nn.Module):
    """A layer without parameters."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class LastStep(nn.Module):
    """An LSTM that returns the state after the last step. torch.nn has no lazy one, so it is built at its first input."""

    def __init__(self, units):
        super().__init__()
        self.units, self.lstm = units, None

    def forward(self, x):
        if self.lstm is None:
            self.lstm = nn.LSTM(x.shape[2], self.units, batch_first=True)
        _, (state, _) = self.lstm(x)
        return state[-1]


class PatchEmbedding(nn.Module):
    """(N, C, H, W) to (N, patches, units): a convolution whose windows do not overlap, as in Dosovitskiy et al. 2021."""

    def __init__(self, patch_size, units):
        super().__init__()
        self.project = nn.LazyConv2d(units, patch_size, stride=patch_size)

    def forward(self, x):
        return self.project(x).flatten(2).transpose(1, 2)


class PositionEmbedding(nn.Module):
    """Adds a learned vector to each step."""

    def __init__(self):
        super().__init__()
        self.table = None

    def forward(self, x):
        if self.table is None:
            self.table = nn.Parameter(torch.randn(x.shape[1:]) * 0.02)
        return x + self.table


class Sized(nn.Module):
    """A layer that torch.nn has no lazy version of: built for the last axis of its first input."""

    def __init__(self, create):
        super().__init__()
        self.create, self.layer = create, None

    def forward(self, x):
        if self.layer is None:
            self.layer = self.create(x.shape[-1])
        return self.layer(x)


def encoder(layer):
    return lambda size: nn.TransformerEncoderLayer(
        size, layer["heads"], layer["hiddenUnits"], dropout=0, activation="gelu", batch_first=True, norm_first=True
    )


MODULES = {
    "flatten": lambda layer: nn.Flatten(),
    "relu": lambda layer: nn.ReLU(),
    "batch-norm": lambda layer: nn.LazyBatchNorm2d(),
    "dense": lambda layer: nn.LazyLinear(layer["units"]),
    "conv2d": lambda layer: nn.LazyConv2d(
        layer["filters"], layer["kernelSize"], padding=layer["kernelSize"] // 2 if layer.get("padding") == "same" else 0
    ),
    "max-pool2d": lambda layer: nn.MaxPool2d(layer["poolSize"]),
    "reshape": lambda layer: Lambda(lambda x: x.reshape(-1, *layer["shape"])),
    "lstm": lambda layer: LastStep(layer["units"]),
    "patch-embedding": lambda layer: PatchEmbedding(layer["patchSize"], layer["units"]),
    "position-embedding": lambda layer: PositionEmbedding(),
    "transformer-encoder": lambda layer: Sized(encoder(layer)),
    "layer-norm": lambda layer: Sized(nn.LayerNorm),
    "global-average-pool1d": lambda layer: Lambda(lambda x: x.mean(1)),
}
OPTIMIZERS = {
    "sgd": lambda parameters, o: torch.optim.SGD(parameters, lr=o["learningRate"], momentum=o["momentum"]),
    "adam": lambda parameters, o: torch.optim.Adam(parameters, lr=o["learningRate"]),
    "adamw": lambda parameters, o: torch.optim.AdamW(parameters, lr=o["learningRate"], weight_decay=o["weightDecay"]),
}
model = nn.Sequential(*(MODULES[layer["type"]](layer) for layer in work["layers"]))
model(x[:batch_size])  # layers learn their shapes from their first input
parameters = list(model.parameters())
optimizer = OPTIMIZERS[work["optimizer"]["type"]](parameters, work["optimizer"])
criterion = nn.CrossEntropyLoss()

for _ in range(work["epochs"]):
    start = time.perf_counter()
    order = torch.randperm(len(x))
    total = 0.0
    for i in range(0, len(x), batch_size):
        indices = order[i : i + batch_size]
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(x[indices]), y[indices])
        loss.backward()
        if "clipNorm" in work:
            nn.utils.clip_grad_norm_(parameters, work["clipNorm"])
        optimizer.step()
        total += loss.item() * len(indices)
    seconds = time.perf_counter() - start
    print(json.dumps({"imagesPerSecond": len(x) / seconds, "loss": total / len(x)}), flush=True)
