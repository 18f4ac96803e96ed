"""Writes trials, and the importances that Optuna's PED-ANOVA gives their parameters, to ped-anova.json, which
src/importance/ped-anova.test.ts reads.

    pip install optuna==5.0.0
    python3 golden/ped-anova.py > golden/ped-anova.json

The trials of the first study are random, those of the others come from Optuna's TPE sampler, which prefers good values.
"""

import json
import math
import warnings

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

DISTRIBUTIONS = {
    "rate": FloatDistribution(1e-4, 1.0, log=True),
    "momentum": FloatDistribution(0.0, 0.99),
    "layers": IntDistribution(1, 6),
    "units": IntDistribution(16, 512),
    "activation": CategoricalDistribution(["relu", "tanh", "gelu", "sigmoid"]),
}
DOMAINS = {
    "rate": {"type": "float", "min": 1e-4, "max": 1, "scale": "log"},
    "momentum": {"type": "float", "min": 0, "max": 0.99},
    "layers": {"type": "int", "min": 1, "max": 6},
    "units": {"type": "int", "min": 16, "max": 512},
    "activation": ["relu", "tanh", "gelu", "sigmoid"],
}


def objective(rate, momentum, layers, units, activation):
    kinds = {"relu": 0.0, "tanh": 0.3, "gelu": 0.1, "sigmoid": 1.5}
    return (math.log10(rate) + 2) ** 2 + 0.3 * (layers - 3) ** 2 + kinds[activation] + 0.1 * momentum + units / 5000


def case(name, sampler, trials, quantile):
    study = optuna.create_study(sampler=sampler)
    for _ in range(trials):
        trial = study.ask(DISTRIBUTIONS)
        study.tell(trial, objective(**trial.params))
    importances = {
        name: get_param_importances(study, evaluator=PedAnovaImportanceEvaluator(target_quantile=quantile, evaluate_on_local=local))
        for name, local in [("local", True), ("space", False)]
    }
    return {
        "name": name,
        "quantile": quantile,
        "domains": DOMAINS,
        "trials": [{"parameters": trial.params, "objective": trial.value} for trial in study.trials],
        "importances": importances,
    }


print(
    json.dumps(
        [
            case("random", optuna.samplers.RandomSampler(seed=1), 200, 0.1),
            case("tpe", optuna.samplers.TPESampler(seed=2), 150, 0.1),
            case("few trials of tpe", optuna.samplers.TPESampler(seed=3), 30, 0.25),
        ]
    )
)
