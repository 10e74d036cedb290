"""Explanations as part of answers, and POST /v1/gates and /v1/course: a text looked into.

Explaining costs many readings, so texts are explained one at a time, between the batches.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from sentigate.analyzer import Analyzer
from sentigate.errors import ConfigError
from sentigate.records import Status
from sentigate.serve.answers import to_json, wanted_heads
from sentigate.serve.batcher import Work
from sentigate.serve.media import json_only
from sentigate.serve.problems import Problem
from sentigate.serve.schemas import CourseResponse, ExplainRequest, Explanation, GatesResponse
from sentigate.serve.service import Service, Serving

CANNOT = "the model of this text has no such head or label, or the text is too long for this"
"""Instead of the library's own sentence, which repeats what was asked."""

router = APIRouter(dependencies=[Depends(json_only)])


def explanations(
    serving: Service, analyzer: Analyzer, method: str, head: str | None, label: str | None
) -> Work:
    """Return the work that explains texts; where it cannot, it says so."""
    most = serving.config.max_explained_characters

    def explain(texts: Sequence[str]) -> list[dict[str, Any]]:
        return [one(text) for text in texts]

    def one(text: str) -> dict[str, Any]:
        if len(text) > most:
            return {"error": f"the text is too long to be explained: at most {most} characters"}
        try:
            found = analyzer.explain(text, head, label, method).to_dict()  # type: ignore[arg-type]
        except ConfigError:
            return {"error": CANNOT}
        return {name: found[name] for name in Explanation.model_fields if name in found}

    return Work(explain, 1)


@router.post("/v1/gates", responses={200: {"model": GatesResponse}}, response_class=Response)
async def gates(asked: ExplainRequest, request: Request, serving: Serving) -> Response:
    """Say what every input, forget and output gate did at each token, up to the first window."""
    analyzer = serving.analyzer(asked.model)
    return await _look_into(analyzer.gates, asked, request, serving)


@router.post("/v1/course", responses={200: {"model": CourseResponse}}, response_class=Response)
async def course(asked: ExplainRequest, request: Request, serving: Serving) -> Response:
    """Follow the feeling through a text: each sentence, and the answer after each token."""
    analyzer = serving.analyzer(asked.model)
    return await _look_into(analyzer.trajectory, asked, request, serving)


async def _look_into(
    look: Callable[..., Any], asked: ExplainRequest, request: Request, serving: Service
) -> Response:
    wanted_heads(serving.analyzer(asked.model).heads, asked.head and [asked.head])
    if isinstance(asked.text, str) and len(asked.text) > serving.config.max_characters:
        told = f"at most {serving.config.max_characters} characters are read"
        raise Problem(413, "text-too-long", told)
    work = Work(partial(_look, look, asked.head, asked.label), 1)
    try:
        answer = await serving.answer(work, [asked.text], request.state.arrived)
    except ConfigError:
        raise Problem(422, "cannot-explain", CANNOT) from None
    found = answer.outputs[0]
    del found["text"]
    status = {"status": found["status"], "error": Status(found["status"]).words}
    return Response(to_json({**found, **status}), media_type="application/json")


def _look(
    look: Callable[..., Any], head: str | None, label: str | None, texts: Sequence[object]
) -> list[dict[str, Any]]:
    return [look(text, head, label).to_dict() for text in texts]
