"""From anything a caller may hand in to one `Prediction` each, in order; languages and statuses.

    inputs ─read_inputs─> Readings (status, language, logits) ─decide─> Predictions

Knows nothing of networks, files of texts or the command line.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from sentigate.config import HeadConfig
from sentigate.errors import ConfigError, DataError, ModelError, suggestion
from sentigate.model.artifact import find_model, read_config, shipped
from sentigate.records import HeadResult, Prediction
from sentigate.runtime.columns import Column, answer_columns
from sentigate.runtime.decide import decide
from sentigate.runtime.engine import EngineName
from sentigate.runtime.model import Model
from sentigate.runtime.readings import Part, Reader, Readings, by_specialty, read_inputs
from sentigate.runtime.series import series_like, series_values

if TYPE_CHECKING:
    from sentigate.explain.records import Attribution, GateReading, Method, Trajectory
    from sentigate.explain.units import By

BLOCK_ROWS = 1024
BLOCK_CHARACTERS = 4_000_000


class Analyzer:
    """Says what the writers of texts feel: one prediction for every input, in order.

    Whatever comes in gets an answer or a status that says why there is none; nothing raises, no
    row is lost. A text's answer does not depend on its neighbours.

    Args:
        readers: the models; a text goes to the first that reads its language.
        abstain: the probability below which a text gets no label but `uncertain`, from heads that
            give one label per text; 0 always gives one.

    Raises:
        ConfigError: `abstain` is no probability.

    Example:
        >>> analyze = load()
        >>> analyze("The staff were lovely and the soup was perfect.").sentiment.label
        'positive'
        >>> [str(prediction.status) for prediction in analyze(["Good.", " ", None, 7])]
        ['ok', 'empty', 'missing', 'not_text']
    """

    def __init__(self, readers: Sequence[Reader], *, abstain: float = 0.0) -> None:
        if not readers:
            raise ModelError("there is no model to answer: give the name or the folder of one")
        if not 0 <= abstain <= 1:
            raise ConfigError([f"abstain: expected a probability from 0 to 1, got {abstain}"])
        self.readers = tuple(readers)
        self.abstain = abstain

    @property
    def heads(self) -> dict[str, HeadConfig]:
        """The heads of all models by name; the first model's, where several have one."""
        heads: dict[str, HeadConfig] = {}
        for head in (head for reader in self.readers for head in reader.config.heads):
            heads.setdefault(head.name, head)
        return heads

    @overload
    def __call__(self, texts: str | None) -> Prediction: ...  # type: ignore[overload-overlap]

    @overload
    def __call__(self, texts: Iterable[object]) -> list[Prediction]: ...

    def __call__(self, texts: Any) -> Prediction | list[Prediction]:
        """Answer one text with one prediction, several (any iterable) with a list of them."""
        single = isinstance(texts, str | bytes | bytearray | Mapping)
        if single or not isinstance(texts, Iterable):
            return self.predict([texts])[0]
        return self.predict(texts)

    def predict(self, texts: Iterable[object]) -> list[Prediction]:
        """Answer many inputs of any type; a list of predictions in their order."""
        return list(self.stream(texts))

    def stream(self, texts: Iterable[object], block: int = BLOCK_ROWS) -> Iterator[Prediction]:
        """Answer inputs as they come, in bounded memory and in order.

        Args:
            texts: any number of inputs of any type; never held all at once.
            block: most inputs that are read ahead.

        Yields:
            One prediction per input.
        """
        for inputs in _blocks(texts, block):
            yield from _predictions(self.read(inputs), self.abstain)

    def column(self, series: Any, name: str | None = None) -> Any:
        """Answer a column of a table with one of the same kind, entry by entry.

        Args:
            series: a Series of pandas or Polars, an Arrow array, or a list.
            name: which of the columns that `sentigate score` writes, such as `sentiment_score`,
                `emotion`, `emotion_p_joy` or `status`; else the labels of the head `sentiment`, or
                those of the only head.

        Raises:
            DataError: this is no column, or there is no answer of this name.

        Example:
            >>> load().column(["Lovely soup!", None], "sentiment")
            ['positive', None]
        """
        wanted = name or _main_head(list(self.heads))
        blocks = _blocks(series_values(series), BLOCK_ROWS)
        parts = [self._column(wanted, inputs) for inputs in blocks]
        return series_like(series, wanted, parts or [self._column(wanted, [])])

    def read(self, inputs: Sequence[object]) -> Readings:
        """Read inputs of any type in one block and decide nothing: what all answers come from."""
        return read_inputs(self.readers, inputs)

    def explain(
        self,
        text: object,
        head: str | None = None,
        label: str | None = None,
        method: "Method" = "auto",
        by: "By" = "word",
    ) -> "Attribution":
        """Say which words an answer comes from.

        Args:
            text: the input; anything that is no readable text gets a status.
            head: the question; without it, the head that knows the label, else `sentiment`.
            label: the answer whose reasons are wanted; without it, the one the head decides on.
            method: "gates" (exact, one reading), "occlusion" (leave out one stretch at a time),
                "gradients" (integrated; needs the extra `explain`), or "auto".
            by: what is explained: each "word", "phrase" or "sentence".

        Raises:
            ConfigError: there is no such head or label, or the text is too long for the method.
            MissingExtraError: "gradients" without torch or Captum.

        Example:
            >>> why = load("en").explain("The soup was lovely.", label="positive")
            >>> why.strongest(1)[0].text
            'lovely'
        """
        from sentigate.explain.attribution import explain

        return explain(self.readers, text, head, label, method, by)

    def gates(
        self, text: object, head: str | None = None, label: str | None = None
    ) -> "GateReading":
        """Say what every gate did at every token, up to the end of the first window.

        Args:
            text: the input; anything that is no readable text gets a status.
            head: the head by whose answer the units are grouped, as in `explain`.
            label: the label, as in `explain`.

        Raises:
            ConfigError: there is no such head or label, or the model has no gates.

        Example:
            >>> reading = load("en").gates("Not bad.")
            >>> [token.text for token in reading.tokens], len(reading.courses)
            (['Not', 'bad', '.'], 2)
        """
        from sentigate.explain.gates import read_gates

        return read_gates(self.readers, text, head, label)

    def trajectory(
        self,
        text: object,
        head: str | None = None,
        label: str | None = None,
        *,
        steps: bool = True,
    ) -> "Trajectory":
        """Follow the feeling through a text, sentence by sentence and token by token.

        Args:
            text: the input; anything that is no readable text gets a status.
            head: the head to follow; without it, the one that knows the label, else `sentiment`.
            label: the label whose probability to follow; without it, the score.
            steps: whether to read after each token too, where the text is short enough for it.

        Raises:
            ConfigError: there is no such head or label, or the head has no score.

        Example:
            >>> course = load("en").trajectory("The start was awful. The end was wonderful!")
            >>> [round(value) for value in course.values]
            [-1, 1]
        """
        from sentigate.explain.course import trajectory

        return trajectory(self.readers, text, head, label, steps=steps)

    def _column(self, name: str, inputs: Sequence[object]) -> Column:
        columns = dict(answer_columns(self.readers, self.read(inputs), self.abstain))
        if name not in columns:
            raise DataError(f"no answer is called {name!r}{suggestion(name, list(columns))}")
        return columns[name]


