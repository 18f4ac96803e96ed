"""Writes comparisons of means and their power to comparison.json, which the tests in src/comparison read.

    /usr/bin/python3 golden/comparison.py > golden/comparison.json

SciPy 1.10 gives the t-tests, the binomial test and the non-central t distribution; mpmath 1.2 the critical values of Student's t, with 30
digits. statsmodels 0.13 gives Holm's adjustment and, for designs that need more than 2 seeds, the fractional number of seeds. (Debian:
python3-scipy, python3-mpmath, python3-statsmodels.)
"""

import json
import math
import warnings

import mpmath
import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower, TTestPower

mpmath.mp.dps = 30
warnings.simplefilter("ignore")  # SciPy warns where its series of the non-central t gives NaN, which is left out below.
rng = np.random.RandomState(20)


def sample(count, mean, deviation):
    return [float(value) for value in rng.normal(mean, deviation, count)]


def two_sided(t, df):
    return mpmath.betainc(df / mpmath.mpf(2), 0.5, 0, df / (df + t * t), regularized=True)


def critical(significance, df):
    """The t with P(|T| >= t) = significance. SciPy 1.10 has it to 9 digits, and the non-central t of power_of needs more."""
    df = mpmath.mpf(float(df))
    return float(mpmath.findroot(lambda t: two_sided(t, df) - significance, stats.t.isf(significance / 2, float(df))))


def interval_of(difference, error, df):
    reach = critical(0.05, df) * error
    return [difference - reach, difference + reach]


student = [
    {"df": df, "significance": significance, "critical": critical(significance, df)}
    for df in [1, 2.5, 4, 9, 39, 100, 1e4, 1e6]
    for significance in [0.05, 0.01, 0.5]
]

summaries, paired, welch = [], [], []
for count, mean, deviation in [(2, 0.9, 0.01), (3, 0, 1), (5, 0.97, 0.002), (10, 1e6, 1e-3), (30, -3, 100), (1000, 5, 2)]:
    values = sample(count, mean, deviation)
    sd = np.std(values, ddof=1)
    center = np.mean(values)
    summaries.append({"values": values, "mean": center, "deviation": sd, "interval": interval_of(center, sd / math.sqrt(count), count - 1)})

for count, mean, deviation, shift in [(2, 0.9, 0.01, 0.02), (3, 0, 1, 0), (5, 0.97, 0.002, 0.003), (10, 0.97, 0.002, 0.0), (40, 8, 3, 5)]:
    a = sample(count, mean + shift, deviation)
    b = [value - shift + noise for value, noise in zip(a, sample(count, 0, deviation / 2))]
    difference = np.subtract(a, b)
    test = stats.ttest_rel(a, b)
    error = np.std(difference, ddof=1) / math.sqrt(count)
    center = np.mean(difference)
    paired.append(
        {"a": a, "b": b, "difference": center, "p": test.pvalue, "df": count - 1, "interval": interval_of(center, error, count - 1)}
    )

for n, m, s, t, shift in [(2, 2, 1, 1, 0), (5, 5, 0.002, 0.002, 0.003), (3, 20, 1, 0.1, 0.5), (10, 4, 1, 30, 0), (50, 60, 2, 2, 8)]:
    a, b = sample(n, shift, s), sample(m, 0, t)
    test = stats.ttest_ind(a, b, equal_var=False)
    u, v = np.var(a, ddof=1) / n, np.var(b, ddof=1) / m
    df = (u + v) ** 2 / (u**2 / (n - 1) + v**2 / (m - 1))
    difference = np.mean(a) - np.mean(b)
    welch.append(
        {"a": a, "b": b, "difference": difference, "p": test.pvalue, "df": df, "interval": interval_of(difference, math.sqrt(u + v), df)}
    )

families = [[0.01, 0.04, 0.03, 0.005], [0.2], [0.9, 0.9, 0.001], [1, 0, 0.5, 0.5, 0.02, 0.0001], list(rng.uniform(size=20) ** 4)]
holm = [{"p": p, "adjusted": list(multipletests(p, method="holm")[1])} for p in families]

counts = [(0, 1), (1, 0), (5, 5), (4, 6), (10, 40), (121, 59), (0, 30), (1000, 1100), (100000, 101000)]
mcnemar = [{"onlyA": a, "onlyB": b, "p": stats.binomtest(a, a + b).pvalue} for a, b in counts]


def power_of(difference, deviation, seeds, is_paired, significance):
    df = seeds - 1 if is_paired else 2 * (seeds - 1)
    center = difference / deviation * math.sqrt(seeds if is_paired else seeds / 2)
    edge = critical(significance, df)
    return stats.nct.sf(edge, df, center) + stats.nct.cdf(-edge, df, center)


power, seeds = [], []
for is_paired in [True, False]:
    for effect in [0.2, 0.5, 1, 2, 5]:
        for count in [2, 3, 5, 10, 30, 200]:
            for significance in [0.05, 0.01]:
                value = power_of(effect, 1, count, is_paired, significance)
                if 0 < value < 1:  # not NaN, which SciPy's series gives for large centers
                    power.append({"paired": is_paired, "effect": effect, "seeds": count, "significance": significance, "power": value})
        for wanted in [0.5, 0.8, 0.95]:
            solver, sizes = (TTestPower(), {}) if is_paired else (TTestIndPower(), {"ratio": 1})
            needed = float(np.squeeze(solver.solve_power(effect, None, 0.05, wanted, **sizes)))
            converged = abs(power_of(effect, 1, needed, is_paired, 0.05) - wanted) < 1e-6
            if converged and needed > 2:
                seeds.append({"paired": is_paired, "effect": effect, "power": wanted, "needed": needed})

print(json.dumps({"student": student, "summaries": summaries, "paired": paired, "welch": welch, "holm": holm, "mcnemar": mcnemar, "power": power, "seeds": seeds}))
