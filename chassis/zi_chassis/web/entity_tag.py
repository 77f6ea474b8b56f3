"""Answers that name their content: whoever has it already gets none of it again."""

from collections.abc import Callable, Coroutine
from hashlib import sha256
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

REVALIDATE = "no-cache"  # a copy may be kept, and is asked for each time
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class TaggedRoute(APIRoute):
    """A route whose whole answers to GET have an ETag of their bytes; with the same one in If-None-Match the answer is 304."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            response = await handler(request)
            if request.method != "GET" or response.status_code != 200:
                return response
            tag = f'"{sha256(response.body).hexdigest()[:32]}"'
            headers = {"ETag": tag, "Cache-Control": REVALIDATE}
            if matches(request.headers.get("if-none-match", ""), tag):
                return Response(status_code=304, headers=headers)
            response.headers.update(headers)
            return response

        return tagged


def matches(condition: str, tag: str) -> bool:
    """Tell if a header If-None-Match names the tag (RFC 9110, 13.1.2: weak comparison)."""
    named = [each.strip().removeprefix("W/") for each in condition.split(",")]
    return tag in named or named == ["*"]
