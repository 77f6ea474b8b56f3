"""Every way by which something of a case can come to an official, asked by each official: who may not see it sees nothing.

The ways are made from the routes of intake and from what its vault answers; one that has no row here fails.
"""

import inspect
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.routing import iter_route_contexts
from tests.intake.front import COMPLAINT, EMAIL, NAME, PHONE, TEXT, Front
from tests.intake.lines import CONDUCT, CONFIDENTIAL, assigned, office_of_lines
from tests.intake.test_disclosures import parts, vault
from tests.intake.test_uploads import attach, code, photo

from zi_contracts.vault import VaultRequest
from zi_intake.vault_answers import READABLE
from zi_intake.web import handling_forms, information_forms
from zi_intake.web.pages import desk_case as desk
from zi_notify.texts.letter import templates, wordings
from zi_notify.texts.short_message import phone_templates

TRUST = Path(__file__).parents[2] / "docs" / "trust.md"
HANDLER = ("officer-ani", "officer")
# Everybody else of the office, as they sign in: (account, role).
OTHERS = (
    ("officer-cici", "officer"),
    ("supervisor-budi", "supervisor"),  # the superior of the handler and of whoever asks
    ("supervisor-dedi", "supervisor"),
    ("head-hana", "head"),
    ("auditor-eka", "auditor"),
    ("admin-ops", "ops"),
    ("evaluator-edi", "evaluator"),
    ("call-centre", "entry"),  # another system, which the office lists
)
APPOINTED = ("officer-wati", "officer")
NOTHING: Mapping[str, Any] = {}
PURPOSE = {"purpose": "handling"}
API, DESK = "/intake/api/cases/{ticket}", "/desk/cases/{ticket}"
# A form of the citizen's page that is opened by its address leads back to the page.
FORMS_OF_CASE = (
    *("attachments", "contact", "leave", "words", "rating", "stop-codes", "web-push", "web-push/end"),
    *("nib", "reopen", "reply", "withdraw"),
)
# What is sent by each way; the ways of citizens too, for an official has a token where a citizen has a code.
SENT: Mapping[str, Mapping[str, Any]] = {
    "GET /intake/api/cases": NOTHING,
    "GET /intake/api/officers": NOTHING,
    f"GET {API}": NOTHING,
    f"POST {API}/token": NOTHING,
    f"GET {API}/evidence": NOTHING,
    f"POST {API}/acknowledge": NOTHING,
    f"POST {API}/assign": {"officer": "{me}"},
    f"POST {API}/triage": {"tier": "normatif", "reason": "x"},
    f"POST {API}/notes": {"text": "x"},
    f"POST {API}/move-to-appointed": {"appointed_topic": "conduct", "moving_reason": "x"},
    f"GET {DESK}/move": NOTHING,
    f"POST {DESK}/move": {"appointed_topic": "conduct", "moving_reason": "x"},
    "GET /desk/moved": NOTHING,
    "POST /intake/api/handover": {"colleague": "officer-ani", "officer": "{me}"},
    f"POST {API}/ask": {"text": "?"},
    f"POST {API}/answer": {"text": "!"},
    f"POST {API}/close": NOTHING,
    f"POST {API}/personal-data": PURPOSE,
    f"POST {API}/files/{{item}}": PURPOSE,
    f"POST {API}/ask-erasure": {"reason": "lawful_order"},
    f"POST {API}/refuse-erasure": {"reason": "still_needed"},
    f"POST {API}/reply": {"text": "x"},
    f"POST {API}/reopen": NOTHING,
    f"POST {API}/nib": {"nib": "9999999999999"},
    f"POST {API}/withdraw": NOTHING,
    f"POST {API}/attachments": NOTHING,
    f"POST {API}/disclosures": {"reason": "audit"},
    f"POST {API}/disclosures/{{disclosure}}/{{decision}}": NOTHING,
    "GET /intake/api/disclosures": NOTHING,
    "GET /desk": NOTHING,
    "GET /desk/": NOTHING,
    "GET /desk/disclosures": NOTHING,
    "GET /desk/statistics": NOTHING,
    "GET /intake/api/statistics": NOTHING,
    "GET /statistics": NOTHING,
    f"GET {DESK}": NOTHING,
    f"POST {DESK}/open": PURPOSE,
    f"POST {DESK}/files/{{item}}": PURPOSE,
    f"GET {DESK}/disclosure": NOTHING,
    f"POST {DESK}/disclosure": {"reason": "audit"},
    f"POST {DESK}/disclosure/{{disclosure}}/{{decision}}": NOTHING,
    f"POST {DESK}/acknowledge": NOTHING,
    f"POST {DESK}/assign": {"officer": "{me}"},
    f"POST {DESK}/triage": {"tier": "normatif", "reason": "x"},
    f"POST {DESK}/note": {"note": "x"},
    f"POST {DESK}/link": {"title": "Sambal", "link_reason": "x"},
    f"POST {DESK}/unlink": {"unlink_reason": "x"},
    f"POST {DESK}/visit": {"visited_on": "2026-03-01", "outcome": "closed", "findings": "x"},
    f"POST {DESK}/refer": {"referral_body": "police", "referral_reason": "x", "referral_text": "x"},
    f"POST {DESK}/approve-draft": {"draft": str(UUID(int=1))},
    f"POST {DESK}/return-draft": {"draft": str(UUID(int=1)), "draft_reason": "x"},
    f"POST {API}/answer-files": NOTHING,
    f"POST {DESK}/answer-files": NOTHING,
    f"POST {API}/extend": {"extension_reason": "x"},
    f"POST {API}/refuse-information": {"refusal": "not_held", "text": "x"},
    f"POST {API}/decide-objection": {"outcome": "upheld", "text": "x"},
    f"POST {DESK}/extend": {"extension_reason": "x"},
    f"POST {DESK}/refuse-information": {"refusal": "not_held", "refusal_text": "x"},
    f"POST {DESK}/decide-objection": {"outcome": "upheld", "decision": "x"},
    "GET /desk/information": NOTHING,
    "GET /desk/information.csv": NOTHING,
    f"POST {API}/link": {"title": "Sambal", "link_reason": "x"},
    f"POST {API}/unlink": {"unlink_reason": "x"},
    f"POST {API}/visit": {"visited_on": "2026-03-01", "outcome": "closed", "findings": "x"},
    f"POST {API}/refer": {"referral_body": "police", "referral_reason": "x", "referral_text": "x"},
    "POST /intake/api/entries": {"road": "counter"},
    "POST /intake/api/system-entries": NOTHING,
    "GET /intake/api/system-entries/{ticket}": NOTHING,
    "GET /intake/api/incidents": NOTHING,
    "GET /desk/entries/new": NOTHING,
    "POST /desk/entries": {"road": "counter"},
    "GET /desk/lapor": NOTHING,
    "POST /desk/lapor": {"file": "id,text,district"},
    "GET /desk/erasures": NOTHING,
    "POST /desk/erasures/{ticket}/{decision}": {"refusal": "still_needed"},
    "GET /desk/incidents": NOTHING,
    "GET /desk/incidents/{incident}": NOTHING,
    "POST /desk/incidents/{incident}/answer": {"answer": "x"},
    "POST /intake/api/incidents/{incident}/answer": {"answer": "x"},
    "POST /desk/incidents/{incident}/add": {"added_ticket": "0000", "link_reason": "x"},
    "POST /desk/incidents/{incident}/propose": {
        "public_title": "Sambal",
        "public_product": "Sambal",
        "district": "tarakan",
        "commodity": "obat",
        "days": "7",
    },
    "POST /desk/incidents/{incident}/publish": {"digest": "0" * 64},
    "POST /desk/incidents/{incident}/end-publication": {"ending": "over"},
    "POST /desk/incidents/{incident}/take": NOTHING,
    "GET /desk/handover": NOTHING,
    "POST /desk/handover": {"colleague": "officer-ani", "officer": "{me}"},
    f"POST {DESK}/ask": {"question": "?"},
    f"POST {DESK}/answer": {"answer": "!"},
    f"POST {DESK}/close": NOTHING,
    f"POST {DESK}/ask-erasure": {"erasure": "lawful_order"},
    f"POST {DESK}/refuse-erasure": {"refusal": "still_needed"},
    "GET /track": NOTHING,
    "GET /track/{ticket}": NOTHING,
    "GET /track/{ticket}/receipt": NOTHING,
    "GET /track/{ticket}/evidence": NOTHING,
    **{f"GET /track/{{ticket}}/{form}": NOTHING for form in FORMS_OF_CASE},
    "POST /track/{ticket}/leave": NOTHING,
    "POST /track/{ticket}/reply": {"text": "x"},
    "POST /track/{ticket}/reopen": NOTHING,
    "POST /track/{ticket}/withdraw": NOTHING,
    "POST /track/{ticket}/attachments": NOTHING,
    f"POST {API}/words": {"text": "x"},
    f"POST {API}/rating": {"rating": "helped"},
    "POST /track/{ticket}/words": {"added": "x"},
    "POST /track/{ticket}/rating": {"rating": "helped"},
    "GET /track/{ticket}/files/{item}": NOTHING,
    "POST /track/{ticket}/stop-codes": NOTHING,
    "POST /track/{ticket}/web-push": {"endpoint": "https://push.example/x"},
    "POST /track/{ticket}/web-push/end": NOTHING,
    "GET /track/{ticket}/code": NOTHING,
    "GET /lost-code/{ticket}/{token}": NOTHING,
    "POST /lost-code/{ticket}/{token}": {"choice": "make"},
    "POST /track/{ticket}/contact": {"allowed": "true"},
    "POST /track/{ticket}/nib": {"nib": "9999999999999"},
    # Last: they end what there is to see.
    f"POST {API}/approve-erasure": NOTHING,
    f"POST {DESK}/approve-erasure": NOTHING,
}
# Ways that know no case: forms and filings of citizens, sign-in, keys, rules, the machine.
NO_CASE = re.compile(
    r"^GET /$|^(GET|POST) /(complaints|consultations|information-requests|suggestions|certificate-applications|mentoring-requests)(/new|/again)?$|^(GET|POST) /complaints/check/\{turn\}$"
    r"|^POST /intake/api/(complaints|consultations|information-requests|suggestions|certificate-applications|mentoring-requests)$"
    r"|^(GET|POST) /sign-(in|out)(/[a-z-]+)?$|^POST /(track|lost-codes)$|^GET /(lost-code|lost-codes|lost-code/sent|robots\.txt|security|\.well-known/security\.txt)$"
    r"|^GET /intake/(health|ready|metrics|web-push/worker\.js|(static|scripts)/\{hash\}/\{name\})$"
    r"|^GET /intake/api/(openapi\.json|docs|jwks|promise-key|configurations(/\{digest\})?)$"
)
# By these the handler sees personal data; docs/trust.md names each.
OPENING = (
    f"POST {DESK}/open",
    f"POST {API}/personal-data",
    f"POST {API}/files/{{item}}",
    f"POST {DESK}/files/{{item}}",
)


