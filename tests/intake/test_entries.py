"""Cases that an official enters for somebody: who entered them stands there, a colleague works on them, and the code is on the receipt."""

import csv
import io
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.intake import acts
from tests.intake.acts import after, officer
from tests.intake.front import EMAIL, NAME, Front
from tests.intake.lines import office_of_lines
from tests.intake.test_handling import get, post
from tests.intake.test_lost_code import link_of, press
from tests.intake.test_pages import post as track
from tests.intake.test_pages import value_of
from tests.web.browsing import hidden_fields

from zi_chassis.domain import Act
from zi_intake.bodies.lapor_lines import LONGEST_FILE, MOST_LINES, LaporFileError, read_lapor
from zi_intake.domain.case import disclosure_messages as disclosures
from zi_intake.domain.case import messages, refusals
from zi_intake.domain.case.filings import ComplaintFiled, InformationRequested, SuggestionMade
from zi_intake.domain.case.moving_messages import MoveToAppointed
from zi_intake.roles import LEFT_TO_COLLEAGUES, PARTIES
from zi_rules.standard import ServiceKind

WATI = "officer-wati"
ENTRY = {
    "road": "counter",
    "kind": "product",
    "district": "tarakan",
    "product.commodity": "unknown",
    "text": "Sambal berjamur.",
    "reporter.name": NAME,
    "reporter.email": EMAIL,
    "language": "id",
}
LAPOR = """id,text,district,kind,name
L-1,"Sambal, berjamur",tarakan,product,Bunga Contoh
L-2,Antrean panjang,nunukan,service,
L-3,Di tempat lain,bukan-kabupaten,product,
,Tanpa nomor,tarakan,product,
"""


def by(role: str = "staff:officer") -> Act:
    return officer(WATI).model_copy(update={"role": role})


@pytest.mark.parametrize(
    "command",
    [
        acts.ACKNOWLEDGE,
        acts.TRIAGE,
        acts.ANSWER,
        acts.REFER,
        acts.VISIT,
        acts.CLOSE,
    ],
)
@pytest.mark.parametrize("role", ["staff:officer", "staff:supervisor"])
def test_who_entered_a_case_does_not_work_on_it(command: Any, role: str) -> None:
    with pytest.raises(refusals.EnteredYourselfError):
        after(*acts.ENTERED, command.model_copy(update={"by": by(role)}))


ALLOWED_TO_ENTERERS = {
    messages.Assign: "to a colleague alone",
    messages.AddNote: "a note stands there under its name and decides nothing",
    MoveToAppointed: "it takes the case out of their own sight, and adds nothing to it that anybody else reads",
    messages.AddAttachment: "a file goes out in an answer alone, and a colleague answers",
    messages.AskErasure: "a colleague agrees to it",
    messages.OpenPersonalData: "they wrote it or could have, and each opening is a step of the case",
    disclosures.AskDisclosure: "a colleague consents to it",
}


def test_each_command_of_an_official_is_left_to_colleagues_or_has_a_reason() -> None:
    of_officials = {
        command
        for command in get_args(messages.CommandsOfFiled)
        if any(role.startswith("staff:") for role in PARTIES[command])
    }
    assert of_officials == {*LEFT_TO_COLLEAGUES} | ALLOWED_TO_ENTERERS.keys()
    assert ALLOWED_TO_ENTERERS.keys().isdisjoint(LEFT_TO_COLLEAGUES)


@pytest.mark.parametrize(
    "command",
    [acts.LINK, acts.UNLINK, acts.RETURN, acts.REFUSE_ERASURE, acts.CONSENT, acts.REFUSE_DISCLOSURE],
)
def test_who_entered_a_case_decides_nothing_about_it(command: Any) -> None:
    with pytest.raises(refusals.EnteredYourselfError):
        after(*acts.ENTERED, command.model_copy(update={"by": by("staff:supervisor")}))


def test_nobody_gives_a_case_to_who_entered_it() -> None:
    for giver in (by(), acts.supervisor()):
        assign = acts.ASSIGN.model_copy(update={"by": giver, "officer": WATI})
        with pytest.raises(refusals.EnteredYourselfError):
            after(*acts.ENTERED[:2], assign)


def test_its_citizen_has_it_as_any_other() -> None:
    assert after(*acts.ENTERED, acts.ANSWER, acts.REOPEN).officer == "officer-ani"
    with pytest.raises(refusals.NotTheOwnerError):
        after(acts.entered(), acts.WITHDRAW.model_copy(update={"by": by("public")}))


