"""The text of mails, and that nothing else can get into one."""

import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import formataddr
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.notify.shipped import shipped_routing

from zi_chassis.domain import Act
from zi_chassis.web.language import Catalogue
from zi_notify.domain.delivery import DeliveryRequested
from zi_notify.texts.letter import (
    LINKS,
    TEMPLATES,
    UNFOLDED,
    VERSION,
    Addressee,
    BadAddressError,
    Letterhead,
    Templates,
    compose,
    foot_of,
    replies_of,
    templates,
    unread_in,
    wordings,
)
from zi_rules.configuration import canonical
from zi_rules.office import OfficeContact, load_office
from zi_rules.provenance import Text
from zi_rules.version import NoVersionError

HEAD = Letterhead("layanan@example.org", "example.org", "http://localhost:8080/")
NOW = datetime(2026, 12, 1, 4, tzinfo=UTC)
TOKEN = "Ab_-" * 10 + "abc"
PAGE = f"http://localhost:8080/notify/mail/{TOKEN}"
ADDRESS = "obviously.invented@example.com"
LANGUAGES = ("id", "en")
LETTERS = sorted(wordings(templates().content, "id"))
OF_OFFICIALS = [template for template in LETTERS if template.startswith("official_")]
OF_NO_CASE = {
    *("official_morning", "official_openings", "official_conflict", "official_flagged"),
    *("official_survey", "official_gift", "official_illness_unnamed"),
    "official_erasure_left",
}
WITH_CODE = {"participant_code", "code_requested"}
ASKS = {"en": ("react", "reopen"), "id": ("tanggapi", "membukanya kembali")}


def requested(template: str, language: str) -> DeliveryRequested:
    return DeliveryRequested.model_validate(
        {
            "by": Act(at=NOW, actor="system:notify", role="system:notify"),
            "ticket": "0EXAMP1E0",
            "channel": "email",
            "template": template,
            "template_version": VERSION,
            "language": language,
            "cause": UUID("11111111-1111-5111-8111-111111111111"),
            "until": datetime(2026, 12, 15, 8, tzinfo=UTC),
            "amount": 1_250_000,
            "number": "SKI/2026/000017",
        }
    )


def written(
    request: DeliveryRequested,
    head: Letterhead,
    address: str,
    at: datetime,
    is_asked: bool = False,
    may_answer: bool = False,
) -> EmailMessage:
    addressee = Addressee(address, UUID(int=9), TOKEN, is_asked, may_answer=may_answer)
    return compose(request, Templates().wording(request), head, addressee, at)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", LETTERS)
def test_every_letter_names_the_ticket_and_where_to_look_and_survives_the_wire(
    template: str, language: str
) -> None:
    mail = written(requested(template, language), HEAD, ADDRESS, NOW)
    read = message_from_bytes(mail.as_bytes(), policy=default)
    text = read.get_content()
    assert ("0EXAMP1E0" in read["Subject"]) == ("0EXAMP1E0" in text) == (template not in OF_NO_CASE)
    assert HEAD.where in text
    assert "{" not in text + read["Subject"]
    assert (read["To"], read["From"], read["Content-Language"]) == (ADDRESS, HEAD.sender, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "template",
    ["answered_refused", "answered_objection", "answered_finally", "closed_resolved", "closed_no_reaction"],
)
def test_no_mail_asks_for_what_the_case_may_refuse(template: str, language: str) -> None:
    text = wordings(templates().content, language)[template].text.lower()
    assert not any(f"{phrase} " in text for phrase in ASKS[language])
    commission = "komisi informasi" in text
    assert commission == (template in ("answered_refused", "answered_objection"))


@pytest.mark.parametrize("template", OF_OFFICIALS)
def test_an_official_can_stop_all_but_what_is_a_duty(template: str) -> None:
    duties = json.loads(templates().content)["files"]["official_duties.id"]["letters"]
    request = requested(template, "id").model_copy(
        update={"official": "officer", "binding": template in duties}
    )
    mail = written(request, HEAD, ADDRESS, NOW)
    headers = ("List-Unsubscribe", "List-Unsubscribe-Post")
    can_stop = all(mail[header] for header in headers)
    assert can_stop == any(mail[header] for header in headers)
    assert can_stop is (template not in duties)
    assert (TOKEN in mail.get_content()) is can_stop


def test_the_office_s_routing_calls_binding_what_the_mail_calls_a_duty() -> None:
    duties = json.loads(templates().content)["files"]["official_duties.id"]["letters"]
    routes = [route for route in shipped_routing().data.routes if not route.is_to_filer]
    assert {route.template for route in routes if route.binding} == set(duties)


