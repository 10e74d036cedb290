"""Data: from files to examples, labels to targets, rows to batches. Knows no network."""

from sentigate.data.batching import make_batches, pad, training_batches
from sentigate.data.labels import LabelSpace, guess_task

__all__ = ["LabelSpace", "guess_task", "make_batches", "pad", "training_batches"]
