"""Runs optimizers for ten steps along given gradients and writes the parameters to optimizers.json, which
test/golden-optimizers.test.ts reads.

    python3 golden/optimizers.py > golden/optimizers.json        (PyTorch 1.13)

What PyTorch 1.13 has is run by it; lion, lamb and muon are written out below from their papers, in float64.

Parameters and gradients are not stored: both sides make them from the same sequence of whole numbers (Park & Miller 1988),
scaled by powers of two. Stored are all parameters after steps 1, 3 and 10, in float64. The learning rate of step t (from
0) is that of the options times FACTORS[t], as a schedule would have it.
"""

import json

import torch

# NAdam keeps its product of momenta in the default precision.
torch.set_default_dtype(torch.float64)

SHAPES = [[4, 3], [3, 5], [5], [2, 2, 1, 3]]
STEPS = 10
STORED = [1, 3, 10]
FACTORS = [1, 1, 0.5, 0.5, 0.25, 1, 1, 0.75, 0.125, 1]

# The options as an experiment file has them; what is left out takes its default.
OPTIMIZERS = [
    {"type": "sgd", "learningRate": 0.125, "momentum": 0.875, "nesterov": True, "weightDecay": 0.03125},
    {"type": "sgd", "learningRate": 0.125},
    {"type": "sgd", "learningRate": 0.0625, "momentum": 0.5, "weightDecay": 0.125},
    {"type": "adam", "learningRate": 0.0625},
    {"type": "adam", "weightDecay": 0.125},
    {"type": "adam", "learningRate": 0.0625, "beta1": 0.75, "beta2": 0.875, "epsilon": 1e-4},
    {"type": "adamw", "learningRate": 0.0625, "weightDecay": 0.125},
    {"type": "adamw"},
    {"type": "adamw", "learningRate": 0.0625, "beta1": 0.75, "beta2": 0.875, "epsilon": 1e-4, "weightDecay": 0.5},
    {"type": "rmsprop"},
    {"type": "rmsprop", "alpha": 0.875, "momentum": 0.75, "weightDecay": 0.03125},
    {"type": "rmsprop", "learningRate": 0.0625, "centered": True, "epsilon": 1e-4},
    {"type": "rmsprop", "learningRate": 0.0625, "centered": True, "momentum": 0.5, "weightDecay": 0.125},
    {"type": "adagrad"},
    {"type": "adagrad", "learningRate": 0.125, "learningRateDecay": 0.25},
    {"type": "adagrad", "initialAccumulator": 0.5, "weightDecay": 0.125, "epsilon": 1e-6},
    {"type": "adadelta"},
    {"type": "adadelta", "learningRate": 0.5, "rho": 0.75, "epsilon": 1e-3},
    {"type": "adadelta", "weightDecay": 0.125},
    {"type": "nadam"},
    {"type": "nadam", "learningRate": 0.0625, "beta1": 0.75, "beta2": 0.875, "epsilon": 1e-4, "momentumDecay": 0.25},
    {"type": "nadam", "weightDecay": 0.125},
    {"type": "radam"},
    {"type": "radam", "learningRate": 0.0625, "beta1": 0.75, "beta2": 0.9375, "epsilon": 1e-4},
    {"type": "radam", "beta2": 0.5, "weightDecay": 0.125},
    {"type": "lion"},
    {"type": "lion", "learningRate": 0.0625, "beta1": 0.75, "beta2": 0.875},
    {"type": "lion", "learningRate": 0.0625, "weightDecay": 0.125},
    {"type": "lamb"},
    {"type": "lamb", "learningRate": 0.0625, "beta1": 0.75, "beta2": 0.875, "epsilon": 1e-3},
    {"type": "lamb", "weightDecay": 0.0},
    {"type": "muon"},
    {"type": "muon", "learningRate": 0.0625, "momentum": 0.75, "nesterov": False, "adamwLearningRate": 0.03125},
    {"type": "muon", "iterations": 3, "weightDecay": 0.125, "beta1": 0.75, "beta2": 0.875, "epsilon": 1e-4},
]


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2."""

    def __init__(self, parameters, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(parameters, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        (group,) = self.param_groups
        beta1, beta2 = group["betas"]
        for p in group["params"]:
            m = self.state[p].setdefault("m", torch.zeros_like(p))
            u = torch.sign(beta1 * m + (1 - beta1) * p.grad)
            p -= group["lr"] * (u + group["weight_decay"] * p)
            m.copy_(beta2 * m + (1 - beta2) * p.grad)


class Lamb(torch.optim.Optimizer):
    """You et al. 2020, algorithm 2, with φ the identity."""

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.01):
        super().__init__(parameters, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay))
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        (group,) = self.param_groups
        beta1, beta2 = group["betas"]
        for p in group["params"]:
            m = self.state[p].setdefault("m", torch.zeros_like(p))
            v = self.state[p].setdefault("v", torch.zeros_like(p))
            m.copy_(beta1 * m + (1 - beta1) * p.grad)
            v.copy_(beta2 * v + (1 - beta2) * p.grad**2)
            r = (m / (1 - beta1**self.t)) / ((v / (1 - beta2**self.t)).sqrt() + group["eps"])
            u = r + group["weight_decay"] * p
            ratio = p.norm() / u.norm() if p.norm() > 0 and u.norm() > 0 else 1.0
            p -= group["lr"] * ratio * u


class Muon(torch.optim.Optimizer):
    """Jordan 2024: Newton-Schulz in float64 for matrices, which are (in, out) here; torch's AdamW for the rest."""

    def __init__(self, parameters, lr=0.02, momentum=0.95, nesterov=True, iterations=5, weight_decay=0.0,
                 adamw_lr=3e-4, betas=(0.9, 0.95), eps=1e-10):
        defaults = dict(lr=lr, momentum=momentum, nesterov=nesterov, iterations=iterations, weight_decay=weight_decay)
        super().__init__([p for p in parameters if p.dim() == 2], defaults)
        rest = [p for p in parameters if p.dim() != 2]
        self.rest = torch.optim.AdamW(rest, lr=adamw_lr, betas=betas, eps=eps, weight_decay=weight_decay)
        self.param_groups.extend(self.rest.param_groups)

    @staticmethod
    def orthogonal(G, iterations):
        a, b, c = 3.4445, -4.7750, 2.0315
        X = G / (G.norm() + 1e-7)
        if G.size(0) > G.size(1):
            X = X.T
        for _ in range(iterations):
            A = X @ X.T
            X = a * X + (b * A + c * A @ A) @ X
        return X.T if G.size(0) > G.size(1) else X

    @torch.no_grad()
    def step(self):
        group = self.param_groups[0]
        for p in group["params"]:
            b = self.state[p].setdefault("b", torch.zeros_like(p))
            b.copy_(group["momentum"] * b + p.grad)
            d = p.grad + group["momentum"] * b if group["nesterov"] else b
            p *= 1 - group["lr"] * group["weight_decay"]
            # Jordan's weights are (out, in): max(1, rows / columns) there.
            p -= group["lr"] * max(1, p.size(1) / p.size(0)) ** 0.5 * self.orthogonal(d.T, group["iterations"]).T
        self.rest.step()


