"""The mail of a delivery, from a versioned template: the event, the ticket, the address of the tracking page, and the link by which its
reader confirms or stops. It has nothing personal, nothing of the case's text, and never the code. The same delivery always has the
same Message-ID.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from zi_chassis.office_contact import ways_to_reach
from zi_chassis.web.language import Catalogue, moment, msgid
from zi_notify.domain.delivery import DeliveryRequested
from zi_notify.texts.template_versions import templates_in
from zi_rules.configuration import Configuration
from zi_rules.office import OfficeData
from zi_rules.version import ContentLookup, NoVersionError, no_content

MAIL_TEMPLATES, VERSION = "mail_templates", 13
TEMPLATES = Path(__file__).parents[1] / "templates_mail"
LINKS = "links"
# The message has a link by which a new code for the case is made: it goes to an address or a number whose reader has confirmed it, and never
# asks for that.
WITH_CODE_LINK = "code_requested"
# The files of templates to which an answer may reach the mailbox that the whole office reads.
ANSWERED = frozenset({"complaints", "certificates", "mentoring"})


class AsWritten(EmailPolicy):
    """Leave headers of ASCII as they are written: the library takes each apart when it is set, read or sent."""

    def header_max_count(self, name: str) -> int | None:
        return None

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Raises ValueError for a header of several lines."""
        is_text = isinstance(value, str) and value.isascii() and value.isprintable()
        is_plain = is_text and "=?" not in value  # which begins an encoded word
        return (name, value) if is_plain else super().header_store_parse(name, value)

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return value


COMPOSED = AsWritten(linesep="\r\n")
UNFOLDED = COMPOSED.clone(max_line_length=900)  # a link in a folded header leads nowhere


class BadAddressError(ValueError):
    """The address can't stand in a mail's header."""


@dataclass(frozen=True)
class Letterhead:
    """The sender, its mail domain, and the address of the front page, to which a template may add the page of its case; `feet` say under
    every mail, by language, who the office is and how to reach a human there, and `replies` what becomes of a reply. Replies go to
    `reply_to`, where the office reads them, if it has such an address; `unread` is said of a mail whose replies are not for everybody there."""

    sender: str
    domain: str
    where: str
    feet: Mapping[str, str] = field(default_factory=dict)
    replies: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    reply_to: str | None = None


@dataclass(frozen=True)
class Addressee:
    """`token` opens the page on which mail is confirmed or stopped; with `is_asked` this is the mail that asks for the confirmation.
    `code` is what the reader asked for, in the mails that bring a code; `items` are the lines of an official's list. With `may_answer` what
    they reply may be read by the whole office."""

    address: str = field(repr=False)
    recipient: UUID
    token: str = field(repr=False)
    is_asked: bool
    code: str = field(default="", repr=False)
    items: str = field(default="", repr=False)
    may_answer: bool = False


@dataclass(frozen=True)
class Wording:
    """Without `is_answered` no reply is read, whatever the case: it would bring the office a code, or who takes part without a name."""

    subject: str
    text: str
    foot: str
    is_answered: bool


@dataclass(frozen=True)
class Links:
    confirm: str
    stop: str


def compose(
    request: DeliveryRequested, wording: Wording, head: Letterhead, addressee: Addressee, at: datetime
) -> EmailMessage:
    reply_to = head.reply_to if wording.is_answered and addressee.may_answer else None
    replies = head.unread if reply_to is None else head.replies
    fields = {**template_fields(request, head, replies), "code": addressee.code, "items": addressee.items}
    page = f"{head.where}notify/mail/{addressee.token}"
    mail = EmailMessage(policy=COMPOSED)
    mail["Message-ID"] = message_id(request, head)
    mail["Date"] = format_datetime(at)
    mail["From"] = head.sender
    mail["To"] = checked(addressee.address)
    if reply_to is not None:
        mail["Reply-To"] = reply_to
    mail["Subject"] = wording.subject.format(**fields)
    mail["Auto-Submitted"] = "auto-generated"
    if not request.binding:
        mail["List-Unsubscribe"] = f"<{page}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    body = "\n".join(_parts(request, wording, addressee))
    link = f"{page}?lang={request.language}"
    text = body.format(**fields, link=link) + head.feet.get(request.language, "")
    mail.set_content(text, cte="quoted-printable")
    mail["Content-Language"] = request.language  # now, for the text takes all such headers away
    mail.policy = UNFOLDED
    return mail


