"""WS /v1/live: text as it is typed, the answer after each token.

    {"text": "so far"}  ->  {"status": "ok", ..., "kept": 2, "steps": [{"start", "end", "heads"}]}

Of the steps of the last answer the first `kept` still hold; those that follow are sent.
"""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, WebSocket
from starlette.websockets import WebSocketDisconnect

from sentigate.explain.live import Live, Typed
from sentigate.records import Status
from sentigate.serve.answers import to_json, wanted_heads
from sentigate.serve.batcher import Work
from sentigate.serve.problems import Problem
from sentigate.serve.service import Service, Serving
from sentigate.serve.waiting import coming

PROTOCOL = "sentigate.live"
"""The subprotocol of this conversation, for clients that must name one to bring a key."""

CLOSE_CODES = {408: 1008, 503: 1012}  # policy (silent for too long), service restart

router = APIRouter()


@router.websocket("/v1/live")
async def live(
    socket: WebSocket,
    serving: Serving,
    model: Annotated[str, Query()] = "auto",
    head: Annotated[list[str] | None, Query()] = None,
) -> None:
    """Answer a text each time it has changed."""
    analyzer = serving.analyzer(model)
    heads = wanted_heads(analyzer.heads, head)
    work = Work(_reading(Live(analyzer.readers), serving.config.max_characters), 1)
    with serving.stream():
        offered = socket.scope.get("subprotocols", [])
        await socket.accept(PROTOCOL if PROTOCOL in offered else None)
        try:
            await _converse(socket, serving, work, heads)
        except WebSocketDisconnect:
            pass
        except Problem as problem:
            socket.state.problem = problem.kind
            await socket.close(CLOSE_CODES[problem.status], problem.kind)


def _reading(live: Live, longest: int) -> Any:
    """From texts, of which there is one, to what is said of them."""

    def read(text: Any) -> Typed:
        too_long = isinstance(text, str) and len(text) > longest
        return Typed(Status.TOO_LONG) if too_long else live.read(text)

    return lambda texts: [read(text) for text in texts]


async def _converse(
    socket: WebSocket, serving: Service, work: Work, heads: frozenset[str] | None
) -> None:
    """Answer until one side has enough: a message is read when the last one is answered."""
    silence = serving.config.stream_seconds
    while True:
        text = _text(await coming(_message(socket), serving.draining, silence))
        answer = await serving.batcher.answer(work, [text], patient=True)
        typed: Typed = answer.outputs[0]
        model, status = typed.model or "none", str(typed.status)
        serving.meters.texts.labels(model, status).inc()
        serving.meters.tokens.labels(model).inc(typed.tokens)
        await socket.send_text(to_json(_only(typed.to_dict(), heads)).decode())


async def _message(socket: WebSocket) -> str | bytes:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    return message.get("text") or message.get("bytes") or b""


def _text(message: str | bytes) -> Any:
    """The text that a message holds; bytes, which are no text, where it holds none."""
    try:
        return json.loads(message)["text"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return b""


def _only(answer: dict[str, Any], heads: frozenset[str] | None) -> dict[str, Any]:
    """Leave out the heads that are not wanted."""
    if heads is not None:
        for part in (answer, *answer["steps"]):
            part["heads"] = {name: one for name, one in part["heads"].items() if name in heads}
    return answer
