"""Letters from the front door to their end, over real processes: each with its steps in the ledger and its mails."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from tests.certificates.stand_in_gateway import StandInGateway
from tests.chassis.receiver import receiving, verified
from tests.journeys.amendment_story import amend
from tests.journeys.beside import beside, serving
from tests.journeys.certificates import (
    API,
    CHINA,
    EVALUATORS,
    ISSUED,
    PAID,
    SKE,
    SKI,
    WANTED,
    Certificates,
    OpenedCase,
    item_of,
    nib_of,
)
from tests.journeys.door import good
from tests.journeys.house import House, await_
from tests.journeys.interests import declare
from tests.journeys.letter_story import tell
from tests.journeys.master_story import is_printed, is_secret, state_once, use_in
from tests.journeys.mentoring import SECOND_MENTOR, Mentoring
from tests.journeys.over_gateway import OverGateway
from tests.journeys.queue_story import ask_without_evidence, favour_by_parking, keep_out_for_a_conflict
from tests.journeys.refund_story import pay_back
from tests.journeys.signing_story import (
    FIRST,
    SigningProvider,
    TimestampOffice,
    lapse_and_sign_again,
    renew_three_times,
    sign_personally,
    signing_settings,
)
from tests.journeys.tools import overtakings
from tests.letters.stand_in import played

pytestmark = pytest.mark.journey

WRONG = {
    "reasons": [{"reason": "name_differs", "where": "product", "item": 1}],
    "note": "Nama pada label lain.",
}
SKI_HS_CODE = "21039012"
UNSAFE = {"reason": "unsafe_product"}
UNCHANGED, SAME = "urn:zona:problem:nothing_changed", "urn:zona:problem:unchanged"
UNEXPLAINED = "urn:zona:problem:document_not_explained"
UNNAMED = {"reason": "document_missing", "where": "documents.cdob_certificate"}  # no rule asks for it
PARTIES = {"producer": "CV Rekaan Laut, Tarakan", "consignee": "Contoh Trading Ltd, Xiamen"}


@pytest.fixture
def certificates(house: House) -> Iterator[Certificates]:
    with house.client() as client:
        yield Certificates(client, house.staff)


def test_food_is_imported_with_a_letter_that_anybody_can_verify(
    certificates: Certificates, tmp_path: Path
) -> None:
    tell(certificates, "Kelapa", tmp_path)


def test_what_the_office_misses_is_sent_and_the_letter_follows(certificates: Certificates) -> None:
    case = certificates.queued("Sagu")
    assert certificates.take() == case["ticket"]
    where = f"applications/{case['ticket']}/ask-data"
    unexplained = certificates.official("evaluator", where, {"wanted": [UNNAMED], "note": "Butuh."})
    assert (unexplained.status_code, unexplained.json()["type"]) == (409, UNEXPLAINED)
    certificates.decide("evaluator", case, "ask-data", WANTED)
    answer = certificates.read(case)
    assert (answer["state"], answer["holder"]) == ("need_data", "citizen")
    assert [each["reason"] for each in answer["asked"]] == ["document_unreadable"]
    nothing = certificates.tell(case, "send-data", certificates.revision(case))
    assert (nothing.status_code, nothing.json()["type"]) == (409, UNCHANGED)
    certificates.upload(case, "invoice")
    await_(lambda: certificates.tell(case, "send-data", certificates.revision(case)).status_code == 200)
    certificates.decide("evaluator", case, "pass", certificates.revision(case))
    certificates.issued(case, "evaluator-2")
    assert certificates.decisions(case)[1:5] == [
        *("application_taken", "data_asked", "application_changed", "data_sent"),
    ]
    certificates.mailed(case, "Sagu", *PAID, "data_asked", "data_sent", *ISSUED)


def test_whoever_is_taken_while_another_waits_for_data_is_counted_by_anybody(
    certificates: Certificates,
) -> None:
    favour_by_parking(certificates)


def test_whoever_declares_a_conflict_is_out_of_that_company_until_it_is_decided(
    certificates: Certificates,
) -> None:
    keep_out_for_a_conflict(certificates)


def test_another_system_sends_an_application_and_is_called_about_the_letter_for_a_part_of_it(
    certificates: Certificates,
) -> None:
    """The money that came twice goes back meanwhile."""
    first = certificates.requested("Gaharu")
    certificates.open_account(first)
    codes = certificates.client.get(f"{API}/hs-codes", params={"text": SKI_HS_CODE})
    assert [each["code"] for each in good(codes)["codes"]] == [SKI_HS_CODE]
    assert "KGM" in {each["code"] for each in good(certificates.client.get(f"{API}/units"))["units"]}
    key = good(certificates.tell(first, "exchange/keys"), 201)["secret"]
    case = certificates.requested("Gaharu", account={"ticket": first["ticket"], "code": first["code"]})
    sent = {"reference": "CONTOH-1", "ticket": case["ticket"], **SKI}
    sent |= {"items": [item_of(SKI), item_of(SKI, batch="B-002")]}
    answers = [
        certificates.client.post(
            f"{API}/exchange/applications", json=sent, headers={"Authorization": f"Bearer {key}"}
        ).status_code
        for _ in range(2)
    ]
    assert answers == [201, 200]
    certificates.complete(case)
    bill = certificates.submitted(case)
    for _ in range(2):
        certificates.pay(bill)
    with beside(receiving(statuses=[500, 200])) as receiver:
        secret = certificates.done(first, "exchange/webhook", {"url": receiver.url})["secret"]
        assert certificates.take() == case["ticket"]
        certificates.decide("evaluator", case, "reject", WRONG)
        await_(lambda: receiver.calls)
        certificates.done(case, "statement", SKI | {"circumstances": ["wholesaler"]})
        certificates.done(case, "resubmit", certificates.revision(case))
        issue_a_part(certificates, case)
        pay_back(certificates, case, bill["amount"])
        await_(lambda: _delivered(certificates, first) == {"application.refused": 2, "letter.issued": 1})
    assert all(verified(secret, headers, body) for _, headers, body in receiver.calls)
    webhook_calls = Counter(
        (headers["webhook-id"], json.loads(body)["type"]) for _, headers, body in receiver.calls
    )
    counted = sorted((type, calls) for (_, type), calls in webhook_calls.items())
    assert counted == [("application.refused", 2), ("letter.issued", 1)]
    assert {json.loads(body)["data"]["reference"] for _, _, body in receiver.calls} == {"CONTOH-1"}


def issue_a_part(certificates: Certificates, case: OpenedCase) -> None:
    """Two evaluators refuse the second product, and the signer signs for the first."""
    revision, refused = certificates.revision(case), {"reason": "name_differs", "where": "items", "item": 2}
    for person in EVALUATORS:
        assert certificates.take(person) == case["ticket"]
        certificates.decide(person, case, "pass", revision | {"refused": [refused]})
    queue = {"queue": "signature", "text": case["ticket"]}
    waits = certificates.client.get(f"{API}/applications", params=queue, headers=certificates.staff("signer"))
    assert [each["ticket"] for each in good(waits)["applications"]] == [case["ticket"]]
    certificates.decide("signer", case, "sign", revision | {"refused": [2]})
    [letter] = certificates.sealed(case)
    pdf = certificates.file(case, letter)
    assert certificates.verdict_of(pdf)["outcome"] == "genuine"
    content = content_of(pdf)
    assert ("ends with that shipment" in content["validity"]["en"], len(content["legal_bases"])) == (True, 1)
    assert [each["item"] for each in certificates.read(case)["refused"]] == [2]
    for text in (letter["number"], "B-002"):
        found = {"queue": "all", "text": text, "company": case["ticket"]}
        listed = certificates.client.get(
            f"{API}/applications", params=found, headers=certificates.staff("signer")
        )
        assert [each["ticket"] for each in good(listed)["applications"]] == [case["ticket"]]


def _delivered(certificates: Certificates, account: OpenedCase) -> dict[str, int]:
    """The messages that were taken, with the tries of each."""
    listed = certificates.exchange(account)["deliveries"]
    return {each["type"]: each["tries"] for each in listed if each["state"] == "delivered"}


def test_a_rejected_application_comes_back_three_times_and_no_more(certificates: Certificates) -> None:
    case = certificates.queued("Lada")
    assert certificates.take("evaluator-2") == case["ticket"]
    certificates.decide("evaluator-2", case, "release", {"reason": "conflict"})
    nothing = certificates.official("evaluator-2", "queue/take")
    assert nothing.json()["type"] == "urn:zona:problem:nothing_for_you"
    for left in (3, 2, 1, 0):
        assert certificates.take() == case["ticket"]
        certificates.decide("evaluator", case, "reject", WRONG)
        answer = certificates.read(case)
        assert (answer["state"], answer["resubmissions_left"]) == ("rejected", left)
        if left:
            unchanged = certificates.tell(case, "resubmit", certificates.revision(case))
            assert (unchanged.status_code, unchanged.json()["type"]) == (409, SAME)
        circumstances = ["wholesaler"] * (left % 2)
        assert certificates.tell(case, "statement", SKI | {"circumstances": circumstances}).status_code == 200
        again = certificates.tell(case, "resubmit", certificates.revision(case))
        assert again.status_code == (200 if left else 409), again.text
    assert again.json()["type"] == "urn:zona:problem:too_often"
    assert certificates.decisions(case).count("application_resubmitted") == 3
    figures = good(certificates.client.get(f"{API}/statistics"))
    assert "name_differs" in {each["reason"] for each in figures["rejections"]}
    months = [each for each in figures["decisions"] if each["kind"] == "ski_post_border"]
    assert sum(each["rejected"] for each in months) >= 1
    assert {each["attainment"] for each in months} == {100}
    rejected, again = ["application_rejected"] * 3, ["application_resubmitted"] * 3
    certificates.mailed(case, "Lada", *PAID, *rejected, *again, "application_rejected_finally")


def test_food_is_exported_with_two_letters_and_one_of_them_is_amended(
    house: House, certificates: Certificates, tmp_path: Path
) -> None:
    case = certificates.requested("Udang", "ske")
    certificates.open_account(case)
    ask_without_evidence(certificates, case)
    certificates.done(case, "statement", SKE)
    wanted = {each["where"] for each in certificates.read(case)["findings"]}
    assert "annex_fields.gacc_registration" in wanted
    certificates.done(case, "parties", PARTIES)
    certificates.drafted(case, SKE | CHINA)
    certificates.pay(certificates.submitted(case))
    letters = certificates.issued(case)
    assert {each["kind"] for each in letters} == {"ske_health", "ske_free_sale"}
    shows_what_the_form_asks(certificates, case, letters)
    numbers = sorted(each["number"] for each in letters)
    first = int(numbers[0][-6:])
    assert [int(each[-6:]) for each in numbers] == [first, first + 1]
    assert certificates.decisions(case).count("letter_sealed") == 2
    certificates.mailed(case, "Udang", *PAID, *ISSUED, "letter_sealed")
    amend(certificates, house, case, tmp_path)


def shows_what_the_form_asks(certificates: Certificates, case: OpenedCase, letters: list[Any]) -> None:
    """The number at the foreign authority on the letter that needs it; producer, consignee and the analysis on both."""
    contents = {each["kind"]: content_of(certificates.file(case, each)) for each in letters}
    for content in contents.values():
        values = [each["value"] for each in content["facts"]]
        assert set(PARTIES.values()) <= set(values)
        [analysis], [product] = content["analyses"], content["products"]
        assert (analysis["results"][0]["parameter"], analysis["batch"]) == ("timbal", product["batch"])
        assert product["manufactured"]
    number = CHINA["annex_fields"]["gacc_registration"]
    assert number in [each["value"] for each in contents["ske_health"]["facts"]]


def content_of(pdf: bytes) -> Any:
    """Return what was signed for, as the letter carries it."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return json.loads(document.attachments["content.json"].get_file().read_bytes())


