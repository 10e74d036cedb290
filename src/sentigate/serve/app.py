"""The application: routes, what stands around them, and its beginning and end.

Context ─ Doors ─ Bodies ─ routes
id, log, errors ─ host, key, rate ─ length, time ─ answers
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from sentigate import __version__
from sentigate.serve import docs, explaining, info, live, predict, stream
from sentigate.serve.bodies import Bodies
from sentigate.serve.context import Context
from sentigate.serve.doors import Doors
from sentigate.serve.page import Page
from sentigate.serve.problems import MEDIA_TYPE, add_problem_handlers
from sentigate.serve.schemas import ProblemDetails
from sentigate.serve.service import Service, make_service
from sentigate.serve.settings import ServeConfig
from sentigate.serve.signals import listening

DESCRIPTION = """Sentiment and emotion from text with LSTM networks, on your own machine.

Texts are neither stored nor logged. Errors are problem details (RFC 9457)."""

# An environment variable could otherwise have the framework send what passes here elsewhere.
NO_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def create_app(config: ServeConfig, folders: Mapping[str, Path]) -> FastAPI:
    """Build the application; its models are opened when it starts.

    Args:
        config: the settings.
        folders: model folders by the names under which they are served.
    """
    service = make_service(config, folders)
    app = FastAPI(
        title="Sentigate",
        description=DESCRIPTION,
        version=__version__,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        lifespan=_lifespan,
        middleware=_around(service),
        telemetry=NO_TELEMETRY,
    )
    app.state.service = service
    add_problem_handlers(app)
    for part in (predict, stream, live, explaining, info):
        app.include_router(part.router, responses=_PROBLEMS)
    app.include_router(docs.router)
    app.mount("/", Page())
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "What is wrong and what to do", "model": ProblemDetails},
    "5XX": {"description": "The server cannot answer now", "model": ProblemDetails},
}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    async with service.running():
        with listening(service):
            yield


def _around(service: Service) -> list[Middleware]:
    """What stands around the routes, the outermost first."""
    around = [Middleware(Context, service=service)]
    if service.config.cors_origins:
        around.append(
            Middleware(
                CORSMiddleware,
                allow_origins=list(service.config.cors_origins),
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
                expose_headers=["Retry-After", "X-Request-ID"],
            )
        )
    return [*around, Middleware(Doors, service=service), Middleware(Bodies, service=service)]


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: the framework's, with keys, and problems under their media type."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"key": []}, {}]
        for path in document["paths"].values():
            for operation in path.values():
                _as_problems(operation["responses"])
        app.openapi_schema = document
    return app.openapi_schema


def _as_problems(responses: dict[str, Any]) -> None:
    responses.pop("422", None)  # the framework's own form of a fault, which is never sent
    for status, response in responses.items():
        if status in _PROBLEMS:
            response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
