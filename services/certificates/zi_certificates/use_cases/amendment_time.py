"""Time for amending: until when an issued letter can be amended, from the beginning of its amendment to the signature."""

from datetime import date, datetime

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.verification import Today, stands
from zi_certificates.read.letters import LetterRow, letter_numbered
from zi_certificates.use_cases.rulebook import Rulebook
from zi_chassis.database import Tx
from zi_rules.certificate.amendments import AmendmentRule, is_over
from zi_rules.certificate.kind import CertificateKind, Goods


def day_at_office(rules: Rulebook, at: datetime) -> date:
    return at.astimezone(rules.calendars.current.timezone).date()


def rule_for(rules: Rulebook, row: LetterRow) -> AmendmentRule | None:
    """Return the present rule for the amendment of a letter."""
    return rules.amendments[0].rule_of(CertificateKind(row.kind), Goods(row.goods))


def refuse_ended_shipment(rule: AmendmentRule, row: LetterRow, arrival: date | None, day: date) -> None:
    """Raise for an import letter whose goods have arrived, or of which nobody has said when they will."""
    kind = CertificateKind(row.kind)
    if kind.direction == "import" and arrival is None:
        raise errors.ArrivalNeededError
    if is_over(rule, kind, arrival, day):
        raise errors.ShipmentOverError


def refuse_late_amendment(tx: Tx, application: Application, rules: Rulebook, at: datetime) -> None:
    """Raise for an amendment that was begun in time and is submitted too late: its draft waits as long as the company likes.

    The arrival that counts is the one that the letter states, which the first statement repeats, whatever the amendment changes it to."""
    draft, row = application.draft, _amended(tx, application)
    if draft is None or draft.amends is None:
        return
    day = day_at_office(rules, at)
    if row is None or stands(row, day).today is not Today.VALID:
        raise errors.NotAmendableError
    rule = rule_for(rules, row)
    if rule is None:
        raise errors.AmendmentUndecidedError
    refuse_ended_shipment(rule, row, draft.statement.arrives or draft.amends.arrives, day)


def amended_holds(tx: Tx, application: Application, rules: Rulebook, at: datetime) -> bool:
    """Return whether the letter that an application amends is valid then; a suspended one has to be reinstated first."""
    if application.draft is None or application.draft.amends is None:
        return True
    row = _amended(tx, application)
    return row is not None and stands(row, day_at_office(rules, at)).today is Today.VALID


def _amended(tx: Tx, application: Application) -> LetterRow | None:
    number = None if application.draft is None else application.draft.replaces
    return None if number is None else letter_numbered(tx, number)
