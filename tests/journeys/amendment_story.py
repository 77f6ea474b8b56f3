"""The batch on an export letter changes: the company asks for its amendment, others judge it, and everybody sees what took its place."""

from pathlib import Path
from typing import Any

from tests.journeys.certificates import API, CHINA, ISSUED, PAID, SKE, Certificates, OpenedCase, item_of
from tests.journeys.door import good, page_text
from tests.journeys.house import House, await_
from tests.journeys.records import TILES
from tests.journeys.tools import audit, verify_certificate

from zi_verify.status import ExitStatus

COMPANY = "Udang"
REASON = "Batch lain yang dikirim ke pelabuhan."


def amend(certificates: Certificates, house: House, of: OpenedCase, folder: Path) -> None:
    """Amend the first letter of an issued application `of`; the other one stays as it is."""
    old, other = certificates.read(of)["letters"]
    pdf = certificates.file(of, old)
    case = _begun(certificates, of, old["number"])
    assert certificates.verdict(old["number"])["valid_today"] is True
    certificates.pay(certificates.submitted(case))
    await_(lambda: certificates.read(case)["state"] == "queued")
    [new] = certificates.issued(case)
    assert new["kind"] == old["kind"]
    assert certificates.decisions(case) == [
        "application_paid",
        *("application_taken", "evaluation_passed") * 2,
        *("letters_signed", "certificate_issued", "letter_numbered", "letter_sealed"),
    ]
    await_(lambda: certificates.verdict(old["number"])["standing"] == "superseded")
    _replaced_everywhere(certificates, of, old["number"], new["number"])
    assert certificates.verdict(other["number"])["valid_today"] is True
    assert certificates.decisions(of)[-1] == "letter_superseded"
    certificates.mailed(case, COMPANY, *PAID, *ISSUED)
    offline = _verified_offline(certificates, pdf, old["number"], folder)
    ended = verify_certificate(*offline, "--ledger", str(house.data / TILES))
    assert ended.code == ExitStatus.NOT_VALID_THEN.code, ended.text
    assert f"replaced by {new['number']}" in ended.text
    assert REASON not in certificates.export()
    assert await_(lambda: _reconciled(house))


def _begun(certificates: Certificates, of: OpenedCase, number: str) -> OpenedCase:
    account = {"ticket": of["ticket"], "code": of["code"]}
    case = certificates.requested(COMPANY, "ske", account=account)
    certificates.done(case, "amendment", {"number": number, "reason": "details_changed", "text": REASON})
    nothing = certificates.tell(case, "submit", certificates.revision(case))
    assert nothing.json()["type"] == "urn:zona:problem:incomplete", nothing.text
    certificates.done(case, "items/1/change", item_of(SKE | CHINA, batch="B-002"))
    assert certificates.read(case)["findings"] == []
    return case


def _replaced_everywhere(certificates: Certificates, of: OpenedCase, old: str, new: str) -> None:
    verdict = certificates.verdict(old)
    assert (verdict["issued"], verdict["valid_today"], verdict["by_number"]) == (True, False, new)
    assert new in page_text(certificates.client, f"/certificates/verify/{old}")
    assert f"Replaced by {new}." in page_text(
        certificates.client, f"/certificates/register?show=all&number={old}"
    )
    query = {"show": "all", "number": old}
    [line] = good(certificates.client.get(f"{API}/register", params=query))["letters"]
    assert (line["standing"], line["by_number"]) == ("superseded", new)
    letter = certificates.read(of)["letters"][0]
    assert (letter["number"], letter["standing"], letter["replaced_by"]) == (old, "superseded", new)


def _verified_offline(certificates: Certificates, pdf: bytes, number: str, folder: Path) -> tuple[Any, ...]:
    """The replaced letter is still what the office sealed; only the network or the ledger knows what came after it."""
    file, authority, policy = (folder / name for name in ("letter.pdf", "authority.pem", "policy"))
    file.write_bytes(pdf)
    authority.write_bytes(certificates.client.get("/certificates/api/authority").content)
    policy.write_bytes(certificates.client.get("/audit/api/witness-policy").content)
    arguments = (file, "--ca", str(authority), "--policy", str(policy))
    result = verify_certificate(*arguments)
    assert (result.code, number in result.text) == (0, True), result.text
    assert "does not say that it is valid today" in result.text
    return arguments


def _reconciled(house: House) -> bool:
    return audit(house.data, "reconcile", "--service", "certificates").code == 0
