"""Strangers in front of the API of certificates: among applications in many states, a letter, a bill, a mentoring case."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.certificates.calling import Calling
from tests.certificates.inside import STATED, Inside, ticket_of
from tests.certificates.visiting import Visiting, visited
from tests.web import strangers
from tests.web.strangers import OWNER, Case, Stranger

from zi_certificates.domain.master_content import MasterProduct
from zi_certificates.domain.signatory import signatory_id
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.use_cases.billing import SIGNATURE, Simulator
from zi_contracts.certificates import PublishedFinding

MENTORING = ticket_of("mentoring")
STAFF = ("evaluator", "signer", "head", "supervisor", "officer")
SOMEBODY = "somebody-1"


class House(strangers.House[Inside]):
    async def look(self, case: Case) -> None:
        await super().look(case)
        if isinstance(case.body, dict) and "revision" in case.body:
            somebody = self.calling.person(self.somebody, *self.staff)
            answer = await self.calling.get(f"/applications/{self.ticket(case)}", somebody)
            stated = answer.json().get("statement") or {}
            case.body["revision"] = stated.get("revision", 1)

    def credentials(self, case: Case, stranger: Stranger, content: bytes) -> Mapping[str, str]:
        billing = self.calling.inside.office.billing
        if stranger.may and case.path.endswith("/payment-notices") and isinstance(billing, Simulator):
            return {SIGNATURE: billing.signature(content)}
        return super().credentials(case, stranger, content)


def try_everything(folder: Path, cases: int, number: int | None = None) -> Counter[int]:
    return strangers.try_everything(visited(folder), furnished, cases, number)


async def furnished(visiting: Visiting) -> House:
    """Something in each state that takes commands."""
    inside, calling = visiting.inside, Calling(visiting)
    draft = await inside.requested("draft")
    await inside.verified(draft)
    await inside.drafted(draft)
    await inside.consented(draft.ticket, MENTORING)
    opened = await inside.requested("opened", business="1" * 64)
    await inside.office.applying.open_account(opened, inside.citizen(opened), None, STATED)
    product = MasterProduct(label="Kecap Contoh")
    entry, _ = await inside.office.master_data.add(draft, inside.citizen(draft), None, product)
    signed = await inside.signed("signed")
    await inside.sealed(signed)
    passed = await inside.passed("passed")
    taken = [await inside.paid(f"taken {number}", account=draft.ticket) for number in range(3)]
    await inside.office.deciding.take_next(inside.evaluator(SOMEBODY), None)
    await _rejected(inside, taken[0])
    for official in (SOMEBODY, "evaluator-eko"):
        await inside.office.deciding.take_next(inside.evaluator(official), None)
    waiting = [await inside.paid(f"waiting {number}", account=draft.ticket) for number in range(2)]
    submitted = [await inside.submitted(f"submitted {number}", account=draft.ticket) for number in range(2)]
    tickets = [each.ticket for each in (draft, opened, signed, passed, *taken, *waiting, *submitted)]
    letters = [str(each.id) for each in (await inside.state(signed)).letters]
    bills = [(await calling.bill(each)).bill for each in submitted]
    names = {"ticket": tickets, "reference": tickets, "letter": letters, "letter_id": letters, "bill": bills}
    fields = {
        "kind": ["invoice", "packing_list"],
        "number": ["1", "2"],
        "case": [MENTORING],
        "entry": [str(entry)],
        "signatory": [str(signatory_id(inside.office.settings.office, "signer-budi"))],
    }
    return House(calling, STAFF, {"applicants": (OWNER,)}, SOMEBODY, names | fields)


async def _rejected(inside: Inside, request: IntakeRequest) -> None:
    reasons = (PublishedFinding(reason="name_differs", where="product", item=1),)
    await inside.office.deciding.reject(request.ticket, inside.evaluator(SOMEBODY), None, reasons)