def test_every_letter_is_there_once_in_both_languages() -> None:
    for language in LANGUAGES:
        files = (TEMPLATES / f"v{VERSION}").glob(f"*.{language}.toml")
        tables = [tomllib.loads(file.read_text()) for file in files if not file.name.startswith(LINKS)]
        names = [name for table in tables for name in table["letters"]]
        assert sorted(names) == LETTERS


def test_a_date_is_told_in_the_citizen_s_language_and_the_office_s_time() -> None:
    indonesian = written(requested("clarification_asked", "id"), HEAD, ADDRESS, NOW).get_content()
    english = written(requested("clarification_asked", "en"), HEAD, ADDRESS, NOW).get_content()
    assert "15 Desember 2026 pukul 16.00 WITA" in indonesian
    assert "15 December 2026, 16:00 WITA" in english


def test_an_amount_is_told_as_money_is_written_in_the_citizen_s_language() -> None:
    indonesian = written(requested("application_submitted", "id"), HEAD, ADDRESS, NOW).get_content()
    english = written(requested("application_submitted", "en"), HEAD, ADDRESS, NOW).get_content()
    assert "Rp1.250.000" in indonesian
    assert "IDR 1,250,000" in english


def test_a_letter_that_was_issued_is_named_by_its_number() -> None:
    mail = written(requested("letter_sealed", "id"), HEAD, ADDRESS, NOW)
    assert "SKI/2026/000017" in mail["Subject"]
    assert "SKI/2026/000017" in mail.get_content()


@pytest.mark.parametrize("outcome", ["accepted", "accepted_in_part", "refused"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_to_a_proposal_names_its_number(outcome: str, language: str) -> None:
    """Somebody who has proposed twice to a forum sees which of the two it is."""
    request = requested(f"proposal_{outcome}", language).model_copy(update={"number": "12"})
    mail = written(request, HEAD, ADDRESS, NOW)
    assert " 12 " in mail["Subject"]
    assert " 12 " in mail.get_content()


def test_a_delivery_requested_before_letters_had_numbers_is_still_composed() -> None:
    """Kept events know neither amount nor number."""
    stored = requested("answered", "id").model_dump(mode="json", exclude={"amount", "number"})
    assert written(DeliveryRequested.model_validate_json(json.dumps(stored)), HEAD, ADDRESS, NOW)["Subject"]


def test_the_same_delivery_has_the_same_message_id_whenever_it_is_sent() -> None:
    first = written(requested("answered", "id"), HEAD, ADDRESS, NOW)
    again = written(requested("answered", "id"), HEAD, ADDRESS, NOW.replace(hour=9))
    assert first["Message-ID"] == again["Message-ID"] == "<11111111-1111-5111-8111-111111111111@example.org>"
    assert first.get_content() == again.get_content()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("answered", "track?ticket=0EXAMP1E0"),
        ("application_submitted", "track?ticket=0EXAMP1E0"),
        ("permit_issued", "umkm/cases/0EXAMP1E0"),
    ],
)
def test_a_citizen_is_led_to_the_page_of_their_case(template: str, page: str, language: str) -> None:
    mail = written(requested(template, language), HEAD, ADDRESS, NOW)
    assert f"{HEAD.where}{page}\n" in mail.get_content()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", LETTERS)
@pytest.mark.parametrize("reply_to", [None, "tanya@x.example"])
@pytest.mark.parametrize("may_answer", [True, False])
def test_every_mail_says_what_becomes_of_a_reply(
    template: str, language: str, reply_to: str | None, may_answer: bool
) -> None:
    """An office that reads an address has replies about what all of it may know sent there, and names it; any other says that it reads none.
    A reply quotes the mail, so none is read that would bring a code, or the name of who takes part or is asked."""
    head, catalogue = letterhead(language, reply_to), Catalogue("zi_notify")
    mail = written(requested(template, language), head, ADDRESS, NOW, may_answer=may_answer)
    integrity = json.loads(templates().content)["files"][f"integrity.{language}"]["letters"]
    is_closed = template in WITH_CODE or template in integrity or template in OF_OFFICIALS
    text = " ".join(mail.get_content().split())
    if reply_to is None or is_closed or not may_answer:
        assert mail["Reply-To"] is None
        assert unread_in(catalogue, language) in text
        assert "@" not in text
    else:
        assert mail["Reply-To"] == reply_to
        assert head.replies[language] in text
        assert reply_to in text


