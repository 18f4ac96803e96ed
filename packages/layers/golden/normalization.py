"""Runs PyTorch's normalizations forward and backward in float64 and writes what came out to normalization.json.

    python3 golden/normalization.py > golden/normalization.json        (PyTorch 1.13)

PyTorch 1.13 has no RMSNorm: there, its autograd goes through the formula of Zhang & Sennrich 2019.
"""

import torch
import torch.nn.functional as F

from layer_cases import case, write


def layer_norm(axes, epsilon=1e-5):
    return lambda x, weight=None, bias=None: F.layer_norm(x, x.shape[-axes:], weight, bias, epsilon)


def rms_norm(epsilon=1e-6):
    return lambda x, weight=1: weight * x / torch.sqrt((x * x).mean(dim=-1, keepdim=True) + epsilon)


def channels_last(function):
    """PyTorch has channels in axis 1, we have them last."""
    return lambda x, **rest: function(x.movedim(-1, 1), **rest).movedim(1, -1)


def group_norm(groups, epsilon=1e-5):
    return channels_last(lambda x, weight=None, bias=None: F.group_norm(x, groups, weight, bias, epsilon))


def batch_norm(training, momentum=0.1, epsilon=1e-5):
    return channels_last(
        lambda x, weight=None, bias=None, runningMean=None, runningVariance=None: F.batch_norm(
            x, runningMean, runningVariance, weight, bias, training, momentum, epsilon
        )
    )


def affine(*shape):
    return {"weight": shape, "bias": shape}


def running(channels):
    return {"runningMean": ([channels], 0), "runningVariance": ([channels], 1)}


batch_norms = [
    case("batch-norm", [7], batch_norm(training), {}, affine(7), running(7), training=training)
    for training in (True, False)
] + [
    case("batch-norm", [4, 3, 2], batch_norm(training, 0.25, 0.01), {"momentum": 0.25, "epsilon": 0.01}, affine(2), running(2), training=training)
    for training in (True, False)
] + [
    case("batch-norm", [5, 3], batch_norm(training), {"affine": False}, {}, running(3), training=training)
    for training in (True, False)
]

write([
    case("layer-norm", [7], layer_norm(1), {}, affine(7)),
    case("layer-norm", [5, 3], layer_norm(1, 0.01), {"epsilon": 0.01}, affine(3)),
    case("layer-norm", [2, 3, 4], layer_norm(2), {"axes": 2}, affine(3, 4)),
    case("layer-norm", [2, 3, 4], layer_norm(3), {"axes": 3, "affine": False}),
    case("rms-norm", [7], rms_norm(), {}, {"weight": [7]}),
    case("rms-norm", [5, 3], rms_norm(0.01), {"epsilon": 0.01}, {"weight": [3]}),
    case("rms-norm", [2, 3, 4], rms_norm(), {"affine": False}),
    case("group-norm", [6], group_norm(2), {"groups": 2}, affine(6)),
    case("group-norm", [3, 2, 6], group_norm(3), {"groups": 3}, affine(6)),
    case("group-norm", [3, 2, 4], group_norm(4, 0.01), {"groups": 4, "epsilon": 0.01, "affine": False}),
    case("group-norm", [5, 4], group_norm(1), {"groups": 1}, affine(4)),
    *batch_norms,
])
