"""The mail of a delivery, from a versioned template: what happened, the ticket, where to look; nothing personal, nothing
of the case's text, and never the code. The same delivery always gives the same text and the same Message-ID.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from zi_chassis.web.language import moment
from zi_notify.delivery import DeliveryRequested

VERSION = 1
TEMPLATES = Path(__file__).parent / "templates_mail"


class BadAddressError(ValueError):
    """The address can't stand in a mail's header."""


@dataclass(frozen=True)
class Letterhead:
    """Who writes, and where the citizen can look: the front page, to which a template may add the page of its case."""

    sender: str
    domain: str
    where: str


@dataclass(frozen=True)
class Wording:
    subject: str
    body: str


def compose(request: DeliveryRequested, head: Letterhead, address: str, at: datetime) -> EmailMessage:
    wording = wordings(request.template_version, request.language)[request.template]
    words = _words(request, head)
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = message_id(request, head)
    mail["Date"] = format_datetime(at)
    mail["From"] = head.sender
    mail["To"] = _checked(address)
    mail["Subject"] = wording.subject.format(**words)
    mail["Content-Language"] = request.language
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(wording.body.format(**words), cte="quoted-printable")
    return mail


def _words(request: DeliveryRequested, head: Letterhead) -> dict[str, str]:
    """What a template may name; what the request does not have is in none of its template's sentences."""
    return {
        "ticket": request.ticket,
        "where": head.where,
        "until": moment(request.until, request.language) if request.until else "",
        "amount": rupiah(request.amount, request.language) if request.amount is not None else "",
        "number": request.number or "",
    }


def rupiah(amount: int, language: str) -> str:
    written = f"{amount:,}"
    return f"Rp{written.replace(',', '.')}" if language == "id" else f"IDR {written}"


def message_id(request: DeliveryRequested, head: Letterhead) -> str:
    return f"<{request.cause}@{head.domain}>"


@cache
def wordings(version: int, language: str) -> Mapping[str, Wording]:
    """By the name of the template; all that stand in one file have one foot."""
    files = sorted((TEMPLATES / f"v{version}").glob(f"*.{language}.toml"))
    read = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    return {
        name: Wording(letter["subject"], f"{letter['text']}\n{each['foot']}")
        for each in read
        for name, letter in each["letters"].items()
    }


def _checked(address: str) -> str:
    """One plain address; anything that could add a header or a second recipient is refused."""
    name, at, domain = address.rpartition("@")
    if (
        not (name and at and domain)
        or not address.isascii()
        or any(c in ' \t\r\n,;:<>()[]"\\@' for c in name + domain)
    ):
        raise BadAddressError("The e-mail address is not one that mail can be sent to.")
    return address
