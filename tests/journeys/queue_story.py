"""The queue of the evaluators, as a dishonest one would use it: let an earlier application wait for its data, or give it back for a conflict of
interest and take it again. And goods for which the office knows no evidence, as an impatient company would apply for them."""

from collections import Counter

from tests.journeys.certificates import Certificates, OpenedCase
from tests.journeys.door import page_text
from tests.journeys.house import await_
from tests.journeys.tools import overtakings

REJECTED = {"reasons": [{"reason": "name_differs", "where": "product", "item": 1}], "note": None}
UNNAMED = {"reason": "document_missing", "where": "documents.cdob_certificate"}  # for goods of another kind
UNKNOWN = {"reason": "document_missing", "where": "documents.love_letter"}
WHY = "Label produk menyebut bahan obat."
PASSED_BY = "1 application that was complete later was taken meanwhile."
NOTHING_FOR_YOU = "urn:zona:problem:nothing_for_you"
UNSENDABLE = "urn:zona:problem:unsendable_document"
INCOMPLETE = "urn:zona:problem:incomplete"
UNDECIDED = (
    "The office has not decided what it must see for this letter and these goods, so it can't issue it yet."
)
NOT_ISSUED = "Not issued yet, because the office has not decided what it must see:"
EXPORTS = ("ske_health", "ske_free_sale", "ske_cpp", "ske_to_whom_it_may_concern")
# The ten letters that exist, and for which no document says what must be shown.
WITHOUT_EVIDENCE = {
    "bahan_obat_tradisional": EXPORTS,
    "bahan_suplemen_kesehatan": EXPORTS,
    "kosmetik": EXPORTS[3:],
    "bahan_kosmetik": EXPORTS[3:],
}


def favour_by_parking(certificates: Certificates) -> None:
    """Ask the first for a document that no rule names, and take the one behind it meanwhile: everybody can count it."""
    first, favourite = certificates.queued("Nipah"), certificates.queued("Nibung")
    before = _counts(certificates)
    assert certificates.take() == first["ticket"]
    where = f"applications/{first['ticket']}/ask-data"
    unknown = certificates.official("evaluator", where, {"wanted": [UNKNOWN], "note": WHY})
    assert (unknown.status_code, unknown.json()["type"]) == (409, UNSENDABLE)
    certificates.does("evaluator", where, {"wanted": [UNNAMED], "note": WHY})
    assert certificates.take() == favourite["ticket"]
    certificates.decide("evaluator", favourite, "reject", REJECTED)
    assert certificates.decisions(favourite)[-1] == "application_rejected"
    parked = certificates.read(first)["parked"]
    assert (parked["times"], parked["overtaken_by"], parked["since"] is not None) == (1, 1, True)
    assert certificates.read(first)["overtaken_by"] == []  # it is told apart
    page = page_text(certificates.client, f"/certificates/applications/{first['ticket']}", first)
    assert (PASSED_BY in page, WHY in page) == (True, True)
    desk = f"/certificates/desk/applications/{first['ticket']}"
    assert PASSED_BY in page_text(certificates.client, desk, certificates.staff("evaluator-2"))
    _counted_by_anybody(certificates, before)
    _answered(certificates, first)


def _counted_by_anybody(certificates: Certificates, before: Counter[str]) -> None:
    """By the office, and from an export of the ledger alone."""
    export = certificates.export()
    counted = overtakings(export)
    assert (counted.code, counted.text.splitlines()) == (0, certificates.overtakings())
    more = _counts(certificates) - before
    assert more["parked"] >= 1  # what was parked by others before is passed as well
    requests = {line: count for line, count in more.items() if line != "parked"}
    assert requests == dict.fromkeys((f"{each} evaluator ski_post_border" for each in ("asked", "beyond")), 1)
    assert WHY not in export


def _counts(certificates: Certificates) -> Counter[str]:
    """Count without the months and without the time that was waited."""
    counts: Counter[str] = Counter()
    for line in certificates.overtakings():
        _, *names, count = line.split()
        if names[0] != "waited":
            counts[" ".join(names)] += int(count)
    return counts


def _answered(certificates: Certificates, case: OpenedCase) -> None:
    """With the document that was asked for; then the time in parking ends."""
    certificates.upload(case, UNNAMED["where"].partition(".")[2])
    await_(lambda: certificates.tell(case, "send-data", certificates.revision(case)).status_code == 200)
    parked = certificates.read(case)["parked"]
    assert (parked["times"], parked["overtaken_by"], parked["since"]) == (1, 1, None)
    certificates.decide("evaluator", case, "reject", REJECTED)


def keep_out_for_a_conflict(certificates: Certificates) -> None:
    """Whoever gives an application back for a conflict of interest gets past the whole company in the queue, and decides nothing about it."""
    first = certificates.queued("Rumbia")
    second, behind = certificates.queued("Rumbia", account=first), certificates.queued("Lontar")
    assert certificates.take("evaluator-2") == first["ticket"]
    certificates.decide("evaluator-2", first, "release", {"reason": "conflict"})
    assert certificates.take("evaluator-2") == behind["ticket"]
    for passed in (first, second):
        [taken] = certificates.read(passed)["overtaken_by"]
        assert (taken["ticket"], taken["reason"]) == (behind["ticket"], "conflict")
    certificates.decide("evaluator-2", behind, "reject", REJECTED)
    again = certificates.official("evaluator-2", "queue/take")
    assert (again.status_code, again.json()["type"]) == (409, NOTHING_FOR_YOU)
    assert certificates.decisions(behind)[-1] == "application_rejected"
    counted = overtakings(certificates.export())
    assert (counted.code, counted.text.splitlines()) == (0, certificates.overtakings())
    _decided_by_another(certificates, first, second)


def _decided_by_another(certificates: Certificates, *cases: OpenedCase) -> None:
    """While another has it in hand, whoever declared the conflict still can't decide."""
    for case in cases:
        assert certificates.take() == case["ticket"]
        for command, body in (
            ("pass", certificates.revision(case)),
            ("reject", REJECTED),
            ("ask-data", {"wanted": [UNNAMED], "note": WHY}),
        ):
            answer = certificates.official("evaluator-2", f"applications/{case['ticket']}/{command}", body)
            assert answer.status_code == 409, answer.text
        certificates.decide("evaluator", case, "reject", REJECTED)
        assert certificates.read(case)["state"] == "rejected"


def ask_without_evidence(certificates: Certificates, case: OpenedCase) -> None:
    """Each of the letters is refused with a sentence, at the interface and on the page, and nothing is billed; the home page tells it before."""
    address = f"/certificates/applications/{case['ticket']}"
    for goods, kinds in WITHOUT_EVIDENCE.items():
        statement = {"kinds": list(kinds), "goods": goods, "country": "CN"}
        certificates.done(case, "statement", statement)
        refused = certificates.tell(case, "submit", certificates.revision(case))
        assert (refused.status_code, refused.json()["type"]) == (409, INCOMPLETE), refused.text
        undecided = [each for each in refused.json()["findings"] if each["reason"] == "evidence_undecided"]
        assert {each["what"] for each in undecided} == set(kinds), goods
        assert {each["source_status"] for each in undecided} == {"unverified"}
        assert all(each["sentence"] for each in undecided)
        assert UNDECIDED in page_text(certificates.client, address, case), goods
    assert certificates.read(case)["bill"] is None
    assert NOT_ISSUED in page_text(certificates.client, "/certificates/")
