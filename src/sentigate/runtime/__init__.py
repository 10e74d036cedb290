"""Answering: a model folder, an engine and texts in, predictions out; knows nothing of torch."""
