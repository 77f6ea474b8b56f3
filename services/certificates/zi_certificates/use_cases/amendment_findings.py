"""Findings about an amendment: it may change only what they name, against the letter that it amends."""

from zi_certificates.domain.application.state import Application
from zi_certificates.domain.changes import changes
from zi_rules.certificate.amendments import AmendmentRule, amendment_findings
from zi_rules.certificate.finding import PLAIN, Finding, found
from zi_rules.certificate.reason import FindingReason


def is_amendment(application: Application) -> bool:
    return application.draft is not None and application.draft.amends is not None


def unamendable(application: Application, rule: AmendmentRule | None) -> tuple[Finding, ...]:
    """Compare with the first statement, which repeats the letter; no letter prints documents, nor from which entries of the
    company it was filled in."""
    if application.draft is None or application.statement is None:
        return ()
    if rule is None:
        return (found(FindingReason.NOT_AMENDABLE, PLAIN, "kinds"),)
    changed = changes(application.draft.statement, application.statement)
    printed = [each for each in changed if not each.where.startswith(("documents.", "used."))]
    return amendment_findings([(each.where, each.item, each.after or "") for each in printed], rule)