def test_a_letter_is_suspended_reinstated_replaced_and_its_successor_revoked(
    certificates: Certificates,
) -> None:
    case = certificates.queued("Rotan")
    [letter] = certificates.issued(case)
    nobody_acts_for_long(certificates)
    where, number = f"letters/{letter['letter']}", letter["number"]

    certificates.does("signer", f"{where}/suspend", UNSAFE)
    verdict = certificates.verdict(number)
    assert (verdict["standing"], verdict["reason"], verdict["valid_today"]) == (
        *("suspended", "unsafe_product"),
        False,
    )
    alone = certificates.official("signer", f"{where}/reinstate", {"reason": "cause_removed"})
    assert (alone.status_code, alone.json()["type"]) == (409, "urn:zona:problem:own_suspension")
    certificates.does("head", f"{where}/reinstate", {"reason": "cause_removed"})
    assert certificates.verdict(number)["valid_today"] is True

    new = from_company_data(certificates, case, "Rotan", number)
    certificates.evaluated(new)
    assert certificates.finds("head", "signature", new)
    [successor] = certificates.signed(new, "head")
    assert not certificates.finds("head", "signature", new)
    is_printed(content_of(certificates.file(new, successor)))
    is_secret(certificates)
    await_(lambda: certificates.verdict(number)["standing"] == "superseded")
    assert certificates.verdict(number)["by_number"] == successor["number"]
    table = certificates.client.get("/certificates/register.csv", params={"show": "all", "number": number})
    assert [number in line for line in table.text.splitlines()] == [False, True]

    certificates.does("signer", f"letters/{successor['letter']}/revoke", UNSAFE)
    assert certificates.verdict(successor["number"])["standing"] == "revoked"
    over = certificates.official(
        "signer", f"letters/{successor['letter']}/reinstate", {"reason": "cause_removed"}
    )
    assert (over.status_code, over.json()["type"]) == (409, "urn:zona:problem:letter_over")
    assert certificates.decisions(case)[-3:] == ["letter_suspended", "letter_reinstated", "letter_superseded"]
    assert certificates.decisions(new)[-1] == "letter_revoked"
    stood = ("letter_suspended", "letter_reinstated", "letter_superseded")
    certificates.mailed(case, "Rotan", *PAID, *ISSUED, *stood)
    certificates.mailed(new, "Rotan", *PAID, *ISSUED, "letter_revoked")


