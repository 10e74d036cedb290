"""Sentigate: sentiment and emotion from text with LSTM networks."""

__version__ = "0.1.0"
