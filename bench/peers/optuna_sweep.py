"""The sweep of sweep.ts by Optuna's GridSampler with PyTorch: one thread each in several processes that share a storage.

Each trial trains one epoch of SGD, then measures the validation and the test images. The processes are forked once the images are in
memory, float32 and scaled, so that they are read once. Prints the number of trials and the best validation accuracy as JSON.
Usage: optuna_sweep.py WORK, with the keys folder, storage, validation, batchSize, processes and grid (name: values).
"""
import json
import math
import multiprocessing
import sys

import numpy
import optuna
import torch
from optuna.storages import JournalFileStorage, JournalStorage
from torch import nn

from idx import read_test_set, read_training_set

work = json.loads(sys.argv[1])
grid = work["grid"]
batch_size = work["batchSize"]
torch.set_num_threads(1)
optuna.logging.set_verbosity(optuna.logging.WARNING)


def tensors(images, labels):
    return torch.from_numpy(images.astype(numpy.float32) / 255), torch.from_numpy(labels.astype(numpy.int64))


x, y = tensors(*read_training_set(work["folder"]))
test = tensors(*read_test_set(work["folder"]))
held_out = torch.randperm(len(x), generator=torch.Generator().manual_seed(1))
validation = x[held_out[: work["validation"]]], y[held_out[: work["validation"]]]
x, y = x[held_out[work["validation"] :]], y[held_out[work["validation"] :]]


def measure(model, images, labels):
    criterion = nn.CrossEntropyLoss(reduction="sum")
    loss, correct = 0.0, 0
    with torch.no_grad():
        for i in range(0, len(images), 1000):
            outputs = model(images[i : i + 1000])
            loss += criterion(outputs, labels[i : i + 1000]).item()
            correct += (outputs.argmax(1) == labels[i : i + 1000]).sum().item()
    return loss / len(images), correct / len(images)


def objective(trial):
    options = {name: trial.suggest_float(name, min(values), max(values)) for name, values in grid.items()}
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=options["learningRate"], momentum=options["momentum"])
    criterion = nn.CrossEntropyLoss()
    order = torch.randperm(len(x))
    for i in range(0, len(x), batch_size):
        indices = order[i : i + batch_size]
        optimizer.zero_grad(set_to_none=True)
        criterion(model(x[indices]), y[indices]).backward()
        optimizer.step()
    _, accuracy = measure(model, *validation)
    trial.set_user_attr("test.accuracy", measure(model, *test)[1])
    return accuracy


def open_study():
    return optuna.create_study(
        storage=JournalStorage(JournalFileStorage(work["storage"])),
        sampler=optuna.samplers.GridSampler(grid, seed=1),
        study_name="sweep",
        direction="maximize",
        load_if_exists=True,
    )


def serve(trials):
    open_study().optimize(objective, n_trials=trials)


if __name__ == "__main__":
    study = open_study()
    trials = math.prod(len(values) for values in grid.values())
    context = multiprocessing.get_context("fork")
    shares = [trials // work["processes"]] * work["processes"]
    processes = [context.Process(target=serve, args=(share,)) for share in shares]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    completed = [trial for trial in study.trials if trial.state == optuna.trial.TrialState.COMPLETE]
    print(json.dumps({"trials": len(completed), "best": study.best_value}))
