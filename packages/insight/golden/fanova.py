"""Writes trials of four functions, and the importances that Optuna's fANOVA gives their parameters, to fanova.json, which
src/importance/fanova.test.ts reads.

    /usr/bin/python3 golden/fanova.py > golden/fanova.json

Optuna 3.1, scikit-learn 1.2 (Debian: python3-optuna, python3-sklearn). The importances are means over five seeds, of 64 trees each. `exact`
are the shares of the main effects by the formula of the function, which follow from the variances of its terms.
"""

import json
import math
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import FanovaImportanceEvaluator

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
TRIALS = 200
rng = np.random.RandomState(14)


def float_domain(low, high):
    return FloatDistribution(low, high), {"type": "float", "min": low, "max": high}


def int_domain(low, high):
    return IntDistribution(low, high), {"type": "int", "min": low, "max": high}


def list_domain(*values):
    return CategoricalDistribution(values), list(values)


def draw(distribution):
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[rng.randint(len(distribution.choices))]
    if isinstance(distribution, IntDistribution):
        return int(rng.randint(distribution.low, distribution.high + 1))
    return float(rng.uniform(distribution.low, distribution.high))


def case(name, domains, function, exact):
    distributions = {key: distribution for key, (distribution, _) in domains.items()}
    study = optuna.create_study()
    trials = []
    for _ in range(TRIALS):
        params = {key: draw(distribution) for key, distribution in distributions.items()}
        value = float(function(**params))
        study.add_trial(optuna.trial.create_trial(params=params, distributions=distributions, value=value))
        trials.append({"parameters": params, "objective": value})
    runs = [FanovaImportanceEvaluator(seed=seed).evaluate(study) for seed in range(5)]
    importances = {key: float(np.mean([run[key] for run in runs])) for key in domains}
    return {"name": name, "domains": {key: ours for key, (_, ours) in domains.items()}, "trials": trials, "optuna": importances, "exact": exact}


def shares(**variances):
    total = sum(variances.values())
    return {key: variance / total for key, variance in variances.items()}


a, b = 7, 0.1
pi = math.pi
ishigami = {
    "x": (1 + b * pi**4 / 5) ** 2 / 2,
    "y": a**2 / 8,
    "z": 0,
    "xz": 8 * b**2 * pi**8 / 225,
}
kinds = {"a": 0.0, "b": 1.0, "c": 3.0, "d": 3.5}
print(
    json.dumps(
        [
            case(
                "a sum of four parameters",
                {key: float_domain(0.0, 1.0) for key in ["w", "x", "y", "z"]},
                lambda w, x, y, z: x + 4 * y + 2 * z,
                shares(w=0, x=1, y=16, z=4),
            ),
            case(
                "Ishigami's function",
                {key: float_domain(-pi, pi) for key in ["x", "y", "z"]},
                lambda x, y, z: math.sin(x) + a * math.sin(y) ** 2 + b * z**4 * math.sin(x),
                {key: value for key, value in shares(**ishigami).items() if key != "xz"},
            ),
            case(
                "whole numbers and a quadratic",
                {"width": int_domain(1, 8), "rate": float_domain(-5.0, 0.0), "decay": float_domain(0.0, 1.0)},
                lambda width, rate, decay: 0.5 * width + 0.5 * (rate + 2) ** 2 + decay,
                # Var(width) = 63/12; Var of (rate + 2)² on (−5, 0): E u⁴ − (E u²)², u in (−3, 2).
                shares(width=0.25 * 63 / 12, rate=0.25 * ((2**5 + 3**5) / 25 - ((2**3 + 3**3) / 15) ** 2), decay=1 / 12),
            ),
            case(
                "a list and a number",
                {"kind": list_domain(*kinds), "x": float_domain(0.0, 1.0), "flag": list_domain("on", "off")},
                lambda kind, x, flag: kinds[kind] + 3 * x + (0.5 if flag == "on" else 0),
                shares(kind=float(np.var(list(kinds.values()))), x=9 / 12, flag=1 / 16),
            ),
        ]
    )
)
