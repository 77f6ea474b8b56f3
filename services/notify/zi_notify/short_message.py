"""The texts of messages by telephone, from a versioned template: the first one to a number names no ticket and asks for the confirmation,
all others say that there is news about a ticket, and where to read it.
"""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zi_notify.domain.delivery import DeliveryRequested
from zi_rules.configuration import Configuration, name
from zi_rules.version import ContentLookup, NoVersionError, no_content

PHONE_TEMPLATES, VERSION = "phone_templates", 1
TEMPLATES = Path(__file__).parent / "templates_phone"
CONFIRM_NUMBER = "confirm_number"


@dataclass(frozen=True)
class PhoneHead:
    """The office's name, and the address of its front page."""

    office: str
    where: str


@cache
def phone_templates() -> Configuration:
    folder = TEMPLATES / f"v{VERSION}"
    table = {
        file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.toml"))
    }
    return name(PHONE_TEMPLATES, {"version": VERSION, "languages": table}, str(folder), "phone")


class ShortTexts:
    """The texts in the version that each delivery was requested with."""

    def __init__(self, head: PhoneHead, content_of: ContentLookup = no_content) -> None:
        self._head, self._content_of = head, content_of

    def text(self, request: DeliveryRequested, token: str) -> str:
        content = json.loads(self._content(request.template_version))["languages"][request.language]
        wording: str = content["confirm" if request.template == CONFIRM_NUMBER else "news"]
        link = f"{self._head.where}notify/mail/{token}?lang={request.language}"
        return wording.format(
            office=self._head.office, where=self._head.where, link=link, ticket=request.ticket
        )

    def _content(self, version: int) -> bytes:
        current = phone_templates()
        if version == current.version:
            return current.content
        content = self._content_of(current.kind, current.id, version)
        if content is None:
            raise NoVersionError(
                f"Bring the phone templates version {version} back: a message is to be written with them."
            )
        return content
