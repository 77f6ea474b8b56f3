"""Time for amending: until when an issued letter can be amended, from the beginning of its amendment to the signature."""

from datetime import date, datetime

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.verification import Today, stands
from zi_certificates.read.letters import LetterRow, letter_numbered
from zi_certificates.use_cases.rulebook import Rulebook
from zi_chassis.storage.database import Tx
from zi_rules.certificate.amendments import is_over
from zi_rules.certificate.kind import CertificateKind, Goods


def valid_letter(tx: Tx, number: str | None, rules: Rulebook, at: datetime) -> LetterRow | None:
    """Return the letter with this number if it is valid then; a suspended one has to be reinstated before it is amended."""
    row = None if number is None else letter_numbered(tx, number)
    return row if row is not None and stands(row, rules.day(at)).today is Today.VALID else None


def refuse_ended_shipment(rules: Rulebook, row: LetterRow, arrival: date | None, at: datetime) -> None:
    """Raise for a letter about whose amendment nothing is decided, and for an import letter whose goods have arrived, or of which nobody
    has said when they will."""
    kind = CertificateKind(row.kind)
    rule = rules.amendments[0].rule_of(kind, Goods(row.goods))
    if rule is None:
        raise errors.AmendmentUndecidedError
    if kind.direction == "import" and arrival is None:
        raise errors.ArrivalNeededError
    if is_over(rule, kind, arrival, rules.day(at)):
        raise errors.ShipmentOverError


def refuse_late_amendment(tx: Tx, application: Application, rules: Rulebook, at: datetime) -> None:
    """Raise for an amendment that was begun in time and is submitted too late: its draft waits as long as the company likes.

    The arrival that counts is the one that the letter states, which the first statement repeats, whatever the amendment changes it to."""
    draft = application.draft
    if draft is None or draft.amends is None:
        return
    row = valid_letter(tx, draft.replaces, rules, at)
    if row is None:
        raise errors.NotAmendableError
    refuse_ended_shipment(rules, row, draft.statement.arrives or draft.amends.arrives, at)


def amended_holds(tx: Tx, application: Application, rules: Rulebook, at: datetime) -> bool:
    """Return whether the letter that an application amends is valid then."""
    draft = application.draft
    if draft is None or draft.amends is None:
        return True
    return valid_letter(tx, draft.replaces, rules, at) is not None