def from_company_data(
    certificates: Certificates, case: OpenedCase, company: str, replaced: str
) -> OpenedCase:
    """Another application of the company, filled in from what it stated on its own pages once."""
    entries = state_once(certificates, case)
    account = {"ticket": case["ticket"], "code": case["code"]}
    new = certificates.requested(company, account=account)
    use_in(certificates, new, entries, replaces=replaced)
    certificates.pay(certificates.submitted(new))
    await_(lambda: certificates.read(new)["state"] == "queued")
    return new


def nobody_acts_for_long(certificates: Certificates) -> None:
    """The head appoints whom the desk knows, within the limits of the office's data."""
    now, day = datetime.now(UTC), timedelta(days=1)
    for official, begins, ends, problem in (
        ("nobody-known", now, now + day, "unknown_official"),
        ("evaluator", now + day, now, "no_time"),
        ("evaluator", now - 2 * day, now + day, "begun_before"),
        ("evaluator", now, now + 31 * day, "too_long_appointment"),
        ("evaluator", now + 31 * day, now + 32 * day, "too_early_appointment"),
    ):
        term = {"official": official, "begins": begins.isoformat(), "ends": ends.isoformat()}
        answer = certificates.official("head", "appointments", term)
        assert (answer.status_code, answer.json()["type"]) == (409, f"urn:zona:problem:{problem}")


