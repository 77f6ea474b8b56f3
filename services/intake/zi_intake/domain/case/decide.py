"""Decide what a command to a case changes: that depends on the command and the state alone."""

from typing import assert_never

from zi_chassis.domain import (
    CITIZENS,
    Act,
    ErasedError,
    WrongRoleError,
    officials,
    refuse_other_roles,
    services,
)
from zi_intake.domain.case import refusals
from zi_intake.domain.case.answer_files import is_for_answer
from zi_intake.domain.case.closing_decisions import close, close_by_timer, never_earlier, reopen
from zi_intake.domain.case.code_decisions import decide_about_code
from zi_intake.domain.case.code_messages import CodeCommands, ReplaceCode, RequestCode, StopCodes
from zi_intake.domain.case.deadlines import due_as_judged, missed_until, report_missed
from zi_intake.domain.case.disclosure_decisions import (
    decide_about_disclosure,
    may_take,
    refuse_reader,
    refuse_taking,
)
from zi_intake.domain.case.disclosure_messages import DisclosureCommands, ExpireDisclosure
from zi_intake.domain.case.erasure_decisions import decide_about_erasure
from zi_intake.domain.case.filings import (
    FILED,
    AnswerableFiling,
    AnyFiled,
    AnyFiling,
    CaseCommand,
    MentoringRequested,
    SuggestionMade,
    appointed_topic,
    enterers,
    requests_information,
)
from zi_intake.domain.case.handling_decisions import answer, decide_about_handling, refuse_answer_file
from zi_intake.domain.case.handling_messages import HandlingCommands
from zi_intake.domain.case.information_decisions import decide_about_information, refuse_during_objection
from zi_intake.domain.case.information_messages import InformationCommands
from zi_intake.domain.case.messages import (
    Acknowledge,
    AddAttachment,
    AddNote,
    Answer,
    ApproveErasure,
    Ask,
    AskErasure,
    Assign,
    AttachmentAdded,
    BusinessNumberGiven,
    CaseAcknowledged,
    CaseAssigned,
    CaseCommands,
    CaseEvents,
    CaseTriaged,
    CaseWithdrawn,
    CitizenReplied,
    ClarificationAsked,
    Close,
    CloseSilent,
    CloseUnanswered,
    CommandsOfFiled,
    CountOpenings,
    DataKept,
    ErasureCommands,
    GiveNumber,
    KeepData,
    NoteAdded,
    OpenPersonalData,
    RefuseErasure,
    Reopen,
    Reply,
    ReportMissedDeadline,
    TriageCase,
    Withdraw,
)
from zi_intake.domain.case.moving_decisions import move_to_appointed
from zi_intake.domain.case.moving_messages import MoveToAppointed
from zi_intake.domain.case.opening_decisions import count_openings, open_personal_data
from zi_intake.domain.case.state import Case, Status, refuse_ended
from zi_intake.domain.case.web_push_decisions import decide_about_web_push
from zi_intake.domain.case.web_push_messages import AgreeWebPush, EndWebPush, WebPushCommands
from zi_intake.domain.case.word_decisions import decide_of_citizen
from zi_intake.domain.case.word_messages import CitizenCommands
from zi_intake.domain.case.work_rules import (
    is_supervisor,
    refuse_others,
    refuse_unless_working,
    refuse_waiting,
)
from zi_intake.roles import (
    LEFT_TO_COLLEAGUES,
    LEFT_TO_HEAD,
    OFFICERS,
    PARTIES,
    READERS,
    SYSTEMS,
    readers_of,
    uploading_officials,
)

BesideTheWork = (
    ErasureCommands
    | DisclosureCommands
    | CodeCommands
    | WebPushCommands
    | HandlingCommands
    | CitizenCommands
    | InformationCommands
    | MoveToAppointed
)
# What is still done here with a case that another desk works on.
STAYS_HERE = (
    GiveNumber,
    AddAttachment,
    KeepData,
    AskErasure,
    ApproveErasure,
    RefuseErasure,
    OpenPersonalData,
    CountOpenings,
    RequestCode,
    ReplaceCode,
    StopCodes,
    AgreeWebPush,
    EndWebPush,
)


def decide(command: CaseCommands, case: Case) -> list[CaseEvents]:
    """Return the events that the command adds; none where it repeats an earlier one."""
    refuse_other_roles(command, PARTIES)
    if isinstance(command, AnyFiling):
        return _file(command, case)
    if case.filing is None:
        raise refusals.NotFiledError
    _refuse_other_people(command, case.filing)
    if isinstance(command, CaseCommand) and command.request in case.requests:
        return []
    if case.erased is not None:
        return _after_the_erasure(command, case)
    if case.status is Status.PASSED_ON and not isinstance(command, STAYS_HERE):
        raise refusals.PassedOnError
    events = _act(command, case, case.filing)
    return [*missed_until(command, case), *events] if events else []


