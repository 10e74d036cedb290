"""POST /v1/predict/stream: a line in, a line out, in order, for as long as the client sends.

    body ─lines─> blocks ─at most a few ahead─> answers ─> response

Nothing more is read from a client that does not read its answers, so memory stays bounded. A line
that cannot be read gets a status like any other.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.types import Receive, Scope, Send

from sentigate.analyzer import Analyzer
from sentigate.serve.answers import (
    Item,
    count,
    in_order,
    read_item,
    render,
    to_json,
    values,
    wanted_heads,
)
from sentigate.serve.batcher import Work
from sentigate.serve.bodies import STREAM
from sentigate.serve.lines import Line, Lines
from sentigate.serve.media import media_type
from sentigate.serve.problems import Problem
from sentigate.serve.schemas import TextAnswer
from sentigate.serve.service import Service, Serving

MEDIA_TYPE = "application/x-ndjson"
AHEAD = 2
"""Blocks that wait for the client to read an earlier one."""

_MEDIA_TYPES = (MEDIA_TYPE, "application/ndjson", "application/jsonl", "application/json-lines")

_ANSWER = {"$ref": f"#/components/schemas/{TextAnswer.__name__}"}

router = APIRouter()


@router.post(
    STREAM,
    responses={200: {"content": {MEDIA_TYPE: {"schema": _ANSWER}}}},
    response_class=Response,
    openapi_extra={
        "requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
    },
)
async def stream(
    request: Request,
    serving: Serving,
    model: Annotated[str, Query(description="Name of a model, or `auto`.")] = "auto",
    head: Annotated[list[str] | None, Query(description="Heads that are wanted.")] = None,
) -> Response:
    """Answer texts as they come: a JSON string, or an object with `id` and `text`, a line.

    There is a line of answer for each line, in order. Read while you send: the server stops
    reading when answers pile up.
    """
    if media_type(request) not in _MEDIA_TYPES:
        raise Problem(415, "not-ndjson", f"send the body as Content-Type: {MEDIA_TYPE}")
    analyzer = serving.analyzer(model)
    return _Conversation(serving, analyzer, wanted_heads(analyzer.heads, head))


class _Conversation(Response):
    """A response that is written while the request is still being read.

    Starlette's own streaming response listens for the client's leaving and so would swallow the
    body that is to be read here.
    """

    def __init__(self, serving: Service, analyzer: Analyzer, heads: frozenset[str] | None) -> None:
        super().__init__(media_type=MEDIA_TYPE)
        del self.headers["content-length"]
        self._serving = serving
        self._analyzer = analyzer
        self._heads = heads
        self._pending: asyncio.Queue[asyncio.Task[bytes] | None] = asyncio.Queue(AHEAD)
        self._state: dict[str, Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read and write at the same time."""
        self._state = scope["state"]
        with self._serving.stream():
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read(receive, group))
                await self._write(send)

    async def _read(self, receive: Receive, group: asyncio.TaskGroup) -> None:
        config, place = self._serving.config, 0
        lines = Lines(receive, config.max_body_bytes, config.stream_seconds)
        async for block in lines.blocks(config.batch_texts, self._serving.draining):
            items = [
                _item(line, place + row, config.max_characters) for row, line in enumerate(block)
            ]
            place += len(items)
            await self._pending.put(group.create_task(self._answer(items)))
        if lines.problem is not None:
            self._state["problem"] = lines.problem.kind
            await self._pending.put(group.create_task(_last_line(lines.problem)))
        await self._pending.put(None)

    async def _write(self, send: Send) -> None:
        answers = await self._pending.get()
        # Not before something was read: until then a client may wait for "100 Continue".
        headers = self.raw_headers
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while answers is not None:
            # Of a client that does not read, the connection is cut off; sending then does nothing.
            body = await answers
            await send({"type": "http.response.body", "body": body, "more_body": True})
            answers = await self._pending.get()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _answer(self, items: Sequence[Item]) -> bytes:
        work = Work(self._analyzer.predict, self._serving.config.batch_texts)
        answer = await self._serving.batcher.answer(work, values(items), patient=True)
        predictions = in_order(items, answer.outputs)
        texts, tokens = count(self._serving.meters, predictions)
        self._state["texts"] = self._state.get("texts", 0) + texts
        self._state["tokens"] = self._state.get("tokens", 0) + tokens
        pairs = zip(items, predictions, strict=True)
        return b"".join(to_json(render(*pair, self._heads)) + b"\n" for pair in pairs)


def _item(line: Line, place: int, longest: int) -> Item:
    """Read a line; what is no JSON stays bytes, which are no text."""
    if line is None:
        return Item(place, None, too_long=True)
    if not line.strip():
        return Item(place, "")
    try:
        return read_item(json.loads(line), place, longest)
    except (ValueError, RecursionError):
        return Item(place, line)


async def _last_line(problem: Problem) -> bytes:
    return to_json(problem.to_dict()) + b"\n"
