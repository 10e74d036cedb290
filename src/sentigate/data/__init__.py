"""Data: from files to examples, labels to targets, rows to batches. Knows no network."""

from sentigate.data.batching import make_batches, pad, training_batches
from sentigate.data.encoding import read_lines
from sentigate.data.labels import LabelSpace, guess_task
from sentigate.data.readers import Table, read
from sentigate.data.split import stratified_split

__all__ = [
    "LabelSpace",
    "Table",
    "guess_task",
    "make_batches",
    "pad",
    "read",
    "read_lines",
    "stratified_split",
    "training_batches",
]
