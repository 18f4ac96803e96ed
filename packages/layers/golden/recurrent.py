"""Runs PyTorch's RNN, LSTM and GRU forward and backward in float64 and writes what came out to recurrent.json, which
test/golden-sequences.test.ts reads.

    python3 golden/recurrent.py > golden/recurrent.json        (PyTorch 1.13)

Inputs are not stored: both sides make x, dy and each parameter from a sequence of whole numbers (Park & Miller 1988).
"""

import json

import torch

BATCH = 3
CASES = [
    {"type": "simple-rnn", "options": {"units": 4}, "inputShape": [5, 3]},
    {"type": "simple-rnn", "options": {"units": 3, "returnSequences": True}, "inputShape": [4, 6]},
    {"type": "simple-rnn", "options": {"units": 5, "bias": False}, "inputShape": [7, 2]},
    {"type": "lstm", "options": {"units": 4, "forgetBias": 0}, "inputShape": [5, 3]},
    {"type": "lstm", "options": {"units": 3, "returnSequences": True}, "inputShape": [4, 6]},
    {"type": "lstm", "options": {"units": 5, "bias": False, "forgetBias": 0}, "inputShape": [7, 2]},
    {"type": "gru", "options": {"units": 4}, "inputShape": [5, 3]},
    {"type": "gru", "options": {"units": 3, "returnSequences": True}, "inputShape": [4, 6]},
    {"type": "gru", "options": {"units": 5, "bias": False}, "inputShape": [7, 2]},
]
MODULES = {"simple-rnn": (torch.nn.RNN, 1), "lstm": (torch.nn.LSTM, 4), "gru": (torch.nn.GRU, 3)}


def draw(seed, shape):
    """Each k / 256 with |k| ≤ 127."""
    numbers, state = [], seed
    for _ in range(torch.Size(shape).numel()):
        state = state * 16807 % 2147483647
        numbers.append((state % 255 - 127) / 256)
    return torch.tensor(numbers, dtype=torch.float64).reshape(shape)


def run(case):
    (T, D), U = case["inputShape"], case["options"]["units"]
    Module, gates = MODULES[case["type"]]
    bias = case["options"].get("bias", True)
    # Our layout, and in this order: W (D, G·U), U (U, G·U), the sum of PyTorch's two biases, for gru c = b_hn.
    shapes = {"weight": [D, gates * U], "recurrentWeight": [U, gates * U]}
    if bias:
        shapes["bias"] = [gates * U]
        if case["type"] == "gru":
            shapes["candidateBias"] = [U]
    ours = {name: draw(100 + k, shape) for k, (name, shape) in enumerate(shapes.items())}

    module = Module(D, U, bias=bias, batch_first=True).double()
    with torch.no_grad():
        module.weight_ih_l0.copy_(ours["weight"].T)
        module.weight_hh_l0.copy_(ours["recurrentWeight"].T)
        if bias:
            module.bias_ih_l0.copy_(ours["bias"])
            module.bias_hh_l0.zero_()
            if case["type"] == "gru":
                module.bias_hh_l0[2 * U :] = ours["candidateBias"]
            if case["type"] == "lstm":
                module.bias_hh_l0[U : 2 * U] = case["options"].get("forgetBias", 1)

    x = draw(200, [BATCH, T, D]).requires_grad_()
    y, _ = module(x)
    if not case["options"].get("returnSequences", False):
        y = y[:, -1]
    y.backward(draw(300, list(y.shape)))

    gradients = {"dweight": module.weight_ih_l0.grad.T, "drecurrentWeight": module.weight_hh_l0.grad.T}
    if bias:
        gradients["dbias"] = module.bias_ih_l0.grad
        if case["type"] == "gru":
            gradients["dcandidateBias"] = module.bias_hh_l0.grad[2 * U :]
    return {"y": y, "dx": x.grad, **gradients}


def numbers(tensor):
    return [float(value) for value in tensor.detach().flatten()]


seen = [{**case, "seen": {name: numbers(tensor) for name, tensor in run(case).items()}} for case in CASES]
print(json.dumps({"batch": BATCH, "cases": seen}, separators=(",", ":")))
