"""Media types of bodies. Only what is said to be JSON is taken as such: a form cannot say so."""

from fastapi import Request

from sentigate.serve.problems import Problem


def media_type(request: Request) -> str:
    """Return the media type of a request's body, without parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def json_only(request: Request) -> None:
    """Refuse a body that is not said to be JSON.

    A page elsewhere can have a browser send a form, or plain text, to this machine; JSON it cannot,
    unless it is let in.

    Raises:
        Problem: it is said to be something else.
    """
    if media_type(request) != "application/json":
        raise Problem(415, "not-json", "send the body as Content-Type: application/json")
