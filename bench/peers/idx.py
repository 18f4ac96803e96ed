import gzip
import pathlib

import numpy


def read(path):
    raw = path.read_bytes()
    raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    shape = [int.from_bytes(raw[4 + 4 * i : 8 + 4 * i], "big") for i in range(raw[3])]
    return numpy.frombuffer(raw, numpy.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def read_training_set(folder):
    """(N, 784) and (N) bytes, from the IDX files in a folder."""
    files = {path.name.replace(".idx", "-idx"): path for path in pathlib.Path(folder).iterdir()}
    pick = lambda stem: next(path for name, path in files.items() if name.startswith(stem))
    images = read(pick("train-images"))
    return images.reshape(len(images), -1), read(pick("train-labels"))
