"""Writes Spearman's rank correlations by SciPy 1.10 to rank-correlation.json, which src/importance/rank-correlation.test.ts reads.

    /usr/bin/python3 golden/rank-correlation.py > golden/rank-correlation.json
"""

import json

import numpy as np
from scipy.stats import spearmanr

rng = np.random.RandomState(3)
cases = []
for count, digits, slope in [(2, 3, 1), (3, 3, -1), (10, 8, 0.5), (50, 0, 1), (200, 1, -0.2), (30, 0, 0)]:
    x = np.round(rng.normal(size=count), digits)  # few digits give ties
    y = np.round(slope * x + rng.normal(size=count), digits)
    cases.append({"x": x.tolist(), "y": y.tolist(), "correlation": float(spearmanr(x, y)[0])})
print(json.dumps(cases))
