"""What PyTorch says of the initializers; test/golden-initializers.test.ts reads it.

    python3 golden/initializers.py > golden/initializers.json        (PyTorch 1.13)

orthogonal: Q of matrices of whole numbers (Park & Miller 1988), (k − 127) / 32, signs as torch.nn.init.orthogonal_ chooses
them: R has a positive diagonal. Each column is one after the other in "columns".
truncated-normal: the share of torch's distribution below some values of z, by its inverse in closed form.
"""

import json
import math

import torch


def whole_numbers(seed):
    state = seed
    while True:
        state = state * 16807 % 2147483647
        yield state


def orthonormal(seed, rows, columns):
    numbers = whole_numbers(seed)
    vectors = torch.tensor([(next(numbers) % 255 - 127) / 32 for _ in range(rows * columns)], dtype=torch.float64)
    q, r = torch.linalg.qr(vectors.reshape(columns, rows).T)
    q = q * torch.diag(r).sign()
    return {"rows": rows, "columns": columns, "values": q.T.flatten().tolist()}


def cdf(z):
    return (1 + math.erf(z / math.sqrt(2))) / 2


def share_below(z):
    """Of a standard normal cut at ±2, as trunc_normal_ defines it."""
    return (cdf(z) - cdf(-2)) / (cdf(2) - cdf(-2))


torch.manual_seed(1)
drawn = torch.nn.init.trunc_normal_(torch.empty(4_000_000, dtype=torch.float64), a=-2, b=2)
points = [-1.9, -1.5, -1, -0.5, 0, 0.25, 1, 1.75]
for z in points:  # the closed form is what PyTorch draws from
    assert abs((drawn < z).double().mean().item() - share_below(z)) < 0.001

print(
    json.dumps(
        {
            "orthonormal": [orthonormal(400 + i, *shape) for i, shape in enumerate([(1, 1), (5, 5), (9, 4), (12, 11)])],
            "truncatedNormal": [{"z": z, "below": share_below(z)} for z in points],
        },
        separators=(",", ":"),
    )
)
