"""Decide what a command to a case changes: no step is left out, and nothing passes an open critical finding. Pure."""

from typing import assert_never

from zi_chassis.domain import (
    CITIZENS,
    WrongRoleError,
    refuse_other_roles,
)
from zi_umkm.domain import corrective_action, errors
from zi_umkm.domain.business import on_track
from zi_umkm.domain.case.label_checks import ConfirmLabelCheck, LabelActs, decide_label
from zi_umkm.domain.case.messages import (
    MENTORS,
    PARTIES,
    AddDocument,
    Assess,
    AssignMentor,
    BusinessAssessed,
    BusinessGraduated,
    BusinessIdentified,
    BusinessRestated,
    BusinessReturned,
    CloseMentoring,
    CloseSilentMentoring,
    CommandsOfOpenCase,
    ConsentGiven,
    ConsentWithdrawn,
    DeadlineMissed,
    DocumentAdded,
    GiveConsent,
    Graduate,
    Identify,
    MentoringClosed,
    MentoringCommands,
    MentoringEvents,
    MentoringPaused,
    MentoringRecorded,
    MentoringRegistered,
    MentoringResumed,
    MentorReleased,
    PauseMentoring,
    ProductsReferred,
    ProductsTriaged,
    Refer,
    RegisterMentoring,
    RegistrationReturned,
    RegistrationSent,
    ReleaseMentor,
    ReportLateVisit,
    Restate,
    ResumeMentoring,
    Return,
    ReturnRegistration,
    SendRegistration,
    TriageProducts,
    WithdrawConsent,
)
from zi_umkm.domain.case.nickname import NameBusiness, RemoveNickname, decide_nickname
from zi_umkm.domain.case.number_decisions import decide_number
from zi_umkm.domain.case.numbers import CheckNumber, NumberCommand
from zi_umkm.domain.case.permit import PermitCommand
from zi_umkm.domain.case.permit_decisions import decide_permit, missed_at_the_end
from zi_umkm.domain.case.referral import ReferralCommands
from zi_umkm.domain.case.referral_decisions import decide_referral
from zi_umkm.domain.case.refusals import (
    refuse_asleep,
    refuse_blocked,
    refuse_incomplete,
    refuse_other_businesses,
    refuse_other_staff,
    refuse_over,
    refuse_skipped,
    refuse_unknown_product,
    refuse_unless_mentor,
)
from zi_umkm.domain.case.state import OVER, MentoringCase, MentoringStatus
from zi_umkm.domain.case.state_questions import (
    AnswerStateQuestion,
    CorrectStateQuestion,
    RecordStateQuestion,
    StateQuestionActs,
    WatchStateQuestion,
    decide_question,
    open_questions,
    watch_question,
)
from zi_umkm.domain.case.status import CHOSEN_BY_NOBODY
from zi_umkm.domain.case.trip_visits import AnnounceVisit, CallOffVisit, decide_trip_visit
from zi_umkm.domain.corrective_action import ActionCommand, ActionCommands


def decide(command: MentoringCommands, case: MentoringCase) -> list[MentoringEvents]:
    refuse_other_roles(command, PARTIES)
    if isinstance(command, RegisterMentoring):
        return _register(command, case)
    refuse_other_businesses(command.by, case)
    if command.request in case.requests:
        return []
    if isinstance(command, ReferralCommands):
        return list(decide_referral(command, case))
    if isinstance(command, PermitCommand):
        return list(decide_permit(command, case))
    if isinstance(command, WatchStateQuestion):
        return list(watch_question(command, case)) if case.status not in OVER else []
    match command:
        case PauseMentoring():
            return _pause(command, case)
        case ResumeMentoring():
            return _resume(command, case)
        case CloseMentoring():
            return _close(command, case)
        case CloseSilentMentoring():
            return _close_silent(command, case)
        case ReportLateVisit():
            return _report_missed(command, case)
        case GiveConsent() | WithdrawConsent():
            return _consent(command, case)
        case ReleaseMentor():
            return _release(command, case)
        case CallOffVisit():
            return list(decide_trip_visit(command))
        case NameBusiness(is_named=False) | RemoveNickname():
            return list(decide_nickname(command, case))
        case CheckNumber() if case.status in OVER:
            return list(decide_number(command, case))
        case Identify() if case.status is MentoringStatus.GRADUATED:
            return _identify(command, case)
        case _:
            refuse_over(case)
            refuse_asleep(command, case)
            return _act_on_open_case(command, case)