def _act(command: CommandsOfFiled, case: Case, filing: AnyFiled) -> list[CaseEvents]:
    _refuse_by_kind(command, case, filing)
    if isinstance(command, BesideTheWork):
        return _act_beside_the_work(command, case, filing)
    match command:
        case Acknowledge():
            return _acknowledge(command, case)
        case Assign():
            return _assign(command, case)
        case TriageCase() | AddNote():
            return _judge(command, case)
        case Ask():
            return _ask(command, case)
        case Reply():
            return _reply(command, case)
        case Answer():
            return answer(command, case)
        case Close():
            return close(command, case)
        case CloseUnanswered() | CloseSilent():
            return close_by_timer(command, case)
        case Reopen():
            return reopen(command, case)
        case Withdraw():
            return _withdraw(command, case)
        case ReportMissedDeadline():
            return report_missed(command, case)
        case AddAttachment():
            return _add_attachment(command, case)
        case KeepData():
            return _keep_data(command, case)
        case GiveNumber():
            return _give_number(command, case)
        case OpenPersonalData() | CountOpenings():
            return _open(command, case)
    assert_never(command)


def _act_beside_the_work(command: BesideTheWork, case: Case, filing: AnyFiled) -> list[CaseEvents]:
    if isinstance(command, ErasureCommands):
        return decide_about_erasure(command, case, filing)
    if isinstance(command, DisclosureCommands):
        return decide_about_disclosure(command, case)
    if isinstance(command, HandlingCommands):
        return decide_about_handling(command, case)
    if isinstance(command, CitizenCommands):
        return [*decide_of_citizen(command, case)]
    if isinstance(command, InformationCommands):
        return decide_about_information(command, case)
    if isinstance(command, MoveToAppointed):
        return [*move_to_appointed(command, case)]
    if isinstance(command, WebPushCommands):
        return [*decide_about_web_push(command, case)]
    return [*decide_about_code(command, case, filing)]


def _refuse_by_kind(command: CommandsOfFiled, case: Case, filing: AnyFiled) -> None:
    """Raise for what is not done with a suggestion, and with a request for information whose objection waits."""
    if isinstance(filing, SuggestionMade) and isinstance(command, TriageCase | Ask | Reopen):
        raise refusals.SuggestionError
    refuse_during_objection(command, case)


def _refuse_other_people(command: CaseCommands, filing: AnyFiled) -> None:
    """Raise for a citizen at somebody else's case, and for another desk's people and programs."""
    if command.by.role in CITIZENS and not is_owner(command.by, filing):
        raise refusals.NotTheOwnerError
    if command.by.role in READERS and command.by.actor == filing.applicant:
        raise refusals.OwnCaseError
    if isinstance(command, OpenPersonalData) and command.by.role not in readers_of(filing):
        raise WrongRoleError
    if command.by.actor in enterers(filing) and isinstance(command, LEFT_TO_COLLEAGUES):
        raise refusals.EnteredYourselfError
    if command.by.role == "staff:head" and appointed_topic(filing) is None and not _is_left_to_head(command):
        raise WrongRoleError
    if isinstance(command, AddAttachment) and command.by.role not in CITIZENS | officials(
        *uploading_officials(filing)
    ):
        raise WrongRoleError


def _is_left_to_head(command: CaseCommands) -> bool:
    """Return whether the head does this in a case that others see: what is no work on it, and an erasure that nobody else can decide about."""
    is_last_one = isinstance(command, ApproveErasure | RefuseErasure) and command.nobody_else
    return is_last_one or isinstance(command, LEFT_TO_HEAD)


def is_owner(by: Act, filing: AnyFiled) -> bool:
    """Return whether the act is of somebody with the code of the case, or of the applicant who filed it signed in."""
    if by.role == "public":
        return by.actor == str(filing.data_subject)
    return (by.actor, by.role) == (filing.by.actor, filing.by.role)


def _after_the_erasure(command: CaseCommands, case: Case) -> list[CaseEvents]:
    """Refuse everything after the erasure, but for the count of accesses before it."""
    if isinstance(command, CountOpenings):
        return count_openings(command, case)
    if isinstance(command, ApproveErasure | ExpireDisclosure | EndWebPush):
        return []
    raise ErasedError


