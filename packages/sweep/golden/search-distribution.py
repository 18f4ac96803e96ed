"""Writes the updates of the library cmaes (Nomura & Shibata 2024) to search-distribution.json: populations, and mean, step and deviations after
each generation. src/samplers/cma-es/search-distribution.test.ts compares ours with them.

    /usr/bin/python3 golden/search-distribution.py > golden/search-distribution.json        (cmaes 0.9.1)
"""

import json

import numpy as np
from cmaes import CMA

cases = []
# In the last case, the population is so large that the damping of the step depends on it.
for n, population in [(2, 4), (3, 7), (5, 8), (5, 20), (2, 40)]:
    optimizer = CMA(mean=np.full(n, 0.5), sigma=0.2, population_size=population, seed=n)
    optimizer._g = -1  # when cmaes compares the length of the step path, it counts one generation more than the tutorial
    generations = []
    for _ in range(12):
        places = [optimizer.ask() for _ in range(population)]
        # From the best to the worst.
        places.sort(key=lambda x: sum((i + 1) * (v - 0.8) ** 2 for i, v in enumerate(x)))
        optimizer.tell([(place, rank) for rank, place in enumerate(places)])
        generations.append(
            {
                "places": [place.tolist() for place in places],
                "mean": optimizer._mean.tolist(),
                "step": optimizer._sigma,
                "deviations": (optimizer._sigma * np.sqrt(np.diag(optimizer._C))).tolist(),
            }
        )
    cases.append({"n": n, "population": population, "generations": generations})
print(json.dumps(cases))
