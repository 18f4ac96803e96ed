"""Writes one table a function: x, the float64 nearest to f(x), and how far f(x) lies from it in units of 10^-4 ulp.

x and the result are the 16 hexadecimal digits of the float64. Computed by mpmath with 60 digits beyond the exponent.

    python3 elementary.py
"""
import random
import struct
from pathlib import Path

from mpmath import cos, erf, exp, inf, log, mp, mpf, nan, nint, pi, sin, sqrt, tanh

mp.prec = 1400  # sin(x) of a large x, and 1 + 2^-1074, without a thought

draw = random.Random(20261122)
EDGES = [0.0, -0.0, 5e-324, -5e-324, 2.2250738585072009e-308, 2.2250738585072014e-308, 1e-300, 1e-20, -1e-20, 2.0**-53,
         2.0**-27, -(2.0**-27), 0.5, -0.5, 1.0, -1.0, 1 - 2.0**-53, 1 + 2.0**-52, 1.7976931348623157e308,
         -1.7976931348623157e308, float("inf"), float("-inf"), float("nan")]


# Where the implementation was worst among millions of random points, held against a long double.
WORST = {
    "exp": [455.0662439346461, -12.82280696310218, -17.65584634926374, -708.7544674799431],
    "log": [1.4003081312888164, 0.7068606773961691, 1.4049954748357882],
    "tanh": [0.061558071205212755, -0.06009883215968415, -0.12394614372975798],
    "sigmoid": [-4.149552645271342, -6.930985857192205, -0.691068967986709, -708.8248575544437],
    "sin": [-158082.56789675262, 0.7898307344134792, 2.3387930169687845],
    "cos": [-0.7910545424304172, -3579383.821962645, 2.3303277801891844],
    "sqrt": [],
    "erf": [0.9586730445077052, -1.011798753967415, 1.0794153008979817],
}


def bits(x):
    return struct.pack(">d", x).hex() if x == x else "7ff8000000000000"


def ulp(x):
    exponent = struct.unpack(">Q", struct.pack(">d", x))[0] >> 52 & 0x7FF
    return mpf(2) ** (max(exponent, 1) - 1075)


def uniform(low, high, count):
    return [draw.uniform(low, high) for _ in range(count)]


def tiny(lowest_power, count):
    """Of both signs, uniform in the exponent up to 1."""
    return [draw.choice((-1, 1)) * 2.0 ** draw.uniform(lowest_power, 0) for _ in range(count)]


def sigmoid(x):
    return 1 / (1 + exp(-x))


def write(name, function, points, specials):
    lines = []
    for x in sorted({*points, *WORST[name]}, key=lambda x: (x, bits(x))):
        lines.append(row(name, x, function(mpf(x))))
    for x in EDGES:
        if bits(x) in specials:
            lines.append(f"{bits(x)} {bits(specials[bits(x)])} 0")
        elif abs(x) != float("inf") and x == x:
            lines.append(row(name, x, function(mpf(x))))
        else:
            raise ValueError(f"{name}: say what f({x}) is")
    Path(__file__).with_name(f"{name}.txt").write_text("\n".join(lines) + "\n")


def row(name, x, exact):
    nearest = float(exact)  # mpmath rounds to the nearest float64, subnormal numbers and overflow included
    if nearest in (float("inf"), float("-inf")):
        return f"{bits(x)} {bits(nearest)} 0"
    return f"{bits(x)} {bits(nearest)} {int(nint((exact - mpf(nearest)) / ulp(nearest) * 10000))}"


def special(pairs):
    return {bits(x): y for x, y in pairs}


INF, NAN = float("inf"), float("nan")
LN2 = float(log(2))
write("exp", exp, uniform(-745.2, 709.79, 250) + uniform(-1, 1, 100) + uniform(-745.2, -708, 80) + tiny(-60, 60)
      + [(k + 0.5) * LN2 + draw.uniform(-1e-6, 1e-6) for k in range(-30, 31)],
      special([(INF, INF), (-INF, 0.0), (NAN, NAN)]))
write("log", log, [2.0 ** draw.uniform(-1074, 1024) for _ in range(200)] + uniform(0.5, 2, 150)
      + uniform(0.7, 0.72, 60) + uniform(1.4, 1.42, 60) + [1 + x for x in tiny(-52, 60)]
      + [draw.randrange(1, 2**52) * 5e-324 for _ in range(30)],
      special([(0.0, -INF), (-0.0, -INF), (INF, INF), (NAN, NAN)]
              + [(x, NAN) for x in EDGES if x < 0]))
write("tanh", tanh, uniform(-22, 22, 150) + uniform(-1, 1, 150) + uniform(0.05, 0.07, 100) + tiny(-60, 100),
      special([(0.0, 0.0), (-0.0, -0.0), (1.7976931348623157e308, 1.0), (-1.7976931348623157e308, -1.0),
               (INF, 1.0), (-INF, -1.0), (NAN, NAN)]))
write("sigmoid", sigmoid, uniform(-40, 40, 200) + uniform(-1, 1, 100) + uniform(-8, -3, 100)
      + uniform(-745.2, -36, 80) + tiny(-60, 40),
      special([(1.7976931348623157e308, 1.0), (-1.7976931348623157e308, 0.0), (INF, 1.0), (-INF, 0.0), (NAN, NAN)]))
write("sqrt", sqrt, [2.0 ** draw.uniform(-1074, 1024) for _ in range(100)] + uniform(0, 4, 50),
      special([(0.0, 0.0), (-0.0, -0.0), (INF, INF), (NAN, NAN)] + [(x, NAN) for x in EDGES if x < 0]))

LARGEST = float(pi * 2**21)
multiples = [float(draw.randrange(1, 2**22) * pi / 2) for _ in range(100)]
angles = uniform(0, float(2 * pi), 200) + uniform(-LARGEST, LARGEST, 150) + uniform(-0.8, 0.8, 60) + tiny(-60, 40) + multiples
outside = [(x, NAN) for x in (1.7976931348623157e308, -1.7976931348623157e308, INF, -INF, NAN)]
write("sin", sin, angles, special(outside + [(0.0, 0.0), (-0.0, -0.0)]))
write("cos", cos, angles, special(outside))
write("erf", erf, uniform(-6.2, 6.2, 150) + uniform(-1, 1, 100) + uniform(0.9, 1.1, 100) + tiny(-60, 100),
      special([(0.0, 0.0), (-0.0, -0.0), (1.7976931348623157e308, 1.0), (-1.7976931348623157e308, -1.0),
               (INF, 1.0), (-INF, -1.0), (NAN, NAN)]))
