"""Trains 784-H-10 in NumPy (float32) and prints one JSON line an epoch: {"imagesPerSecond": …, "loss": …}.

Back-propagation written out, as one would by hand; images scaled beforehand, outside the measured time.
Usage: numpy_mlp.py WORK, as network.ts describes it.
"""
import json
import os
import sys
import time

work = json.loads(sys.argv[1])
hidden, batch_size = work["layers"][1]["units"], work["batchSize"]
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(work["threads"])  # read when NumPy is imported

import numpy as np  # noqa: E402

from idx import read_training_set  # noqa: E402

images, labels = read_training_set(work["folder"])
x = images.astype(np.float32) / np.float32(255)
rng = np.random.default_rng(1)

parameters = [
    (rng.standard_normal((784, hidden)) * np.sqrt(2 / 784)).astype(np.float32),
    np.zeros(hidden, np.float32),
    (rng.standard_normal((hidden, 10)) * np.sqrt(2 / hidden)).astype(np.float32),
    np.zeros(10, np.float32),
]
velocities = [np.zeros_like(p) for p in parameters]
rate, momentum = (np.float32(work["optimizer"][name]) for name in ("learningRate", "momentum"))

for _ in range(work["epochs"]):
    start = time.perf_counter()
    order = rng.permutation(len(x))
    total = 0.0
    for i in range(0, len(x), batch_size):
        indices = order[i : i + batch_size]
        a, t = x[indices], labels[indices]
        n = np.arange(len(a))
        w1, b1, w2, b2 = parameters
        h = np.maximum(a @ w1 + b1, 0)
        z = h @ w2 + b2
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        total -= float(np.log(p[n, t] + 1e-12).sum())
        dz = p
        dz[n, t] -= 1
        dz /= np.float32(len(a))
        dh = (dz @ w2.T) * (h > 0)
        for p_, v, g in zip(parameters, velocities, (a.T @ dh, dh.sum(0), h.T @ dz, dz.sum(0))):
            v *= momentum
            v += g
            p_ -= rate * v
    seconds = time.perf_counter() - start
    print(json.dumps({"imagesPerSecond": len(x) / seconds, "loss": total / len(x)}), flush=True)