def _parts(request: DeliveryRequested, wording: Wording, addressee: Addressee) -> list[str]:
    """The parts of the text; in a mail to an official the foot of its template leads to the choices."""
    if request.official is not None:
        return [wording.text, wording.foot]
    links = _links(templates().content, request.language)
    confirm = [links.confirm] if addressee.is_asked else []
    return [wording.text, *confirm, wording.foot, links.stop]


def foot_of(office: OfficeData, catalogue: Catalogue, language: str) -> str:
    """Return the last lines of every mail: the office, and ways to reach a human there."""
    ways = (
        f"{catalogue.translate(language, way.label)}: {way.in_language(language)}"
        for way in ways_to_reach(office)
    )
    return "\n".join(["", "-- ", office.name, office.address, *ways, ""])


def replies_of(office: OfficeData, catalogue: Catalogue, language: str) -> str:
    """Return the sentence that says what becomes of a reply to a mail that the whole office may read."""
    if office.contact.mail is None:
        return unread_in(catalogue, language)
    sentence = msgid(
        "Replies reach {mail}. Only what is written on the page of a ticket becomes a part of it."
    )
    return catalogue.translate(language, sentence, mail=office.contact.mail)


def unread_in(catalogue: Catalogue, language: str) -> str:
    return catalogue.translate(language, msgid("Replies are not read."))


def template_fields(
    request: DeliveryRequested, head: Letterhead, replies: Mapping[str, str]
) -> dict[str, str]:
    """The fields that a template may use. A field that the request does not have is in no sentence of its template."""
    return {
        "ticket": request.ticket,
        "where": head.where,
        "until": moment(request.until, request.language) if request.until else "",
        "amount": rupiah(request.amount, request.language) if request.amount is not None else "",
        "number": request.number or "",
        "replies": replies.get(request.language, ""),
    }


def rupiah(amount: int, language: str) -> str:
    written = f"{amount:,}"
    return f"Rp{written.replace(',', '.')}" if language == "id" else f"IDR {written}"


def message_id(request: DeliveryRequested, head: Letterhead) -> str:
    return f"<{request.cause}@{head.domain}>"


@cache
def templates() -> Configuration:
    """The templates of new mails; a change of one is a new version of all."""
    return templates_in(TEMPLATES, MAIL_TEMPLATES, "mail", VERSION, "files")


@cache
def wordings(content: bytes, language: str) -> Mapping[str, Wording]:
    """The wordings by name of the template; all wordings of one file have the same foot."""
    files = json.loads(content)["files"]
    return {
        name: Wording(letter["subject"], letter["text"], each["foot"], _is_answered(file, letter["text"]))
        for file, each in files.items()
        if file.endswith(f".{language}") and file != f"{LINKS}.{language}"
        for name, letter in each["letters"].items()
    }


def _is_answered(file: str, text: str) -> bool:
    return file.partition(".")[0] in ANSWERED and "{code}" not in text


@cache
def _links(content: bytes, language: str) -> Links:
    return Links(**json.loads(content)["files"][f"{LINKS}.{language}"])


class Templates:
    """The mail templates in all versions: also those with which a delivery was requested before an update."""

    def __init__(self, content_of: ContentLookup = no_content) -> None:
        self._content_of = content_of

    def wording(self, request: DeliveryRequested) -> Wording:
        return self.worded(request.template_version, request.template, request.language)

    def worded(self, version: int, template: str, language: str) -> Wording:
        return wordings(self._content(version), language)[template]

    def _content(self, version: int) -> bytes:
        current = templates()
        content = (
            current.content
            if version == current.version
            else self._content_of(current.kind, current.id, version)
        )
        if content is None:
            raise NoVersionError(
                f"Bring the mail templates version {version} back: a mail is to be written with them."
            )
        return content


def checked(address: str) -> str:
    """One plain address; anything that could add a header or a second recipient is refused."""
    name, at, domain = address.rpartition("@")
    if (
        not (name and at and domain)
        or not address.isascii()
        or any(c in ' \t\r\n,;:<>()[]"\\@' for c in name + domain)
    ):
        raise BadAddressError("The e-mail address is not one that mail can be sent to.")
    return address
