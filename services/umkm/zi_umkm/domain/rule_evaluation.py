"""Evaluate the office's rules for a business, a visit and a product. Pure."""

from collections.abc import Iterable
from math import floor

from zi_contracts.configuration import Pin
from zi_contracts.umkm import MentoringPin, RuleVersion, TriagedProduct
from zi_rules.mentoring.assessment import AnswerError, Answers, ChecklistAnswer, Score, corrected, score
from zi_rules.mentoring.checklist import Checklist
from zi_rules.mentoring.readiness import CPPOB_REACHED, Readiness, readiness
from zi_rules.mentoring.rule_set import MentoringRules, Part
from zi_rules.mentoring.triage import triage
from zi_rules.version import Versioned
from zi_umkm.domain import errors
from zi_umkm.domain.business import AssessedFinding, BusinessProduct, BusinessProfile, Result, Triaged
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.visit import Visit


class UnratedError(ValueError):
    """Answers of which some are missing have no result."""


def version_of(rules: Versioned) -> RuleVersion:
    return RuleVersion(id=rules.id, version=rules.version, digest=rules.digest or None)


def pin_of(rules: Versioned, decree: Pin | None) -> MentoringPin:
    """Name the rules that a case is judged by, with the decree that was laid over them."""
    return MentoringPin(**dict(version_of(rules)), standard=decree)


def outcomes(business: BusinessProfile, rules: MentoringRules) -> Triaged:
    return tuple(_outcome(each, rules) for each in business.products)


def _outcome(product: BusinessProduct, rules: MentoringRules) -> TriagedProduct:
    ruled = triage(product.traits, rules)
    return TriagedProduct(
        product=product.number,
        track=ruled.track.track.value,
        track_ruling=ruled.track.code,
        risk=ruled.risk.risk,
        risk_ruling=ruled.risk.code,
    )


def answers_of(visit: Visit) -> Answers:
    """Return the undisputed answers by item."""
    disputed = visit.in_dispute
    settled = {item: each[0] for item, each in visit.standing.items() if item not in disputed}
    return {item: ChecklistAnswer(said=each.said, grade=each.grade) for item, each in settled.items()}


def result_of(checklist: Checklist, answers: Answers, pin: RuleVersion | None = None) -> Result:
    """Compute the result of a visit; `pin` is the checklist as the visit names it, without a digest in old visits."""
    scored = score(checklist, answers)
    if scored.rating is None:
        raise UnratedError(f"Answer {', '.join(scored.unanswered)}.")
    return Result(
        checklist=pin or version_of(checklist),
        rating=scored.rating,
        points=floor(scored.points * 100),
        findings=tuple(AssessedFinding(**dict(each)) for each in scored.findings),
    )


def refuse_unfit(checklist: Checklist, item: str, answer: ChecklistAnswer) -> None:
    try:
        score(checklist, {item: answer})
    except AnswerError as error:
        raise errors.UnfitAnswerError from error


def score_now(checklist: Checklist, answers: Answers, case: MentoringCase) -> Score:
    """Score an assessment with the findings that were verified since."""
    return score(checklist, corrected(checklist, answers, case.verified))


def ready(
    case: MentoringCase,
    product: TriagedProduct,
    scored: Score | None,
    rules: MentoringRules,
    self_enough: bool,
) -> Readiness:
    """Evaluate a product against everything that its registration requires; `self_enough` is whether the business's own assessment is good
    enough."""
    stated, present = case.stated(product.product), _present(case, product.product, rules, self_enough)
    return readiness(stated.kind, product.risk, stated.traits, present, rules, scored)


def missing_for_permit(
    case: MentoringCase, scored: Score | None, rules: MentoringRules, self_enough: bool
) -> tuple[str, ...]:
    """Return what is missing over all products that BPOM registers; `scored` is the last assessment by an official."""
    for_bpom = [each for each in case.triaged if each.track == "md"]
    parts = (Part.BUSINESS, Part.PERMIT)
    named = (code for each in for_bpom for code in _missing(case, each, scored, rules, self_enough, *parts))
    return _once(named)


def registration_parts(case: MentoringCase, product: TriagedProduct) -> tuple[Part, ...]:
    """Return the parts that are asked for to register a product: of one that the permit was not given for, with its risk of now, those of
    the permit as well."""
    uncovered = case.permitted and not case.is_permitted(product)
    return (Part.LABEL, Part.REGISTRATION, *((Part.BUSINESS, Part.PERMIT) if uncovered else ()))


def missing_for_registration(
    case: MentoringCase, product: TriagedProduct, rules: MentoringRules, self_enough: bool = False
) -> tuple[str, ...]:
    """Return what is missing to register a product; the permit itself stands for the assessment by an official."""
    found = _missing(case, product, None, rules, self_enough, *registration_parts(case, product))
    return _once(each for each in found if each != CPPOB_REACHED)


def _missing(
    case: MentoringCase,
    product: TriagedProduct,
    scored: Score | None,
    rules: MentoringRules,
    self_enough: bool,
    *parts: Part,
) -> Iterable[str]:
    stated, present = case.stated(product.product), _present(case, product.product, rules, self_enough)
    found = readiness(stated.kind, product.risk, stated.traits, present, rules, scored, parts)
    return (each.code for each in found.missing)


def _present(case: MentoringCase, product: int, rules: MentoringRules, self_enough: bool) -> frozenset[str]:
    """Return the requirements that are met, without those that ask for a better assessment by the business itself."""
    too_low = frozenset() if self_enough else {each.code for each in rules.requirements if each.rated_enough}
    return case.present(product).difference(too_low)


def _once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))
