"""Trains 784-H-10 in PyTorch and prints one JSON line an epoch: {"imagesPerSecond": …, "loss": …}.

The images are float32 tensors in memory, scaled beforehand, outside the measured time; an epoch is a shuffle, the batches,
forward, backward and the steps of SGD with momentum. Usage: pytorch.py FOLDER HIDDEN BATCH EPOCHS THREADS
"""
import json
import sys
import time

import numpy
import torch

from idx import read_training_set

folder, hidden, batch_size, epochs, threads = sys.argv[1], *map(int, sys.argv[2:6])
torch.set_num_threads(threads)
torch.manual_seed(1)

images, labels = read_training_set(folder)
x = torch.from_numpy(images.astype(numpy.float32) / 255)
y = torch.from_numpy(labels.astype(numpy.int64))

model = torch.nn.Sequential(torch.nn.Linear(784, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
criterion = torch.nn.CrossEntropyLoss()

for _ in range(epochs):
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
