"""Measures trained networks again, from model.safetensors and the data files alone, in float64. truth.test.ts compares with results.csv.

    pnpm --filter @nn/runner run truth        runs it (PyTorch 1.13, NumPy 1.24: Debian's python3-torch, python3-numpy)

Standard input: a list of trials as JSON, each with its name, number, spec, experimentSeed, folder and experimentFolder.
Standard output: name → number → {validation, test, train} → {loss, accuracy}. `train` is there for the experiment one-step, whose training
measures are those of all images under the weights of the trial before. There, too, `stepped` is what comes of one step of plain gradient
descent from those weights, differentiated by PyTorch.
"""

import glob
import json
import os
import struct
import sys
import zlib

import numpy
import torch
import torch.nn.functional as F

from network import Network

M = 0xFFFFFFFF


def threefry(key, c0, c1):
    """Threefry-2x32 with 20 rounds. Salmon, Moraes, Dror & Shaw 2011."""
    keys = [key[0], key[1], key[0] ^ key[1] ^ 0x1BD11BDA]
    x0, x1 = (c0 + keys[0]) & M, (c1 + keys[1]) & M
    for r in range(20):
        x0 = (x0 + x1) & M
        turn = [13, 15, 26, 6, 17, 29, 16, 24][r % 8]
        x1 = ((x1 << turn | x1 >> (32 - turn)) & M) ^ x0
        if r % 4 == 3:
            times = (r + 1) // 4
            x0, x1 = (x0 + keys[times % 3]) & M, (x1 + keys[(times + 1) % 3] + times) & M
    return x0, x1


def fork(key, name):
    """The key of a stream below another: its name, seven bytes to a block, each with the number of bytes beside."""
    for start in range(0, max(len(name), 1), 7):
        left = len(name) - start
        block = name[start : start + 7].ljust(7, b"\0") + bytes([0x88 if left > 7 else 0x80 + left])
        key = threefry(key, *struct.unpack("<2I", block))
    return key


def words(key):
    counter = 0
    while True:
        yield from threefry(key, counter, 0)
        counter += 1


def held_out(count, validation, seed):
    """Which training images are learned, and which are held out: the first of all after Fisher & Yates's shuffle."""
    drawn, stream = list(range(count)), words(fork((seed, 0), b"validation"))
    if validation > 0:
        for last in range(count - 1, 0, -1):
            bound = last + 1
            word = next(w for w in stream if w < 2**32 - 2**32 % bound)
            drawn[word % bound], drawn[last] = drawn[last], drawn[word % bound]
    return sorted(drawn[validation:]), sorted(drawn[:validation])


def read_csv(path, options):
    rows = numpy.loadtxt(path, delimiter=",", skiprows=1, dtype=int)
    side = int((64 / options["channels"]) ** 0.5)
    return rows[:, 1:].reshape(len(rows), side, side, options["channels"]), rows[:, 0]


def read_idx(path):
    with open(path, "rb") as file:
        content = file.read()
    shape = struct.unpack(f">{content[3]}I", content[4 : 4 + 4 * content[3]])
    return numpy.frombuffer(content[4 + 4 * content[3] :], numpy.uint8).reshape(shape)


def read_png(path):
    """Grey, of eight bits, rows without a filter: what data.py writes."""
    with open(path, "rb") as file:
        content = file.read()
    width, height = struct.unpack(">2I", content[16:24])
    (length,) = struct.unpack(">I", content[33:37])
    rows = numpy.frombuffer(zlib.decompress(content[41 : 41 + length]), numpy.uint8).reshape(height, 1 + width)
    assert not rows[:, 0].any()
    return rows[:, 1:]


def read_folder(path):
    classes = sorted(os.listdir(path))
    files = [(name, label) for label, each in enumerate(classes) for name in sorted(glob.glob(f"{path}/{each}/*.png"))]
    return numpy.array([read_png(name) for name, _ in files])[..., None], numpy.array([label for _, label in files])


def read_dataset(options, folder):
    at = lambda name: os.path.join(folder, options[name])
    if options["type"] == "csv":
        return [read_csv(at(name), options) for name in ("training", "test")]
    if options["type"] == "idx":
        return [(read_idx(at(name + "Images"))[..., None], read_idx(at(name + "Labels"))) for name in ("training", "test")]
    return [read_folder(at(name)) for name in ("training", "test")]


