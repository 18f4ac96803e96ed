"""Writes measures of predicted probabilities to calibration.json, which the tests in src/calibration read.

    /usr/bin/python3 golden/calibration.py > golden/calibration.json

scikit-learn 1.2 gives the reliability bins, the log loss, the top-k accuracies, the accuracies of the most confident images, and the Brier
score: for two classes as such, for more as C times the mean squared error of the one-hot labels. SciPy gives the softmax. (Debian:
python3-sklearn.)
"""

import json

import numpy as np
from scipy.special import softmax
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, brier_score_loss, confusion_matrix, log_loss, mean_squared_error, top_k_accuracy_score

rng = np.random.RandomState(5)
BINS = 15


def case(name, images, classes, scale, signal):
    labels = np.r_[np.arange(classes), rng.randint(classes, size=images - classes)]
    logits = scale * (rng.normal(size=(images, classes)) + signal * np.eye(classes)[labels])
    logits = np.round(logits, 3)
    p = softmax(logits, axis=1)
    predicted, confidence = p.argmax(axis=1), p.max(axis=1)
    accuracy, mean_confidence = calibration_curve(predicted == labels, confidence, n_bins=BINS, strategy="uniform")
    counts, _ = np.histogram(-confidence, bins=-np.linspace(0, 1, BINS + 1)[::-1])  # negative: bins closed on the right
    counts = counts[::-1]
    filled = counts[counts > 0]
    assert len(filled) == len(accuracy)
    coverage = []
    for threshold in np.quantile(confidence, [0.9, 0.5, 0.1], method="closest_observation"):
        kept = confidence >= threshold
        coverage.append({"threshold": threshold, "coverage": kept.mean(), "accuracy": accuracy_score(labels[kept], predicted[kept])})
    one_hot = np.eye(classes)[labels]
    brier = 2 * brier_score_loss(labels, p[:, 1]) if classes == 2 else classes * mean_squared_error(one_hot, p)
    top = {k: top_k_accuracy_score(labels, p, k=k, labels=range(classes)) for k in range(1, classes)} if classes > 2 else {}
    return {
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "logits": logits.ravel().tolist(),
        "counts": filled.tolist(),
        "accuracy": accuracy.tolist(),
        "confidence": mean_confidence.tolist(),
        "calibrationError": float(np.sum(filled / images * np.abs(accuracy - mean_confidence))),
        "brier": brier,
        "logLoss": log_loss(labels, p, labels=range(classes)),
        "top": top,
        "coverage": coverage,
    }


def agreement(images):
    labels, a, b = rng.randint(4, size=(3, images))
    table = confusion_matrix(a == labels, b == labels, labels=[True, False])
    return {
        "labels": labels.tolist(),
        "a": a.tolist(),
        "b": b.tolist(),
        "counts": {
            "bothRight": int(table[0, 0]),
            "onlyA": int(table[0, 1]),
            "onlyB": int(table[1, 0]),
            "bothWrong": int(table[1, 1]),
            "samePrediction": int(accuracy_score(a, b, normalize=False)),
        },
    }


print(
    json.dumps(
        {
            "predictions": [
                case("calibrated", 300, 10, 1, 3),
                case("overconfident", 300, 10, 3, 2),
                case("two classes", 200, 2, 1, 1),
                case("three classes", 50, 3, 0.2, 1),
            ],
            "agreement": agreement(200),
        }
    )
)
