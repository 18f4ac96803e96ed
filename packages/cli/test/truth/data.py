"""Makes the images that the tiny experiments learn: 3 classes of 8 × 8 grey pixels, as CSV, IDX and PNG.

    python3 test/truth/data.py        (NumPy 1.24)

The test images are of another distribution: brighter, noisier, and with other shares of the classes. So figures that are measured on the
wrong images, or by the wrong statistics, are other figures.
"""

import os
import struct
import zlib

import numpy

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
random = numpy.random.RandomState(1)


def draw(label, low, bright, noise):
    image = numpy.full((8, 8), float(low))
    if label == 0:
        image[2:4, :] = bright
    if label == 1:
        image[:, 3:5] = bright
    if label == 2:
        image[numpy.arange(8), numpy.arange(8)] = bright
    image = numpy.roll(image, random.randint(-1, 2), axis=random.randint(2))
    return numpy.clip(image + noise * random.randn(8, 8), 0, 255).astype(numpy.uint8)


def split(labels, *how):
    return numpy.array([draw(label, *how) for label in labels]), numpy.array(labels, numpy.uint8)


def write_csv(name, images, labels):
    with open(f"{HERE}/{name}.csv", "w") as file:
        print("label," + ",".join(f"pixel{k}" for k in range(64)), file=file)
        for image, label in zip(images, labels):
            print(",".join(map(str, [label, *image.flatten()])), file=file)


def write_idx(name, images, labels):
    for kind, array in (("images", images), ("labels", labels)):
        with open(f"{HERE}/{name}-{kind}.idx", "wb") as file:
            file.write(struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape) + array.tobytes())


def write_png(path, image):
    part = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + row.tobytes() for row in image)  # no filter
    header = struct.pack(">IIBBBBB", image.shape[1], image.shape[0], 8, 0, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b""))


def write_folder(name, images, labels):
    for k, (image, label) in enumerate(zip(images, labels)):
        folder = f"{HERE}/{name}/{'abc'[label]}"
        os.makedirs(folder, exist_ok=True)
        write_png(f"{folder}/{k:02}.png", image)


training = split([random.randint(3) for _ in range(40)], 20, 120, 25)
test = split([0] * 4 + [1] * 6 + [2] * 11, 70, 190, 60)
write_csv("training", *training)
write_csv("test", *test)
write_idx("training", *training)
write_idx("test", *test)
write_folder("training", training[0][:14], training[1][:14])
write_folder("test", test[0][::3], test[1][::3])
