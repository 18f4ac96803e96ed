"""Writes SciPy's Sobol points to sobol.json, which src/samplers/sobol.test.ts reads: the first 64 points in 128 dimensions, and
the points whose indices are near powers of two in 4 dimensions, as multiples of 2⁻³⁰.

    /usr/bin/python3 golden/sobol.py > golden/sobol.json        (SciPy 1.10)

With --directions, it prints the direction numbers of src/samplers/sobol/joe-kuo.ts from SciPy's copy of new-joe-kuo-6.21201: one line
per dimension, from the second, with s, a and m₁ … mₛ.
"""

import os
import sys

import numpy as np
import scipy.stats
from scipy.stats.qmc import Sobol

DIMENSIONS = 128
BITS = 30


def whole(points):
    numbers = points * 2**BITS
    assert (numbers == numbers.astype(np.int64)).all()
    return numbers.astype(np.int64).tolist()


def directions():
    file = os.path.join(os.path.dirname(scipy.stats.__file__), "_sobol_direction_numbers.npz")
    data = np.load(file)
    for dimension in range(1, DIMENSIONS):
        polynomial = int(data["poly"][dimension])  # with its first and its last coefficient, which are 1
        degree = polynomial.bit_length() - 1
        inner = polynomial >> 1 & (1 << degree - 1) - 1
        print(degree, inner, *data["vinit"][dimension][:degree])


def write():
    first = whole(Sobol(DIMENSIONS, scramble=False, bits=BITS).random(64))
    far = {}
    for index in [255, 256, 1023, 1024, 65535, 65536, 99999]:
        sampler = Sobol(4, scramble=False, bits=BITS)
        sampler.fast_forward(index)
        far[index] = whole(sampler.random(1))[0]
    rows = ",\n".join("    " + str(row).replace(" ", "") for row in first)
    others = ",\n".join(f'    "{index}": {row}' for index, row in far.items())
    print(f'{{\n  "bits": {BITS},\n  "first": [\n{rows}\n  ],\n  "far": {{\n{others}\n  }}\n}}')


directions() if "--directions" in sys.argv[1:] else write()
