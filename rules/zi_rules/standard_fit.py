"""Check whether the service that hears an adopted standard can decide by it: before its adoption as after it."""

from collections.abc import Iterable

from zi_rules.certificate import decreed as letter_decree
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.mentoring import decreed as mentoring_decree
from zi_rules.mentoring.rule_set import MentoringRules
from zi_rules.standard import ServiceKind, ServiceStandard

# The kinds of cases that people file, which a standard must have a first tier for.
FILED_KINDS = {
    ServiceKind.COMPLAINT: ("product", "service"),
    ServiceKind.CONSULTATION: ("consultation",),
    ServiceKind.PUBLIC_INFORMATION: ("information",),
}


def refuse_unfit(
    standard: ServiceStandard, letters: Iterable[CertificateRules], mentoring: Iterable[MentoringRules]
) -> None:
    """Raise ValueError, with the reason, for a standard that its service would refuse; one of an office's own services has no rules to fit."""
    refuse_unfit_for_cases(standard)
    if standard.service == ServiceKind.MENTORING:
        for each in mentoring:
            mentoring_decree.decreed(each, standard)
    if standard.service in letter_decree.DIRECTIONS:
        for rules in letters:
            letter_decree.decreed(rules, standard)


def refuse_unfit_for_cases(standard: ServiceStandard) -> None:
    """Raise UnknownTierError for a standard by which not every kind of case can be filed, and ValueError for one of public information without
    its two periods."""
    for service, kinds in FILED_KINDS.items():
        for kind in kinds if standard.service == service else ():
            standard.tier_at_filing(kind)
    if standard.service == ServiceKind.PUBLIC_INFORMATION and None in (
        standard.waits.extension,
        standard.waits.objection,
    ):
        raise ValueError(
            "a standard for public information must state process.extension and process.objection"
        )