def test_who_has_an_interest_is_passed_by_and_what_was_decided_before_it_was_known_is_flagged(
    house: House, certificates: Certificates
) -> None:
    mentoring = Mentoring(certificates.client, house.staff)
    mentoring.steps(mentoring.mentored("Madu", nib=nib_of("Madu"), by=SECOND_MENTOR))
    case = certificates.queued("Madu")
    nothing = certificates.official(SECOND_MENTOR, "queue/take")
    assert nothing.json()["type"] == "urn:zona:problem:nothing_for_you"
    other = certificates.queued("Gaharu")
    assert certificates.take(SECOND_MENTOR) == other["ticket"]
    certificates.decide(SECOND_MENTOR, other, "reject", WRONG)
    [passed] = certificates.read(case)["overtaken_by"]
    assert (passed["ticket"], passed["reason"]) == (other["ticket"], "mentorship")
    assert certificates.take("evaluator-2") == case["ticket"]
    certificates.decide("evaluator-2", case, "release", {"reason": "workload"})

    override = {"official": SECOND_MENTOR, "reason": "no_other_official", "note": "Yang lain sedang cuti."}
    certificates.decide("supervisor", case, "ask-override", override)
    same = certificates.official("supervisor", f"applications/{case['ticket']}/approve-override")
    assert same.json()["type"] == "urn:zona:problem:four_eyes"
    assert certificates.finds("head", "exception", case)
    certificates.decide("head", case, "approve-override")
    certificates.evaluated(case, SECOND_MENTOR, "evaluator-2")

    declare(certificates.client, house.staff("evaluator-2"), case["ticket"])
    await_(lambda: "conflict_flagged" in [step["event"] for step in certificates.read(case)["timeline"]])
    assert certificates.finds("signer", "signature", case)
    certificates.signed(case)
    assert certificates.steps(case).count("conflict_flagged") == 1
    certificates.mailed(case, "Madu", *PAID, *ISSUED)

    result = overtakings(certificates.export())
    assert (result.code, result.text.splitlines()) == (0, certificates.overtakings())