def _file(command: AnyFiling, case: Case) -> list[CaseEvents]:
    if command.by.role == "public" and command.by.actor != str(command.data_subject):
        raise refusals.NotTheOwnerError
    is_named = isinstance(command, AnswerableFiling) and None not in (command.system, command.keeper)
    if is_named != (command.by.role in SYSTEMS):
        raise WrongRoleError
    if case.filing is not None:
        if case.filing.body_digest != command.body_digest:
            raise refusals.AnotherBodyError
        return []
    return [FILED[type(command)](**vars(command))]


def _open(command: OpenPersonalData | CountOpenings, case: Case) -> list[CaseEvents]:
    if isinstance(command, OpenPersonalData):
        return open_personal_data(command, case)
    return count_openings(command, case)


def _acknowledge(command: Acknowledge, case: Case) -> list[CaseEvents]:
    refuse_ended(case)
    if case.status is not Status.FILED:
        return []
    return [CaseAcknowledged(**dict(command))]


def _assign(command: Assign, case: Case) -> list[CaseEvents]:
    refuse_ended(case)
    if case.status is Status.FILED:
        raise refusals.NotAcknowledgedError
    if command.officer == case.officer or (command.instead_of not in (None, case.officer)):
        return []
    is_own = command.officer == command.by.actor
    if is_own:
        refuse_taking(command.by, case)
    elif not is_supervisor(command.by):
        raise refusals.NotYoursToAssignError
    if not is_own and command.known_roles.isdisjoint(OFFICERS):
        raise refusals.NoOfficerError
    if is_own and not may_take(case, command.by.actor, command.by.at, holder_sees=command.holder_sees):
        raise refusals.ConfidentialCaseError
    if not command.is_seen or command.topic != appointed_topic(case.filing):
        raise refusals.NotAppointedForTopicError
    if command.officer in enterers(case.filing):
        raise refusals.EnteredYourselfError
    return [CaseAssigned(by=command.by, request=command.request, officer=command.officer)]


def _judge(command: TriageCase | AddNote, case: Case) -> list[CaseEvents]:
    """Judge a case that the office works on: before somebody has it any officer may, then its officer or a supervisor, and whoever can't
    read a confidential case does not judge it. Notes are written whatever its state."""
    if isinstance(command, AddNote):
        return [NoteAdded(**dict(command))]
    refuse_ended(case)
    if case.status is Status.FILED:
        raise refusals.NotAcknowledgedError
    refuse_waiting(case)
    if case.officer is not None:
        refuse_others(command.by, case)
    refuse_reader(command.by, case)
    # The law sets the time of a request for information, and whoever extended it has named a day.
    due = case.due if requests_information(case.filing) else due_as_judged(command, case)
    return [CaseTriaged(**dict(command) | {"due": due})]


def _ask(command: Ask, case: Case) -> list[CaseEvents]:
    refuse_unless_working(command.by, case)
    return [ClarificationAsked(**dict(command))]


def _reply(command: Reply, case: Case) -> list[CaseEvents]:
    refuse_ended(case)
    if case.status is not Status.CLARIFICATION_ASKED:
        raise refusals.NothingAskedError
    return [CitizenReplied(**dict(command) | {"due": never_earlier(command.due, case)})]


def _withdraw(command: Withdraw, case: Case) -> list[CaseEvents]:
    if case.status is Status.WITHDRAWN:
        return []
    refuse_ended(case)
    return [CaseWithdrawn(**dict(command))]


def _add_attachment(command: AddAttachment, case: Case) -> list[CaseEvents]:
    if is_for_answer(command.items):
        refuse_answer_file(command.by, case, command.limits.taken, command.size)
    else:
        refuse_ended(case)
        if case.attachments >= case.attachment_limit:
            raise refusals.TooManyAttachmentsError(limit=case.attachment_limit)
        case.refuse_over(command.limits, command.size)
    return [AttachmentAdded(**{name: value for name, value in dict(command).items() if name != "limits"})]


def _keep_data(command: KeepData, case: Case) -> list[CaseEvents]:
    if case.status is not Status.PASSED_ON:
        raise refusals.NotPassedOnError
    desk = "umkm" if isinstance(case.filing, MentoringRequested) else "certificates"
    if command.by.role not in services(desk):
        raise WrongRoleError
    return [DataKept(**dict(command))]


def _give_number(command: GiveNumber, case: Case) -> list[CaseEvents]:
    """Record a new or corrected number, with the former reference for those who know the business by it."""
    if not isinstance(case.filing, MentoringRequested):
        raise refusals.NotMentoredError
    if command.business_ref == case.business_ref:
        return []
    return [BusinessNumberGiven(**dict(command), former_ref=case.business_ref)]