def ways(front: Front) -> set[str]:
    """Return every method and path of intake, and each command of the officers' pages by itself."""
    found = {
        f"{method} {route.path}"
        for route in iter_route_contexts(front.app.routes)
        if route.path
        for method in (route.methods or ())
        if method != "HEAD"
    }
    commands = [*re.findall(r'case "([a-z-]+)"', inspect.getsource(desk._act)), *handling_forms.FORMS]
    commands += information_forms.FORMS
    assert commands
    return found - {f"POST {DESK}/{{command}}"} | {f"POST {DESK}/{command}" for command in commands}


async def sent(front: Front, way: str, filed: Any, person: tuple[str, str], item: str) -> Any:
    method, _, path = way.partition(" ")
    for name, value in {
        "ticket": filed["ticket"],
        "item": item,
        "disclosure": str(uuid4()),
        "decision": "consent",
        "token": "x" * 43,
        "incident": str(UUID(int=5)),
    }.items():
        path = path.replace(f"{{{name}}}", value)
    content = {name: text.replace("{me}", person[0]) for name, text in SENT[way].items()}
    headers = front.staff(*person)
    if path.startswith("/intake/api"):
        return await front.client.request(method, path, json=content or None, headers=headers)
    if method == "POST" and path.startswith("/desk/cases/"):
        content |= {"opened": "handling"}  # what a refused form shows again to whoever had opened it
    return await front.client.request(method, path, data=content, headers={"Accept": "text/html"} | headers)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Front]:
    async with office_of_lines(tmp_path) as front:
        yield front


