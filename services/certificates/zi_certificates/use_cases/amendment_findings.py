"""The rule for an amendment, applied to what it changes against the letter: what it may not change, and what it costs."""

from zi_certificates.domain.application.state import Application
from zi_certificates.domain.changes import StatementChange, changes
from zi_rules.certificate.amendments import AmendmentRule, Fee, amendment_findings, field_of
from zi_rules.certificate.finding import PLAIN, Finding, found
from zi_rules.certificate.reason import FindingReason


def is_amendment(application: Application) -> bool:
    return application.draft is not None and application.draft.amends is not None


def unamendable(application: Application, rule: AmendmentRule | None) -> tuple[Finding, ...]:
    if application.draft is None or application.statement is None:
        return ()
    if rule is None:
        return (found(FindingReason.NOT_AMENDABLE, PLAIN, "kinds"),)
    changed = printed_changes(application)
    places = [(each.where, each.item, each.after or "") for each in changed]
    return amendment_findings(places, rule, _allowed(application, rule))


def _allowed(application: Application, rule: AmendmentRule) -> frozenset[str]:
    """Return what the rule lets change; where it has no fee for what the company changes by itself, only what an official named."""
    amends = None if application.draft is None else application.draft.amends
    named = frozenset(map(str, rule.fields))
    return (
        named if amends is None or rule.fee or not amends.called_fields else named & {*amends.called_fields}
    )


def amendment_fee(application: Application, rule: AmendmentRule | None) -> Fee | None:
    """Return the fee of a call as long as nothing is changed but what an official called for, else that of a company's own amendment."""
    amends = None if application.draft is None else application.draft.amends
    if rule is None or amends is None:
        return None
    changed = {field_of(each.where) for each in printed_changes(application)}
    return rule.fee_of(called_for=amends.is_called_for(changed))


def printed_changes(application: Application) -> list[StatementChange]:
    """Compare with the first statement, which repeats the letter; no letter prints documents, nor from which entries of the
    company it was filled in."""
    if application.draft is None or application.statement is None:
        return []
    changed = changes(application.draft.statement, application.statement)
    return [each for each in changed if not each.where.startswith(("documents.", "used."))]
