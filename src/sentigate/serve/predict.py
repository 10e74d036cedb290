"""POST /v1/predict and /v1/hf: some texts in, as many answers out."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from sentigate.analyzer import Analyzer
from sentigate.records import Prediction
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
from sentigate.serve.problems import Problem
from sentigate.serve.schemas import HfLabel, HfRequest, PredictRequest, PredictResponse
from sentigate.serve.service import Service, Serving
from sentigate.serve.settings import ServeConfig

AT_ONCE = 64
"""Most answers that are put into JSON in the event loop; more would hold up the others."""


async def _json_only(request: Request) -> None:
    """Refuse bodies that are not said to be JSON: a form of another page can send those."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(415, "not-json", "send the body as Content-Type: application/json")


router = APIRouter(dependencies=[Depends(_json_only)])


@router.post("/v1/predict", responses={200: {"model": PredictResponse}}, response_class=Response)
async def predict(asked: PredictRequest, request: Request, serving: Serving) -> Response:
    """Say what the writers of texts feel: a result or a status for each text, in order."""
    analyzer = serving.analyzer(asked.model)
    heads = wanted_heads(analyzer.heads, asked.heads)
    items = _items(asked.texts, serving.config)
    predictions, answer = await _ask(serving, analyzer, items, request)

    def body() -> bytes:
        versions = serving.models.versions
        used = {one.model for one in predictions if one.model}
        return to_json(
            {
                "results": [render(*pair, heads) for pair in zip(items, predictions, strict=True)],
                "models": {name: versions[name] for name in versions if name in used},
                "timings": _timings(answer, request),
            }
        )

    return await _respond(body, len(items))


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
    items = _items(inputs, serving.config)
    predictions, _ = await _ask(serving, analyzer, items, request)
    top_k = asked.parameters.top_k
    return await _respond(
        lambda: to_json([_labels(one, name, top_k) for one in predictions]), len(items)
    )


def _items(entries: Sequence[Any], config: ServeConfig) -> list[Item]:
    """Read the entries of a request.

    Raises:
        Problem: there are more than a request may have.
    """
    if len(entries) > config.max_texts:
        told = f"{len(entries)} texts, expected at most {config.max_texts}: send several requests"
        raise Problem(413, "too-many-texts", f"{told}, or use {STREAM}")
    return [read_item(one, place, config.max_characters) for place, one in enumerate(entries)]


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