async def picture(front: Front, filed: Any) -> str:
    await attach(front, filed, photo(), code(filed))
    state = await front.office.state(filed["ticket"])
    return next(str(ref.item) for ref in state.items if ref.field == "attachment")


async def test_every_way_has_a_row(house: Front) -> None:
    unknown = {way for way in ways(house) if way not in SENT and not NO_CASE.match(way)}
    assert unknown == set()
    assert set(SENT) - ways(house) == set()


async def test_nobody_but_the_handler_sees_a_confidential_case(house: Front) -> None:
    filed = await assigned(house)
    item = await picture(house, filed)
    for way in OPENING:
        answer = await sent(house, way, filed, HANDLER, item)
        assert answer.status_code == 200, way
        assert parts(answer.text) or answer.headers["content-type"] == "image/jpeg", way
    for way in SENT:
        for person in (*OTHERS, APPOINTED):
            answer = await sent(house, way, filed, person, item)
            assert parts(answer.text) == [], (way, person)
            assert not answer.headers.get("content-type", "").startswith(("image/", "application/zip")), way
            assert answer.status_code < 500, (way, person, answer.text)
    state = await house.office.state(filed["ticket"])
    assert state.officer == HANDLER[0]
    assert state.erased is None


async def filed_about_conduct(house: Front) -> Any:
    return await house.file(CONDUCT)


