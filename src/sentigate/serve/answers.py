"""From what a request holds to texts, and from predictions to what a response holds."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sentigate.config import HeadConfig
from sentigate.errors import suggestion
from sentigate.records import Prediction, Status
from sentigate.serve.metrics import Meters
from sentigate.serve.problems import Problem

LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a request.

    Args:
        id: what goes back with its answer.
        value: its text, or what stands in its place; None where that is too long.
        too_long: whether it is longer than a text may be.
    """

    id: str | int
    value: Any
    too_long: bool = False


def read_item(entry: Any, place: int, longest: int) -> Item:
    """Read an entry: a text, or an object with `text` and perhaps `id`.

    Args:
        entry: what the request holds.
        place: its place, which is the id of an entry that brings none.
        longest: most characters of a text.

    Example:
        >>> read_item("good", 3, 9).id, read_item({"id": "a", "text": "good"}, 4, 9).value
        (3, 'good')
    """
    identity: str | int = place
    value = entry
    if isinstance(entry, dict):
        identity, value = _identity(entry.get("id"), place), entry.get("text")
    if isinstance(value, str) and len(value) > longest:
        return Item(identity, None, too_long=True)
    return Item(identity, value)


def _identity(given: Any, place: int) -> str | int:
    fit = isinstance(given, str | int) and not isinstance(given, bool)
    return given if fit and len(str(given)) <= LONGEST_ID else place


def values(items: Iterable[Item]) -> list[Any]:
    """Return what is to be answered: all but what is too long."""
    return [item.value for item in items if not item.too_long]


def in_order(items: Iterable[Item], answered: Iterable[Prediction]) -> list[Prediction]:
    """Put the answers to `values` in the order of the entries, each of which gets one."""
    rest = iter(answered)
    return [Prediction(None, Status.TOO_LONG) if one.too_long else next(rest) for one in items]


def wanted_heads(
    heads: Mapping[str, HeadConfig], names: Sequence[str] | None
) -> frozenset[str] | None:
    """Check the names of heads that a request gave; None is all heads.

    Raises:
        Problem: a model has no head of this name.
    """
    unknown = [name for name in names or () if name not in heads]
    if unknown:
        hint = suggestion(unknown[0], list(heads))
        raise Problem(404, "no-such-head", f"the model has no such head{hint}")
    return None if names is None else frozenset(names)


def render(item: Item, prediction: Prediction, heads: frozenset[str] | None) -> dict[str, Any]:
    """Return what is sent back for one entry; the text itself is not."""
    answer = prediction.to_dict()
    del answer["text"]
    if heads is not None:
        answer["heads"] = {name: head for name, head in answer["heads"].items() if name in heads}
    status = {"status": answer.pop("status"), "error": prediction.status.words}
    return {"id": item.id, **status, **answer}


def count(meters: Meters, predictions: Iterable[Prediction]) -> tuple[int, int]:
    """Count texts and tokens; returns the numbers of both."""
    texts: Counter[tuple[str, str]] = Counter()
    tokens: Counter[str] = Counter()
    for one in predictions:
        texts[one.model or "none", str(one.status)] += 1
        tokens[one.model or "none"] += one.tokens
    for (model, status), number in texts.items():
        meters.texts.labels(model, status).inc(number)
    for model, number in tokens.items():
        meters.tokens.labels(model).inc(number)
    return texts.total(), tokens.total()


def to_json(value: Any) -> bytes:
    """Return JSON in ASCII, which can hold even the halves of a broken emoji in an id."""
    return json.dumps(value, separators=(",", ":")).encode()
