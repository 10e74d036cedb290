"""Answers as a text-classification pipeline of Hugging Face's transformers gives them.

    text ─Analyzer─> Prediction ─one head, ranked─> [{"label": ..., "score": ...}]

Knows shapes only; transformers itself is neither needed nor imported.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from sentigate.analyzer import Analyzer, load
from sentigate.config import HeadConfig
from sentigate.errors import ConfigError, suggestion
from sentigate.records import UNCERTAIN, HeadResult, Prediction

TASKS = ("text-classification", "sentiment-analysis")
WITHOUT_EFFECT = frozenset(
    ("batch_size", "device", "dtype", "max_length", "num_workers", "padding", "truncation")
)
"""What pipelines are often called with and nothing here depends on: texts are read whole."""

NOT_GIVEN: Literal[""] = ""
"""What transformers, too, takes for an absent `top_k`, since None has a meaning of its own."""

TopK = int | Literal[""] | None
Entry = dict[str, Any]


class TextClassificationPipeline:
    """Called like a pipeline of transformers, answers in its shapes.

    One text gives a list of one entry, a list gives an entry each, an iterator gives an iterator.
    With `top_k`, each entry becomes a list of that many, the best first; None means all labels.
    Like the original, a pipeline *made* with `top_k` wraps the list of a single text once more.

    What cannot be read (None, a number, an empty text, a language that no model knows) is answered
    by {"label": None, "score": None} in its place.

    Args:
        analyzer: what answers.
        head: name of the head that is asked; None for `sentiment`, or the only one.
        top_k: how many labels, where the call does not say.

    Example:
        >>> classify = TextClassificationPipeline(load("en"))
        >>> [answer["label"] for answer in classify(["what a waste", "such lovely people"])]
        ['negative', 'positive']
        >>> ((first, second),) = classify(["lovely"], top_k=2)
        >>> first["label"], first["score"] > second["score"]
        ('positive', True)
    """

    def __init__(
        self, analyzer: Analyzer, head: str | None = None, top_k: TopK = NOT_GIVEN
    ) -> None:
        self.analyzer = analyzer
        self.head = choose_head(analyzer.heads, head)
        self.top_k = top_k

    def __call__(self, inputs: Any, *, top_k: TopK = NOT_GIVEN, **without_effect: object) -> Any:
        """Answer one text, a list of texts or an iterator of them.

        Args:
            inputs: what to read.
            top_k: how many labels, the best first; None for all.
            without_effect: settings of transformers that change nothing here, such as
                `batch_size` and `truncation`.

        Returns:
            See the class.

        Raises:
            ConfigError: a setting that is not known here.
        """
        _check_settings(without_effect)
        wanted = self.top_k if top_k == NOT_GIVEN else top_k
        if isinstance(inputs, Iterator):
            return self._answers(inputs, wanted)
        if isinstance(inputs, Iterable) and not isinstance(inputs, str | bytes | Mapping):
            return list(self._answers(inputs, wanted))
        answer = next(self._answers([inputs], wanted))
        return [answer] if top_k == NOT_GIVEN else answer

    def _answers(self, inputs: Iterable[object], top_k: TopK) -> Iterator[Entry | list[Entry]]:
        for prediction in self.analyzer.stream(inputs):
            entries = ranked(prediction, self.head)
            yield entries[0] if top_k == NOT_GIVEN else entries[:top_k]


def pipeline(
    task: str = "text-classification",
    model: str | Path | None = None,
    *,
    head: str | None = None,
    top_k: TopK = NOT_GIVEN,
    **without_effect: object,
) -> TextClassificationPipeline:
    """Make what `transformers.pipeline` would, on models of Sentigate.

    Args:
        task: "sentiment-analysis" or "text-classification", which are one.
        model: name of a shipped model or a model folder; None for all shipped ones, of which each
            text goes to that of its language.
        head: name of the head that is asked; None for `sentiment`, or the only one.
        top_k: how many labels a text gets, the best first; None for all; not given, the best one
            alone.
        without_effect: settings of transformers that change nothing here, such as `device`.

    Raises:
        ConfigError: another task, an unknown head or setting.
        ModelError: there is no such model.

    Example:
        >>> classify = pipeline("sentiment-analysis")
        >>> classify("The food was cold and the waiter was rude.")
        [{'label': 'negative', 'score': 0...}]
    """
    if task not in TASKS:
        raise ConfigError([f"there is no task {task!r}{suggestion(task, list(TASKS))}"])
    _check_settings(without_effect)
    return TextClassificationPipeline(load(model), head, top_k)


def choose_head(
    heads: Mapping[str, HeadConfig],
    name: str | None = None,
    advice: str = "name one of them as head",
) -> str:
    """Return the name of the one head that answers, where a shape has room for one only.

    Args:
        heads: the heads there are, by name.
        name: the head asked for; None for `sentiment`, or the only one.
        advice: what to do where neither is there.

    Raises:
        ConfigError: no such head, or none was named and there are several without `sentiment`.

    Example:
        >>> choose_head(load("en").heads)
        'sentiment'
    """
    if name is not None:
        if name not in heads:
            raise ConfigError([f"the model has no head {name!r}{suggestion(name, list(heads))}"])
        return name
    if "sentiment" in heads or len(heads) == 1:
        return "sentiment" if "sentiment" in heads else next(iter(heads))
    raise ConfigError([f"one head is asked and the model has {', '.join(heads)}: {advice}"])


def ranked(prediction: Prediction, head: str) -> list[Entry]:
    """Return one entry a label of a head, the best first; of a regression head its value.

    The label decided on comes first, or `uncertain` where it was withheld, with the probability
    that was too low; the order of the others is that of their probabilities.

    Args:
        prediction: any prediction.
        head: name of the head that is asked; a model may lack it.

    Example:
        >>> ranked(load("en")("such lovely people"), "sentiment")[0]["label"]
        'positive'
        >>> ranked(load("en")(""), "sentiment")
        [{'label': None, 'score': None}]
    """
    result = prediction.heads.get(head)
    if result is None:
        return [{"label": None, "score": None}]
    if result.kind == "regression":
        return [{"label": head, "score": result.value}]
    entries = [{"label": label, "score": score} for label, score in _by_rank(result)]
    if result.label == UNCERTAIN and not result.labels:
        return [{"label": UNCERTAIN, "score": entries[0]["score"]}, *entries]
    return entries


def _by_rank(result: HeadResult) -> list[tuple[str, float]]:
    return sorted(
        result.probabilities.items(), key=lambda item: (item[0] != result.label, -item[1])
    )


def _check_settings(settings: Mapping[str, object]) -> None:
    known = sorted(WITHOUT_EFFECT | {"head", "model", "task", "top_k"})
    faults = [
        f"unknown setting {name!r}{suggestion(name, known)}"
        for name in settings
        if name not in WITHOUT_EFFECT
    ]
    if faults:
        raise ConfigError(faults)