async def moved(house: Front, body: Any = COMPLAINT) -> Any:
    """File a complaint, on which its handler works in each way that leaves something behind, and then moves it."""
    filed = await assigned(house, body)
    triage = {"tier": "normative", "reason": "x", "subject": "Sambal berjamur", "product": "Sambal Rahasia"}
    await house.handled(
        filed,
        ("triage", triage),
        ("personal-data", PURPOSE),
        ("notes", {"text": TEXT}),
        ("link", {"title": "Sambal botol", "link_reason": "x"}),
        ("visit", {"visited_on": "2026-03-01", "outcome": "closed", "findings": TEXT}),
    )
    done = await house.act(filed, "move-to-appointed", TO_CONDUCT)
    assert (done.status_code, done.content) == (204, b""), done.text
    return filed


TO_CONDUCT = {"appointed_topic": "conduct", "moving_reason": f"{NAME} names officer-ani."}


@pytest.mark.parametrize("filing", [filed_about_conduct, moved])
async def test_the_accuseds_colleagues_see_nothing_of_a_complaint_about_conduct(
    house: Front, filing: Any
) -> None:
    filed = await filing(house)
    before = (await house.office.state(filed["ticket"])).status.value
    item = await picture(house, filed)
    audits = f"{API}/disclosures", f"{DESK}/disclosure"  # auditors know the case from the ledger, and may ask
    for way in SENT:
        for person in (*OTHERS, HANDLER):
            answer = await sent(house, way, filed, person, item)
            assert parts(answer.text) == [], (way, person)
            if person[1] == "head" and "disclosure" in way:
                continue  # no supervisor is appointed: the head decides about the auditor's request, and sees that alone
            if "{ticket}" not in way:
                assert filed["ticket"] not in answer.text, (way, person)
            elif not (person[1] == "auditor" and way.endswith(audits)) and "/track/" not in way:
                assert answer.status_code in (401, 403, 404, 422), (way, person, answer.status_code)
    state = await house.office.state(filed["ticket"])
    assert (state.status.value, state.officer) == (before, None)
    listed = await house.client.get("/intake/api/cases", headers=house.staff(*APPOINTED))
    assert [each["ticket"] for each in listed.json()] == [filed["ticket"]]
    await house.client.get("/desk/", headers=house.staff(*APPOINTED))
    for way in (f"POST {API}/acknowledge", f"POST {API}/assign", f"POST {API}/personal-data"):
        answer = await sent(house, way, filed, APPOINTED, item)
        assert answer.status_code == 200, (way, answer.text)
    assert parts(answer.text)


async def test_where_nobody_is_appointed_only_the_head_sees_it(tmp_path: Path) -> None:
    async with office_of_lines(tmp_path, appointed=False) as front:
        filed = await front.file(CONDUCT)
        for person in (*OTHERS, APPOINTED):
            answer = await sent(front, f"GET {DESK}", filed, person, "")
            assert (answer.status_code == 200) == (person[1] == "head"), person
        for way in (f"POST {API}/acknowledge", f"POST {API}/assign", f"POST {API}/personal-data"):
            answer = await sent(front, way, filed, ("head-hana", "head"), "")
            assert answer.status_code == 200, (way, answer.text)
        assert parts(answer.text)
        page = await front.client.get("/complaints/new", headers={"Accept-Language": "en"})
        assert "only the head of the office sees it" in page.text