async def test_the_receipt_has_the_code_once_and_the_record_the_official(front: Front) -> None:
    form = ENTRY | hidden_fields(await get(front, "/desk/entries/new", front.staff(WATI)))
    receipt = await post(front, "/desk/entries", form, front.staff(WATI))
    assert (receipt.status_code, receipt.headers["cache-control"]) == (200, "no-store")
    [ticket] = await tickets(front)
    code = front.office.names.code(ticket)
    assert code in receipt.text
    assert "data:image/svg" in receipt.text
    [step] = await front.office.steps(ticket)
    assert (step.parsed["actor"], step.parsed["data"]["road"]) == (WATI, "counter")
    assert code in (await post(front, "/desk/entries", form, front.staff(WATI))).text, "the line broke"
    other = await post(front, "/desk/entries", form, front.staff("officer-ani"))
    assert (other.status_code, code in other.text) == (422, False)
    front.clock.pass_by(minutes=11)
    later = await post(front, "/desk/entries", form, front.staff(WATI))
    assert (later.status_code, code in later.text, ticket in later.text) == (422, False, True)
    page = (await get(front, f"/desk/cases/{ticket}", front.staff(WATI))).text
    assert (WATI in page, "At the counter" in page, "Take it up" in page, code in page) == (
        True,
        True,
        False,
        False,
    )
    tracked = await front.track({"ticket": ticket, "code": code})
    assert tracked["timeline"][0]["by"] == "office"
    assert len(await tickets(front)) == 1


@pytest.mark.parametrize("language", ["id", "en"])
async def test_the_receipt_is_in_the_language_of_whoever_gets_it(front: Front, language: str) -> None:
    """No link leads from it to the other language: it would lead to an empty form, and the code would be gone."""
    receipt = await post(front, "/desk/entries", ENTRY | {"language": language}, front.staff(WATI))
    handed_over = receipt.text.partition(f'<div lang="{language}">')[2]
    assert ("Received on " in handed_over, "Diterima " in handed_over) == (
        language == "en",
        language == "id",
    )
    assert "Print this and hand it over" in receipt.text
    assert "lang=" not in "".join(re.findall(r'href="([^"]*)"', receipt.text))


@pytest.mark.parametrize(
    ("reached", "way"),
    [
        ({"reporter.email": EMAIL}, "by a link to your e-mail address"),
        ({"reporter.email": ""}, "there is no other code"),
    ],
)
async def test_the_receipt_says_who_has_seen_the_code(
    front: Front, reached: dict[str, str], way: str
) -> None:
    entry = ENTRY | reached | {"language": "en"}
    receipt = await post(front, "/desk/entries", entry, front.staff(WATI))
    assert "Whoever entered this for you has seen the code" in receipt.text
    assert way in receipt.text
    assert ("/lost-code" in receipt.text) == bool(reached["reporter.email"])


async def test_a_citizen_makes_a_code_that_the_enterer_never_sees(front: Front) -> None:
    form = ENTRY | hidden_fields(await get(front, "/desk/entries/new", front.staff(WATI)))
    receipt = await post(front, "/desk/entries", form, front.staff(WATI))
    [ticket] = await tickets(front)
    known = front.office.names.code(ticket)
    assert known in receipt.text
    front.client.cookies.clear()
    case = await track(front, "/track", {"ticket": ticket, "code": known})
    assert "has seen its code" in case.text
    made = await press(front, await link_of(front, ticket))
    new = value_of(made, "Code")
    assert new != known
    case = await track(front, "/track", {"ticket": ticket, "code": new})
    assert (case.url.path, "has seen its code" in case.text) == (f"/track/{ticket}", False)
    front.client.cookies.clear()
    again = await post(front, "/desk/entries", form, front.staff(WATI))
    assert new not in again.text
    assert (await track(front, "/track", {"ticket": ticket, "code": known})).url.path == "/track"
    other = await front.file()
    assert (
        "has seen its code"
        not in (await track(front, "/track", {"ticket": other["ticket"], "code": other["code"]})).text
    )


async def tickets(front: Front) -> list[str]:
    listed = await front.client.get("/intake/api/cases", headers=front.staff())
    return [each["ticket"] for each in listed.json()]


