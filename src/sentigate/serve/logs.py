"""Structured logs: one object a line where a machine reads, one sentence where a person does.

What is logged is what is passed as fields, and of an exception its class and place. Its message is
left out, because a message may quote a text.
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, Literal

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being answered, for logs and problems."""

_logger = logging.getLogger("sentigate.serve")
_FIELDS = "sentigate_fields"


def log(event: str, level: int = logging.INFO, **fields: Any) -> None:
    """Write an event with its fields; fields never hold what a client sent."""
    _logger.log(level, event, extra={_FIELDS: fields})


def log_error(event: str, error: BaseException, **fields: Any) -> None:
    """Write an unexpected error: its class and where it was raised, not what it says."""
    log(event, logging.ERROR, **fields, **_describe(error))


def configure(log_format: Literal["auto", "json", "text"]) -> None:
    """Send all logs of this process to standard error in one form."""
    as_json = log_format == "json" or (log_format == "auto" and not sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if as_json else TextFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for talkative in ("uvicorn", "websockets"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, event, and the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        start = {"time": _time(record), "level": record.levelname.lower()}
        return json.dumps({**start, "event": _event(record), **_fields(record)}, default=str)


class TextFormatter(logging.Formatter):
    """One line for people: time, event, and the fields as key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = " ".join(f"{key}={value}" for key, value in _fields(record).items())
        level = "" if record.levelno <= logging.INFO else f"{record.levelname.lower()}: "
        return f"{_time(record)[11:19]} {level}{_event(record)} {fields}".rstrip()


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _event(record: logging.LogRecord) -> str:
    """The event; of other libraries the form of their message, without what they put into it."""
    return record.getMessage() if record.name == _logger.name else str(record.msg).strip()


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fields = dict(getattr(record, _FIELDS, {}))
    if record.name != _logger.name:
        fields["logger"] = record.name
    if record.exc_info and record.exc_info[1] is not None:
        fields |= _describe(record.exc_info[1])
    identity = request_id.get()
    return {"request_id": identity, **fields} if identity else fields


def _describe(error: BaseException) -> dict[str, Any]:
    """The class of an error and the innermost places it came through, the last one first."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = [f"{PurePath(one.filename).name}:{one.lineno} {one.name}" for one in reversed(frames)]
    return {"error": type(error).__name__, "where": where}
