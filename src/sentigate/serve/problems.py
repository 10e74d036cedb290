"""What a client is told when a request fails: problem details as RFC 9457 has them.

A problem says what is wrong and what to do. It never repeats what the client sent, so that no text
can end up in a log of errors, and it never shows a traceback.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from starlette.exceptions import HTTPException

from sentigate.errors import suggestion
from sentigate.serve.logs import request_id
from sentigate.serve.schemas import ExplainRequest, PredictRequest

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that cannot be answered.

    Args:
        status: the HTTP status.
        kind: a stable name for programs, such as "queue-full".
        detail: what is wrong and what to do, for people.
        headers: more headers of the response, such as Retry-After.
        more: more members of the body.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = headers
        self.more = more

    def to_dict(self) -> dict[str, Any]:
        """Return the members of the problem details."""
        return {
            "type": f"urn:sentigate:problem:{self.kind}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "request_id": request_id.get(),
            **self.more,
        }

    def response(self) -> Response:
        """Return the problem as a response."""
        content = json.dumps(self.to_dict()).encode()
        return Response(content, self.status, self.headers, MEDIA_TYPE)


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error of an application leave as a problem."""
    for kind in (Problem, HTTPException, RequestValidationError, WebSocketRequestValidationError):
        app.add_exception_handler(kind, _on_problem)


def internal_error() -> Problem:
    """Return what is told of a fault of ours: nothing but the request's id."""
    return Problem(500, "internal", "the server failed on this request; its log has the id")


async def _on_problem(connection: Request | WebSocket, error: Exception) -> Response:
    """Answer with the problem that an error is; its kind is left for log and counts."""
    problem = _as_problem(error)
    connection.state.problem = problem.kind
    response = problem.response()
    if isinstance(connection, WebSocket):
        await connection.send_denial_response(response)
    return response


def _as_problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError | WebSocketRequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):  # no such path, wrong method, unreadable body
        phrase = HTTPStatus(error.status_code).phrase
        kind, detail = _FRAMEWORK.get(error.status_code, ("http", phrase))
        return Problem(error.status_code, kind, detail, error.headers)
    return internal_error()


_FRAMEWORK = {
    400: ("not-json", "the body is no JSON: expected an object, in UTF-8"),
    404: ("no-such-path", "there is nothing at this path; /docs shows what there is"),
    405: ("wrong-method", "this path does not take this method; /docs shows which it takes"),
}


def _invalid(error: RequestValidationError | WebSocketRequestValidationError) -> Problem:
    """A body or query that does not fit; every fault at once, by its place."""
    errors = error.errors()
    if any(fault["type"] == "json_invalid" for fault in errors):
        return Problem(400, *_FRAMEWORK[400])
    faults = [_fault(fault) for fault in errors]
    told = "; ".join(f"{fault['at']}: {fault['fault']}" for fault in faults)
    return Problem(422, "invalid", told, faults=faults)


def _fault(fault: Mapping[str, Any]) -> dict[str, str]:
    """Where and what; the name of an unknown key is the client's, so it is not repeated."""
    place: Sequence[Any] = fault["loc"]
    if fault["type"] == "extra_forbidden":
        known = sorted({*PredictRequest.model_fields, *ExplainRequest.model_fields})
        return {
            "at": _path(place[:-1]),
            "fault": f"unknown key{suggestion(str(place[-1]), known)}",
        }
    return {"at": _path(place), "fault": str(fault["msg"])}


def _path(place: Sequence[Any]) -> str:
    return ".".join(str(part) for part in place)