def _act_on_open_case(command: CommandsOfOpenCase, case: MentoringCase) -> list[MentoringEvents]:
    if isinstance(command, ActionCommand):
        return _act_on_finding(command, case)
    if isinstance(command, NumberCommand):
        return list(decide_number(command, case))
    if isinstance(command, LabelActs):
        return _act_on_label(command, case)
    match command:
        case RecordStateQuestion() | CorrectStateQuestion() | AnswerStateQuestion():
            return _act_on_question(command, case)
        case AnnounceVisit():
            return list(decide_trip_visit(command))
        case Restate():
            return _restate(command, case)
        case Identify():
            return _identify(command, case)
        case NameBusiness():
            return list(decide_nickname(command, case))
        case AssignMentor():
            return _assign(command, case)
        case TriageProducts():
            return _triage(command, case)
        case Refer():
            return _refer(command, case)
        case Return():
            return _return(command, case)
        case AddDocument():
            return _add_document(command, case)
        case Assess():
            return _assess(command, case)
        case SendRegistration():
            return _send_registration(command, case)
        case ReturnRegistration():
            return _return_registration(command, case)
        case Graduate():
            return _graduate(command, case)
        case _:
            assert_never(command)


def _act_on_question(command: StateQuestionActs, case: MentoringCase) -> list[MentoringEvents]:
    refuse_other_staff(command.by, case)
    return list(decide_question(command, case))


def _register(command: RegisterMentoring, case: MentoringCase) -> list[MentoringEvents]:
    known = case.registered
    if known is None:
        return [MentoringRegistered(**dict(command))]
    if (known.business_ref, known.data_subject) != (command.business_ref, command.data_subject):
        raise errors.AnotherCaseError
    return []


def _restate(command: Restate, case: MentoringCase) -> list[MentoringEvents]:
    refuse_other_staff(command.by, case)
    if command.business == case.business:
        return []
    same = command.business.unchanged_since(case.business)
    unnumbered = tuple(sorted(case.all_numbers.keys() - same))
    return [BusinessRestated(**dict(command), unnumbered=unnumbered)]


def _identify(command: Identify, case: MentoringCase) -> list[MentoringEvents]:
    """Give the business its permanent reference, and record all who mentor or mentored it under it as well."""
    if command.business_ref == case.business_ref:
        return []
    identified = BusinessIdentified(**dict(command), former_ref=case.business_ref)
    former = sorted(case.former_mentors.difference(case.mentors))
    again = [
        MentoringRecorded(by=command.by, mentor=each, business_ref=command.business_ref)
        for each in (*former, *case.mentors)
    ]
    released = [MentorReleased(by=command.by, mentor=each, reason="conflict") for each in former]
    return [identified, *again, *released]


def _consent(command: GiveConsent | WithdrawConsent, case: MentoringCase) -> list[MentoringEvents]:
    """Give or withdraw consent, also after the mentoring has ended."""
    if case.registered is not None and command.to == case.registered.ticket:
        raise errors.OwnTicketError
    giving = isinstance(command, GiveConsent)
    if giving == (command.to in case.consents):
        return []
    kind = ConsentGiven if giving else ConsentWithdrawn
    return [kind(by=command.by, request=command.request, business_ref=case.business_ref, to=command.to)]


def _assign(command: AssignMentor, case: MentoringCase) -> list[MentoringEvents]:
    if command.by.role in MENTORS and command.by.actor != command.mentor:
        raise errors.MayNotAssignMentorError
    if case.registered is not None and command.mentor == case.registered.by.actor:
        raise errors.OwnBusinessError
    if command.mentor in case.permit.officials | command.evaluators:
        raise errors.HasEvaluatedError
    if command.mentor in command.checkers:
        raise errors.HasCheckedError
    if command.mentor in command.interested:
        raise errors.InterestedError
    if case.mentors[-1:] == (command.mentor,):
        return []
    recorded = MentoringRecorded(
        by=command.by, request=command.request, mentor=command.mentor, business_ref=case.business_ref
    )
    return [recorded]


def _release(command: ReleaseMentor, case: MentoringCase) -> list[MentoringEvents]:
    """Take a mentor off an open case, however it stands; whoever does not mentor it is no event."""
    if command.mentor not in case.mentors or case.status in OVER:
        return []
    return [MentorReleased(**dict(command), reason="conflict")]


def _triage(command: TriageProducts, case: MentoringCase) -> list[MentoringEvents]:
    refuse_unless_mentor(command.by, case)
    if not command.outcomes:
        raise errors.NoProductsError
    if not {each.product for each in command.outcomes} <= case.products:
        raise errors.UnknownProductError
    if set(command.outcomes) <= set(case.triaged):
        return []
    return [ProductsTriaged(**dict(command))]


def _refer(command: Refer, case: MentoringCase) -> list[MentoringEvents]:
    refuse_unless_mentor(command.by, case)
    refuse_skipped(case, MentoringStatus.TRIAGED)
    if not on_track(case.triaged, "pirt"):
        raise errors.NothingToReferError
    products = case.to_refer
    if case.referred.issuperset(products) and (not products or case.referral or not command.letter):
        return []
    return [ProductsReferred(**dict(command), products=products)]


def _return(command: Return, case: MentoringCase) -> list[MentoringEvents]:
    refuse_other_staff(command.by, case)
    if not case.at_health_office:
        raise errors.NotReferredError
    return [BusinessReturned(**dict(command))]


