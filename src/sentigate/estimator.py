"""Estimators for scikit-learn: texts in, classes or numbers out; needs the extra `train`.

Trains as `sentigate train` does and answers through the same engine. What a fitted estimator holds
is a model folder's content and no torch, so it can be pickled, cloned and sent to workers.
"""

import inspect
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sentigate.config import TrainConfig, train_config
from sentigate.data.readers import Table
from sentigate.data.split import stratified_split
from sentigate.errors import DataError
from sentigate.extras import require
from sentigate.model.artifact import load_artifact, save
from sentigate.model.card import card
from sentigate.records import Example, HeadKind, Label
from sentigate.runtime.decide import probabilities
from sentigate.runtime.inputs import examine
from sentigate.runtime.model import Model
from sentigate.runtime.readings import Reader, read_inputs

base = require("sklearn.base", "train")
validation = require("sklearn.utils.validation", "train")

NOT_SET = ("task", "label_order", "devices", "nodes")
SETTINGS = tuple(key for key in TrainConfig.model_fields if key not in NOT_SET)
"""What can be set: every key of docs/configuration.md but the task, which the class decides, and
devices: an estimator trains on one."""


class _LSTMEstimator(base.BaseEstimator):  # type: ignore[misc, name-defined]
    """What the two have in common: settings, training, the fitted model in memory."""

    def __init__(self, preset: str = "default", **settings: Any) -> None:
        self.preset = preset
        for key in SETTINGS:
            setattr(self, key, settings.pop(key, None))
        if settings:
            raise TypeError(f"unknown settings {sorted(settings)}: see docs/configuration.md")

    # scikit-learn reads the parameters off the signature, which is therefore made from the record.
    __init__.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            inspect.Parameter("preset", inspect.Parameter.POSITIONAL_OR_KEYWORD, default="default"),
            *(inspect.Parameter(k, inspect.Parameter.KEYWORD_ONLY, default=None) for k in SETTINGS),
        ]
    )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        return tags

    def __getstate__(self) -> Any:
        state = super().__getstate__()
        return {key: value for key, value in state.items() if key != "_reader"}

    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)
        if "artifact_" in state:
            self._open()

    def save(self, folder: Path | str) -> None:
        """Write the fitted model as a model folder, for `sentigate.load` and the command line.

        Raises:
            OutputError: the folder cannot be written.
        """
        validation.check_is_fitted(self)
        config, metrics = self.artifact_.config, self.artifact_.metrics
        named = config.model_copy(update={"name": Path(folder).name})
        save(replace(self.artifact_, config=named), Path(folder), card(named, metrics, metrics))

    def _train(self, texts: Sequence[str | None], labels: Sequence[Label], kind: HeadKind) -> None:
        """Train in a temporary folder; keep what it came to.

        Where rows are too few to hold some out, they serve as dev rows themselves.
        """
        require("torch", "train")
        from sentigate.train.fit import train

        chosen = {key: getattr(self, key) for key in SETTINGS if getattr(self, key) is not None}
        config = train_config(self.preset, overrides={**chosen, "task": kind})
        pairs = enumerate(zip(texts, labels, strict=True), start=1)
        rows = [Example(text, label, row) for row, (text, label) in pairs if text]
        table = Table(Path("X"), rows, None, None, ())
        _, held = stratified_split(rows, config.dev_fraction, config.seed, kind)
        with TemporaryDirectory() as folder:
            output = train(table, None if held else table, Path(folder) / "model", config)
            artifact = load_artifact(output)
        rows_given, *others = artifact.metrics["data"]
        made = {**rows_given, "name": "rows in memory", "note": f"{self!r}.fit(X, y)"}
        metrics = {**artifact.metrics, "data": [made, *others], "command": ""}
        self.artifact_ = replace(artifact, metrics=metrics, path=None)
        self._open()

    def _open(self) -> None:
        model = Model.open(self.artifact_)
        self._reader = Reader(model.config, lambda: model)

    def _answers(self, X: Any, unread: ArrayLike) -> NDArray[np.float64]:
        """Probabilities [texts, labels] or values [texts, 1]; `unread` where there is no text."""
        validation.check_is_fitted(self)
        texts = _texts(X)
        answers = np.tile(np.asarray(unread, np.float64), (len(texts), 1))
        (head,) = self._reader.config.heads
        for part in read_inputs([self._reader], texts).parts:
            logits = part.logits[head.name]
            regression = head.kind == "regression"
            answers[part.places] = logits if regression else probabilities(head, logits)
        return answers