async def handed_over(front: Front, by: str, officer: str, colleague: str = "officer-ani") -> tuple[Any, str]:
    """Hand over by program, and then once more on the page."""
    body, boss = {"colleague": colleague, "officer": officer}, front.staff(by, "supervisor")
    answer = await front.client.post("/intake/api/handover", json=body, headers=boss)
    page = await front.client.post(
        "/desk/handover", data=body, headers={"Accept": "text/html", "Accept-Language": "en"} | boss
    )
    return answer.json(), page.text


async def test_a_supervisor_gives_themselves_no_confidential_case_by_handing_over(house: Front) -> None:
    confidential, plain = (await assigned(house))["ticket"], (await assigned(house, COMPLAINT))["ticket"]
    await house.client.get("/desk/", headers=house.staff("supervisor-budi", "supervisor"))
    done, page = await handed_over(house, "supervisor-budi", "supervisor-budi")
    assert done == {"tickets": [plain], "refused": [confidential], "left": 1}
    assert "1 case stays where it is" in page
    assert "This case is confidential" in page
    assert "Send the form again" not in page, "it would stay again"
    assert (await house.office.state(confidential)).officer == "officer-ani"


async def test_complaints_about_officials_stay_with_the_appointed_when_work_is_handed_over(
    house: Front,
) -> None:
    ticket, wati = (await house.file(CONDUCT))["ticket"], "officer-wati"
    for way in (f"POST {API}/acknowledge", f"POST {API}/assign"):
        answer = await sent(house, way, {"ticket": ticket}, APPOINTED, "")
        assert answer.status_code == 200, answer.text
    await house.client.get("/desk/", headers=house.staff("officer-cici"))
    done, page = await handed_over(house, "supervisor-budi", "officer-cici", wati)
    assert done == {"tickets": [], "refused": [], "left": 0}
    assert (ticket in page, "stays where it is" in page) == (False, False)
    assert "officer-wati: 0 open cases" in page
    done, page = await handed_over(house, wati, "officer-cici", wati)
    assert done == {"tickets": [], "refused": [ticket], "left": 1}
    assert "Only officials appointed for this topic" in page
    assert (await house.office.state(ticket)).officer == wati


PURPOSES = (
    *PURPOSE.values(),
    "audit",
    "letter",
    "evaluation",
    "own_copy",
    "prefill",
    "mentoring",
    "notify_status",
)


@pytest.mark.parametrize("body", [CONFIDENTIAL, CONDUCT])
async def test_the_vault_tells_services_where_to_send_messages_and_nothing_else(
    house: Front, body: Any
) -> None:
    filed = await house.file(body)
    for caller, readable in READABLE.items():
        for person in (None, *OTHERS, APPOINTED):
            token = person and house.staff(*person)["Authorization"].removeprefix("Bearer ")
            for purpose in PURPOSES:
                request = VaultRequest(
                    ticket=filed["ticket"], fields=tuple(sorted(readable)), purpose=purpose, token=token
                )
                reply = await vault(house, caller, request)
                if (caller, purpose) == ("notify", "notify_status"):
                    assert sorted(parts(reply)) == sorted([EMAIL, PHONE]), reply
                else:
                    assert parts(reply) == [], (caller, purpose, person)


PLACES_OF_MESSAGES = {"ticket", "where", "until", "amount", "number", "code", "link", "items", "replies"}


def test_no_message_has_a_place_for_anything_personal() -> None:
    """A template of a mail or of a message to a telephone is filled in with the ticket, addresses of pages, a date, an amount, a number, the sentence about replies, and for officials the tickets of their list."""
    for language in ("id", "en"):
        for name, wording in wordings(templates().content, language).items():
            text = f"{wording.subject} {wording.text} {wording.foot}"
            places = set(re.findall(r"\{(\w+)\}", text))
            assert places <= PLACES_OF_MESSAGES, name
    assert set(re.findall(r"\{(\w+)\}", phone_templates().content.decode())) <= PLACES_OF_MESSAGES | {
        "office"
    }


def test_trust_names_every_way() -> None:
    section = TRUST.read_text().partition("## Who can see personal data")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", section, re.MULTILINE)[1:]
    for way in OPENING:
        assert way.replace(f"POST {DESK}/files", f"POST {API}/files") in section, way
    for caller in READABLE:
        assert any(f"vault.read.{caller}" in how for _, how, _ in rows), caller
    assert len(rows) == len(set(rows)) == 21
    for reason in ("confidential", "appointed"):
        assert reason in section
