"""GET /docs: the OpenAPI document as a page for people, without a script or an outside request."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from sentigate.pages import render

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"

Schema = Mapping[str, Any]

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be asked, as the page shows it.

    Args:
        method: such as "POST".
        path: such as "/v1/predict".
        told: what it does.
        asked: the keys of the request: name, type, meaning.
        answered: the keys of the answer, likewise.
        records: the keys of what stands inside of either, by its name.
    """

    method: str
    path: str
    told: str
    asked: list[tuple[str, str, str]]
    answered: list[tuple[str, str, str]]
    records: dict[str, list[tuple[str, str, str]]]


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """Show what can be asked."""
    document = request.app.openapi()
    page = render("docs.html", document=document, operations=list(operations(document)))
    headers = {"content-security-policy": POLICY, "cache-control": "no-cache"}
    return Response(page, headers=headers, media_type="text/html")


def operations(document: Schema) -> Iterator[Operation]:
    """Yield what an OpenAPI document describes, in its order."""
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            body = _content(one.get("requestBody", {}))
            answer = _content(one["responses"]["200"])
            inner = _inner(body, schemas) | _inner(answer, schemas)
            parameters = [
                (each["name"], _type(each["schema"]), each.get("description", ""))
                for each in one.get("parameters", [])
            ]
            yield Operation(
                method.upper(),
                path,
                one["description"],
                parameters + _keys(body, schemas),
                _keys(answer, schemas),
                {name: _keys(schemas[name], schemas) for name in inner},
            )


def _content(part: Schema) -> Schema:
    """The schema of a body, whatever its media type."""
    return next((one.get("schema", {}) for one in part.get("content", {}).values()), {})


def _keys(schema: Schema, schemas: Schema) -> list[tuple[str, str, str]]:
    """The keys of an object: name, type and meaning of each."""
    found = schemas[_name(schema)] if "$ref" in schema else schema
    return [
        (name, _type(one), one.get("description", ""))
        for name, one in found.get("properties", {}).items()
    ]


def _inner(schema: Schema, schemas: Schema) -> dict[str, None]:
    """The names of the records inside of a schema, each once, the outer before the inner."""
    names: dict[str, None] = {}
    inside = schemas[_name(schema)].get("properties", {}) if "$ref" in schema else schema
    for name in _references(inside):
        names |= {name: None} | _inner({"$ref": name}, schemas)
    return names


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield _name(value)
        for one in value.values():
            yield from _references(one)
    elif isinstance(value, list):
        for one in value:
            yield from _references(one)


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _type(schema: Schema) -> str:
    """What a value may be, in a few words.

    Example:
        >>> _type({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]})
        'list of string, or null'
    """
    if "$ref" in schema:
        return _name(schema)
    if "anyOf" in schema:
        return ", or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " | ".join(schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    return str(schema.get("type", "anything"))
