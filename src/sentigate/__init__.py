"""Sentigate: sentiment and emotion from text with LSTM networks.

Example:
    >>> import sentigate
    >>> analyze = sentigate.load()
    >>> analyze("The food was cold and the waiter was rude.").sentiment.label
    'negative'
"""

import importlib
import typing

if typing.TYPE_CHECKING:
    from sentigate.analyzer import Analyzer, load
    from sentigate.compat.hugging_face import pipeline
    from sentigate.errors import SentigateError
    from sentigate.estimator import LSTMClassifier as LSTMClassifier
    from sentigate.estimator import LSTMRegressor as LSTMRegressor
    from sentigate.explain.records import Attribution, GateReading, Trajectory
    from sentigate.model.artifact import push_to_hub
    from sentigate.records import HeadResult, Prediction, Status

__version__ = "0.1.0"

__all__ = [
    "Analyzer",
    "Attribution",
    "GateReading",
    "HeadResult",
    "Prediction",
    "SentigateError",
    "Status",
    "Trajectory",
    "__version__",
    "load",
    "pipeline",
    "push_to_hub",
]

# Those that are not in `__all__` need an extra, and `from sentigate import *` should not.
_HOMES = {
    "Analyzer": "sentigate.analyzer",
    "Attribution": "sentigate.explain.records",
    "GateReading": "sentigate.explain.records",
    "HeadResult": "sentigate.records",
    "LSTMClassifier": "sentigate.estimator",
    "LSTMRegressor": "sentigate.estimator",
    "Prediction": "sentigate.records",
    "SentigateError": "sentigate.errors",
    "Status": "sentigate.records",
    "Trajectory": "sentigate.explain.records",
    "load": "sentigate.analyzer",
    "pipeline": "sentigate.compat.hugging_face",
    "push_to_hub": "sentigate.model.artifact",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that `import sentigate` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sentigate' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
