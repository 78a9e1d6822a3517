"""Evaluation: what an architecture is worth, measured by training it.

A search needs a function from an architecture to a number. The honest one trains the network on a training set and returns
its *error* on a validation set that the training never saw; a test set, looked at once, says how good the winner really is
(choosing by validation error flatters the chosen). Training is gradient descent on the cross-entropy of the labels, with a
learning rate that falls to zero along a cosine. Short trainings are cheap and noisy: two seeds of the same architecture
differ, and when they differ as much as two architectures do, a search on them is a search on noise. So the spread is
measured, by the rank correlation between two seeds, before a search begins. `fit` is the loop, `TrainingObjective` the
function, `digits` a small real data set, `check_data` the questions asked before anything starts, `pick_device` where it runs.
Cheaper and less true are `proxies`, which look at the untrained network; free are tables, published (`benchmarks`) or one's own
(`tabulated`). The loop stores nothing: it reports, and whoever called it keeps the books.
"""

from nasviz.evaluation.data import SizedDataset, Splits, as_dataset, check_data, digits
from nasviz.evaluation.device import available_devices, describe, pick_device
from nasviz.evaluation.edf import Edf, EqualComplexity, edf, equal_complexity
from nasviz.evaluation.latency import latency
from nasviz.evaluation.measure import depth, measure
from nasviz.evaluation.objective import TrainingObjective
from nasviz.evaluation.training import FitResult, Report, evaluate, fit

__all__ = [
    "Edf",
    "EqualComplexity",
    "FitResult",
    "Report",
    "SizedDataset",
    "Splits",
    "TrainingObjective",
    "as_dataset",
    "available_devices",
    "check_data",
    "depth",
    "describe",
    "digits",
    "edf",
    "equal_complexity",
    "evaluate",
    "fit",
    "latency",
    "measure",
    "pick_device",
]
