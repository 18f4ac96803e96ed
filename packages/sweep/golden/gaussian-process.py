"""Writes predictions of a Gaussian process with Matérn's kernel, and the likelihood of its targets, to gaussian-process.json. They are
computed with NumPy and SciPy from the formulas of Rasmussen & Williams 2006 (2.25, 2.26, 2.30, 4.17). gaussian-process.test.ts and
likelihood.test.ts in src/samplers/gp read them.

    /usr/bin/python3 golden/gaussian-process.py > golden/gaussian-process.json        (SciPy 1.10)

Two ordered dimensions and a list of three entries, which is one-hot here.
"""

import json

import numpy as np
from scipy.stats import multivariate_normal

rng = np.random.RandomState(2)


def draw(n):
    return [[float(rng.uniform()), float(rng.uniform()), int(rng.randint(3))] for _ in range(n)]


def encode(places, lengths):
    rows = [[u / lengths[0], v / lengths[1], *(np.eye(3)[entry] / lengths[2])] for u, v, entry in places]
    return np.array(rows)


def kernel(a, b):
    r = np.sqrt(((a[:, None, :] - b[None, :, :]) ** 2).sum(-1))
    return (1 + np.sqrt(5) * r + 5 / 3 * r**2) * np.exp(-np.sqrt(5) * r)


cases = []
for n, lengths, noise, variance in [(1, [0.5, 1.0, 2.0], 0.01, 1.0), (6, [0.3, 0.8, 1.5], 1e-4, 2.0), (25, [1.0, 0.4, 3.0], 0.05, 0.7)]:
    places, at = draw(n), draw(5)
    targets = [float(v) for v in rng.normal(size=n)]
    x, z = encode(places, lengths), encode(at, lengths)
    covariance = variance * (kernel(x, x) + noise * np.eye(n))
    cross = variance * kernel(x, z)
    solved = np.linalg.solve(covariance, cross)
    best = np.array(targets) @ np.linalg.solve(covariance / variance, targets) / n
    cases.append(
        {
            "places": places,
            "targets": targets,
            "lengths": lengths,
            "noise": noise,
            "variance": variance,
            "at": at,
            "means": (solved.T @ targets).tolist(),
            "deviations": np.sqrt(variance - (cross * solved).sum(0)).tolist(),
            "bestVariance": float(best),
            "logLikelihood": float(multivariate_normal(np.zeros(n), covariance / variance * best).logpdf(targets)),
        }
    )
print(json.dumps(cases))