class LSTMClassifier(base.ClassifierMixin, _LSTMEstimator):  # type: ignore[misc, name-defined]
    """Classifies texts, as an estimator of scikit-learn.

    Takes part in Pipeline, cross_val_score, GridSearchCV and clone, and can be pickled. X is a
    sequence of texts: a list, a column of a data frame, an array of one dimension. A text that
    cannot be read (None, NaN, empty) is left out of training and predicted by the shares of the
    classes there.

    The first parameter is the preset that settings start from: default, tiny or tutorial. The
    others are the keys of docs/configuration.md but task, label order and devices; None leaves one
    to the preset.

    Attributes:
        classes_: the classes in their order, as `numpy.unique` gives them.
        class_prior_: the share of each class in training, float64 [classes].
        artifact_: the trained model: settings, labels, weights, figures on held-out rows.

    Example:
        >>> texts = [f"{word} number {i}" for i in range(12) for word in ("good", "bad")]
        >>> model = LSTMClassifier("tiny", hidden_size=8, epochs=4, learning_rate=0.02)
        >>> model.fit(texts, ["yes", "no"] * 12).predict(["good number 3", "bad number 4"])
        array(['yes', 'no'], dtype='<U3')
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train; a tenth of the rows (`dev_fraction`) is held out to choose the best epoch.

        Args:
            X: texts, [rows].
            y: their classes, [rows]: names, numbers or booleans.

        Raises:
            ConfigError: settings that do not fit.
            DataError: X is no sequence of texts, or nothing can be learnt from it.
            ValueError: X and y differ in length, or y holds no classes.
        """
        texts = _texts(X)
        y = validation.column_or_1d(y, warn=True)
        validation.check_consistent_length(texts, y)
        require("sklearn.utils.multiclass", "train").check_classification_targets(y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        self.class_prior_ = np.bincount(numbers) / len(numbers)
        names = _names(self.classes_)
        kind: HeadKind = "binary" if len(names) == 2 else "multiclass"
        self._train(texts, [names[number] for number in numbers], kind)
        (head,) = self.artifact_.config.heads
        self._columns = [head.labels.index(name) for name in names]
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the calibrated probability of each class, [rows, classes]."""
        validation.check_is_fitted(self)
        unread = np.empty(len(self.classes_))
        unread[self._columns] = self.class_prior_
        return self._answers(X, unread)[:, self._columns]

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable class of each text, [rows]."""
        places = self.predict_proba(X).argmax(axis=1)
        chosen: NDArray[Any] = self.classes_[places]
        return chosen


class LSTMRegressor(base.RegressorMixin, _LSTMEstimator):  # type: ignore[misc, name-defined]
    """Gives each text a number, as an estimator of scikit-learn; else as `LSTMClassifier`.

    Attributes:
        mean_: the mean in training; what a text that cannot be read is given.
        artifact_: the trained model.

    Example:
        >>> model = LSTMRegressor("tiny", seed=7)
        >>> model.get_params()["seed"], model.get_params()["epochs"]
        (7, None)
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train; a tenth of the rows (`dev_fraction`) is held out to choose the best epoch.

        Args:
            X: texts, [rows].
            y: finite numbers, [rows].

        Raises:
            ConfigError: settings that do not fit.
            DataError: X is no sequence of texts, or nothing can be learnt from it.
            ValueError: X and y differ in length, or y holds no numbers.
        """
        texts = _texts(X)
        y = validation.column_or_1d(y, dtype=np.float64, warn=True)
        validation.assert_all_finite(y, input_name="y")
        validation.check_consistent_length(texts, y)
        self.mean_ = float(y.mean())
        self._train(texts, y.tolist(), "regression")
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return the number of each text, [rows]."""
        validation.check_is_fitted(self)
        return self._answers(X, [self.mean_])[:, 0]


def _texts(X: Any) -> list[str | None]:
    """The inputs as a list; None for what is no text.

    Raises:
        DataError: X is a single text, or has more than one column.
    """
    shape = getattr(X, "shape", None)
    if isinstance(X, str | bytes):
        raise DataError("X is one text, expected a sequence of texts: put it into a list")
    if shape is not None and len(shape) != 1 and (len(shape) != 2 or shape[1] != 1):
        raise DataError(f"X has the shape {shape}, expected one column, such as df['text']")
    cells = X if shape is None else np.asarray(X, dtype=object).ravel()
    return [examine(cell)[0] for cell in cells]


def _names(classes: NDArray[Any]) -> list[str]:
    """The classes as labels of a model; numbered where they read alike."""
    names = [str(name).strip() for name in classes.tolist()]
    distinct = len(set(names)) == len(names) and all(names)
    return names if distinct else [f"{place}" for place in range(len(names))]