def load(
    model: str | Path | None = None,
    *,
    engine: EngineName = "onnx",
    threads: int = 1,
    abstain: float = 0.0,
) -> Analyzer:
    """Open a model, or all shipped ones, of which each text goes to that of its language.

    Args:
        model: name of a shipped model or a model folder; None for all shipped models, each
            opened when the first text in its language comes.
        engine: what computes the network: "onnx" (fast) or "numpy" (legible).
        threads: CPU threads that the engine may use.
        abstain: the probability below which a text's label is `uncertain`; see `Analyzer`.

    Raises:
        ConfigError: `abstain` is no probability.
        ModelError: there is no such model, or its folder is damaged or of a newer format.

    Example:
        >>> load("en")("what a waste of time").sentiment.label
        'negative'
    """
    if model is not None:
        opened = Model.open(find_model(model), engine=engine, threads=threads)
        return Analyzer([Reader(opened.config, lambda: opened)], abstain=abstain)
    readers = [_lazy_reader(folder, engine, threads) for folder in shipped().values()]
    return Analyzer(by_specialty(readers), abstain=abstain)


def _main_head(names: Sequence[str]) -> str:
    if "sentiment" in names or len(names) == 1:
        return "sentiment" if "sentiment" in names else names[0]
    raise DataError(f"the models have the heads {', '.join(names)}: give the name of one")


def _lazy_reader(folder: Path, engine: EngineName, threads: int) -> Reader:
    opened = cache(partial(Model.open, folder, engine=engine, threads=threads))
    return Reader(read_config(folder), opened)


def _predictions(readings: Readings, abstain: float) -> list[Prediction]:
    """Decide; one prediction an input, in order."""
    answers = list(map(Prediction, readings.texts, readings.statuses, readings.languages))
    for part in readings.parts:
        for place, heads, tokens in zip(
            part.places.tolist(), _results(part, abstain), part.tokens.tolist(), strict=True
        ):
            bare = answers[place]
            answers[place] = Prediction(
                bare.text, bare.status, bare.language, part.config.name, heads, tokens
            )
    return answers


def _results(part: Part, abstain: float) -> Iterator[dict[str, HeadResult]]:
    """What each head says, a text at a time."""
    names = [head.name for head in part.config.heads]
    results = [decide(head, part.logits[head.name], abstain=abstain) for head in part.config.heads]
    for row in zip(*results, strict=True):
        yield dict(zip(names, row, strict=True))


def _blocks(texts: Iterable[object], rows: int) -> Iterator[list[object]]:
    """Gather inputs into lists bounded in rows and in characters."""
    block: list[object] = []
    characters = 0
    for text in texts:
        block.append(text)
        characters += len(text) if isinstance(text, str) else 0
        if len(block) >= rows or characters >= BLOCK_CHARACTERS:
            yield block
            block, characters = [], 0
    if block:
        yield block
