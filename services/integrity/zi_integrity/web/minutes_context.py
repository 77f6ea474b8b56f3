"""Shared parts of the pages of minutes, attendance and actions: names in the reader's language, and the letter of signed minutes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_integrity.container import IntegrityOffice
from zi_integrity.domain.minutes.decide import needed_signatures
from zi_integrity.read.office_letters import OfficeLetterRow, letters_of_matter
from zi_integrity.read.proposals import proposals_of
from zi_integrity.use_cases.minutes_writing import WrittenMinutes
from zi_integrity.web import minutes_labels as labels


def render(request: Request, template: str, form: Form, status: int = 200, **context: Any) -> Response:
    pages = pages_of(request)

    def translated(names: Mapping[str, str]) -> dict[str, str]:
        return {code: pages.say(request, name) for code, name in names.items()}

    names = {
        "groups": translated(labels.GROUPS),
        "owners": translated(labels.OWNERS),
        "field_labels": translated(labels.LABELS),
        "labels": labels,
        "form": form,
    }
    return pages.render(request, template, status, **names, **context)


async def minutes_context(office: IntegrityOffice, written: WrittenMinutes) -> dict[str, Any]:
    """Return what every page about the minutes of a forum shows of them."""
    state = written.state
    return {
        "forum": written.row,
        "state": state,
        "text": written.text,
        "digest": written.text.digest,
        "needed": needed_signatures(state.attendance.rule) if state.attendance else None,
        "letter": await minutes_letter(office, written.row.forum),
        "proposal_numbers": await proposal_numbers(office, written.row.forum),
        "here": f"/integrity/forum/{written.row.number}",
    }


async def minutes_letter(office: IntegrityOffice, forum: UUID) -> OfficeLetterRow | None:
    rows = await office.store.query(lambda tx: letters_of_matter(tx, forum))
    return next((row for row in rows if row.kind == "berita_acara"), None)


async def proposal_numbers(office: IntegrityOffice, forum: UUID) -> dict[UUID, int]:
    """Return the published proposals of the forum with their numbers."""
    rows = await office.store.query(lambda tx: proposals_of(tx, forum, "newest", None))
    return {row.proposal: row.number for row in rows if row.moderation == "published"}
