"""Runs PyTorch's attention, patch embedding and transformer encoder forward and backward in float64 and writes what came out
to attention.json, which test/golden-sequences.test.ts reads.

    python3 golden/attention.py > golden/attention.json        (PyTorch 1.13)

Inputs are not stored: both sides make x, dy and each parameter from a sequence of whole numbers (Park & Miller 1988).
"""

import json

import torch

BATCH = 3
ATTENTION = [
    {"options": {"heads": 1}, "inputShape": [4, 3]},
    {"options": {"heads": 2}, "inputShape": [5, 6]},
    {"options": {"heads": 3, "causal": True}, "inputShape": [4, 6]},
    {"options": {"heads": 2, "bias": False}, "inputShape": [7, 4]},
]
PATCHES = [
    {"options": {"patchSize": 2, "units": 3}, "inputShape": [4, 6, 1]},
    {"options": {"patchSize": 3, "units": 4}, "inputShape": [3, 6, 2]},
    {"options": {"patchSize": 1, "units": 2, "bias": False}, "inputShape": [3, 2, 5]},
]
POSITIONS = [{"options": {}, "inputShape": shape} for shape in ([4, 3], [1, 5], [6, 1])]
ENCODERS = [
    {"options": {"heads": 2, "hiddenUnits": 5}, "inputShape": [3, 4]},
    {"options": {"heads": 1, "hiddenUnits": 4, "activation": "relu", "normalize": "after"}, "inputShape": [4, 3]},
    {"options": {"heads": 3, "hiddenUnits": 2, "causal": True, "normalize": "after"}, "inputShape": [4, 3]},
]
MEANS = [{"options": {}, "inputShape": shape} for shape in ([4, 3], [1, 5], [7, 2])]


def draw(seed, shape):
    """Each k / 256 with |k| ≤ 127."""
    numbers, state = [], seed
    for _ in range(torch.Size(shape).numel()):
        state = state * 16807 % 2147483647
        numbers.append((state % 255 - 127) / 256)
    return torch.tensor(numbers, dtype=torch.float64).reshape(shape)


def draw_parameters(shapes):
    """In the order of our plan, in our layout."""
    return {name: draw(100 + k, shape).requires_grad_() for k, (name, shape) in enumerate(shapes.items())}


def attention(options, shape):
    (T, D), bias = shape, options.get("bias", True)
    shapes = {"qkv.weight": [D, 3 * D], "qkv.bias": [3 * D], "output.weight": [D, D], "output.bias": [D]}
    ours = draw_parameters({name: s for name, s in shapes.items() if bias or not name.endswith("bias")})
    module = torch.nn.MultiheadAttention(D, options["heads"], bias=bias, batch_first=True).double()
    module = with_parameters(
        module,
        {
            "in_proj_weight": ours["qkv.weight"].T,
            "out_proj.weight": ours["output.weight"].T,
            **({"in_proj_bias": ours["qkv.bias"], "out_proj.bias": ours["output.bias"]} if bias else {}),
        },
    )
    mask = torch.ones(T, T).triu(1).bool() if options.get("causal") else None
    return ours, lambda x: module(x, x, x, attn_mask=mask)[0]


def with_parameters(module, values):
    """The module as a function of these tensors, so that gradients flow to what they were made from."""
    return lambda *inputs, **options: torch.nn.utils.stateless.functional_call(module, values, inputs, options)


def encoder(options, shape):
    (T, D), F, before = shape, options["hiddenUnits"], options.get("normalize", "before") == "before"
    norm = lambda name: {f"{name}.weight": [D], f"{name}.bias": [D]}
    dense = lambda name, D, F: {f"{name}.weight": [D, F], f"{name}.bias": [F]}
    first = {**dense("attention.qkv", D, 3 * D), **dense("attention.output", D, D)}
    second = {**dense("expand", D, F), **dense("contract", F, D)}
    parts = [norm("norm1"), first, norm("norm2"), second] if before else [first, norm("norm1"), second, norm("norm2")]
    ours = draw_parameters({name: s for part in parts for name, s in part.items()})
    module = torch.nn.TransformerEncoderLayer(
        D, options["heads"], F, dropout=0, activation=options.get("activation", "gelu"), norm_first=before, batch_first=True
    ).double()
    names = {"self_attn.in_proj_": "attention.qkv.", "self_attn.out_proj.": "attention.output."}
    names |= {"linear1.": "expand.", "linear2.": "contract.", "norm1.": "norm1.", "norm2.": "norm2."}
    theirs = {t + kind: ours[o + kind].T for t, o in names.items() for kind in ("weight", "bias")}
    mask = torch.ones(T, T).triu(1).bool() if options.get("causal") else None
    return ours, lambda x: with_parameters(module, theirs)(x, src_mask=mask)


def patches(options, shape):
    (H, W, C), P, units = shape, options["patchSize"], options["units"]
    ours = draw_parameters({"weight": [P * P * C, units], **({"bias": [units]} if options.get("bias", True) else {})})
    kernel = ours["weight"].reshape(P, P, C, units).permute(3, 2, 0, 1)  # (units, C, P, P)

    def run(x):
        y = torch.nn.functional.conv2d(x.permute(0, 3, 1, 2), kernel, ours.get("bias"), stride=P)
        return y.flatten(2).transpose(1, 2)  # (N, T, units)

    return ours, run


def positions(options, shape):
    ours = draw_parameters({"weight": shape})
    return ours, lambda x: x + ours["weight"]


def mean(options, shape):
    return {}, lambda x: x.mean(dim=1)


def run(type, create, case):
    ours, f = create(case["options"], case["inputShape"])
    x = draw(200, [BATCH, *case["inputShape"]]).requires_grad_()
    y = f(x)
    y.backward(draw(300, list(y.shape)))
    seen = {"y": y, "dx": x.grad, **{f"d{name}": tensor.grad for name, tensor in ours.items()}}
    return {"type": type, **case, "seen": {name: numbers(tensor) for name, tensor in seen.items()}}


def numbers(tensor):
    return [float(value) for value in tensor.detach().flatten()]


FAMILIES = [
    ("multi-head-attention", attention, ATTENTION),
    ("transformer-encoder", encoder, ENCODERS),
    ("patch-embedding", patches, PATCHES),
    ("position-embedding", positions, POSITIONS),
    ("global-average-pool1d", mean, MEANS),
]
if __name__ == "__main__":  # containers.py draws its numbers here, too
    seen = [run(type, create, case) for type, create, cases in FAMILIES for case in cases]
    print(json.dumps({"batch": BATCH, "cases": seen}, separators=(",", ":")))
