"""A letter for imported food, from the front door until anybody has verified it; the same for `make up` and for compose."""

import re
from pathlib import Path

from tests.certificates.tools import ran
from tests.journeys import mails
from tests.journeys.certificates import ISSUED, PAID, Certificates
from tests.journeys.tools import verify_certificate


def tell(certificates: Certificates, company: str, folder: Path) -> None:
    case = certificates.queued(company)
    [letter] = certificates.issued(case)
    assert re.fullmatch(mails.NUMBER, letter["number"])
    assert certificates.decisions(case) == [
        "application_paid",
        *("application_taken", "evaluation_passed", "application_taken", "evaluation_passed"),
        *("letters_signed", "certificate_issued", "letter_numbered", "letter_sealed"),
    ]
    certificates.mailed(case, company, *PAID, *ISSUED)
    pdf = certificates.file(case, letter)
    by_number, by_file = certificates.verdict(letter["number"]), certificates.verdict_of(pdf)
    assert (by_number["outcome"], by_number["valid_today"]) == ("issued", True)
    assert (by_file["outcome"], by_file["untouched"], by_file["valid_today"]) == ("genuine", True, True)
    changed = bytes([*pdf[:2000], pdf[2000] ^ 1, *pdf[2001:]])
    assert certificates.verdict_of(changed)["outcome"] == "changed"

    file, authority, policy = (folder / name for name in ("letter.pdf", "authority.pem", "policy"))
    authority.write_bytes(certificates.client.get("/certificates/api/authority").content)
    policy.write_bytes(certificates.client.get("/audit/api/witness-policy").content)
    file.write_bytes(pdf)
    looked_at_by_others(file)
    result = verify_certificate(file, "--ca", str(authority), "--policy", str(policy))
    assert (result.code, letter["number"] in result.text) == (0, True), result.text
    file.write_bytes(changed)
    assert verify_certificate(file, "--ca", str(authority), "--policy", str(policy)).code == 1


def looked_at_by_others(file: Path) -> None:
    """With programs that nobody here wrote; whether it is PDF/A is judged in tests/letters."""
    assert "No syntax or stream encoding errors found" in ran("qpdf", "--check", str(file))
    answer = ran("pdfsig", "-nocert", str(file))
    assert ("Signature is Valid." in answer, "Total document signed" in answer) == (True, True)
