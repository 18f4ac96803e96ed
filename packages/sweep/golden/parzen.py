"""Writes densities of a Parzen estimator to parzen.json, which src/samplers/tpe/parzen.test.ts reads. They are computed with SciPy's
truncated normal distribution from the formulas of Optuna 3.1's multivariate TPE (weights of Bergstra 2013, Scott's rule with 0.14, magic
clip, prior weight 1). Normal densities are multiplied by their standard deviation.

    /usr/bin/python3 golden/parzen.py > golden/parzen.json        (SciPy 1.10)

Three dimensions: a continuous one, one of 8 ordered values, a list of 3 entries. A point is [u, value, entry].
"""

import json

import numpy as np
from scipy.stats import truncnorm

ORDERED, ENTRIES = 8, 3
rng = np.random.RandomState(1)


def draw():
    return [float(rng.uniform()), int(rng.randint(ORDERED)), int(rng.randint(ENTRIES))]


def weights(n):
    if n == 0:
        return np.ones(1)
    ramp = np.linspace(1 / n, 1, num=max(0, n - 25))
    return np.concatenate([ramp, np.ones(min(n, 25)), [1.0]])


def density(points, at):
    n = len(points)
    sigma = max(0.14 * max(n, 1) ** (-1 / (3 + 4)), 1 / min(100, n + 2))
    w = weights(n)
    total = 0.0
    for k in range(n + 1):
        prior = k == n
        mu, middle = (0.5, 0.5) if prior else (points[k][0], (points[k][1] + 0.5) / ORDERED)
        s = 1.0 if prior else sigma
        p = truncnorm.pdf(at[0], (0 - mu) / s, (1 - mu) / s, loc=mu, scale=s) * s
        a, b = at[1] / ORDERED, (at[1] + 1) / ORDERED
        of = truncnorm((0 - middle) / s, (1 - middle) / s, loc=middle, scale=s)
        p *= (of.cdf(b) - of.cdf(a)) * ORDERED * s
        row = np.full(ENTRIES, 1 / (n + 1))
        if not prior:
            row[points[k][2]] += 1
        p *= row[at[2]] / row.sum() * ENTRIES
        total += w[k] * p
    return float(np.log(total / w.sum()))


cases = []
for n in [0, 1, 3, 10, 26, 40, 150]:
    points = [draw() for _ in range(n)]
    places = [draw() for _ in range(4)]
    cases.append({"points": points, "places": places, "logDensity": [density(points, at) for at in places]})
print(json.dumps(cases))
