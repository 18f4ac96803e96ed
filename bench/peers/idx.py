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
    return read_split(folder, "train")


def read_test_set(folder):
    """Like read_training_set."""
    return read_split(folder, "t10k")


def read_split(folder, stem):
    files = {path.name.replace(".idx", "-idx"): path for path in pathlib.Path(folder).iterdir()}
    pick = lambda name: next(path for file, path in files.items() if file.startswith(name))
    images = read(pick(f"{stem}-images"))
    return images.reshape(len(images), -1), read(pick(f"{stem}-labels"))
