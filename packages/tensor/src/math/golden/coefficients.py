"""Prints the polynomial coefficients of exp.ts, log.ts, trigonometry.ts and erf.ts, and what each polynomial leaves.

Interpolation at Chebyshev's nodes with 60 digits, then rounded to float64: within a few per cent of the best
polynomial of that degree. The interval is 0.01 % wider than the range reduction needs.

    python3 coefficients.py
"""
from mpmath import chebyfit, cos, erf, erfc, exp, log, mp, mpf, nstr, pi, sin, sqrt

mp.dps = 60


def show(name, function, low, high, count, weight):
    coefficients, error = chebyfit(function, [low, high], count, error=True)
    print(f"{name}: leaves 2^{nstr(log(error * weight, 2), 4)}")
    for coefficient in reversed(coefficients):
        print("   ", repr(float(coefficient)))


# Near 0 the formulas cancel; there, the first terms of the series have more digits than needed.
def exp_rest(r):
    return (exp(r) - 1 - r - r * r / 2) / r**3 if abs(r) > mpf(10) ** -12 else mpf(1) / 6 + r / 24 + r * r / 120


def artanh_rest(z):
    if z < mpf(10) ** -20:
        return mpf(2) / 3 + 2 * z / 5
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) - 2 * s) / (s * z)


def sin_rest(z):
    if z < mpf(10) ** -20:
        return -mpf(1) / 6 + z / 120
    x = sqrt(z)
    return (sin(x) - x) / (x * z)


def cos_rest(z):
    if z < mpf(10) ** -12:
        return mpf(1) / 24 - z / 720 + z * z / 40320
    x = sqrt(z)
    return (cos(x) - 1 + z / 2) / z**2


def erf_rest(z):
    if z < mpf(10) ** -30:
        return 2 / sqrt(pi) * (1 - z / 3) - 1
    return erf(sqrt(z)) / sqrt(z) - 1


def erfc_scaled(t):
    x = mpf("3.75") * (1 + t) / (1 - t)
    return erfc(x) * exp(x * x)


def middle(x):
    return (x - mpf("3.75")) / (x + mpf("3.75"))


wider = mpf("1.0001")
r = log(2) / 2 * wider
z_log = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * wider
z_pi = (pi / 4) ** 2 * wider
show("exp", exp_rest, -r, r, 10, r**3)
show("log", artanh_rest, 0, z_log, 7, z_log * sqrt(z_log))
show("sin", sin_rest, 0, z_pi, 7, z_pi)
show("cos", cos_rest, 0, z_pi, 6, z_pi**2)
show("erf, |x| < 1", erf_rest, 0, wider, 13, 1)
show("erf, 1 <= |x| < 6", erfc_scaled, middle(1), middle(6), 16, 1)