def _add_document(command: AddDocument, case: MentoringCase) -> list[MentoringEvents]:
    refuse_other_staff(command.by, case)
    if command.product is not None:
        refuse_unknown_product(command.product, case)
    return [DocumentAdded(**dict(command))]


def _act_on_label(command: LabelActs, case: MentoringCase) -> list[MentoringEvents]:
    if not isinstance(command, ConfirmLabelCheck):
        refuse_unless_mentor(command.by, case)
    refuse_unknown_product(command.product, case)
    return list(decide_label(command, case))


def _assess(command: Assess, case: MentoringCase) -> list[MentoringEvents]:
    if command.assessor == "official":
        refuse_unless_mentor(command.by, case)
    elif command.by.role not in CITIZENS:
        raise WrongRoleError
    refuse_skipped(case, MentoringStatus.TRIAGED)
    if not on_track(case.triaged, "md"):
        raise errors.NotOurTrackError
    known = case.assessments.get(command.visit)
    if known is not None and known.says_all_of(command.result, command.assessors):
        return []
    is_repeated = known is not None and known.result == command.result
    return [BusinessAssessed(**dict(command), is_repeated=is_repeated)]


def _act_on_finding(command: ActionCommands, case: MentoringCase) -> list[MentoringEvents]:
    if not isinstance(command, corrective_action.VerifyAction | corrective_action.ReopenAction):
        refuse_other_staff(command.by, case)
    return list(corrective_action.decide(command, case.finding(command.item)))


def _send_registration(command: SendRegistration, case: MentoringCase) -> list[MentoringEvents]:
    refuse_other_staff(command.by, case)
    refuse_skipped(case, MentoringStatus.PERMIT_ISSUED)
    if not case.permit.allows_registration:
        raise errors.NoPermitError
    refuse_blocked(case)
    refuse_unknown_product(command.product, case)
    if command.product in case.sent or command.product in case.numbers:
        return []
    if command.product not in {each.product for each in case.triaged}:
        raise errors.NotTriagedError
    if command.product not in on_track(case.triaged, "md"):
        raise errors.NotOurTrackError
    refuse_incomplete(command)
    return [
        RegistrationSent(
            by=command.by,
            request=command.request,
            product=command.product,
            rules=command.rules,
            questions=open_questions(case, command.product),
        )
    ]


def _return_registration(command: ReturnRegistration, case: MentoringCase) -> list[MentoringEvents]:
    refuse_other_staff(command.by, case)
    if command.product not in case.sent:
        raise errors.NotSentError
    return [RegistrationReturned(**dict(command))]


def _graduate(command: Graduate, case: MentoringCase) -> list[MentoringEvents]:
    refuse_unless_mentor(command.by, case)
    refuse_skipped(case, MentoringStatus.NUMBER_OBTAINED)
    if case.numbers and not case.is_checked:
        raise errors.NotCheckedError
    refuse_blocked(case)
    if case.unchecked_numbers or not case.products & case.confirmed:
        raise errors.NumberUncheckedError
    return [BusinessGraduated(**dict(command))]


def _pause(command: PauseMentoring, case: MentoringCase) -> list[MentoringEvents]:
    """Pause a case whose business has stayed silent since the given time."""
    awake = case.status not in (*OVER, MentoringStatus.DORMANT)
    if not awake or case.holder == "office" or command.silent_since != case.heard_at:
        return []
    return [MentoringPaused(**dict(command))]


def _resume(command: ResumeMentoring, case: MentoringCase) -> list[MentoringEvents]:
    refuse_over(case)
    refuse_other_staff(command.by, case)
    return [MentoringResumed(**dict(command))] if case.status is MentoringStatus.DORMANT else []


def _close(command: CloseMentoring, case: MentoringCase) -> list[MentoringEvents]:
    if case.status is MentoringStatus.CLOSED:
        return []
    refuse_over(case)
    refuse_other_staff(command.by, case)
    if command.reason in CHOSEN_BY_NOBODY and not command.by.role.startswith("system:"):
        raise errors.NotTheSystemsActError
    return [*missed_at_the_end(command.by, case), MentoringClosed(**dict(command))]


def _close_silent(command: CloseSilentMentoring, case: MentoringCase) -> list[MentoringEvents]:
    if case.status is not MentoringStatus.DORMANT or command.silent_since != case.heard_at:
        return []
    return [MentoringClosed(by=command.by, request=command.request, reason="no_response")]


def _report_missed(command: ReportLateVisit, case: MentoringCase) -> list[MentoringEvents]:
    """Report it once, also where the visit was made in the meantime, too late."""
    ended = case.visit_ended_at or command.by.at
    if command.since == case.late_since or command.since != case.obtained_at or ended <= command.due:
        return []
    return [DeadlineMissed(**dict(command))]
