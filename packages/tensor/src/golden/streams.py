"""Writes streams.json: words, forks and normals of a few streams, from an independent implementation.

    python3 streams.py
"""
import json
import struct
from pathlib import Path

from mpmath import cos, log, mp, mpf, pi, sqrt

mp.dps = 40
MASK = 2**32 - 1


def threefry2x32(key, counter):
    """Salmon et al. 2011, 20 rounds."""
    keys = [key[0], key[1], 0x1BD11BDA ^ key[0] ^ key[1]]
    x = [(counter[0] + keys[0]) & MASK, (counter[1] + keys[1]) & MASK]
    for group in range(5):
        for rotation in ((13, 15, 26, 6), (17, 29, 16, 24))[group % 2]:
            x[0] = (x[0] + x[1]) & MASK
            x[1] = ((x[1] << rotation | x[1] >> (32 - rotation)) & MASK) ^ x[0]
        x[0] = (x[0] + keys[(group + 1) % 3]) & MASK
        x[1] = (x[1] + keys[(group + 2) % 3] + group + 1) & MASK
    return x


assert threefry2x32((0, 0), (0, 0)) == [0x6B200159, 0x99BA4EFE]


def word(key, i):
    return threefry2x32(key, (i // 2 & MASK, i // 2 >> 32))[i % 2]


def fork(key, name):
    data = name.encode()
    chunks = [data[i : i + 7] for i in range(0, len(data), 7)] or [b""]
    for position, chunk in enumerate(chunks):
        tag = 0x80 + len(chunk) if position == len(chunks) - 1 else 0x88
        key = threefry2x32(key, struct.unpack("<II", chunk.ljust(7, b"\0") + bytes([tag])))
    return key


def uniform(key, first_word):
    upper, lower = word(key, first_word) >> 5, word(key, first_word + 1) >> 6
    return mpf(upper * 2**26 + lower) / 2**53


def normal(key, i):
    u, v = uniform(key, 4 * i), uniform(key, 4 * i + 2)
    return sqrt(-2 * log(1 - u)) * cos(2 * pi * v)


seed_key = [20261122, 7]
names = ["", "weights", "1", "layers.1.weight", "12345678901234", "größe"]
seed = seed_key[0] + 2**32 * seed_key[1]
weights = fork(seed_key, "weights")
Path(__file__).with_name("streams.json").write_text(json.dumps({
    "seed": seed,
    "words": [word(seed_key, i) for i in range(9)],
    "farWord": {"index": 2**40 + 3, "word": word(seed_key, 2**40 + 3)},
    "forks": [{"name": name, "key": fork(seed_key, name)} for name in names],
    "uniforms": [float(uniform(weights, 2 * i)) for i in range(5)],
    "normals": [float(normal(weights, i)) for i in range(400)],
}, indent=None, separators=(",", ":"), ensure_ascii=False).replace('],"', '],\n"') + "\n")
