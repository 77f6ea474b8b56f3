"""The next step of a business, and its progress on the way to a number. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from zi_umkm.domain.business import on_track
from zi_umkm.domain.case.state import MentoringCase, MentoringStatus
from zi_umkm.domain.corrective_action import Progress

NextStep = Literal[
    "products",
    "triage",
    "none_needed",
    "assess_yourself",
    "await_visit",
    "await_referral",
    "health_office",
    "agree",
    "put_right",
    "await_verification",
    "permit_missing",
    "apply",
    "await_permit",
    "permit_ended",
    "registration_missing",
    "send",
    "await_number",
    "await_last_visit",
    "await_number_check",
    "done",
    "resume",
    "ask_again",
]
StopStatus = Literal["done", "now", "ahead"]
WAY = (
    MentoringStatus.REGISTERED,
    MentoringStatus.TRIAGED,
    MentoringStatus.ASSESSED,
    MentoringStatus.CORRECTED,
    MentoringStatus.PERMIT_APPLIED,
    MentoringStatus.PERMIT_ISSUED,
    MentoringStatus.REGISTRATION,
    MentoringStatus.NUMBER_OBTAINED,
    MentoringStatus.GRADUATED,
)
WAY_TO_THE_HEALTH_OFFICE = (
    MentoringStatus.REGISTERED,
    MentoringStatus.TRIAGED,
    MentoringStatus.REFERRED,
    MentoringStatus.NUMBER_OBTAINED,
    MentoringStatus.GRADUATED,
)


@dataclass(frozen=True)
class WayStop:
    """A state on the way; `now` is what is being worked towards, or where it stands when nothing comes after it."""

    state: MentoringStatus
    standing: StopStatus


def next_step(case: MentoringCase, *, permit_lacks: bool, registration_lacks: bool) -> NextStep:
    """Return the next step of the business; missing papers count only where they are the next thing."""
    match case.status:
        case MentoringStatus.UNKNOWN | MentoringStatus.REGISTERED:
            return "triage" if case.products else "products"
        case MentoringStatus.TRIAGED:
            return _triaged(case)
        case MentoringStatus.REFERRED:
            return "health_office"
        case MentoringStatus.ASSESSED | MentoringStatus.CORRECTING | MentoringStatus.CORRECTED:
            return _correcting(case, permit_lacks=permit_lacks)
        case MentoringStatus.PERMIT_APPLIED:
            return "await_permit"
        case MentoringStatus.PERMIT_ISSUED:
            return _without_permit(case) or ("registration_missing" if registration_lacks else "send")
        case MentoringStatus.REGISTRATION:
            return "await_number"
        case MentoringStatus.NUMBER_OBTAINED:
            return "await_last_visit" if case.numbers else "await_number_check"
        case MentoringStatus.GRADUATED:
            return _without_permit(case) or "done"
        case MentoringStatus.DORMANT:
            return "resume"
        case MentoringStatus.CLOSED:
            return "ask_again"
        case _:
            assert_never(case.status)


def _triaged(case: MentoringCase) -> NextStep:
    if not on_track(case.triaged, "md"):
        return "await_referral" if on_track(case.triaged, "pirt") else "none_needed"
    assessed_itself = any(each.assessor == "business" for each in case.assessments.values())
    return "await_visit" if assessed_itself else "assess_yourself"


def _without_permit(case: MentoringCase) -> NextStep | None:
    """Return what comes before everything else once the permit has ended."""
    if case.permit.allows_registration:
        return None
    return "await_permit" if case.permit.is_at_work else "permit_ended"


def _correcting(case: MentoringCase, *, permit_lacks: bool) -> NextStep:
    """Return the next step of an assessed case: open critical findings first, because they block, then the actions under way."""
    if not _was_visited(case):
        return "await_visit"
    if any(each.is_blocking and each.progress is Progress.FOUND for each in case.findings):
        return "agree"
    if any(each.progress is Progress.AGREED for each in case.findings):
        return "put_right"
    if any(each.progress is Progress.EVIDENCED for each in case.findings):
        return "await_verification"
    return "permit_missing" if permit_lacks else "apply"


def _was_visited(case: MentoringCase) -> bool:
    return any(each.assessor == "official" for each in case.assessments.values())


def way(case: MentoringCase) -> Sequence[WayStop]:
    """Return the stops on the way; of a case that sleeps or has ended, as far as it had come."""
    status = case.slept if case.status is MentoringStatus.DORMANT else case.status
    stops = _stops(case)
    reached = _reached(case, status)
    now = next((each for each in stops if each not in reached), stops[-1])
    return [WayStop(each, _standing(each, now, reached)) for each in stops]


def _stops(case: MentoringCase) -> Sequence[MentoringStatus]:
    to_bpom = not case.triaged or on_track(case.triaged, "md")
    to_health_office = bool(on_track(case.triaged, "pirt")) or bool(case.referred)
    if to_bpom:
        return WAY
    return WAY_TO_THE_HEALTH_OFFICE if to_health_office else WAY_TO_THE_HEALTH_OFFICE[:2]


def _reached(case: MentoringCase, status: MentoringStatus) -> frozenset[MentoringStatus]:
    """A case that is being put right was assessed; a closed one has what it has done; who asked has not said yet what it makes."""
    if status is MentoringStatus.REGISTERED and not case.products:
        return frozenset()
    if status is MentoringStatus.REFERRED:
        return frozenset(WAY_TO_THE_HEALTH_OFFICE[:3])
    if status is MentoringStatus.CLOSED:
        return frozenset(_done(case))
    last = MentoringStatus.ASSESSED if status is MentoringStatus.CORRECTING else status
    if status is MentoringStatus.PERMIT_ISSUED and (step := _without_permit(case)):
        last = MentoringStatus.PERMIT_APPLIED if step == "await_permit" else MentoringStatus.CORRECTED
    if last not in WAY:
        return frozenset()
    way = WAY_TO_THE_HEALTH_OFFICE if case.referred_numbers and not case.numbers else WAY
    return frozenset(way[: way.index(last) + 1]) if last in way else frozenset(WAY[: WAY.index(last) + 1])


def _done(case: MentoringCase) -> Sequence[MentoringStatus]:
    return [
        MentoringStatus.REGISTERED,
        *([MentoringStatus.TRIAGED] if case.triaged else []),
        *([MentoringStatus.ASSESSED] if case.assessments else []),
        *([MentoringStatus.NUMBER_OBTAINED] if case.all_numbers else []),
    ]


def _standing(stop: MentoringStatus, now: MentoringStatus, reached: frozenset[MentoringStatus]) -> StopStatus:
    if stop in reached:
        return "done"
    return "now" if stop is now else "ahead"
