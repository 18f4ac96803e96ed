"""Layers that hold layers, written out in PyTorch in float64; test/golden-sequences.test.ts reads what came out.

    python3 golden/containers.py > golden/containers.json        (PyTorch 1.13)
"""

import json

import torch

from attention import BATCH, draw, numbers

dense = lambda units, **options: {"type": "dense", "units": units, **options}
tanh, relu = {"type": "tanh"}, {"type": "relu"}
CASES = [
    ("residual", {"layers": [dense(5), tanh, dense(3)]}, [3]),
    ("residual", {"layers": [dense(4), relu], "shortcut": [dense(4, bias=False)]}, [6]),
    ("residual", {"layers": [{"type": "residual", "layers": [tanh, dense(4)]}, dense(4)]}, [4]),
    ("parallel", {"branches": [[dense(3)], [dense(2), tanh]]}, [4]),
    ("parallel", {"branches": [[dense(3), tanh], [tanh, dense(3)]], "join": "add"}, [5]),
    ("parallel", {"branches": [[tanh], [relu], [tanh, relu]]}, [2, 3]),
    ("repeat", {"times": 1, "layers": [dense(3)]}, [2]),
    ("repeat", {"times": 3, "layers": [dense(4), tanh]}, [5]),
    ("repeat", {"times": 2, "layers": [{"type": "residual", "layers": [dense(3), tanh]}]}, [3]),
]


class Network:
    """Runs blocks; makes a parameter when its name is first met, in the order of our plan."""

    def __init__(self):
        self.parameters = {}

    def parameter(self, name, shape):
        if name not in self.parameters:
            self.parameters[name] = draw(100 + len(self.parameters), shape).requires_grad_()
        return self.parameters[name]

    def chain(self, blocks, x, place):
        for k, block in enumerate(blocks):
            x = self.block(block, x, f"{place}.{k}.")
        return x

    def block(self, block, x, prefix):
        kind = block["type"]
        if kind == "dense":
            y = x @ self.parameter(f"{prefix}weight", [x.shape[-1], block["units"]])
            return y + self.parameter(f"{prefix}bias", [block["units"]]) if block.get("bias", True) else y
        if kind == "residual":
            past = self.chain(block["shortcut"], x, f"{prefix}shortcut") if "shortcut" in block else x
            return past + self.chain(block["layers"], x, f"{prefix}layers")
        if kind == "parallel":
            parts = [self.chain(branch, x, f"{prefix}branches.{k}") for k, branch in enumerate(block["branches"])]
            return sum(parts) if block.get("join") == "add" else torch.cat(parts, dim=-1)
        if kind == "repeat":
            for k in range(block["times"]):
                x = self.chain(block["layers"], x, f"{prefix}{k}.layers")
            return x
        return {"tanh": torch.tanh, "relu": torch.relu}[kind](x)


def run(kind, options, shape):
    network = Network()
    x = draw(200, [BATCH, *shape]).requires_grad_()
    y = network.block({"type": kind, **options}, x, "")
    y.backward(draw(300, list(y.shape)))
    seen = {"y": y, "dx": x.grad, **{f"d{name}": tensor.grad for name, tensor in network.parameters.items()}}
    return {"type": kind, "options": options, "inputShape": shape, "seen": {k: numbers(v) for k, v in seen.items()}}


print(json.dumps({"batch": BATCH, "cases": [run(*case) for case in CASES]}, separators=(",", ":")))
