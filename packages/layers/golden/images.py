"""Runs the layers of images in PyTorch and writes what it saw to images.json, which test/golden-images.test.ts reads.

    python3 golden/images.py > golden/images.json        (PyTorch 1.13)

Inputs, weights and upstream gradients are not stored: both sides make them from the same sequence of whole numbers (Park &
Miller 1988), divided by 8, few enough to be equal often, so that it matters which of equals a pool takes. Images are
(N, C, H, W) in PyTorch and (N, H, W, C) here, weights (F, C / groups, KH, KW) there and (KH, KW, C / groups, F) here:
everything is made and stored in the layout of here. Stored are output and gradients in float64.
"""

import json

import torch
import torch.nn.functional as F

N = 3

# Options as an experiment file has them; what is left out takes its default. `around` says in PyTorch's terms what "same"
# means: zeros left, right, above, below, from TensorFlow's table (an odd one to the right and below).
CASES = [
    {"type": "conv2d", "input": [6, 5, 2], "options": {"filters": 3, "kernelSize": 3}},
    {"type": "conv2d", "input": [7, 8, 1], "options": {"filters": 2, "kernelSize": [3, 5], "stride": [2, 3], "padding": 1, "bias": False}},
    {"type": "conv2d", "input": [8, 7, 2], "options": {"filters": 2, "kernelSize": 3, "stride": 2, "padding": "same"}, "around": [1, 1, 0, 1]},
    {"type": "conv2d", "input": [5, 6, 4], "options": {"filters": 6, "kernelSize": [3, 2], "groups": 2, "padding": "same"}, "around": [0, 1, 1, 1]},
    {"type": "conv2d", "input": [6, 6, 3], "options": {"filters": 6, "kernelSize": 3, "groups": 3, "padding": 1}},
    {"type": "conv2d", "input": [9, 7, 2], "options": {"filters": 3, "kernelSize": [3, 2], "dilation": [2, 3], "stride": [1, 2], "padding": 2}},
    {"type": "conv2d", "input": [5, 4, 16], "options": {"filters": 17, "kernelSize": 3, "padding": "same"}, "around": [1, 1, 1, 1]},
    {"type": "max-pool2d", "input": [6, 7, 2], "options": {}},
    {"type": "max-pool2d", "input": [7, 8, 3], "options": {"poolSize": 3, "stride": 2, "padding": 1}},
    {"type": "max-pool2d", "input": [6, 5, 2], "options": {"poolSize": [2, 3], "stride": 1}},
    {"type": "max-pool2d", "input": [8, 7, 2], "options": {"poolSize": 3, "stride": 2, "padding": "same"}, "around": [1, 1, 0, 1]},
    {"type": "average-pool2d", "input": [6, 7, 2], "options": {}},
    {"type": "average-pool2d", "input": [7, 8, 3], "options": {"poolSize": 3, "stride": 2, "padding": 1}},
    {"type": "average-pool2d", "input": [7, 8, 3], "options": {"poolSize": 3, "stride": 2, "padding": 1, "countIncludePad": False}},
    {"type": "average-pool2d", "input": [6, 5, 2], "options": {"poolSize": [2, 3], "stride": [3, 1]}},
    {"type": "global-average-pool2d", "input": [7, 5, 3], "options": {}},
    {"type": "global-average-pool2d", "input": [1, 1, 4], "options": {}},
    {"type": "global-average-pool2d", "input": [6, 3, 1], "options": {}},
    {"type": "pad", "input": [3, 2, 2], "options": {"padding": 2}},
    {"type": "pad", "input": [2, 4, 1], "options": {"padding": [1, 2]}},
    {"type": "pad", "input": [4, 3, 3], "options": {"padding": [[0, 1], [2, 1]]}},
]


def whole_numbers(seed):
    state = seed
    while True:
        state = state * 16807 % 2147483647
        yield state


def draw(shape, seed):
    """k / 8 with |k| ≤ 15."""
    numbers = whole_numbers(seed)
    values = [(next(numbers) % 31 - 15) / 8 for _ in range(torch.Size(shape).numel())]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def channels_first(images):
    return images.permute(0, 3, 1, 2)


def channels_last(images):
    return images.permute(0, 2, 3, 1) if images.dim() == 4 else images


def conv2d(x, options, around, parameters):
    groups, C = options.get("groups", 1), x.shape[1]
    weight = draw([*both(options["kernelSize"]), C // groups, options["filters"]], 101).requires_grad_()
    parameters["weight"] = weight
    if options.get("bias", True):
        parameters["bias"] = draw([options["filters"]], 102).requires_grad_()
    return F.conv2d(
        F.pad(x, around),
        weight.permute(3, 2, 0, 1),
        parameters.get("bias"),
        stride=both(options.get("stride", 1)),
        dilation=both(options.get("dilation", 1)),
        groups=groups,
    )


def max_pool2d(x, options, around, parameters):
    size = both(options.get("poolSize", 2))
    return F.max_pool2d(F.pad(x, around, value=-torch.inf), size, both(options.get("stride", size)))


def average_pool2d(x, options, around, parameters):
    size = both(options.get("poolSize", 2))
    return F.avg_pool2d(x, size, both(options.get("stride", size)), around[0], count_include_pad=options.get("countIncludePad", True))


def global_average_pool2d(x, options, around, parameters):
    return F.adaptive_avg_pool2d(x, 1).flatten(1)


def pad(x, options, around, parameters):
    (top, bottom), (left, right) = map(both, both(options["padding"]))
    return F.pad(x, [left, right, top, bottom])


LAYERS = {
    "conv2d": conv2d,
    "max-pool2d": max_pool2d,
    "average-pool2d": average_pool2d,
    "global-average-pool2d": global_average_pool2d,
    "pad": pad,
}

for case in CASES:
    x = draw([N, *case["input"]], 100).requires_grad_()
    parameters = {}
    padding = case["options"].get("padding", 0)
    around = case.pop("around", [padding] * 4)
    y = channels_last(LAYERS[case["type"]](channels_first(x), case["options"], around, parameters))
    y.backward(draw(y.shape, 103))
    case["outputShape"] = list(y.shape[1:])
    seen = {"y": y, "dx": x.grad} | {f"d{name}": value.grad for name, value in parameters.items()}
    case["seen"] = {name: value.flatten().tolist() for name, value in seen.items()}

print('{"batch":%d,"cases":[' % N)
print(",\n".join(json.dumps(case, separators=(",", ":")) for case in CASES))
print("]}")