def read_weights(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, content = json.loads(file.read(length)), file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        assert entry["dtype"] == "F32"
        values = numpy.frombuffer(content[start:end], "<f4").reshape(entry["shape"])
        tensors[name] = torch.tensor(values, dtype=torch.float64)
    return tensors


def loss_of(o, outputs, labels):
    onehot = F.one_hot(labels, outputs.shape[1]).to(outputs.dtype)
    if o["type"] == "cross-entropy":
        weight = torch.tensor(o["classWeights"], dtype=torch.float64) if "classWeights" in o else None
        return F.cross_entropy(outputs, labels, weight=weight, label_smoothing=o["labelSmoothing"])
    if o["type"] == "binary-cross-entropy":
        return F.binary_cross_entropy_with_logits(outputs, onehot)
    if o["type"] == "hinge":
        return F.multi_margin_loss(outputs, labels, margin=o["margin"])
    if o["type"] == "huber":
        return F.huber_loss(outputs, onehot, delta=o["delta"])
    if o["type"] == "mean-squared-error":
        return F.mse_loss(outputs, onehot)
    log_p = F.log_softmax(outputs, dim=1).gather(1, labels[:, None])[:, 0]
    return (-((1 - log_p.exp()) ** o["gamma"]) * log_p).mean()


def measure(network, spec, images, labels):
    outputs = network(images)
    views = spec.get("evaluation")
    if views is not None:
        # Every view but the first is the mirror image.
        (change,) = views["augment"]
        assert (change["type"], change["axis"], change["probability"]) == ("flip", "horizontal", 1)
        outputs = (outputs + (views["views"] - 1) * network(images.flip(2))) / views["views"]
    loss = loss_of(spec["loss"], outputs, labels) + network.penalty
    return loss, {"loss": float(loss), "accuracy": float((outputs.argmax(1) == labels).double().mean())}


def data_of(trial):
    """The images that are learned, those of validation (None without), those of the test."""
    options = trial["spec"]["dataset"]
    (images, labels), test = read_dataset(options, trial["experimentFolder"])
    validation = options["validation"]
    learned, held = held_out(len(images), 0 if validation == "test" else validation, trial["experimentSeed"])
    mean, deviation = (images[learned].mean(), images[learned].std()) if options["normalize"] else (0, 255)
    read = lambda images, labels: (torch.tensor((images - mean) / deviation), torch.tensor(labels.astype(int)))
    judged = read(*test) if validation == "test" else read(images[held], labels[held]) if validation > 0 else None
    return read(images[learned], labels[learned]), judged, read(*test)


def network_of(trial):
    return Network(trial["spec"]["model"]["layers"], read_weights(os.path.join(trial["folder"], "model.safetensors")))


def evaluate(trial):
    _, validation, test = data_of(trial)
    network = network_of(trial)
    measured = {"test": measure(network, trial["spec"], *test)[1]}
    return measured if validation is None else {"validation": measure(network, trial["spec"], *validation)[1], **measured}


def one_step(before, trial):
    """What the training of `trial` sees in its last epoch, and what one step leaves, from the weights of the trial before."""
    learned, validation, test = data_of(trial)
    network, spec = network_of(before), trial["spec"]
    for weight in network.weights.values():
        weight.requires_grad_()
    loss, train = measure(network, spec, *learned)
    loss.backward()
    rate = spec["optimizer"]["learningRate"]
    network.weights = {name: (w - rate * w.grad).detach() for name, w in network.weights.items()}
    stepped = {name: measure(network, spec, *images)[1] for name, images in (("validation", validation), ("test", test))}
    return {"train": train, "stepped": stepped}


trials, measured = json.load(sys.stdin), {}
for k, trial in enumerate(trials):
    seen = evaluate(trial)
    if trial["name"] == "one-step" and trial["number"] == 2:
        seen |= one_step(trials[k - 1], trial)
    measured.setdefault(trial["name"], {})[str(trial["number"])] = seen
print(json.dumps(measured, indent=2))