KINDS = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "adagrad": torch.optim.Adagrad,
    "adadelta": torch.optim.Adadelta,
    "nadam": torch.optim.NAdam,
    "radam": torch.optim.RAdam,
    "lion": Lion,
    "lamb": Lamb,
    "muon": Muon,
}

NAMES = {
    "learningRate": "lr",
    "weightDecay": "weight_decay",
    "epsilon": "eps",
    "learningRateDecay": "lr_decay",
    "initialAccumulator": "initial_accumulator_value",
    "momentumDecay": "momentum_decay",
    "adamwLearningRate": "adamw_lr",
}

# Beside a beta that is given: those of the type.
BETAS = {"lion": (0.9, 0.99), "muon": (0.9, 0.95)}


def create_optimizer(options, parameters):
    own = {NAMES.get(name, name): value for name, value in options.items() if name not in ("type", "beta1", "beta2")}
    if "beta1" in options or "beta2" in options:
        beta1, beta2 = BETAS.get(options["type"], (0.9, 0.999))
        own["betas"] = (options.get("beta1", beta1), options.get("beta2", beta2))
    if options["type"] == "nadam":
        # The loop over single tensors of 1.13 multiplies one momentum too many into its product; this one has the formula.
        own["foreach"] = True
    return KINDS[options["type"]](parameters, **own)


def whole_numbers(seed):
    state = seed
    while True:
        state = state * 16807 % 2147483647
        yield state


def draw(seed):
    """Numbers k / 256 with |k| ≤ 127, one tensor after the other."""
    numbers = whole_numbers(seed)
    for shape in SHAPES:
        count = torch.Size(shape).numel()
        values = [(next(numbers) % 255 - 127) / 256 for _ in range(count)]
        yield torch.tensor(values, dtype=torch.float64).reshape(shape)


def run(options):
    parameters = [value.requires_grad_() for value in draw(300)]
    optimizer = create_optimizer(options, parameters)
    rates = [group["lr"] for group in optimizer.param_groups]
    seen = []
    for step in range(STEPS):
        for p, gradient in zip(parameters, draw(400 + step)):
            p.grad = gradient
        for group, rate in zip(optimizer.param_groups, rates):
            group["lr"] = rate * FACTORS[step]
        optimizer.step()
        if step + 1 in STORED:
            seen.append([value for p in parameters for value in p.detach().flatten().tolist()])
    return seen


cases = [{"options": options, "values": run(options)} for options in OPTIMIZERS]
head = {"shapes": SHAPES, "stored": STORED, "factors": FACTORS}
print(json.dumps({**head, "cases": cases}, separators=(",", ":")))
