"""The texts of all messages, for those who answer for them: a list with a search, and each message as its reader gets it in both languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from zi_chassis.access.identity import staff
from zi_chassis.clock import Clock
from zi_chassis.web.form import Form
from zi_chassis.web.language import language_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import NotFoundError
from zi_notify.roles import CHANNEL_OFFICIALS
from zi_notify.texts.letter import templates, wordings
from zi_notify.texts.message_previews import Language, MessagePreviews

LIST = "/notify/desk/templates"
PAGE, LAST_PAGE = 40, 1_000
HIDDEN = "..."  # in a subject, where a message has the ticket or the number

router = APIRouter(include_in_schema=False, dependencies=[Depends(staff(*CHANNEL_OFFICIALS))])


class NoSuchTemplateError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("There is no such message. Go back to the list and choose one.")


class TemplateFilter(BaseModel):
    """`find` stands in the name or the subject."""

    model_config = ConfigDict(extra="ignore")

    find: Annotated[str, Field(max_length=60)] = ""
    page: Annotated[int, Field(ge=1, le=LAST_PAGE)] = 1

    def path(self, page: int) -> str:
        chosen = {"find": self.find} if self.find else {}
        return f"{LIST}?{urlencode({**chosen, 'page': page})}"


@dataclass(frozen=True)
class ListedTemplate:
    name: str
    subject: str


@dataclass(frozen=True)
class PreviewedMessage:
    language: Language
    sender: str
    reply_to: str | None
    subject: str
    text: str
    short: str | None


@router.get(LIST)
async def template_list(request: Request, query: Annotated[TemplateFilter, Query()]) -> Response:
    found = found_templates(language_of(request), query.find)
    page = min(query.page, max(1, -(-len(found) // PAGE)))
    rows = found[(page - 1) * PAGE : page * PAGE]
    context = {
        "rows": rows,
        "total": len(found),
        "version": templates().version,
        "form": Form({"find": query.find}),
        "previous": query.path(page - 1) if page > 1 else None,
        "next": query.path(page + 1) if page * PAGE < len(found) else None,
    }
    return pages_of(request).render(request, "templates.html", 200, **context)


@router.get(f"{LIST}/{{name}}")
async def template_preview(request: Request, name: str) -> Response:
    if name not in wordings(templates().content, "id"):
        raise NoSuchTemplateError
    context = {
        "name": name,
        "version": templates().version,
        "digest": templates().digest,
        "messages": [_previewed(request, name, language) for language in get_args(Language)],
    }
    return pages_of(request).render(request, "template.html", 200, **context)


def found_templates(language: str, text: str) -> Sequence[ListedTemplate]:
    """List the messages in whose name or subject the text stands, by name."""
    wanted = text.strip().casefold()
    listed = (
        ListedTemplate(name, wording.subject.format(ticket=HIDDEN, number=HIDDEN))
        for name, wording in sorted(wordings(templates().content, language).items())
    )
    return [each for each in listed if wanted in each.name or wanted in each.subject.casefold()]


def _previewed(request: Request, name: str, language: Language) -> PreviewedMessage:
    previews: MessagePreviews = request.app.state.previews
    clock: Clock = request.app.state.clock
    mail = previews.mail(name, language, clock.now())
    reply_to = mail["Reply-To"]
    return PreviewedMessage(
        language=language,
        sender=str(mail["From"]),
        reply_to=None if reply_to is None else str(reply_to),
        subject=str(mail["Subject"]),
        text=str(mail.get_content()),
        short=previews.short_message(name, language, clock.now()),
    )