async def test_what_is_missing_in_an_entry_is_named(front: Front) -> None:
    for changes in ({"road": "lapor"}, {"district": ""}, {"text": ""}, {"reporter.name": ""}):
        refused = await post(front, "/desk/entries", ENTRY | changes, front.staff(WATI))
        assert (refused.status_code, "check what you filled in" in refused.text) == (422, True), changes
    question = ENTRY | {"kind": "consultation", "topic": "registration", "road": "phone"}
    assert (await post(front, "/desk/entries", question, front.staff(WATI))).status_code == 200
    service = ENTRY | {"kind": "service", "road": "message"}
    assert (await post(front, "/desk/entries", service, front.staff(WATI))).status_code == 200
    assert (await post(front, "/desk/entries", ENTRY, front.staff("head-hana", "head"))).status_code == 403


REQUEST = {
    "road": "phone",
    "kind": "information",
    "district": "tarakan",
    "text": "Rekap hasil uji sambal tahun 2025.",
    "purpose": "Untuk skripsi.",
    "reporter.name": NAME,
    "reporter.email": EMAIL,
    "language": "id",
}
SUGGESTION = {
    "road": "message",
    "kind": "suggestion",
    "district": "tarakan",
    "text": "Buka loket pada hari Sabtu.",
    "protection.anonymous": "yes",
    "protection.confidential": "yes",
    "wants_answer": "true",
    "language": "id",
}


async def test_a_request_for_information_is_entered_for_its_requester(front: Front) -> None:
    assert '<option value="information"' in (await get(front, "/desk/entries/new", front.staff(WATI))).text
    receipt = await post(front, "/desk/entries", REQUEST, front.staff(WATI))
    [ticket] = await tickets(front)
    assert (receipt.status_code, front.office.names.code(ticket) in receipt.text) == (200, True)
    assert ("Jawaban paling lambat" in receipt.text, "data:image/svg" in receipt.text) == (True, True)
    filing = (await front.office.state(ticket)).filing
    assert isinstance(filing, InformationRequested)
    assert (filing.entered_by, filing.road) == (WATI, "phone")
    listed = (await get(front, "/desk/information", front.staff())).text
    assert ("By telephone" in listed, NAME in listed) == (True, False)
    table = await get(front, "/desk/information.csv", front.staff())
    [row] = csv.DictReader(io.StringIO(table.text))
    assert (row["ticket"], row["road"]) == (ticket, "phone")
    filed = {"ticket": ticket, "code": front.office.names.code(ticket)}
    assert (await front.act(filed, "acknowledge", headers=front.staff(WATI))).status_code == 409


@pytest.mark.parametrize(
    "changes",
    [
        {"protection.confidential": "yes"},  # never left out in silence
        {"reporter.name": ""},
        {"text": ""},
        {"road": "own"},
    ],
)
async def test_what_a_request_cannot_be_is_refused(front: Front, changes: dict[str, str]) -> None:
    refused = await post(front, "/desk/entries", REQUEST | changes, front.staff(WATI))
    assert (refused.status_code, "check what you filled in" in refused.text) == (422, True)
    assert await tickets(front) == []


async def test_all_that_is_missing_in_an_entry_is_named_at_once(front: Front) -> None:
    refused = await post(front, "/desk/entries", {"kind": "information"}, front.staff(WATI))
    for field in ("road", "district", "text", "reporter-name"):
        assert f'id="field-{field}-error"' in refused.text, field


@pytest.mark.parametrize("entry", [REQUEST, SUGGESTION, ENTRY | {"kind": "service"}])
async def test_an_illness_is_not_left_out_in_silence(front: Front, entry: dict[str, str]) -> None:
    for road in (entry["road"], ""):
        sent = entry | {"illness": "yes", "road": road}
        refused = await post(front, "/desk/entries", sent, front.staff(WATI))
        assert (refused.status_code, "choose that kind" in refused.text) == (422, True)
    assert await tickets(front) == []


async def test_an_office_without_a_standard_for_requests_enters_none(front: Front) -> None:
    offers = front.office.terms.offers
    front.office.terms.offers = lambda at: [  # type: ignore[method-assign]
        each for each in offers(at) if each.service is not ServiceKind.PUBLIC_INFORMATION
    ]
    page = (await get(front, "/desk/entries/new", front.staff(WATI))).text
    assert ('value="information"' in page, 'value="suggestion"' in page) == (False, True)


async def test_a_suggestion_is_entered_without_a_clock(front: Front) -> None:
    receipt = await post(front, "/desk/entries", SUGGESTION, front.staff(WATI))
    assert (receipt.status_code, "Jawaban paling lambat" in receipt.text) == (200, False)
    [ticket] = await tickets(front)
    filing = (await front.office.state(ticket)).filing
    assert isinstance(filing, SuggestionMade)
    assert (filing.wants_answer, filing.is_anonymous, filing.is_confidential) == (True, True, True)
    assert (filing.entered_by, filing.road) == (WATI, "message")


