"""Runs PyTorch's activations forward and backward in float64 and writes what came out to activations.json.

    python3 golden/activations.py > golden/activations.json        (PyTorch 1.13)

x is −8 … 8, so that tails are in it. For hard-swish no x is ±3: at its kinks PyTorch's vector and scalar code differ.
"""

import torch
import torch.nn.functional as F

from layer_cases import case, write

# softplus: PyTorch takes x itself for log(1 + e^x) from a threshold on; ours needs none.
FUNCTIONS = [
    ("relu", {}, F.relu),
    ("leaky-relu", {"slope": 0.01}, F.leaky_relu),
    ("leaky-relu", {"slope": 0.3}, lambda x: F.leaky_relu(x, 0.3)),
    ("sigmoid", {}, torch.sigmoid),
    ("tanh", {}, torch.tanh),
    ("elu", {}, F.elu),
    ("elu", {"alpha": 0.5}, lambda x: F.elu(x, alpha=0.5)),
    ("selu", {}, F.selu),
    ("gelu", {}, F.gelu),
    ("gelu", {"approximate": "tanh"}, lambda x: F.gelu(x, approximate="tanh")),
    ("silu", {}, F.silu),
    ("mish", {}, F.mish),
    ("softplus", {}, lambda x: F.softplus(x, threshold=700)),
    ("softplus", {"beta": 3}, lambda x: F.softplus(x, beta=3, threshold=700)),
    ("hard-swish", {}, F.hardswish),
    ("softmax", {}, lambda x: F.softmax(x, dim=-1)),
]


def channels_last(function):
    """PyTorch has channels in axis 1, we have them last."""
    return lambda x, **rest: function(x.movedim(-1, 1), **rest).movedim(1, -1)


write(
    [
        case(type, shape, function, options=options, scale=5 / 64 if type == "hard-swish" else 1 / 16)
        for type, options, function in FUNCTIONS
        for shape in ([17], [2, 3, 4], [5, 1])
    ]
    + [
        case("prelu", shape, channels_last(lambda x, slope: F.prelu(x, slope)), {"perChannel": each}, {"slope": [shape[-1] if each else 1]})
        for shape in ([7], [2, 3, 4], [5, 3])
        for each in (False, True)
    ]
)
