"""The texts of messages by telephone, from a versioned template: the first one to a number names no ticket and asks for the confirmation,
all others say that there is news about a ticket and where to read it, or bring the link by which a new code is made.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zi_chassis.web.language import moment
from zi_notify.domain.delivery import DeliveryRequested
from zi_notify.texts.letter import WITH_CODE_LINK
from zi_notify.texts.template_versions import content_in, templates_in
from zi_rules.configuration import Configuration
from zi_rules.version import ContentLookup, no_content

PHONE_TEMPLATES, VERSION = "phone_templates", 2
TEMPLATES = Path(__file__).parents[1] / "templates_phone"
CONFIRM_NUMBER = "confirm_number"
WORDINGS = {CONFIRM_NUMBER: "confirm", WITH_CODE_LINK: "new_code"}


@dataclass(frozen=True)
class PhoneHead:
    """The office's name, and the address of its front page."""

    office: str
    where: str


@cache
def phone_templates() -> Configuration:
    return templates_in(TEMPLATES, PHONE_TEMPLATES, "phone", VERSION, "languages")


class ShortTexts:
    """The texts in the version that each delivery was requested with."""

    def __init__(self, head: PhoneHead, content_of: ContentLookup = no_content) -> None:
        self._head, self._content_of = head, content_of

    def text(self, request: DeliveryRequested, token: str, code_link: str = "") -> str:
        content = json.loads(content_in(phone_templates(), request.template_version, self._content_of))[
            "languages"
        ][request.language]
        wording: str = content[WORDINGS.get(request.template, "news")]
        link = f"{self._head.where}notify/mail/{token}?lang={request.language}"
        return wording.format(
            office=self._head.office,
            where=self._head.where,
            link=link,
            ticket=request.ticket,
            code=f"{self._head.where}lost-code/{request.ticket}/{code_link}",
            until=moment(request.until, request.language) if request.until else "",
        )
