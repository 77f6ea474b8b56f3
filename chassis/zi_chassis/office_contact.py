"""Ways to reach a human at the office, as pages, receipts and mails name them; what the office's data do not say is left out."""

from typing import NamedTuple

from zi_chassis.web.language import Bilingual, msgid
from zi_rules.office import OfficeData


class ContactWay(NamedTuple):
    """`label` is a sentence to translate, `text` what is typed or read, `address` what a reader may follow."""

    label: str
    text: str | Bilingual
    address: str = ""

    def in_language(self, language: str) -> str:
        if isinstance(self.text, str):
            return self.text
        return self.text.id if language == "id" else self.text.en


def ways_to_reach(office: OfficeData) -> list[ContactWay]:
    contact = office.contact
    ways = []
    if contact.hours is not None:
        ways.append(ContactWay(msgid("Opening hours"), contact.hours))
    if contact.phone is not None:
        ways.append(ContactWay(msgid("Phone"), contact.phone, f"tel:{_dialled(contact.phone)}"))
    if contact.whatsapp is not None:
        number = _dialled(contact.whatsapp).removeprefix("+")
        ways.append(ContactWay(msgid("WhatsApp"), contact.whatsapp, f"https://wa.me/{number}"))
    if contact.mail is not None:
        ways.append(ContactWay(msgid("E-mail"), contact.mail, f"mailto:{contact.mail}"))
    if contact.map is not None:
        ways.append(ContactWay(msgid("Map"), contact.map.removeprefix("https://"), contact.map))
    if contact.halobpom is not None:
        ways.append(ContactWay("HALOBPOM", contact.halobpom, f"tel:{_dialled(contact.halobpom)}"))
    if contact.lapor is not None:
        ways.append(ContactWay("SP4N-LAPOR!", contact.lapor.removeprefix("https://"), contact.lapor))
    return ways


def _dialled(number: str) -> str:
    return "".join(each for each in number if each.isdecimal() or each == "+")
