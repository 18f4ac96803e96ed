"""Runs PyTorch's lr_scheduler on a learning rate of 1 and writes what it was at every step to schedules.json, which
test/golden-schedules.test.ts reads.

    python3 golden/schedules.py > golden/schedules.json        (PyTorch 1.13)

Schedulers that count epochs are told of each epoch, the others of each step. A warm-up is LinearLR, followed by the scheduler.
"""

import json
import warnings

import torch
from torch.optim import lr_scheduler

warnings.simplefilter("ignore")  # no optimizer steps are made

STEPS_PER_EPOCH = 5
EPOCHS = 12
TOTAL = STEPS_PER_EPOCH * EPOCHS
# What reduce-on-plateau is told after each epoch.
LOSSES = [1.0, 0.5, 0.49, 0.48, 0.485, 0.4799, 0.479, 0.6, 0.3, 0.31, 0.32, 0.33]
ACCURACIES = [0.5, 0.7, 0.71, 0.705, 0.71, 0.70999, 0.711, 0.8, 0.8, 0.8, 0.79, 0.81]

SCHEDULES = [
    {"type": "constant"},
    {"type": "constant", "warmup": {"epochs": 2, "from": 0.25}},
    {"type": "constant", "warmup": {"epochs": 0.6, "steps": 4, "from": 0.5}},
    {"type": "step", "stepSize": 3},
    {"type": "step", "stepSize": 1, "gamma": 0.9},
    {"type": "step", "stepSize": 2, "gamma": 0.5, "warmup": {"steps": 7, "from": 0.125}},
    {"type": "multi-step", "milestones": [2, 5, 9]},
    {"type": "multi-step", "milestones": [9, 1], "gamma": 0.3},
    {"type": "multi-step", "milestones": [3, 7], "gamma": 0.5, "warmup": {"epochs": 1, "from": 0.125}},
    {"type": "exponential", "gamma": 0.9},
    {"type": "exponential", "gamma": 0.5, "warmup": {"steps": 3, "from": 0.25}},
    {"type": "exponential", "gamma": 0.7, "staircase": False},
    {"type": "polynomial"},
    {"type": "polynomial", "power": 2},
    {"type": "polynomial", "power": 0.5},
    {"type": "polynomial", "power": 2.5, "warmup": {"epochs": 3, "from": 0.25}},
    {"type": "cosine"},
    {"type": "cosine", "end": 0.125},
    {"type": "cosine", "restartEvery": 3},
    {"type": "cosine", "restartEvery": 2, "restartMultiply": 2, "end": 0.0625},
    {"type": "cosine", "warmup": {"steps": 11, "from": 0.0625}},
    {"type": "one-cycle"},
    {"type": "one-cycle", "peak": 0.45, "startDivisor": 10, "endDivisor": 100, "anneal": "linear"},
    {"type": "one-cycle", "peak": 0.1, "startDivisor": 4, "endDivisor": 1000, "warmup": {"epochs": 1, "from": 0.125}},
    {"type": "reduce-on-plateau", "patience": 1},
    {"type": "reduce-on-plateau", "patience": 0, "threshold": 0.03125, "gamma": 0.5, "cooldown": 1},
    {"type": "reduce-on-plateau", "metric": "accuracy", "patience": 1, "gamma": 0.25, "end": 0.1},
]


def rates(optimizer, scheduler, steps, every=1):
    """The learning rate of each step; the scheduler is told after every so many."""
    seen = []
    for step in range(1, steps + 1):
        seen.append(optimizer.param_groups[0]["lr"])
        if step % every == 0 and step < steps:
            scheduler.step()
    return seen


def plateau(optimizer, o):
    values = LOSSES if o.get("metric", "loss") == "loss" else ACCURACIES
    scheduler = lr_scheduler.ReduceLROnPlateau(
        optimizer, mode="min" if values is LOSSES else "max", factor=o.get("gamma", 0.1), patience=o["patience"],
        threshold=o.get("threshold", 1e-4), cooldown=o.get("cooldown", 0), min_lr=o.get("end", 0), eps=0)
    seen = []
    for value in values:
        seen += [optimizer.param_groups[0]["lr"]] * STEPS_PER_EPOCH
        scheduler.step(value)
    return seen


def plain(o, total):
    """Without its warm-up, for that many steps."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    epoch = STEPS_PER_EPOCH
    match o["type"]:
        case "constant":
            return rates(optimizer, lr_scheduler.ConstantLR(optimizer, factor=1.0), total)
        case "step":
            return rates(optimizer, lr_scheduler.StepLR(optimizer, o["stepSize"], o.get("gamma", 0.1)), total, epoch)
        case "multi-step":
            scheduler = lr_scheduler.MultiStepLR(optimizer, sorted(o["milestones"]), o.get("gamma", 0.1))
            return rates(optimizer, scheduler, total, epoch)
        case "exponential":
            if o.get("staircase", True):
                return rates(optimizer, lr_scheduler.ExponentialLR(optimizer, o["gamma"]), total, epoch)
            return rates(optimizer, lr_scheduler.ExponentialLR(optimizer, o["gamma"] ** (1 / epoch)), total)
        case "polynomial":
            return rates(optimizer, lr_scheduler.PolynomialLR(optimizer, total, o.get("power", 1)), total)
        case "cosine" if "restartEvery" in o:
            scheduler = lr_scheduler.CosineAnnealingWarmRestarts(
                optimizer, o["restartEvery"] * epoch, o.get("restartMultiply", 1), o.get("end", 0))
            return rates(optimizer, scheduler, total)
        case "cosine":
            return rates(optimizer, lr_scheduler.CosineAnnealingLR(optimizer, total, o.get("end", 0)), total)
        case "one-cycle":
            scheduler = lr_scheduler.OneCycleLR(
                optimizer, max_lr=1.0, total_steps=total, pct_start=o.get("peak", 0.3), cycle_momentum=False,
                anneal_strategy={"cosine": "cos", "linear": "linear"}[o.get("anneal", "cosine")],
                div_factor=o.get("startDivisor", 25), final_div_factor=o.get("endDivisor", 1e4))
            return rates(optimizer, scheduler, total)
        case "reduce-on-plateau":
            return plateau(optimizer, o)


def run(o):
    warmup = o.get("warmup", {})
    length = warmup.get("steps", 0) + round(warmup.get("epochs", 0) * STEPS_PER_EPOCH)
    first = []
    if length > 0:
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
        first = rates(optimizer, lr_scheduler.LinearLR(optimizer, warmup["from"], 1.0, length), length)
    return first + plain(o, TOTAL - length)


cases = [{"options": options, "factors": run(options)} for options in SCHEDULES]
head = {"stepsPerEpoch": STEPS_PER_EPOCH, "losses": LOSSES, "accuracies": ACCURACIES}
print(json.dumps({**head, "cases": cases}, separators=(",", ":")))
