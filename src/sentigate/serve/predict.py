"""POST /v1/predict and /v1/hf: some texts in, as many answers out."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from sentigate.analyzer import Analyzer
from sentigate.records import Prediction, Status
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
from sentigate.serve.batcher import Answer, Work
from sentigate.serve.bodies import STREAM
from sentigate.serve.explaining import explanations
from sentigate.serve.media import json_only
from sentigate.serve.problems import Problem
from sentigate.serve.schemas import HfLabel, HfRequest, PredictRequest, PredictResponse
from sentigate.serve.service import Service, Serving

AT_ONCE = 64
"""Most answers that are put into JSON in the event loop; more would hold up the others."""


router = APIRouter(dependencies=[Depends(json_only)])


@router.post("/v1/predict", responses={200: {"model": PredictResponse}}, response_class=Response)
async def predict(asked: PredictRequest, request: Request, serving: Serving) -> Response:
    """Say what the writers of texts feel: a result or a status for each text, in order."""
    analyzer = serving.analyzer(asked.model)
    heads = wanted_heads(analyzer.heads, asked.heads)
    config = serving.config
    most = config.max_texts if asked.explain == "none" else config.max_explained_texts
    items = _items(asked.texts, most, config.max_characters)
    predictions, answer = await _ask(serving, analyzer, items, request)
    explained = await _explain(asked, serving, analyzer, predictions, request)

    def body() -> bytes:
        versions = serving.models.versions
        used = {one.model for one in predictions if one.model}
        rows = zip(items, predictions, strict=True)
        return to_json(
            {
                "results": [
                    render(*row, heads) | explained.get(place, {}) for place, row in enumerate(rows)
                ],
                "models": {name: versions[name] for name in versions if name in used},
                "timings": _timings(answer, request),
            }
        )

    return await _respond(body, len(items))


async def _explain(
    asked: PredictRequest,
    serving: Service,
    analyzer: Analyzer,
    answered: Sequence[Prediction],
    request: Request,
) -> dict[int, dict[str, Any]]:
    """The explanations that were asked for, by the places of the texts that have one."""
    if asked.explain == "none":
        return {}
    head = asked.heads[0] if asked.heads else None
    work = explanations(serving, analyzer, asked.explain, head, asked.label)
    read = {place: one.text for place, one in enumerate(answered) if one.status is Status.OK}
    answer = await serving.answer(work, list(read.values()), request.state.arrived)
    pairs = zip(read, answer.outputs, strict=True)
    return {place: {"explanation": found} for place, found in pairs}


@router.post("/v1/hf", responses={200: {"model": list[list[HfLabel]]}}, response_class=Response)
async def hugging_face(
    asked: HfRequest,
    request: Request,
    serving: Serving,
    model: Annotated[str, Query(description="Name of a model, or `auto`.")] = "auto",
) -> Response:
    """Answer as the Hugging Face inference API does for text classification.

    A list for each text, of labels and probabilities, the most probable first.
    """
    analyzer = serving.analyzer(model)
    name = asked.parameters.head or ("sentiment" if "sentiment" in analyzer.heads else None)
    name = name or next(iter(analyzer.heads))
    wanted_heads(analyzer.heads, [name])
    inputs = asked.inputs if isinstance(asked.inputs, list) else [asked.inputs]
    items = _items(inputs, serving.config.max_texts, serving.config.max_characters)
    predictions, _ = await _ask(serving, analyzer, items, request)
    top_k = asked.parameters.top_k
    return await _respond(
        lambda: to_json([_labels(one, name, top_k) for one in predictions]), len(items)
    )


def _items(entries: Sequence[Any], most: int, longest: int) -> list[Item]:
    """Read the entries of a request.

    Raises:
        Problem: there are more than a request may have.
    """
    if len(entries) > most:
        told = f"{len(entries)} texts, expected at most {most}: send several requests"
        raise Problem(413, "too-many-texts", f"{told}, or use {STREAM}")
    return [read_item(one, place, longest) for place, one in enumerate(entries)]


async def _ask(
    serving: Service, analyzer: Analyzer, items: Sequence[Item], request: Request
) -> tuple[list[Prediction], Answer]:
    """Have the entries of a request answered, and counted."""
    work = Work(analyzer.predict, serving.config.batch_texts)
    answer = await serving.answer(work, values(items), request.state.arrived)
    predictions = in_order(items, answer.outputs)
    request.state.texts, request.state.tokens = count(serving.meters, predictions)
    return predictions, answer


async def _respond(body: Callable[[], bytes], size: int) -> Response:
    content = await asyncio.to_thread(body) if size > AT_ONCE else body()
    return Response(content, media_type="application/json")


def _timings(answer: Answer, request: Request) -> dict[str, float]:
    """In milliseconds."""
    total = time.perf_counter() - request.state.arrived
    seconds = {"waited": answer.waited, "computed": answer.computed, "total": total}
    return {name: round(1000 * value, 3) for name, value in seconds.items()}


def _labels(prediction: Prediction, name: str, top_k: int | None) -> list[dict[str, Any]]:
    """The labels of a head with their probabilities, the most probable first."""
    head = prediction.heads.get(name)
    if head is None:
        return [{"label": None, "score": None}]
    if head.kind == "regression":
        return [{"label": name, "score": head.value}]
    ranked = sorted(head.probabilities.items(), key=lambda item: -item[1])
    return [{"label": label, "score": score} for label, score in ranked[:top_k]]
