"""The API of a service for people: what its OpenAPI document says, as a page that needs no script and no network."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from zi_chassis.web.page import Pages


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    summary: str
    description: str
    inputs: tuple[tuple[str, str, bool], ...]


async def listing(request: Request) -> Response:
    pages: Pages = request.app.state.pages
    document = request.app.openapi()
    return pages.render(request, "listing.html", document=document, operations=list(operations(document)))


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            inputs = (*_parameters(operation), *_body(document, operation))
            yield Operation(
                method.upper(), path, operation.get("summary", ""), operation.get("description", ""), inputs
            )


def _parameters(operation: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    for parameter in operation.get("parameters", []):
        yield parameter["name"], parameter["in"], parameter.get("required", False)


def _body(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """The fields of a body that is one object; other bodies are only in the document itself."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = content.get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        schema = document.get("components", {}).get("schemas", {}).get(name, schema)
        for field in schema.get("properties", {}):
            yield field, "body", field in schema.get("required", [])
