"""What is served and how it is: models, health, metrics."""

from fastapi import APIRouter, Response

from sentigate.serve.answers import to_json
from sentigate.serve.problems import Problem
from sentigate.serve.schemas import Health, ModelsResponse
from sentigate.serve.service import Serving

router = APIRouter()


@router.get("/v1/models", responses={200: {"model": ModelsResponse}}, response_class=Response)
async def models(serving: Serving) -> Response:
    """Name the models with their versions, languages, heads and labels."""
    shelf = serving.models
    listed = [
        {
            "name": name,
            "version": shelf.versions[name],
            "languages": config.languages,
            "heads": [head.model_dump(include={"name", "kind", "labels"}) for head in config.heads],
        }
        for name, config in shelf.configs.items()
    ]
    return Response(to_json({"models": listed}), media_type="application/json")


@router.get("/health/live")
async def live() -> Health:
    """Say that the process answers; where it does not, restart it."""
    return Health(status="ok")


@router.get("/health/ready")
async def ready(serving: Serving) -> Health:
    """Say whether requests should be sent here: models open, and not about to end."""
    if not serving.ready:
        raise Problem(503, "not-ready", "send requests elsewhere for now")
    return Health(status="ok")


@router.get(
    "/metrics",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    response_class=Response,
)
def metrics(serving: Serving) -> Response:
    """Return all counts in Prometheus' text format."""
    meters = serving.meters
    return Response(meters.render(), headers={"content-type": meters.media_type})
