"""No service reads one of two values that an address gives under one name: it refuses them, or it reads both."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from zi_chassis.settings import Settings

SERVICES = ("intake", "certificates", "umkm", "integrity", "notify", "audit")
METHODS = ("get", "post", "put", "patch", "delete")
ONCE = "Give this once"


class Parameter(NamedTuple):
    method: str
    path: str
    name: str
    is_list: bool = False


def declared(app: FastAPI) -> Iterator[Parameter]:
    for path, operations in app.openapi()["paths"].items():
        for method in METHODS:
            for parameter in operations.get(method, {}).get("parameters", ()):
                if parameter["in"] == "query":
                    yield Parameter(method, path, parameter["name"], is_list(parameter["schema"]))


def is_list(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "array" or any(map(is_list, schema.get("anyOf", ())))


def every_route(app: FastAPI) -> Iterator[Parameter]:
    """Pages too, which are in no OpenAPI, by the one parameter that all of them read."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            yield Parameter(sorted(route.methods or ())[0], str(route.path_format), "lang")


async def answer(client: httpx.AsyncClient, parameter: Parameter) -> httpx.Response:
    path = re.sub(r"\{[^}]+\}", "1", parameter.path)
    query = [(parameter.name, "1"), (parameter.name, "2")]
    return await client.request(parameter.method, path, params=query)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_value_that_is_given_twice_is_refused_unless_both_are_read(
    service: str, tmp_path: Path
) -> None:
    """The application is not started: what is refused is refused before anything is looked up."""
    app: FastAPI = importlib.import_module(f"zi_{service}.main").create_app(
        Settings(service=service, data=tmp_path)
    )
    parameters = [*every_route(app), *declared(app)]
    assert len(parameters) > 5
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"Accept": "application/json", "Accept-Language": "en"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://zona.example", headers=headers
    ) as client:
        for parameter in parameters:
            refused = await answer(client, parameter)
            if parameter.is_list:
                assert ONCE not in refused.text, parameter
                continue
            assert refused.status_code == 422, parameter
            [error] = refused.json()["errors"]
            assert (error["in"], error["field"]) == ("query", parameter.name), parameter
            assert error["detail"].startswith(ONCE), parameter
