"""Nothing large is read from a stranger: every route that takes more than a form knows its sender first."""

import importlib
from collections.abc import Iterator
from pathlib import Path

from fastapi.routing import APIRoute, iter_route_contexts

from zi_chassis.settings import Settings
from zi_chassis.web.body import ADMIT, LIMIT

SERVICES = ("intake", "certificates", "umkm")
# Whether a letter is genuine, which is kept nowhere; and a complaint with its photo, whose memory is shared out by client (UploadMemory).
TO_EVERYBODY = {"verify_file", "verify_letter", "file_complaint"}
NO_SENDER = {"office_of"}


def large(folder: Path) -> Iterator[APIRoute]:
    for service in SERVICES:
        main = importlib.import_module(f"zi_{service}.main")
        app = main.create_app(Settings(service=service, data=folder))
        for context in iter_route_contexts(app.routes):
            route = context.original_route
            if isinstance(route, APIRoute) and LIMIT in route.endpoint.__dict__:
                yield route


def test_a_route_whose_body_is_read_before_its_sender_is_asked_admits_nobody_unknown(tmp_path: Path) -> None:
    """The framework reads what a route declares as its body before it asks any dependency; what a route reads itself comes after."""
    unguarded = set()
    routes = list(large(tmp_path))
    for route in routes:
        dependencies = {each.call.__name__ for each in route.dependant.dependencies if each.call} - NO_SENDER
        is_read_first = bool(route.dependant.body_params)
        if route.endpoint.__dict__[ADMIT] is None and (is_read_first or not dependencies):
            unguarded.add(route.endpoint.__name__)
    assert len(routes) > 8
    assert unguarded == TO_EVERYBODY
