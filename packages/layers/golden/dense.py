"""Runs PyTorch's linear layer forward and backward in float64 and writes what came out to dense.json.

    python3 golden/dense.py > golden/dense.json        (PyTorch 1.13)
"""

import torch.nn.functional as F

from layer_cases import case, write


def dense(features, units, bias=True):
    """PyTorch has a weight for each output first: (U, D), ours is (D, U)."""
    return case(
        "dense",
        [features],
        lambda x, weight, bias=None: F.linear(x, weight.T, bias),
        {"units": units, "bias": bias},
        {"weight": [features, units], **({"bias": [units]} if bias else {})},
    )


write([dense(1, 1), dense(7, 5), dense(6, 9, bias=False), dense(33, 17)])
