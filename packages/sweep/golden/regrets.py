"""Writes the results of Optuna's samplers on test functions to regrets.json: the least regret after 25, 50 and 100 trials, for 20 seeds.
test/functions.ts has the same functions; bench/samplers.ts compares our samplers with these results.

    /usr/bin/python3 golden/regrets.py > golden/regrets.json       (Optuna 3.1.0, some minutes)

Trials run one after the other. Samplers have their defaults, except `multivariate=True`. Optuna 3.1.0 has no Gaussian process sampler.
"""

import json
import math
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
SEEDS, TRIALS = 20, (25, 50, 100)


def branin(trial):
    """Dixon & Szegö 1978; the least value is 0.39788735772973816."""
    x, y = trial.suggest_float("x", -5, 10), trial.suggest_float("y", 0, 15)
    valley = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return valley * valley + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


ALPHA = [1.0, 1.2, 3.0, 3.2]
A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P = [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
]


def hartmann6(trial):
    """Dixon & Szegö 1978; the least value is −3.322368011415515."""
    x = [trial.suggest_float(f"x{i}", 0, 1) for i in range(6)]
    return -sum(
        alpha * math.exp(-sum(a * (v - 1e-4 * p) ** 2 for a, v, p in zip(row, x, places)))
        for alpha, row, places in zip(ALPHA, A, P)
    )


def rosenbrock5(trial):
    """Rosenbrock 1960 in five dimensions, −5 … 10; the least value is 0."""
    x = [trial.suggest_float(f"x{i}", -5, 10) for i in range(5)]
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


KINDS = {"relu": (0.0, 0.0), "tanh": (0.5, 0.15), "sigmoid": (1.0, 0.4)}


def mixed(trial):
    """A bowl over parameters of every kind, like a sweep of a network; the best rate depends on the kind. The least value is 0."""
    rate = trial.suggest_float("rate", 1e-5, 1, log=True)
    momentum = trial.suggest_float("momentum", 0, 1)
    units = trial.suggest_int("units", 16, 512, log=True)
    depth = trial.suggest_int("depth", 1, 6)
    shift, worse = KINDS[trial.suggest_categorical("kind", ["sigmoid", "tanh", "relu"])]
    norm = trial.suggest_categorical("norm", [False, True])
    return (
        0.5 * (math.log(rate) / math.log(10) + 2 + shift) ** 2
        + 4 * (momentum - 0.9) ** 2
        + 0.2 * (math.log(units) / math.log(2) - 7) ** 2
        + 0.1 * (depth - 3) ** 2
        + worse
        + (0 if norm else 0.1 * depth)
    )


FUNCTIONS = {
    "branin": (branin, 0.39788735772973816),
    "hartmann6": (hartmann6, -3.322368011415515),
    "rosenbrock5": (rosenbrock5, 0.0),
    "mixed": (mixed, 0.0),
}
SAMPLERS = {
    "tpe": lambda seed: optuna.samplers.TPESampler(multivariate=True, seed=seed),
    "cma-es": lambda seed: optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False),
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
}

regrets = {}
for sampler, create in SAMPLERS.items():
    for name, (function, least) in FUNCTIONS.items():
        print(sampler, name, file=sys.stderr)
        rows = []
        for seed in range(SEEDS):
            study = optuna.create_study(sampler=create(seed))
            study.optimize(function, n_trials=TRIALS[-1])
            values = [trial.value - least for trial in study.trials]
            rows.append([min(values[:count]) for count in TRIALS])
        regrets.setdefault(sampler, {})[name] = {str(c): [row[i] for row in rows] for i, c in enumerate(TRIALS)}
print(json.dumps({"optuna": optuna.__version__, "trials": TRIALS[-1], "regrets": regrets}, indent=1))