def test_a_letter_that_was_signed_becomes_whole_although_the_process_is_killed(
    own_house: House, tmp_path: Path
) -> None:
    """Payments come over a gateway that takes one back: the next process asks it about every bill, and finds that out. The official's own
    signature and the timestamps come from services beside the house, which fail it and change their certificates."""
    gateway, signing, times = StandInGateway(), SigningProvider(), TimestampOffice()
    with (
        beside(serving(gateway.app())) as address,
        played(signing) as signing_address,
        played(times) as times_address,
        own_house.client() as client,
    ):
        own_house.environment |= {"ZI_BILLING": "gateway", "ZI_BILLING_URL": f"{address}/v1"}
        own_house.environment |= signing_settings(tmp_path, signing_address, times, times_address)
        own_house.start()
        gateway.secret = (own_house.data / "certificates" / "secrets" / "billing").read_bytes()
        certificates = OverGateway(client, own_house.staff, gateway)
        case = certificates.queued("Garam")
        other = certificates.queued("Garam", account=case)
        certificates.evaluated(case)
        with own_house.stopped("audit-writer"):
            certificates.decide("signer", case, "sign", certificates.revision(case))
            await_(lambda: certificates.read(case)["letters"][0]["number"])
            [before] = certificates.read(case)["letters"]
            certificates.takes_back(other)
            own_house.kill("certificates")
            await_(lambda: client.get("/certificates/api/register").status_code == 200)
            verdict = certificates.verdict(before["number"])
            # Its issue is not in the ledger yet, so nobody is told that the office issued it.
            assert (verdict["issued"], verdict["valid_today"]) == (False, False)
            assert verdict["standing"] == "not_sealed"
        sign_personally(certificates, case)
        lapse_and_sign_again(own_house, certificates, case, signing, tmp_path)
        times.certify(FIRST)
        [after] = certificates.sealed(case)
        assert after["number"] == before["number"]
        assert certificates.decisions(case)[-6:] == [
            *("certificate_issued", "letter_numbered", "letter_signed_personally"),
            *("letter_signature_lapsed", "letter_signed_personally", "letter_sealed"),
        ]
        renew_three_times(own_house, certificates, case, times, tmp_path)
        certificates.mailed(case, "Garam", *PAID, *ISSUED)
        await_(lambda: certificates.read(other)["state"] == "awaiting_payment")
        again = certificates.done(other, "further-bill")["bill"]
        certificates.pay(again)
        await_(lambda: certificates.read(other)["state"] == "queued")
        certificates.mailed(other, "Garam", *PAID, "payment_reversed", "application_paid")