async def test_a_confidential_name_that_was_entered_is_shown_to_no_colleague(front: Front) -> None:
    """Nor again to who entered it, who does not work on the case."""
    named = {name: text for name, text in SUGGESTION.items() if name != "protection.anonymous"}
    entered = await post(front, "/desk/entries", named | {"reporter.name": NAME}, front.staff(WATI))
    assert entered.status_code == 200
    [ticket] = await tickets(front)
    for person in (WATI, "officer-ani"):
        for page in ("/desk/?show=all", f"/desk/cases/{ticket}"):
            assert NAME not in (await get(front, page, front.staff(person))).text, (person, page)
        opened = await post(front, f"/desk/cases/{ticket}/open", {"purpose": "handling"}, front.staff(person))
        assert (opened.status_code, NAME in opened.text) == (422, False), person


async def test_what_is_told_of_an_official_at_the_counter_is_for_appointed_people(tmp_path: Path) -> None:
    async with office_of_lines(tmp_path) as front:
        cici, wati = front.staff("officer-cici"), front.staff(WATI)
        form = (await get(front, "/desk/entries/new", cici)).text
        assert '<option value="topic:conduct">Bribery or the conduct of an official</option>' in form
        entry = ENTRY | {"kind": "topic:conduct"}
        assert (await post(front, "/desk/entries", entry, cici)).status_code == 200
        [case] = (await front.client.get("/intake/api/cases", headers=wati)).json()
        filing = (await front.office.state(case["ticket"])).filing
        assert isinstance(filing, ComplaintFiled)
        assert (filing.kind, filing.appointed_topic, filing.is_confidential) == ("service", "conduct", True)
        for colleague in (cici, front.staff("supervisor-budi", "supervisor")):
            assert (await front.client.get("/intake/api/cases", headers=colleague)).json() == []
            assert (await get(front, f"/desk/cases/{case['ticket']}", colleague)).status_code == 404
        refused = await post(front, "/desk/entries", entry | {"kind": "topic:weather"}, cici)
        assert refused.status_code == 422
        ill = await post(front, "/desk/entries", entry | {"illness": "yes"}, cici)
        assert (ill.status_code, "choose that kind" in ill.text) == (422, True)


async def test_a_secret_report_of_lapor_stays_secret(tmp_path: Path) -> None:
    header = "id,text,district,kind,name,confidential,topic\n"
    lines = (
        f"1,A,tarakan,product,{NAME},Ya,\n2,B,tarakan,product,{NAME},tidak,\n"
        f"3,C,tarakan,,{NAME},,conduct\n4,D,tarakan,product,{NAME},mungkin,\n5,E,tarakan,,{NAME},,weather\n"
    )
    async with office_of_lines(tmp_path) as front:
        boss = front.staff("supervisor-budi", "supervisor")
        page = (await post(front, "/desk/lapor", {"file": header + lines}, boss)).text
        assert "3 lines were entered" in page
        assert re.findall(r"Refused: (\w+): ", page) == ["confidential", "topic"]
        entered = re.findall(r"/desk/cases/(\w+)", page)
        filings = [(await front.office.state(ticket)).filing for ticket in entered]
        assert [(each.is_confidential, each.appointed_topic) for each in filings] == [  # type: ignore[union-attr]
            (True, None),
            (False, None),
            (True, "conduct"),
        ]
        listed = (await front.client.get("/intake/api/cases", headers=front.staff())).json()
        assert {each["ticket"] for each in listed} == {*entered[:2]}


async def test_each_line_of_lapor_is_entered_once(front: Front) -> None:
    boss = front.staff("supervisor-budi", "supervisor")
    first = (await post(front, "/desk/lapor", {"file": LAPOR}, boss)).text
    assert "2 lines were entered" in first
    assert "2 lines were refused." in first
    assert "district: " in first.partition("L-3")[2].partition("</tr>")[0]
    assert "Input should" not in first, "a sentence of this house says what to do"
    entered = set(await tickets(front))
    assert len(entered) == 2
    mended = LAPOR.replace("bukan-kabupaten", "malinau").replace(",Tanpa nomor", "L-4,Tanpa nomor")
    again = (await post(front, "/desk/lapor", {"file": mended}, boss)).text
    assert "2 lines were entered" in again
    assert "2 lines were known before." in again
    assert entered < set(await tickets(front))
    changed = (
        await post(front, "/desk/lapor", {"file": mended.replace("Antrean panjang", "Lain")}, boss)
    ).text
    assert "1 line was refused." in changed, "another text under a known number"
    assert len(await tickets(front)) == 4
    assert (await post(front, "/desk/lapor", {"file": LAPOR}, front.staff(WATI))).status_code == 403
    assert (await get(front, "/desk/lapor", boss)).status_code == 200
    assert (await post(front, "/desk/lapor", {"file": "id,text"}, boss)).status_code == 422


