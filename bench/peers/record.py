"""Trains the network of an experiment file in PyTorch with its recipe, and evaluates the test set once, after the last epoch.

The recipe: SGD with momentum and weight decay, the schedule after each step, shuffled batches, shifted images, He's normal
initialization, label smoothing, an exponential moving average of the weights. A key that is not implemented here is an error.
Images are float32 tensors in memory, scaled to 0 … 1 once, as the other programs of this folder have them.

Usage: record.py WORK, JSON with folder (the four IDX files), spec (the experiment with all defaults), seed and threads.
Prints one JSON line: {"accuracy": …, "start": …, "training": …, "evaluation": …}, the last three in seconds.
"""
import json
import math
import sys
import time

began = time.perf_counter()

import numpy
import torch
from torch import nn

from idx import read_test_set, read_training_set

work = json.loads(sys.argv[1])
spec = work["spec"]
torch.set_num_threads(work["threads"])
torch.manual_seed(work["seed"])


def require(condition, what):
    """Ends the program where a recipe asks for what it does not do."""
    if not condition:
        sys.exit(f"record.py does not implement {what}.")


def tensors(images, labels):
    return torch.from_numpy(images.astype(numpy.float32) / 255).reshape(-1, 1, 28, 28), torch.from_numpy(labels.astype(numpy.int64))


def convolution(layer):
    require(layer["padding"] != "same" and layer["groups"] == layer["dilation"] == 1, f"the layer {layer}")
    padding = 0 if layer["padding"] == "valid" else layer["padding"]
    return nn.LazyConv2d(layer["filters"], layer["kernelSize"], stride=layer["stride"], padding=padding, bias=layer["bias"])


def pool(module, layer):
    require(layer["padding"] == "valid", f"the layer {layer}")
    return module(layer["poolSize"], layer.get("stride"))


def norm(shape, layer):
    module = nn.LazyBatchNorm2d if len(shape) == 4 else nn.LazyBatchNorm1d
    return module(eps=layer["epsilon"], momentum=layer["momentum"], affine=layer["affine"])


MODULES = {
    "flatten": lambda shape, layer: nn.Flatten(),
    "relu": lambda shape, layer: nn.ReLU(inplace=True),
    "batch-norm": norm,
    "dense": lambda shape, layer: nn.LazyLinear(layer["units"], bias=layer["bias"]),
    "dropout": lambda shape, layer: nn.Dropout(layer["rate"]),
    "conv2d": lambda shape, layer: convolution(layer),
    "max-pool2d": lambda shape, layer: pool(nn.MaxPool2d, layer),
    "average-pool2d": lambda shape, layer: pool(nn.AvgPool2d, layer),
}


def build(example):
    """The layers of the experiment. A lazy module learns its shape from its first input."""
    modules = []
    for layer in spec["model"]["layers"]:
        require(layer["type"] in MODULES, f"the layer {layer['type']}")
        module = MODULES[layer["type"]](example.shape, layer)
        example = module(example)
        modules.append(module)
        weight = getattr(module, "weight", None)
        if weight is not None and weight.dim() > 1:
            nn.init.normal_(weight, std=math.sqrt(2 / weight[0].numel()))
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    model = nn.Sequential(*modules)
    for module in model:
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.reset_running_stats()
    return model


def factor_of(schedule, total):
    """The factor of the learning rate at each of the steps, by the formulas of docs/reference/schedules.md."""
    warmup = schedule.get("warmup", {"epochs": 0, "steps": 0})
    require(warmup["epochs"] == warmup["steps"] == 0 and schedule.get("restartEvery") is None, "warmup and restarts")
    cosine = lambda begin, end, share: end + (begin - end) * (1 + math.cos(math.pi * share)) / 2
    line = lambda begin, end, share: begin + (end - begin) * share
    if schedule["type"] == "constant":
        return lambda step: 1
    if schedule["type"] == "cosine":
        return lambda step: cosine(1, schedule["end"], step / total)
    if schedule["type"] == "polynomial":
        return lambda step: schedule["end"] + (1 - schedule["end"]) * (1 - step / total) ** schedule["power"]
    require(schedule["type"] == "one-cycle", f"the schedule {schedule['type']}")
    between = cosine if schedule["anneal"] == "cosine" else line
    start = 1 / schedule["startDivisor"]
    end = start / schedule["endDivisor"]
    top, last = max(0, schedule["peak"] * total - 1), total - 1
    return lambda step: between(start, 1, step / top) if step < top else between(1, end, (step - top) / (last - top))


