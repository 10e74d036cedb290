"""A client of the server: asks it as one asks an `Analyzer`, and gets the same predictions.

    texts ─batches─> requests, some at a time ─retries─> predictions, in order

Needs the extra `client` (httpx2, of which this is the only importer); knows nothing of the server's
insides.
"""

import json
import random
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from types import TracebackType
from typing import Any, Self, overload

from sentigate.errors import ServerError
from sentigate.extras import require
from sentigate.records import HeadResult, Prediction, Status
from sentigate.runtime.inputs import examine

_JSON = {"Content-Type": "application/json"}

AGAIN = (408, 429, 502, 503, 504)
"""Responses after which the same request may succeed."""


class Client:
    """Asks a server what the writers of texts feel.

    Args:
        url: where it is.
        key: the API key, where it wants one.
        model: a model it serves, or "auto".
        batch: texts per request.
        connections: requests at a time.
        retries: times that a request is sent again when the server is busy or out of reach.
        timeout: seconds that one request may take.

    Example:
        >>> with Client("http://localhost:8080") as ask:  # doctest: +SKIP
        ...     ask("The food was cold.").sentiment.label
        'negative'
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8080",
        key: str | None = None,
        *,
        model: str = "auto",
        batch: int = 128,
        connections: int = 4,
        retries: int = 5,
        timeout: float = 60.0,
    ) -> None:
        self._httpx = require("httpx2", "client")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = self._httpx.Client(base_url=url, headers=headers, timeout=timeout)
        self._model = model
        self._batch = batch
        self._connections = connections
        self._retries = retries

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @overload
    def __call__(self, texts: str | None) -> Prediction: ...  # type: ignore[overload-overlap]

    @overload
    def __call__(self, texts: Iterable[object]) -> list[Prediction]: ...

    def __call__(self, texts: Any) -> Prediction | list[Prediction]:
        """Answer one text with one prediction, several (any iterable) with a list of them.

        Raises:
            ServerError: the server refuses, fails, or cannot be reached.
        """
        if isinstance(texts, str | bytes | Mapping) or not isinstance(texts, Iterable):
            return next(self.stream([texts]))
        return list(self.stream(texts))

    def stream(self, texts: Iterable[object]) -> Iterator[Prediction]:
        """Answer any number of texts in bounded memory; a prediction each, in order.

        Raises:
            ServerError: the server refuses, fails, or cannot be reached.
        """
        source = iter(texts)
        batches = iter(lambda: list(islice(source, self._batch)), [])
        pending: deque[Future[list[Prediction]]] = deque()
        with ThreadPoolExecutor(self._connections) as pool:
            for batch in batches:
                pending.append(pool.submit(self._ask, batch))
                if len(pending) > self._connections:
                    yield from pending.popleft().result()
            while pending:
                yield from pending.popleft().result()

    def models(self) -> list[dict[str, Any]]:
        """Return what the server says of its models: name, version, languages, heads.

        Raises:
            ServerError: the server refuses, fails, or cannot be reached.
        """
        models: list[dict[str, Any]] = self._send("GET", "/v1/models")["models"]
        return models

    def _ask(self, texts: Sequence[object]) -> list[Prediction]:
        body = {"texts": [_sent(text) for text in texts], "model": self._model}
        results = self._send("POST", "/v1/predict", body)["results"]
        return [_prediction(*pair) for pair in zip(texts, results, strict=True)]

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request, again where that may help, and return the JSON of the response."""
        for attempt in range(self._retries):
            try:
                return self._send_once(method, path, body)
            except _Busy as busy:
                time.sleep(_pause(attempt, busy.retry_after))
        return self._send_once(method, path, body)

    def _send_once(self, method: str, path: str, body: Any) -> Any:
        try:
            response = self._http.request(method, path, content=_to_json(body), headers=_JSON)
        except self._httpx.TransportError as error:
            raise _Busy(f"cannot reach {self._http.base_url}: {error}") from None
        if response.is_success:
            return response.json()
        told = f"the server says {response.status_code}: {_detail(response)}"
        if response.status_code in AGAIN:
            raise _Busy(told, response.headers.get("retry-after"))
        raise ServerError(told)


class _Busy(ServerError):
    """What may succeed when it is tried again; `retry_after` is when, as the server says it."""

    def __init__(self, told: str, retry_after: str | None = None) -> None:
        super().__init__(told)
        self.retry_after = retry_after


def _pause(attempt: int, retry_after: str | None) -> float:
    """Seconds to wait: what the server says, else twice as long each time; never all at once."""
    asked = float(retry_after) if retry_after and retry_after.isdecimal() else 0.05 * 2**attempt
    return asked * random.uniform(1.0, 1.25)


def _detail(response: Any) -> str:
    """What is wrong: of a problem its detail, of anything else only its name."""
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return str(response.reason_phrase)


def _to_json(body: Any) -> bytes | None:
    """JSON in ASCII, which can hold even the halves of a broken emoji; httpx would fail on them."""
    return None if body is None else json.dumps(body).encode()


def _sent(value: object) -> str | bool | None:
    """An input as JSON can hold it, such that it gets the status that the library gives it."""
    text, status = examine(value)
    return None if status is Status.MISSING else text if text is not None else False


def _prediction(text: object, result: Mapping[str, Any]) -> Prediction:
    """The record that the library itself would have made."""
    return Prediction(
        text=text if isinstance(text, str) else None,
        status=Status(result["status"]),
        language=result["language"],
        model=result["model"],
        heads={name: _head(head) for name, head in result["heads"].items()},
        tokens=result["tokens"],
    )


def _head(head: Mapping[str, Any]) -> HeadResult:
    labels = head.get("labels") or ([head["label"]] if head.get("label") is not None else [])
    return HeadResult(
        kind=head["kind"],
        labels=tuple(labels),
        probabilities=head.get("probabilities") or {},
        value=head.get("value"),
        score=head.get("score"),
    )
