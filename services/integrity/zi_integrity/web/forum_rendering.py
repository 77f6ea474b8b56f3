"""Render the pages of forums, with the names of groups, states and fields in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from zi_chassis.web.page import pages_of
from zi_integrity.web import forum_labels as labels


def render(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    pages = pages_of(request)

    def translated(names: Mapping[str, str]) -> dict[str, str]:
        return {code: pages.say(request, name) for code, name in names.items()}

    def pairs(choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return list(translated(dict(choices)).items())

    names = {
        "labels": labels,
        "field_labels": translated(labels.LABELS),
        "plan_labels": translated(labels.PLAN_LABELS),
        "pairs": pairs,
    }
    return pages.render(request, template, status, **names, **context)
