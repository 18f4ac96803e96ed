"""What PyTorch says of the losses: value and gradient, in float64. test/golden-losses.test.ts reads it.

    python3 golden/losses.py > golden/losses.json        (PyTorch 1.13)

Outputs are not stored: both sides make them from the same whole numbers (Park & Miller 1988), k / 32 with |k| ≤ 127, exact in
float32. Focal loss is not in PyTorch 1.13: here it is the paper's formula, differentiated by PyTorch.
"""

import json

import torch
import torch.nn.functional as F

CASES = [
    {"type": "cross-entropy", "N": 7, "C": 10, "options": {"labelSmoothing": 0}},
    {"type": "cross-entropy", "N": 7, "C": 10, "options": {"labelSmoothing": 0.1}},
    {"type": "cross-entropy", "N": 1, "C": 3, "options": {"labelSmoothing": 0, "classWeights": [0.5, 2, 3]}},
    {"type": "cross-entropy", "N": 9, "C": 4, "options": {"labelSmoothing": 0.25, "classWeights": [1, 0.125, 4, 2.5]}},
    {"type": "binary-cross-entropy", "N": 1, "C": 2, "options": {}},
    {"type": "binary-cross-entropy", "N": 7, "C": 10, "options": {}},
    {"type": "binary-cross-entropy", "N": 4, "C": 17, "options": {}},
    {"type": "hinge", "N": 1, "C": 2, "options": {"margin": 1}},
    {"type": "hinge", "N": 7, "C": 10, "options": {"margin": 1}},
    {"type": "hinge", "N": 6, "C": 5, "options": {"margin": 0.3}},
    {"type": "huber", "N": 1, "C": 2, "options": {"delta": 1}},
    {"type": "huber", "N": 7, "C": 10, "options": {"delta": 1}},
    {"type": "huber", "N": 6, "C": 5, "options": {"delta": 0.3}},
    {"type": "focal", "N": 1, "C": 2, "options": {"gamma": 2}},
    {"type": "focal", "N": 7, "C": 10, "options": {"gamma": 2}},
    {"type": "focal", "N": 6, "C": 5, "options": {"gamma": 0.5}},
    {"type": "focal", "N": 6, "C": 5, "options": {"gamma": 0}},
    {"type": "mean-squared-error", "N": 1, "C": 2, "options": {}},
    {"type": "mean-squared-error", "N": 7, "C": 10, "options": {}},
    {"type": "mean-squared-error", "N": 4, "C": 17, "options": {}},
]


def whole_numbers(seed):
    state = seed
    while True:
        state = state * 16807 % 2147483647
        yield state


def batch(seed, N, C):
    numbers = whole_numbers(seed)
    outputs = torch.tensor([(next(numbers) % 255 - 127) / 32 for _ in range(N * C)], dtype=torch.float64)
    labels = torch.tensor([next(numbers) % C for _ in range(N)])
    return outputs.reshape(N, C).requires_grad_(), labels


def focal(outputs, labels, gamma):
    """Lin et al. 2017, eq. 4: −(1 − p)^γ·log p."""
    log_p = F.log_softmax(outputs, dim=1).gather(1, labels[:, None])[:, 0]
    return (-((1 - log_p.exp()) ** gamma) * log_p).mean()


def loss_of(case, outputs, labels):
    options = case["options"]
    onehot = F.one_hot(labels, case["C"]).to(outputs.dtype)
    if case["type"] == "cross-entropy":
        weights = options.get("classWeights")
        weight = None if weights is None else torch.tensor(weights, dtype=outputs.dtype)
        return F.cross_entropy(outputs, labels, weight=weight, label_smoothing=options["labelSmoothing"])
    if case["type"] == "binary-cross-entropy":
        return F.binary_cross_entropy_with_logits(outputs, onehot)
    if case["type"] == "hinge":
        return F.multi_margin_loss(outputs, labels, margin=options["margin"])
    if case["type"] == "huber":
        return F.huber_loss(outputs, onehot, delta=options["delta"])
    if case["type"] == "mean-squared-error":
        return F.mse_loss(outputs, onehot)
    return focal(outputs, labels, options["gamma"])


for index, case in enumerate(CASES):
    outputs, labels = batch(300 + index, case["N"], case["C"])
    loss = loss_of(case, outputs, labels)
    loss.backward()
    case.update({"loss": loss.item(), "gradient": outputs.grad.flatten().tolist()})

print(json.dumps(CASES, separators=(",", ":")))
