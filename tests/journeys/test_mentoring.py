"""Small businesses on their way to a registered product, over real processes, and what the rest of the office makes of it."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pikepdf
import pytest
from tests.journeys import mentoring_story, permit_story, training_story
from tests.journeys.certificates import Certificates, OpenedCase, nib_of
from tests.journeys.door import good, page_text
from tests.journeys.house import House, await_
from tests.journeys.mentoring import MENTOR, SAMBAL, SECOND_MENTOR, Mentoring
from tests.journeys.mentoring_story import BEGUN, NUMBER, WATER
from tests.journeys.records import TILES
from tests.journeys.tools import verify_certificate
from tests.journeys.trip_story import travel

from zi_chassis.office_clock import office_zone

pytestmark = pytest.mark.journey

PIRT = "P-IRT 2093471010001-29"
WRONG = {
    "reasons": [{"reason": "name_differs", "where": "product", "item": 1}],
    "note": "Nama pada label lain.",
}


@pytest.fixture
def mentoring(house: House) -> Iterator[Mentoring]:
    with house.client() as client:
        yield Mentoring(client, house.staff)


def test_a_product_comes_from_nothing_to_its_number_and_into_an_application(
    house: House, mentoring: Mentoring
) -> None:
    case = mentoring_story.tell(mentoring, "Belimbing")
    certificates = Certificates(mentoring.client, house.staff)
    application, stranger = (
        certificates.requested("Belimbing", "ske"),
        certificates.requested("Ihau", "ske"),
    )
    for each in (application, stranger):
        certificates.open_account(each)
    recipe = {"product": 1, "composition": ["ikan tenggiri", "tepung"], "pack": "plastik 250 g"}
    mentoring.done(case, "handover/describe", recipe)
    for each in (stranger, application):
        mentoring.done(case, "handover", {"to": each["ticket"], "agreed": shared(mentoring, case)})
    accept = f"offers/{case['ticket']}/1/accept"
    await_(lambda: offers(certificates, application) == offers(certificates, stranger) == [None])
    assert certificates.tell(stranger, accept).status_code == 409  # of another business number
    # intake, which opens what was handed over, may hear of the consent after certificates has
    entry = await_(lambda: certificates.done(application, accept)["entry"])
    stored = offered(certificates, application, f"master-data/{entry}")["newest"]
    assert stored["content"]["composition"] == recipe["composition"]
    assert stored["origin"] == {"case": case["ticket"], "product": 1, "number_checked": True}
    mentoring.done(case, "handover/end", {"to": application["ticket"]})
    await_(lambda: offers(certificates, application) != [None])
    assert certificates.tell(application, accept).status_code == 409


def shared(mentoring: Mentoring, case: OpenedCase) -> str:
    """Return the digest of what the business is shown before it agrees."""
    where = f"/umkm/api/cases/{case['ticket']}/handover"
    headers = {"Authorization": case["Authorization"]}
    return str(good(mentoring.client.get(where, headers=headers))["digest"])


def offers(certificates: Certificates, case: OpenedCase) -> list[str | None]:
    """Return since when each offer to the application is taken back; None for one that stands."""
    return [each["ended"] for each in offered(certificates, case, "offers")]


def offered(certificates: Certificates, case: OpenedCase, what: str) -> Any:
    where = f"/certificates/api/applications/{case['ticket']}/{what}"
    return good(certificates.client.get(where, headers={"Authorization": case["Authorization"]}))


def test_a_referral_to_the_health_office_and_back_keeps_the_history(mentoring: Mentoring) -> None:
    case = mentoring.mentored("Cempedak", SAMBAL)
    assert mentoring.letter(case).status_code == 404
    mentoring.done(case, "refer", {"note": "Sambal pedas, masa simpan tiga bulan."}, MENTOR)
    assert mentoring.state(case) == "referred"
    letter = mentoring.letter(case)
    assert letter.status_code == 200
    assert "Dapur Cempedak" in letter.text
    assert SAMBAL["name"] in letter.text
    early = mentoring.tell(case, "apply-for-permit")
    assert early.status_code == 409

    mentoring.done(case, "return", {"note": "Dinas minta izin BPOM: sambal akan dibekukan."})
    assert mentoring.state(case) == "registered"
    frozen = SAMBAL | {"number": 1, "traits": ["frozen_meat_or_fish"]}
    mentoring.made(case, frozen)
    mentoring.done(case, "triage", person=MENTOR)
    [product] = mentoring.read(case)["products"]
    assert (product["track"], product["referred"]) == ("md", False)
    assert not is_asked_about_additives(mentoring, case)
    for used in (["additives"], []):
        mentoring.made(case, frozen | {"traits": ["frozen_meat_or_fish", *used]})
        mentoring.done(case, "triage", person=MENTOR)
        assert is_asked_about_additives(mentoring, case) is bool(used)
    mentoring.visited(case)
    assert mentoring.milestones(case) == [
        *BEGUN,
        *("products_referred", "business_returned", "business_restated", "products_triaged"),
        *("business_restated", "products_triaged") * 2,
        "business_assessed",
    ]


def is_asked_about_additives(mentoring: Mentoring, case: OpenedCase) -> bool:
    """At the interface and on the page of the business, which say the same."""
    [product] = mentoring.read(case)["products"]
    is_required = "additive_specification" in [each["code"] for each in product["missing"]]
    page = page_text(mentoring.client, f"/umkm/cases/{case['ticket']}/documents", case)
    assert ("Specification of the additives" in page) is is_required
    return is_required


def test_the_health_office_answers_by_its_code_and_the_business_graduates(mentoring: Mentoring) -> None:
    """With the number that the health office gave, which an official looked up."""
    case = mentoring.mentored("Terap", SAMBAL)
    business_number_is_put_right(mentoring, case)
    mentoring.done(case, "nickname", {"nickname": "Dapur Terap Rekaan"})
    mentoring.done(case, "refer", {"note": "Sambal matang dalam botol."}, MENTOR)
    found = mentoring.client.post(
        "/umkm/api/desk/cases/find", json={"nickname": "terap rekaan"}, headers=mentoring.staff(MENTOR)
    )
    assert [each["ticket"] for each in good(found)["cases"]] == [case["ticket"]]
    number, code = letter_to_the_health_office(mentoring, case)
    known = {"number": number, "code": code}
    number_fields = {"act": "number", "product": "1", "given.1": PIRT}
    for fields in (
        {"act": "received"},
        {"act": "question", "question": "Berapa masa simpannya?"},
        number_fields,
    ):
        answer = mentoring.client.post("/umkm/letters/answer", data=known | fields)
        assert answer.status_code == 200, answer.text
    assert mentoring.client.post("/umkm/letters/answer", data={**known, "code": "0" * 16}).status_code == 409
    await_(lambda: mentoring.state(case) == "number_obtained")
    early = mentoring.tell(case, "graduate", person=MENTOR)
    assert early.status_code == 409
    assert "/check-number" not in mentoring.desk_page(case, MENTOR)
    assert mentoring.press(case, "check-number", "officer", outcome="confirmed").status_code == 303
    mentoring.done(case, "graduate", person=MENTOR)
    assert mentoring.milestones(case)[-7:] == [
        *("products_referred", "referral_received", "referral_questioned", "referral_number_given"),
        *("referred_number_obtained", "registration_number_checked", "business_graduated"),
    ]


def business_number_is_put_right(mentoring: Mentoring, case: OpenedCase) -> None:
    """An officer finds that a number is not that of the business, and its mentor finds nothing; a page that was opened before the right one came
    says nothing about it."""
    mentoring.give_number(case, nib_of("Salah"))
    waits = f'/umkm/desk/cases/{case["ticket"]}#field-nib"'
    numbers = f"/umkm/desk/lists/numbers?ticket={case['ticket']}"
    assert waits in page_text(mentoring.client, numbers, mentoring.staff("officer"))
    assert mentoring.client.get(numbers, headers=mentoring.staff(MENTOR)).status_code == 403
    assert "/check-business-number" not in mentoring.desk_page(case, MENTOR)
    old = {"business_ref": mentoring.read(case)["business_ref"], "outcome": "confirmed"}
    assert mentoring.tell(case, "check-business-number", old, MENTOR).status_code in (403, 409)
    assert mentoring.press(case, "check-business-number", "officer", outcome="refuted").status_code == 303
    page = page_text(mentoring.client, f"/umkm/cases/{case['ticket']}", case)
    assert "Your business number (NIB) is not right" in page
    mentoring.give_number(case, nib_of("Terap"))
    await_(lambda: mentoring.read(case)["business_number"] == "unchecked")
    late = mentoring.tell(case, "check-business-number", old, "officer")
    assert (late.status_code, late.json()["type"]) == (409, "urn:zona:problem:another_business_number")
    assert mentoring.press(case, "check-business-number", "officer", outcome="confirmed").status_code == 303
    assert mentoring.read(case)["business_number"] == "confirmed"


def letter_to_the_health_office(mentoring: Mentoring, case: OpenedCase) -> tuple[str, str]:
    """Return the number of the sealed letter, and the code for the answer, as they stand on it."""
    headers = {"Authorization": case["Authorization"]}
    page = mentoring.client.get(f"/umkm/cases/{case['ticket']}", headers=headers)
    link = re.search(r"/umkm/cases/\w+/letters/(SR-[0-9]{4}-[0-9]{6})", page.text)
    assert link
    pdf = await_(lambda: sealed(mentoring.client.get(link[0], headers=headers)))
    with pikepdf.open(BytesIO(pdf)) as document:
        content = json.loads(document.attachments["content.json"].get_file().read_bytes())
    facts = {each["label"]["en"]: each["value"] for each in content["facts"]}
    return link[1], facts["Code for the answer"]


def sealed(answer: httpx.Response) -> bytes | None:
    return answer.content if answer.status_code == 200 else None


def test_a_critical_finding_blocks_until_somebody_else_has_seen_it_put_right(
    house: House, mentoring: Mentoring, tmp_path: Path
) -> None:
    """The officials come by boat, with a letter of assignment, and look at the label as well; the state has a question in the end."""
    case = mentoring.mentored("Durian", nib=nib_of("Durian"))
    neighbour = mentoring.requested("Kapul")
    mentoring.done(neighbour, "assign", {"mentor": MENTOR}, MENTOR)
    mentoring.looked_at_itself(case)
    today = house.now().astimezone(office_zone()).date().isoformat()
    holds_by_the_ledger(house, mentoring, travel(mentoring, today, case, neighbour), tmp_path)
    mentoring.visited(case, {WATER})
    look_at_the_label(mentoring, case)
    mentoring.complete(case)
    blocked = mentoring.tell(case, "apply-for-permit")
    assert blocked.status_code == 409
    mentoring.done(case, "agree", {"item": WATER, "plan": "Air diuji di laboratorium."}, MENTOR)
    mentoring.send(case, "give-evidence", MENTOR, item=WATER)
    himself = mentoring.tell(case, "verify", {"item": WATER}, MENTOR)
    assert himself.status_code in (403, 409)
    assert mentoring.tell(case, "apply-for-permit").status_code == 409
    mentoring.done(case, "reopen", {"item": WATER, "note": "Hasil uji tidak terbaca."}, "officer")
    assert mentoring.tell(case, "apply-for-permit").status_code == 409
    mentoring.send(case, "give-evidence", item=WATER)
    photo = mentoring.tell(case, "verify", {"item": WATER}, "officer")
    assert (photo.status_code, photo.json()["type"]) == (409, "urn:zona:problem:not_seen")
    mentoring.done(case, "verify", {"item": WATER, "means": "on_site"}, "officer")
    mentoring.done(case, "apply-for-permit")
    refused = mentoring.tell(case, "find-fit", {}, MENTOR)
    assert refused.status_code == 403
    mentoring.issued(case)
    steps = mentoring.milestones(case)
    assert steps[-9:] == [
        *("action_agreed", "action_evidenced", "action_reopened", "action_evidenced"),
        *(
            "action_verified",
            "permit_applied",
            "permit_account_verified",
            "permit_found_fit",
            "permit_issued",
        ),
    ]
    asked_by_the_state(house, mentoring, case)
    checked_at_oss(mentoring, case)
    revoked_by_two(mentoring, case)


def holds_by_the_ledger(house: House, mentoring: Mentoring, pdf: bytes, folder: Path) -> None:
    """The letter of a trip that was made, for somebody who has a copy of the ledger."""
    letter, authority, policy = (folder / name for name in ("letter.pdf", "authority.pem", "policy"))
    letter.write_bytes(pdf)
    authority.write_bytes(mentoring.client.get("/umkm/letters/authority").content)
    policy.write_bytes(mentoring.client.get("/audit/api/witness-policy").content)
    arguments = (letter, "--ca", str(authority), "--policy", str(policy), "--ledger", str(house.data / TILES))
    result = await_(lambda: found if (found := verify_certificate(*arguments)).code == 0 else None)
    assert "How it stands is told by" in result.text


def look_at_the_label(mentoring: Mentoring, case: OpenedCase) -> None:
    """Item by item, with a remark where one is missing and a photo of it; the next look finds it there."""
    missing = mentoring.read(case)["products"][0]["missing"]
    wanted = [each["code"] for each in missing if each["part"] == "label"]
    found = [{"item": each, "finding": "ok"} for each in wanted]
    unjudged = mentoring.tell(case, "check-label", {"product": 1, "found": found[1:]}, MENTOR)
    assert (unjudged.status_code, unjudged.json()["type"]) == (409, "urn:zona:problem:unjudged_label")
    lacking = {"item": wanted[0], "finding": "not_ok", "remark": "Tulisannya terlalu kecil."}
    mentoring.done(case, "check-label", {"product": 1, "found": [lacking, *found[1:]]}, MENTOR)
    [check] = mentoring.read(case)["label_checks"]
    assert (check["parts"], check["met"], check["photos"]) == (len(wanted), len(wanted) - 1, 0)
    here = {"product": "1", "check": check["check"], "item": wanted[0]}
    photo = mentoring.send(case, "add-label-photo", MENTOR, **here)
    [stored] = [each for each in mentoring.read(case)["files"] if each["kind"] == "label"]
    assert (stored["item"], stored["code"]) == (photo["item"], wanted[0])
    still = [each["code"] for each in mentoring.read(case)["products"][0]["missing"]]
    assert [each for each in wanted if each in still] == [wanted[0]]
    assert mentoring.steps(case)[-2:] == ["label_checked", "label_photo_added"]


def asked_by_the_state(house: House, mentoring: Mentoring, case: OpenedCase) -> None:
    """Until a day, which is corrected, and answered in time; the register has the permit meanwhile."""
    mentoring.done(case, "send-registration", {"product": 1})
    due = house.now() + timedelta(days=10)
    stated = {"product": 1, "due": due.isoformat(), "note": "Hasil uji logam."}
    mentoring.done(case, "record-state-question", stated)
    [question] = mentoring.read(case)["state_questions"]
    later = {"due": (due + timedelta(days=3)).isoformat(), "reason": "misread", "note": "Salah baca."}
    mentoring.done(case, "correct-state-question", {"question": question["question"], **later}, MENTOR)
    mentoring.done(case, "answer-state-question", {"question": question["question"]})
    [answered] = mentoring.read(case)["state_questions"]
    assert (answered["is_missed"], answered["answered_at"] is not None) == (False, True)
    assert answered["due"] > question["due"]
    mentoring.done(case, "record-number", {"product": 1, "number": NUMBER})
    wrong = {"product": 1, "number": NUMBER.replace("12", "13")}
    mentoring.done(case, "correct-number", wrong)
    checked = {"product": 1, "number": wrong["number"], "outcome": "refuted"}
    assert mentoring.tell(case, "check-number", checked, MENTOR).status_code in (403, 409)
    mentoring.done(case, "check-number", checked, "officer")
    assert (
        mentoring.milestones(case)[-6:]
        == [
            *("registration_sent", "state_question_recorded", "state_question_corrected"),
            *("state_question_answered", "number_obtained", "registration_number_corrected"),
            "registration_number_checked",
        ][-6:]
    )


def checked_at_oss(mentoring: Mentoring, case: OpenedCase) -> None:
    """The business number, by somebody who has not mentored the business."""
    stated = mentoring.read(case)
    assert stated["business_number"] == "unchecked"
    checked = {"business_ref": stated["business_ref"], "outcome": "confirmed"}
    assert mentoring.tell(case, "check-business-number", checked, MENTOR).status_code in (403, 409)
    mentoring.done(case, "check-business-number", checked, "officer")
    assert mentoring.read(case)["business_number"] == "confirmed"


def revoked_by_two(mentoring: Mentoring, case: OpenedCase) -> None:
    """One proposes it and another decides; the register, its table and the page of the permit show it at once."""
    page = mentoring.client.get(
        f"/umkm/cases/{case['ticket']}", headers={"Authorization": case["Authorization"]}
    )
    numbers = re.findall(r"/umkm/letters/([A-Z]+-[0-9]{4}-[0-9]{6})", page.text)
    assert numbers
    register = f"/umkm/api/permits/{numbers[0]}"
    assert good(mentoring.client.get(register))["holds"] is True
    why = {"reason": "production_moved", "note": "Dapur pindah ke kota lain."}
    mentoring.done(case, "propose-revocation", why, "supervisor")
    decided = {"note": "Sesuai berita acara."}
    alone = mentoring.tell(case, "announce-revocation", decided, "supervisor")
    assert (alone.status_code, alone.json()["type"]) == (409, "urn:zona:problem:own_proposal")
    mentoring.done(case, "announce-revocation", decided, "head")
    answer = good(mentoring.client.get(register))
    assert (answer["standing"], answer["holds"], answer["reason"]) == ("revoked", False, "production_moved")
    table = mentoring.client.get("/umkm/permits.csv", params={"show": "all", "number": numbers[0]})
    [line] = table.text.splitlines()[1:]
    assert (numbers[0] in line, "revoked" in line) == (True, True)
    listing = mentoring.client.get("/umkm/permits.csv", params={"number": numbers[0]})
    assert len(listing.text.splitlines()) == 1
    assert mentoring.steps(case)[-3:] == ["revocation_proposed", "revocation_announced", "permit_revoked"]


def test_a_mentor_is_refused_as_evaluator_of_the_same_business(house: House, mentoring: Mentoring) -> None:
    """In this service, and in certificates, which hears of it."""
    nib = nib_of("Elai")
    case = mentoring.mentored("Elai", nib=nib, by=SECOND_MENTOR)
    mentoring.looked_at_itself(case)
    mentoring.visited(case, by=SECOND_MENTOR)
    mentoring.steps(case)
    certificates = Certificates(mentoring.client, house.staff)
    wanted = certificates.queued("Elai")
    nothing = certificates.official(SECOND_MENTOR, "queue/take")
    assert nothing.json()["type"] == "urn:zona:problem:nothing_for_you"
    assert certificates.take("evaluator") == wanted["ticket"]
    certificates.decide("evaluator", wanted, "reject", WRONG)
    assert certificates.decisions(wanted)[-1] == "application_rejected"


def test_a_case_of_which_nothing_is_heard_sleeps_and_one_word_wakes_it(
    own_house: House, tmp_path: Path
) -> None:
    """Beside it the office is late with a permit at every step, and revokes it after two objections."""
    own_house.environment |= permit_story.office_that_hears_objections(tmp_path / "rules")
    own_house.restart_later(0)
    with own_house.client() as client:
        mentoring = Mentoring(client, own_house.staff)
        case = mentoring.mentored("Gandaria")
        mentoring.visited(case, {WATER})
        training = training_story.plan(mentoring, own_house.now() + timedelta(days=30), case)
        other = permit_story.ready_for_a_permit(mentoring, "Jamblang")
        permit_story.late_at_every_step(own_house, mentoring, other)
        permit_story.contested_twice(mentoring, other)

        own_house.later(days=91)
        await_(lambda: mentoring.state(case) == "dormant")
        asleep = mentoring.tell(case, "apply-for-permit")
        assert asleep.status_code == 409
        mentoring.done(case, "resume")
        assert mentoring.state(case) == "assessed"
        mentoring.put_right(case, WATER)
        assert mentoring.milestones(case) == [
            *(*BEGUN, "business_assessed", "mentoring_paused", "mentoring_resumed"),
            *("action_agreed", "action_evidenced", "action_verified"),
        ]
        training_story.hold(mentoring, training, case)
