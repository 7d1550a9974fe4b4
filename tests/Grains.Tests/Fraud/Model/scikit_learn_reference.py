"""Trains scikit-learn's gradient boosting on the table that the test wrote, and says how it orders the unseen rows.

Usage: scikit_learn_reference.py TABLE.csv
Columns of the table: slice (known, waiting or unseen), label (0 or 1), ours (our raw logit), then features; an empty field is missing.
Trained is on all known rows, the ones by which ours stops and calibrates included; measured is on the unseen ones.
"""

import csv
import json
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy  # noqa: E402
import sklearn  # noqa: E402
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier  # noqa: E402
from sklearn.metrics import average_precision_score  # noqa: E402

BUDGET = 0.01
FEATURES_FROM = 3

with open(sys.argv[1], newline="") as file:
    reader = csv.reader(file)
    header = next(reader)
    rows = list(reader)
part = numpy.array([row[0] for row in rows])
label = numpy.array([int(row[1]) for row in rows])
ours = numpy.array([float(row[2]) for row in rows])
values = numpy.array([[float(value) if value else numpy.nan for value in row[FEATURES_FROM:]] for row in rows])
known, unseen = part == "known", part == "unseen"

# A column without two different values among the known rows says nothing.
used = [column for column in range(values.shape[1]) if len({str(value) for value in values[known, column]}) > 1]
values = values[:, used]
# GradientBoostingClassifier takes no missing value: they are one that lies below all others.
filled = numpy.nan_to_num(values, nan=-1e12)


def measured(model, table):
    model.fit(table[known], label[known])
    score = model.predict_proba(table[unseen])[:, 1]
    truth = label[unseen]
    top = numpy.argsort(-score, kind="stable")[: max(1, round(len(score) * BUDGET))]
    defaults = type(model)().get_params()
    return {
        "name": type(model).__name__,
        "parameters": ", ".join(f"{name}={value}" for name, value in model.get_params().items() if value != defaults[name]),
        "averagePrecision": average_precision_score(truth, score),
        "precision": float(truth[top].mean()),
        "recall": float(truth[top].sum() / truth.sum()),
    }


print(
    json.dumps(
        {
            "version": sklearn.__version__,
            "knownRows": int(known.sum()),
            "unseenRows": int(unseen.sum()),
            "features": [header[FEATURES_FROM + column] for column in used],
            "ours": average_precision_score(label[unseen], ours[unseen]),
            "models": [
                measured(GradientBoostingClassifier(random_state=1), filled),
                measured(GradientBoostingClassifier(n_estimators=200, max_depth=4, subsample=0.8, random_state=1), filled),
                measured(HistGradientBoostingClassifier(early_stopping=False, random_state=1), values),
                measured(
                    HistGradientBoostingClassifier(max_iter=200, learning_rate=0.05, max_leaf_nodes=16, l2_regularization=5, early_stopping=False, random_state=1), values
                ),
            ],
        }
    )
)