async def test_what_is_wrong_in_a_line_is_said_in_the_reader_s_language(front: Front) -> None:
    lines = "id,text,district,kind,commodity,name,email\n1,,di mana,product,sambal,A,bukan alamat\n,A,tarakan,product,,,\n"
    reader = front.staff("supervisor-budi", "supervisor") | {"Accept-Language": "id", "Accept": "text/html"}
    answer = await front.client.post("/desk/lapor", data={"file": lines}, headers=reader)
    first, second = re.findall(r"Ditolak: (.*?)</td>", answer.text, re.DOTALL)
    assert sorted(re.findall(r"(\w+): ", first)) == ["commodity", "district", "email", "text"]
    assert "Pilih salah satu dari" in first
    assert "tidak punya nomor laporan" in second
    for english in ("should", "must", "missing", "has no"):
        assert english not in first + second


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_spreadsheet_s_own_separator_is_read(separator: str) -> None:
    """Cells that are copied have tabs between them, and a file of a computer in Indonesia has semicolons."""
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows(csv.reader(io.StringIO(LAPOR)))
    assert read_lapor(written.getvalue()) == read_lapor(LAPOR)


@pytest.mark.parametrize(
    "file",
    [
        "",
        "id,text",
        "id,text,district,secret",
        "id,id,text,district",
        "id,text,district\n" + "a,b,c\n" * (MOST_LINES + 1),
        'id,text,district\n1,"' + "x" * 200_000,
    ],
)
def test_a_file_that_is_none_is_refused(file: str) -> None:
    with pytest.raises(LaporFileError):
        read_lapor(file)


async def test_of_a_file_that_is_too_long_no_line_is_entered(front: Front) -> None:
    """A part of it would be entered with its last text cut, and the rest lost in silence."""
    boss = front.staff("supervisor-budi", "supervisor")
    file = "id,text,district,kind\n" + "".join(f"L-{n},{'x' * 999},tarakan,service\n" for n in range(200))
    assert len(file) > LONGEST_FILE
    refused = await post(front, "/desk/lapor", {"file": file}, boss)
    assert refused.status_code == 422
    assert f"A file may have {LONGEST_FILE} characters: send it in parts." in refused.text
    assert await tickets(front) == []


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ('1,A,tarakan\n2,"B,nunukan\n3,C,tarakan\n', 3),
        ('1,"A\nB",tarakan\n2,"the "good" one",tarakan\n', 4),
        ('1,A,"tarakan', 2),
        ('1,"' + "x" * 150_000 + '",tarakan\n', 2),
    ],
)
def test_an_open_quote_swallows_no_lines(lines: str, line: int) -> None:
    with pytest.raises(LaporFileError) as refused:
        read_lapor("id,text,district\n" + lines)
    assert refused.value.values == {"line": line}


def test_an_open_quote_in_the_header_is_refused() -> None:
    with pytest.raises(LaporFileError) as refused:
        read_lapor('id,text,"district\n1,A,tarakan\n')
    assert refused.value.values == {"line": 1}


def test_a_line_without_a_name_is_anonymous() -> None:
    header = "\ufeffID, Text ,district,kind,commodity,product,place,name,email,phone\n"
    named, nameless = read_lapor(
        f"{header}1,A,tarakan,product,kosmetik,Krim,Toko,Bunga,b@warga.example,\n\n2,B,tarakan,service,,,,,,\n"
    )
    assert named.complaint == {
        "kind": "product",
        "district": "tarakan",
        "text": "A",
        "reporter": {"name": "Bunga", "email": "b@warga.example"},
        "product": {"commodity": "kosmetik", "name": "Krim"},
        "place": {"name": "Toko"},
    }
    assert nameless.complaint == {"kind": "service", "district": "tarakan", "text": "B", "anonymous": True}
    [long] = read_lapor("id,text,district\n1,a,b,c\n")
    assert long.id == "", "a line with too many fields is refused"
