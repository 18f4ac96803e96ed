"""Trains a network in PyTorch and prints one JSON line an epoch: {"imagesPerSecond": …, "loss": …}.

The images are float32 tensors in memory, scaled beforehand, outside the measured time; an epoch is a shuffle, the batches,
forward, backward and the steps of SGD with momentum. Usage: pytorch.py WORK, as network.ts describes it.
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

MODULES = {
    "flatten": lambda layer: nn.Flatten(),
    "relu": lambda layer: nn.ReLU(),
    "batch-norm": lambda layer: nn.LazyBatchNorm2d(),
    "dense": lambda layer: nn.LazyLinear(layer["units"]),
    "conv2d": lambda layer: nn.LazyConv2d(
        layer["filters"], layer["kernelSize"], padding=layer["kernelSize"] // 2 if layer.get("padding") == "same" else 0
    ),
    "max-pool2d": lambda layer: nn.MaxPool2d(layer["poolSize"]),
}
model = nn.Sequential(*(MODULES[layer["type"]](layer) for layer in work["layers"]))
model(x[:batch_size])  # a lazy layer learns its shapes from its first input
optimizer = torch.optim.SGD(model.parameters(), lr=work["learningRate"], momentum=0.9)
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
        optimizer.step()
        total += loss.item() * len(indices)
    seconds = time.perf_counter() - start
    print(json.dumps({"imagesPerSecond": len(x) / seconds, "loss": total / len(x)}), flush=True)
