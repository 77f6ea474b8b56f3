"""The acts that a page offers in a case: those that its decider takes now from whoever reads the page, and that change something.

Each act is tried with everything that its form asks for filled in well, so that nothing is refused but for who acts and how the case stands;
no event of it is recorded. Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID

from zi_chassis.domain import Act, DomainError
from zi_contracts.configuration import Pin
from zi_contracts.umkm import MentoringPin, NumberOutcome, RuleVersion, TriagedProduct
from zi_contracts.vault import ItemRef
from zi_umkm.domain import corrective_action as actions
from zi_umkm.domain.business import Result
from zi_umkm.domain.case import label_checks, messages, numbers, permit, referral
from zi_umkm.domain.case import state_questions as questions
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.nickname import NameBusiness, RemoveNickname
from zi_umkm.domain.case.permit_decisions import ACTING
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.roles import ASSIGNING, CHECKING, EVALUATING, MENTORING, SIGNING, SUPERVISING, VERIFYING

Offer = tuple[object, ...]
Attempt = tuple[Offer, MentoringCommands]
NOBODY, NO_ID, DIGEST = "-", UUID(int=0), "0" * 64
PIN, RULES = Pin(id="tried", version=1, digest=DIGEST), MentoringPin(id="tried", version=1, digest=DIGEST)
FILE = ItemRef(item=NO_ID, field="attachment", digest=DIGEST)
RESULT = Result(checklist=RuleVersion(id="tried", version=1), rating=NOBODY, points=0)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class OfferFacts:
    """Facts from beside the case: who mentored, evaluated or checked the business in any case of it; what the rules say is missing for
    its permit, and to register each product; and when the next permit may be applied for."""

    mentors: frozenset[str] = frozenset()
    evaluators: frozenset[str] = frozenset()
    checkers: frozenset[str] = frozenset()
    missing_for_permit: tuple[str, ...] = ()
    missing: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    opens_at: datetime | None = None


@dataclass(frozen=True)
class PageReader:
    """Whoever reads a page: an official with these `roles`, or the business as `role` itself."""

    actor: str
    at: datetime
    roles: frozenset[str] = frozenset()
    role: str = ""

    def act(self, wanted: Sequence[str]) -> Act | None:
        """Return the act in the first of the wanted roles; a business has one role for all."""
        if self.role:
            return Act(at=self.at, actor=self.actor, role=self.role)
        found = next((each for each in wanted if each in self.roles), None)
        return None if found is None else Act(at=self.at, actor=self.actor, role=f"staff:{found}")


@dataclass(frozen=True)
class Trial:
    """An act that is tried: by whom, in which case, with which facts."""

    by: Act
    case: MentoringCase
    facts: OfferFacts


Tried = Callable[[Trial], Iterable[Attempt]]


def once(command: Callable[[Trial], MentoringCommands]) -> Tried:
    """Try an act that is about the whole case."""
    return lambda trial: [((), command(trial))]


def each_product(command: Callable[[Trial, int], MentoringCommands]) -> Tried:
    return lambda trial: [
        ((product,), command(trial, product))
        for product in sorted(trial.case.products | trial.case.all_numbers.keys())
    ]


def each_finding(command: Callable[[Trial, str], MentoringCommands]) -> Tried:
    return lambda trial: [((each.item,), command(trial, each.item)) for each in trial.case.findings]


def each_question(command: Callable[[Trial, UUID], MentoringCommands]) -> Tried:
    return lambda trial: [
        ((each.question,), command(trial, each.question)) for each in trial.case.state_questions
    ]


# -- the business and its products


def _restate(trial: Trial) -> MentoringCommands:
    assert trial.case.business is not None
    kbli = (*trial.case.business.kbli, NOBODY)
    return messages.Restate(by=trial.by, business=trial.case.business.model_copy(update={"kbli": kbli}))


def _assign(mentor: Callable[[Trial], str]) -> Tried:
    return once(
        lambda trial: messages.AssignMentor(
            by=trial.by,
            mentor=mentor(trial),
            evaluators=trial.facts.evaluators,
            checkers=trial.facts.checkers,
        )
    )


def _triage(trial: Trial) -> MentoringCommands:
    anew = {"track": "md", "track_ruling": "tried", "risk": "tried", "risk_ruling": "tried"}
    outcomes = [TriagedProduct(product=each, **anew) for each in sorted(trial.case.products)]
    return messages.TriageProducts(by=trial.by, rules=RULES, outcomes=tuple(outcomes))


def _refer(trial: Trial) -> MentoringCommands:
    letter = referral.ReferralLetter(
        letter=NO_ID, number=NOBODY, code_digest=DIGEST, open_until=trial.by.at + DAY
    )
    return messages.Refer(by=trial.by, letter=letter)


def _renew_code(trial: Trial) -> Iterator[Attempt]:
    until = trial.by.at + DAY
    for each in trial.case.referrals:
        yield (
            (each.letter,),
            referral.RenewReferralCode(by=trial.by, letter=each.letter, code_digest=DIGEST, open_until=until),
        )


def _send(trial: Trial, product: int) -> MentoringCommands:
    missing = trial.facts.missing.get(product, ())
    return messages.SendRegistration(by=trial.by, rules=RULES, missing=missing, product=product)


def _record_number(trial: Trial, product: int) -> MentoringCommands:
    kind = numbers.recorded_by(product, trial.case)
    return kind(by=trial.by, product=product, number=NOBODY, shape="expected")


def _check_number(trial: Trial) -> Iterator[Attempt]:
    for product, number in trial.case.all_numbers.items():
        for outcome in get_args(NumberOutcome):
            yield (
                (product, outcome),
                numbers.CheckRegistrationNumber(
                    by=trial.by, mentors=trial.facts.mentors, product=product, number=number, outcome=outcome
                ),
            )


def _check_business_number(trial: Trial) -> Iterator[Attempt]:
    for outcome in get_args(NumberOutcome):
        yield (
            (outcome,),
            numbers.CheckBusinessNumber(
                by=trial.by,
                mentors=trial.facts.mentors,
                business_ref=trial.case.business_ref,
                outcome=outcome,
            ),
        )


def _check_label(trial: Trial, product: int) -> MentoringCommands:
    return label_checks.CheckLabel(by=trial.by, product=product, parts=frozenset())


def _newest_labels(
    command: Callable[[Trial, int, UUID, label_checks.LabelChecked], MentoringCommands],
) -> Tried:
    """Try an act on the newest look at the label of each product; looks from before checklists take none."""

    def tried(trial: Trial) -> Iterator[Attempt]:
        for product in sorted(trial.case.products):
            known = label_checks.newest(trial.case.label_checks, product)
            if known is not None and known.checked.check is not None and known.checked.found:
                yield (product,), command(trial, product, known.checked.check, known.checked)

    return tried


# -- the permit


def _apply(trial: Trial) -> MentoringCommands:
    facts = trial.facts
    return permit.ApplyForPermit(
        by=trial.by, rules=RULES, missing=facts.missing_for_permit, opens_at=facts.opens_at
    )


def _find_fit(trial: Trial) -> MentoringCommands:
    facts = trial.facts
    return permit.FindFit(by=trial.by, mentors=facts.mentors, missing=facts.missing_for_permit)


def _issue(trial: Trial) -> MentoringCommands:
    assert trial.case.business is not None
    certificate = permit.PermitCertificate(
        letter=NO_ID,
        number=NOBODY,
        path="standard",
        district=trial.case.business.district,
        valid_until=None,
        rules=PIN,
    )
    return permit.IssuePermit(by=trial.by, mentors=trial.facts.mentors, certificate=certificate)


def _announce(trial: Trial) -> MentoringCommands:
    return permit.AnnounceRevocation(
        by=trial.by, mentors=trial.facts.mentors, objection_until=None, rules=PIN
    )


# -- the acts of the pages, by the names of their forms

TOGETHER: Mapping[str, Tried] = {
    "state-products": once(_restate),
    "return": once(lambda trial: messages.Return(by=trial.by)),
    "agree": each_finding(
        lambda trial, item: actions.AgreeAction(by=trial.by, item=item, due=trial.by.at + DAY)
    ),
    "send-registration": each_product(_send),
    "record-number": each_product(_record_number),
    "correct-number": each_product(
        lambda trial, product: numbers.CorrectRegistrationNumber(
            by=trial.by, product=product, number=NOBODY, shape="expected"
        )
    ),
    "return-registration": each_product(
        lambda trial, product: messages.ReturnRegistration(by=trial.by, product=product)
    ),
    "record-state-question": each_product(
        lambda trial, product: questions.RecordStateQuestion(
            by=trial.by, question=NO_ID, product=product, due=trial.by.at + DAY
        )
    ),
    "correct-state-question": each_question(
        lambda trial, question: questions.CorrectStateQuestion(
            by=trial.by, question=question, due=trial.by.at + DAY, reason="misread"
        )
    ),
    "answer-state-question": each_question(
        lambda trial, question: questions.AnswerStateQuestion(by=trial.by, question=question)
    ),
    "resume": once(lambda trial: messages.ResumeMentoring(by=trial.by)),
    "close": once(lambda trial: messages.CloseMentoring(by=trial.by, reason="business_stopped")),
}
BUSINESS_ACTS: Mapping[str, Tried] = {
    **TOGETHER,
    "nickname": once(lambda trial: NameBusiness(by=trial.by, is_named=True, items=(FILE,))),
    "take-name-back": once(lambda trial: NameBusiness(by=trial.by, is_named=False)),
    "add-document": once(lambda trial: messages.AddDocument(by=trial.by, document=NOBODY, items=())),
    "assess": once(
        lambda trial: messages.Assess(by=trial.by, visit=NO_ID, assessor="business", result=RESULT)
    ),
    "evidence": each_finding(
        lambda trial, item: actions.GiveActionEvidence(by=trial.by, item=item, items=())
    ),
    "apply-for-permit": once(_apply),
    "object-to-revocation": once(lambda trial: permit.ObjectToRevocation(by=trial.by)),
    "give-consent": once(lambda trial: messages.GiveConsent(by=trial.by, to=NOBODY)),
    "withdraw-consent": lambda trial: [
        ((each,), messages.WithdrawConsent(by=trial.by, to=each)) for each in sorted(trial.case.consents)
    ],
}
# For each act at the desk the roles in which it is done, the first that the official has.
DESK_ACTS: Mapping[str, tuple[Sequence[str], Tried]] = {
    **{name: (MENTORING, tried) for name, tried in TOGETHER.items()},
    "take": (MENTORING, _assign(lambda trial: trial.by.actor)),
    "assign": (ASSIGNING, _assign(lambda trial: NOBODY)),
    "triage": (MENTORING, once(_triage)),
    "refer": (MENTORING, once(_refer)),
    "renew-referral-code": (MENTORING, _renew_code),
    "assess": (
        MENTORING,
        once(lambda trial: messages.Assess(by=trial.by, visit=NO_ID, assessor="official", result=RESULT)),
    ),
    "verify": (
        VERIFYING,
        each_finding(lambda trial, item: actions.VerifyAction(by=trial.by, item=item, means="on_site")),
    ),
    "reopen": (
        VERIFYING,
        each_finding(lambda trial, item: actions.ReopenAction(by=trial.by, item=item)),
    ),
    "check-number": (CHECKING, _check_number),
    "check-business-number": (CHECKING, _check_business_number),
    "check-label": (MENTORING, each_product(_check_label)),
    "photo-of-label": (
        MENTORING,
        _newest_labels(
            lambda trial, product, check, checked: label_checks.AddLabelPhoto(
                by=trial.by, product=product, check=check, item=checked.found[0].item, file=FILE
            )
        ),
    ),
    "confirm-label": (
        VERIFYING,
        _newest_labels(
            lambda trial, product, check, _: label_checks.ConfirmLabelCheck(
                by=trial.by, product=product, check=check
            )
        ),
    ),
    "verify-account": (
        CHECKING,
        once(lambda trial: permit.VerifyPermitAccount(by=trial.by, mentors=trial.facts.mentors)),
    ),
    "find-fit": (EVALUATING, once(_find_fit)),
    "issue-permit": (SIGNING, once(_issue)),
    "propose-revocation": (
        CHECKING,
        once(lambda trial: permit.ProposeRevocation(by=trial.by, mentors=trial.facts.mentors, reason=NOBODY)),
    ),
    "announce-revocation": (SIGNING, once(_announce)),
    "confirm-revocation": (
        SIGNING,
        once(lambda trial: permit.ConfirmRevocation(by=trial.by, mentors=trial.facts.mentors)),
    ),
    "drop-revocation": (
        SIGNING,
        once(lambda trial: permit.DropRevocation(by=trial.by, mentors=trial.facts.mentors)),
    ),
    "remove-nickname": (SUPERVISING, once(lambda trial: RemoveNickname(by=trial.by, reason="other"))),
    "graduate": (MENTORING, once(lambda trial: messages.Graduate(by=trial.by))),
}
RETURN_PERMIT = once(lambda trial: permit.ReturnPermit(by=trial.by, mentors=trial.facts.mentors))


def desk_acts(case: MentoringCase) -> Mapping[str, tuple[Sequence[str], Tried]]:
    """Return the acts of the desk; an application is given back in the roles of the step that it waits for."""
    return {**DESK_ACTS, "return-permit": (ACTING.get(case.permit.stage, ()), RETURN_PERMIT)}


def offers(reader: PageReader, case: MentoringCase, facts: OfferFacts) -> frozenset[Offer]:
    """Return the acts that the reader may do now, each with what it is about: its product, finding, question, letter or outcome."""
    if case.business is None:
        return frozenset()
    acts = {name: ((), tried) for name, tried in BUSINESS_ACTS.items()} if reader.role else desk_acts(case)
    found: set[Offer] = set()
    for name, (roles, tried) in acts.items():
        by = reader.act(roles)
        if by is not None:
            attempts = tried(Trial(by, case, facts))
            found.update((name, *about) for about, command in attempts if _is_taken(command, case))
    return frozenset(found)


def _is_taken(command: MentoringCommands, case: MentoringCase) -> bool:
    try:
        return bool(decide(command, case))
    except DomainError:
        return False
