"""Runs PyTorch's reshape, flatten, permute, dropout and dropout2d forward and backward in float64 and writes what came out to shapes.json.

    python3 golden/shapes.py > golden/shapes.json        (PyTorch 1.13)

What dropout and dropout2d drop is decided by our random stream: here is what does not depend on it. Their tests hold the rest.
"""

import torch.nn.functional as F

from layer_cases import case, write


def channels_last(function):
    """PyTorch has channels in axis 1, we have them last."""
    return lambda x: function(x.movedim(-1, 1)).movedim(1, -1)


write([
    *[
        case("reshape", given, lambda x, shape=shape: x.reshape(x.shape[0], *shape), {"shape": shape})
        for given, shape in [([12], [3, 4]), ([4, 6, 1], [8, -1]), ([3, 2, 5], [-1])]
    ],
    *[case("flatten", given, lambda x: x.flatten(1)) for given in ([7], [4, 3, 2], [5, 1, 3])],
    *[
        case("permute", given, lambda x, axes=axes: x.permute(0, *[1 + axis for axis in axes]), {"axes": axes})
        for given, axes in [([5, 3], [1, 0]), ([4, 3, 2], [2, 0, 1]), ([2, 1, 3, 4], [3, 1, 0, 2])]
    ],
    *[
        case("dropout", given, lambda x, p=p, training=training: F.dropout(x, p, training), {"rate": p}, training=training)
        for given, p, training in [([9], 0.5, False), ([3, 2, 4], 0.25, False), ([5], 0.0, True)]
    ],
    *[
        case("dropout2d", [3, 2, 4], channels_last(lambda x, p=p, training=training: F.dropout2d(x, p, training)), {"rate": p}, training=training)
        for p, training in [(0.5, False), (0.25, False), (0.0, True)]
    ],
])
