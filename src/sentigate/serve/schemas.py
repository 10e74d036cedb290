"""What goes over the wire, as JSON: requests as they are checked, answers as they are documented.

Knows no routes. The sentences here are those of the OpenAPI document.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sentigate.records import HeadKind, Status

Explain = Literal["none", "auto", "gates", "occlusion"]


class _Record(BaseModel):
    model_config = ConfigDict(
        extra="forbid", use_attribute_docstrings=True, protected_namespaces=()
    )


class PredictRequest(_Record):
    """Texts and what is asked of them."""

    texts: list[Any] = Field(
        examples=[["The food was cold.", {"id": "r2", "text": "这家餐厅太棒了！"}]]
    )
    """Texts, or objects with `id` and `text`. Whatever is neither gets a status, not an error."""
    model: str = "auto"
    """Name of a model, or `auto`: each text goes to the model of fewest languages that reads it."""
    heads: list[str] | None = None
    """Heads that are wanted, such as `sentiment`; all where it is left out."""
    explain: Explain = "none"
    """How to say which words the answer of the first head that is wanted comes from."""
    label: str | None = None
    """The label that is explained; the one decided on where it is left out."""


class ExplainRequest(_Record):
    """A text that is looked into."""

    text: Any = Field(examples=["Not bad at all."])
    """The text; whatever is none gets a status."""
    model: str = "auto"
    """Name of a model, or `auto`: the model of fewest languages that reads the text."""
    head: str | None = None
    """The head that is looked into; `sentiment` where it is left out."""
    label: str | None = None
    """The label that is looked into; what it stands for otherwise, the answer says."""


class HeadAnswer(_Record):
    """What one head says of one text."""

    kind: HeadKind
    """What sort of question the head answers."""
    label: str | None = None
    """The label (binary, multiclass and ordinal heads)."""
    labels: list[str] | None = None
    """The labels that are decided on (multilabel heads)."""
    value: float | None = None
    """The number (regression heads), the mean of the labels (ordinal heads)."""
    score: float | None = None
    """p(positive) - p(negative), from -1 to 1, where the head has these labels."""
    probabilities: dict[str, float] | None = None
    """The probability of each label."""


class Contribution(_Record):
    """A stretch of a text and what it adds to the score; below zero it speaks against."""

    start: int
    """Where it begins, in code points."""
    end: int
    """Where it ends, exclusive."""
    text: str
    value: float


class Explanation(_Record):
    """Which words an answer comes from."""

    error: str | None = None
    """Why there is no explanation; the rest is then left out."""
    head: str | None = None
    label: str | None = None
    """The label that is explained; null for a number."""
    method: str | None = None
    """`gates` adds up exactly; `occlusion` leaves out one word at a time."""
    score: float | None = None
    """Log-odds of the label, or the number."""
    probability: float | None = None
    """Probability of the label, or the number."""
    baseline: float | None = None
    """The score without any word; null for occlusion."""
    residual: float | None = None
    """What the contributions leave unexplained; null for occlusion."""
    words: list[Contribution] = []
    tokens: list[Contribution] = []


class TextAnswer(_Record):
    """What became of one text; only the status `ok` carries heads."""

    id: str | int
    """The id that came with the text, else its place in the request, from 0."""
    status: Status
    """`ok`, or why there is no answer."""
    error: str | None
    """The status in words; null where it is `ok`."""
    language: str | None
    """ISO 639-1 code; null where nobody can tell."""
    model: str | None
    """The model that answered."""
    tokens: int
    """How many tokens were read: all of the text."""
    heads: dict[str, HeadAnswer]
    """What each head says, by its name."""
    explanation: Explanation | None = None
    """Only where it was asked for and the status is `ok`."""


class Timings(_Record):
    """Where the time went, in milliseconds."""

    waited: float
    """In the queue."""
    computed: float
    """From the first text's turn to the last answer."""
    total: float
    """From the request's arrival."""


class PredictResponse(_Record):
    """An answer for each text, in order."""

    results: list[TextAnswer]
    models: dict[str, str]
    """The version of each model that answered."""
    timings: Timings


class GateCourse(_Record):
    """What the gates of one direction of one layer did; lists have an entry a token.

    The layer's units are grouped by how much they speak for the label, the first group most.
    """

    layer: int
    reverse: bool
    """Whether it read from the end to the beginning."""
    input: list[list[float]]
    """What to write: the mean input gate of each group, from 0 to 1."""
    forget: list[list[float]]
    """What to keep: the mean forget gate of each group, from 0 to 1."""
    output: list[list[float]]
    """What to show: the mean output gate of each group, from 0 to 1."""
    candidate: list[list[float]]
    memory: list[list[float]]
    written: list[float]
    kept: list[float | None]
    shown: list[float]
    left: list[float]
    """The share of the final memory that comes from this token."""


class GatesResponse(_Record):
    """How the gates read a text."""

    status: Status
    error: str | None
    language: str | None
    model: str | None
    head: str | None
    label: str | None
    score: float | None
    baseline: float | None
    tokens: list[Contribution]
    courses: list[GateCourse]
    """One for each layer and direction."""
    unread: int
    """Tokens behind the first window, which are not shown."""


class Reading(_Record):
    """What is said of a stretch of a text."""

    start: int
    end: int
    text: str
    value: float
    """The score, or the probability of the label that was asked for."""
    model: str
    heads: dict[str, HeadAnswer]


class CourseResponse(_Record):
    """The course of feeling through a text."""

    status: Status
    error: str | None
    language: str | None
    head: str | None
    label: str | None
    whole: Reading | None
    sentences: list[Reading]
    """Each sentence read by itself."""
    steps: list[Reading]
    """Each token, with what is said of the text up to it; empty for a long text."""


class HfParameters(BaseModel):
    """What the Hugging Face inference API calls parameters; those unknown here are ignored."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    top_k: int | None = Field(default=None, ge=1)
    """Most labels, the most probable first; all where it is left out."""
    head: str | None = None
    """The head that answers; `sentiment` where it is left out. Not in Hugging Face's API."""


class HfRequest(BaseModel):
    """A request as the Hugging Face inference API takes it."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    inputs: Any = Field(examples=["I love this", ["one text", "another"]])
    """A text, or a list of texts."""
    parameters: HfParameters = HfParameters()
    """How to answer."""


class HfLabel(_Record):
    """A label with its probability; both null for a text without an answer."""

    label: str | None
    score: float | None


class HeadInfo(_Record):
    """A question that a model answers."""

    name: str
    kind: HeadKind
    labels: list[str]


class ModelInfo(_Record):
    """A model that is served."""

    name: str
    version: str
    """Twelve digits that differ when any file of the model does."""
    languages: list[str]
    """The languages it reads, as ISO 639-1 codes; empty is any."""
    heads: list[HeadInfo]


class ModelsResponse(_Record):
    """What is served."""

    models: list[ModelInfo]


class Health(_Record):
    """Whether the server lives or is ready."""

    status: Literal["ok"]


class ProblemDetails(BaseModel):
    """What is wrong and what to do (RFC 9457); never what was sent."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str | None = None
