"""Each message as a reader gets it, with invented data: what officials look at before a text is sent to anybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Literal, TypeAlias
from uuid import UUID

from zi_chassis.domain import Act
from zi_notify.domain.delivery import Channel, DeliveryRequested
from zi_notify.texts.letter import Addressee, Letterhead, Templates, compose, templates
from zi_notify.texts.short_message import ShortTexts, phone_templates

Language: TypeAlias = Literal["id", "en"]
READER, TICKET, NUMBER = "pembaca@example.com", "0EXAMP1E0", "SKI-2026-000123"
LINK = "..."  # that of a real message is known to its reader alone
OF_OFFICIALS = "official_"
LATER = timedelta(days=5)


@dataclass(frozen=True)
class MessagePreviews:
    """In the versions that new messages are written with, of a case about which the whole office may know."""

    head: Letterhead
    mails: Templates
    texts: ShortTexts

    def mail(self, template: str, language: Language, at: datetime) -> EmailMessage:
        request = _invented(template, templates().version, "email", language, at)
        reader = Addressee(
            *(READER, UUID(int=0), LINK), is_asked=False, code=LINK, items=f"- {TICKET}\n", may_answer=True
        )
        return compose(request, self.mails.wording(request), self.head, reader, at)

    def short_message(self, template: str, language: Language, at: datetime) -> str | None:
        """None for a notice to officials, who get mails."""
        if template.startswith(OF_OFFICIALS):
            return None
        return self.texts.text(
            _invented(template, phone_templates().version, "sms", language, at), LINK, LINK
        )


def _invented(
    template: str, version: int, channel: Channel, language: Language, at: datetime
) -> DeliveryRequested:
    return DeliveryRequested(
        by=Act(at=at, actor="system:notify", role="system:notify"),
        ticket=TICKET,
        channel=channel,
        template=template,
        template_version=version,
        language=language,
        cause=UUID(int=0),
        until=at + LATER,
        amount=150_000,
        number=NUMBER,
        official="pembaca" if template.startswith(OF_OFFICIALS) else None,
    )