def shifted(images, pixels):
    """Each image moved by up to so many whole pixels, zeros in from the edge."""
    if pixels == 0:
        return images
    count, _, height, width = images.shape
    padded = nn.functional.pad(images[:, 0], (pixels, pixels, pixels, pixels))
    rows = torch.arange(height) + torch.randint(0, 2 * pixels + 1, (count, 1))
    columns = torch.arange(width) + torch.randint(0, 2 * pixels + 1, (count, 1))
    return padded[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]][:, None]


def average_of(model):
    """A copy of the weights and running statistics that follows them, or None."""
    average = spec["training"].get("average")
    if average is None:
        return None
    require(average["type"] == "ema", f"the average {average['type']}")
    live = [value for value in model.state_dict().values() if value.is_floating_point()]
    return live, [value.clone() for value in live], 1 - average["decay"]


@torch.no_grad()
def follow(average):
    live, mean, share = average
    torch._foreach_mul_(mean, 1 - share)
    torch._foreach_add_(mean, live, alpha=share)


def train(model, x, y):
    training, settings = spec["training"], spec["optimizer"]
    known = {"epochs", "batchSize", "shuffle", "average"}
    require(set(training) <= known and training["shuffle"], f"one of {', '.join(training)}")
    require(settings["type"] == "sgd" and spec["loss"]["type"] == "cross-entropy", "this optimizer or loss")
    augmentations = spec.get("augment", [])
    require(all(each["type"] == "shift" for each in augmentations), "augmentations other than shift")
    batch_size = training["batchSize"]
    optimizer = torch.optim.SGD(
        model.parameters(),
        lr=settings["learningRate"],
        momentum=settings["momentum"],
        nesterov=settings["nesterov"],
        weight_decay=settings["weightDecay"],
    )
    total = training["epochs"] * math.ceil(len(x) / batch_size)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor_of(spec["schedule"], total))
    criterion = nn.CrossEntropyLoss(label_smoothing=spec["loss"]["labelSmoothing"])
    average = average_of(model)
    model.train()
    for _ in range(training["epochs"]):
        order = torch.randperm(len(x))
        for i in range(0, len(x), batch_size):
            indices = order[i : i + batch_size]
            images = x[indices]
            for each in augmentations:
                images = shifted(images, each["pixels"])
            optimizer.zero_grad(set_to_none=True)
            criterion(model(images), y[indices]).backward()
            optimizer.step()
            scheduler.step()
            if average is not None:
                follow(average)
    if average is not None:
        for live, mean in zip(average[0], average[1]):
            live.copy_(mean)


@torch.no_grad()
def evaluate(model, x, y):
    model.eval()
    return sum((model(x[i : i + 1000]).argmax(1) == y[i : i + 1000]).sum().item() for i in range(0, len(x), 1000)) / len(x)


require(spec["dataset"]["validation"] == 0 and not spec["dataset"]["normalize"], "validation and normalize")
require(spec["model"]["initializer"] == {"type": "he", "distribution": "normal"}, "this initializer")
x, y = tensors(*read_training_set(work["folder"]))
test = tensors(*read_test_set(work["folder"]))
model = build(x[:2])
started = time.perf_counter()
train(model, x, y)
trained = time.perf_counter()
accuracy = evaluate(model, *test)
seconds = {"start": started - began, "training": trained - started, "evaluation": time.perf_counter() - trained}
print(json.dumps({"accuracy": accuracy, **seconds}))