def letterhead(language: str, reply_to: str | None) -> Letterhead:
    known, catalogue = load_office().data, Catalogue("zi_notify")
    office = known.model_copy(update={"contact": known.contact.model_copy(update={"mail": reply_to})})
    sentence = replies_of(office, catalogue, language)
    return replace(
        HEAD,
        replies={language: sentence},
        unread={language: unread_in(catalogue, language)},
        reply_to=reply_to,
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.com",
        "nobody@",
        "a@example.com, b@example.com",
        "a@example.com\r\nBcc: b@example.com",
        "Invented <a@example.com>",
        "a@b@example.com",
        "ä@example.com",
    ],
)
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(BadAddressError):
        written(requested("answered", "id"), HEAD, address, NOW)


@given(st.text(max_size=40))
def test_no_address_adds_a_header(address: str) -> None:
    try:
        mail = written(requested("answered", "id"), HEAD, address, NOW)
    except BadAddressError:
        return
    assert message_from_bytes(mail.as_bytes(), policy=default).keys() == mail.keys()


def test_the_templates_are_one_configuration_with_one_version() -> None:
    configuration = templates()
    assert (configuration.kind, configuration.id, configuration.version) == (
        "mail_templates",
        "mail",
        VERSION,
    )


def test_a_mail_that_was_requested_before_an_update_is_written_as_it_was_promised_then() -> None:
    files = json.loads(templates().content)["files"]
    files["complaints.id"]["letters"]["answered"]["subject"] = "Dulu {ticket}"
    past = VERSION - 1
    older = {("mail_templates", "mail", past): canonical({"version": past, "files": files})}
    before = requested("answered", "id").model_copy(update={"template_version": past})
    assert Templates(lambda *named: older.get(named)).wording(before).subject == "Dulu {ticket}"
    with pytest.raises(NoVersionError, match=f"mail templates version {past}"):
        Templates().wording(before)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_leads_to_the_page_that_stops_all_mail(language: str) -> None:
    mail = written(requested("answered", language), HEAD, ADDRESS, NOW)
    content = mail.as_bytes()
    assert f"List-Unsubscribe: <{PAGE}>\r\n".encode() in content
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content
    assert message_from_bytes(content, policy=default).get_content().count(f"{PAGE}?lang={language}") == 1


@pytest.mark.parametrize(("language", "asking"), [("id", "konfirmasi"), ("en", "confirm your address")])
def test_only_the_mail_that_asks_asks_for_a_confirmation(language: str, asking: str) -> None:
    plain = written(requested("answered", language), HEAD, ADDRESS, NOW)
    asks = written(requested("answered", language), HEAD, ADDRESS, NOW, is_asked=True)
    assert asking not in plain.get_content()
    assert asking in asks.get_content()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("From", "Balai POM di Rimba <layanan@example.org>"),
        ("From", '"Balai POM, Rimba" <layanan@example.org>'),
        ("From", formataddr(("Balai POM di Rimba é", "layanan@example.org"))),
        ("From", f"{'Balai ' * 160}<layanan@example.org>"),
        ("Subject", "Pengaduan Anda kami terima: 0EXAMP1E0"),
        ("Subject", "Terima kasih – 0EXAMP1E0"),
        ("List-Unsubscribe", f"<{PAGE}>"),
    ],
)
def test_a_header_is_sent_and_read_as_the_library_does(name: str, value: str) -> None:
    written, library = EmailMessage(policy=UNFOLDED), EmailMessage(policy=SMTP.clone(max_line_length=900))
    written[name] = library[name] = value
    assert written.as_bytes() == library.as_bytes()
    assert written[name] == library[name]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028"])
def test_a_header_of_several_lines_is_refused(end: str) -> None:
    mail = EmailMessage(policy=UNFOLDED)
    with pytest.raises(ValueError, match="Header values may not contain"):
        mail["Subject"] = f"0EXAMP1E0{end}Bcc: b@example.com"


def test_no_line_of_a_mail_is_too_long_for_a_mail_server() -> None:
    content = written(requested("answered", "id"), HEAD, ADDRESS, NOW, is_asked=True).as_bytes()
    head, _, body = content.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) < 900
    assert max(map(len, body.split(b"\r\n"))) <= 78


def test_every_mail_ends_with_who_the_office_is_and_how_to_reach_a_human() -> None:
    """Also in the language of its reader; a sign that a template would fill in stays as it is."""
    contact = OfficeContact(hours=Text(id="Senin {8}", en="Monday {8}"), phone="+62 800 0000 000")
    office = load_office().data.model_copy(update={"name": "Balai POM di Rimba", "contact": contact})
    catalogue = Catalogue("zi_notify")
    assert foot_of(office, catalogue, "id").endswith("Jam buka: Senin {8}\nTelepon: +62 800 0000 000\n")
    english = foot_of(office, catalogue, "en")
    assert english.startswith("\n-- \nBalai POM di Rimba\n")
    assert english.endswith("Opening hours: Monday {8}\nPhone: +62 800 0000 000\n")
