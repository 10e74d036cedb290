"""A component for spaCy pipelines: `nlp.add_pipe("sentigate")`; needs the extra `spacy`.

    Doc ─text, sentences─> Analyzer ─> doc.cats, doc.sentiment, doc._.*, doc.spans["sentigate"]

spaCy finds it by itself, through the entry point `spacy_factories`. What it stores is plain values,
so that documents can be written, and sent from other processes.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sentigate.analyzer import load
from sentigate.compat.hugging_face import choose_head
from sentigate.extras import require
from sentigate.records import HeadResult, Prediction
from sentigate.text.sentences import sentences

tokens = require("spacy.tokens", "spacy")
language = require("spacy.language", "spacy")
util = require("spacy.util", "spacy")

FACTORY = "sentigate"
ATTRIBUTES = ("sentiment", "sentigate")


class SentimentComponent:
    """Writes what the analyzer says into documents and their sentences.

    | where | what |
    | --- | --- |
    | `doc.cats` | the probability of each label of the head |
    | `doc.sentiment` | the score in [-1, 1], where the head has one |
    | `doc._.sentiment` | the head's answer: kind, label, score, probabilities; None without one |
    | `doc._.sentigate` | the answers of all heads, status, language and model |
    | `doc.spans["sentigate"]` | the sentences, each with its label as the span's |
    | `span._.sentiment` | the head's answer for a sentence, on every span of its extent |

    Args:
        model: name of a shipped model or a model folder; None for all shipped ones, of which each
            text goes to that of its language.
        head: name of the head that is asked; None for `sentiment`, or the only one.
        by_sentence: whether sentences are read too; those of the pipeline, where it has set any.

    Raises:
        ConfigError: the model has no such head, or several and none of them is `sentiment`.
        ModelError: there is no such model.

    Example:
        >>> import spacy
        >>> nlp = spacy.blank("en")
        >>> _ = nlp.add_pipe("sentigate")
        >>> doc = nlp("Such a lovely room! But breakfast was cold and the waiter was rude.")
        >>> [(span.text[:9], span.label_) for span in doc.spans["sentigate"]]
        [('Such a lo', 'positive'), ('But break', 'negative')]
        >>> max(doc.cats, key=doc.cats.get) == doc._.sentiment["label"]
        True
    """

    def __init__(
        self, model: str | None = None, head: str | None = None, by_sentence: bool = True
    ) -> None:
        self.settings = {"model": model, "head": head, "by_sentence": by_sentence}
        self.by_sentence = by_sentence
        self.analyzer = load(model)
        self.head = choose_head(self.analyzer.heads, head)

    def __getstate__(self) -> dict[str, Any]:
        """An engine cannot be pickled: a process that is given the component opens its own."""
        return self.settings

    def __setstate__(self, settings: dict[str, Any]) -> None:
        self.__init__(**settings)  # type: ignore[misc]

    def __call__(self, doc: Any) -> Any:
        """Read one document; return it."""
        self._read([doc])
        return doc

    def pipe(self, stream: Iterable[Any], *, batch_size: int = 128) -> Iterator[Any]:
        """Read documents as they come, `batch_size` at a time; yield them in order."""
        for docs in util.minibatch(stream, size=batch_size):
            self._read(docs)
            yield from docs

    def _read(self, docs: Sequence[Any]) -> None:
        spans = [_sentences(doc) if self.by_sentence else [] for doc in docs]
        places = [place for doc, parts in zip(docs, spans, strict=True) for place in (doc, *parts)]
        answers = iter(self.analyzer.predict([place.text for place in places]))
        for doc, parts in zip(docs, spans, strict=True):
            self._mark_doc(doc, next(answers))
            group = [self._mark_sentence(part, next(answers)) for part in parts]
            if self.by_sentence:
                doc.spans[FACTORY] = group

    def _mark_doc(self, doc: Any, answer: Prediction) -> None:
        result = self._mark(doc, answer)
        if result:
            doc.cats.update(result.probabilities)
        if result and result.score is not None:
            doc.sentiment = result.score

    def _mark_sentence(self, part: Any, answer: Prediction) -> Any:
        result = self._mark(part, answer)
        return tokens.Span(part.doc, part.start, part.end, label=_label(result) if result else "")

    def _mark(self, place: Any, answer: Prediction) -> HeadResult | None:
        """Set the attributes of a document or span to plain values."""
        result = answer.heads.get(self.head)
        place._.sentiment = result.to_dict() if result else None
        place._.sentigate = {key: value for key, value in answer.to_dict().items() if key != "text"}
        return result


def make_component(
    nlp: Any, name: str, model: str | None, head: str | None, by_sentence: bool
) -> SentimentComponent:
    """Make the component; spaCy calls this with what `add_pipe` is given as `config`."""
    return SentimentComponent(model, head, by_sentence)


def _label(result: HeadResult) -> str:
    """The label decided on, of several the most probable; "" for none and for a number."""
    return max(result.labels, key=result.probabilities.__getitem__, default="")


def _sentences(doc: Any) -> list[Any]:
    """The sentences that the pipeline has set; where it has set none, those of `text`."""
    if doc.has_annotation("SENT_START"):
        return list(doc.sents)
    spans = (
        doc.char_span(start, end, alignment_mode="expand") for start, end in sentences(doc.text)
    )
    return [span for span in spans if span is not None]


def _register() -> None:
    for owner in (tokens.Doc, tokens.Span):
        for name in ATTRIBUTES:
            if not owner.has_extension(name):
                owner.set_extension(name, default=None)
    language.Language.factory(
        FACTORY,
        default_config={"model": None, "head": None, "by_sentence": True},
        assigns=["doc.cats", "doc.sentiment", "doc.spans", *(f"doc._.{n}" for n in ATTRIBUTES)],
        func=make_component,
    )


_register()
