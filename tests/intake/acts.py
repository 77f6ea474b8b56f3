"""People and moments of the case tests; all of them invented."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from zi_chassis.domain import Act
from zi_contracts.intake import PinnedStandard, Road
from zi_contracts.vault import ItemRef
from zi_intake.domain import publication
from zi_intake.domain.case import code_messages as codes
from zi_intake.domain.case import disclosure_messages as disclosures
from zi_intake.domain.case import filings, messages
from zi_intake.domain.case import handling_messages as handling
from zi_intake.domain.case import information_messages as info
from zi_intake.domain.case import moving_messages as moving
from zi_intake.domain.case import web_push_messages as web_push
from zi_intake.domain.case import word_messages as words
from zi_intake.domain.case.decide import decide
from zi_intake.domain.case.messages import CaseCommands, CaseEvents
from zi_intake.domain.case.state import Case, evolve, initial

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DUE = MONDAY + 20 * DAY


def citizen(at: datetime = MONDAY) -> Act:
    return Act(at=at, actor=str(UUID(int=7)), role="public")


def officer(name: str = "officer-ani", at: datetime = MONDAY) -> Act:
    return Act(at=at, actor=name, role="staff:officer")


def supervisor(at: datetime = MONDAY) -> Act:
    return Act(at=at, actor="supervisor-budi", role="staff:supervisor")


def timer(at: datetime = MONDAY) -> Act:
    return Act(at=at, actor="system:intake", role="system:intake")


def desk(at: datetime = MONDAY, service: str = "certificates") -> Act:
    return Act(at=at, actor=f"system:{service}", role=f"system:{service}")


def item(field: str = "text") -> ItemRef:
    return ItemRef(item=uuid4(), field=field, digest="0" * 64)


def complaint(body: str = "a" * 64) -> filings.FileComplaint:
    return filings.FileComplaint(
        by=citizen(),
        ticket="3C7K9M2Q5",
        body_digest=body,
        data_subject=UUID(int=7),
        confidentiality="named",
        anonymous=False,
        confidential=False,
        language="id",
        district="tarakan",
        standard=PinnedStandard(id="sp-pengaduan", version=1, tier="normatif", source_status="unverified"),
        due=DUE,
        acknowledge_by=MONDAY + 3 * DAY,
        reachable_by=("email",),
        items=(item(), item("reporter.email")),
        kind="product",
        commodity="pangan_olahan",
    )


def confidential(**changes: object) -> filings.FileComplaint:
    return complaint().model_copy(update={"confidentiality": "confidential", "confidential": True, **changes})


def entered(road: Road = "counter") -> filings.FileComplaint:
    return complaint().model_copy(update={"by": officer("officer-wati"), "road": road})


def from_system(**changes: object) -> filings.FileComplaint:
    by = Act(at=MONDAY, actor="call-centre", role="staff:entry")
    named = {"by": by, "road": "system", "system": "call_centre", "keeper": "officer-cici"}
    return complaint().model_copy(update=named | changes)


def consultation() -> filings.FileConsultation:
    filing = dict(complaint())
    for name in ("kind", "commodity", "appointed_topic", "judge_by"):
        del filing[name]
    return filings.FileConsultation(**filing, topic="registration")


def information() -> filings.RequestInformation:
    filing = dict(complaint())
    for name in ("kind", "commodity", "appointed_topic", "judge_by"):
        del filing[name]
    pin = PinnedStandard(id="sp-informasi", version=1, tier="request", source_status="verified")
    return filings.RequestInformation(**filing | {"standard": pin})


def suggestion(*, wants_answer: bool = False) -> filings.MakeSuggestion:
    filing = dict(complaint())
    for name in ("kind", "commodity", "appointed_topic", "judge_by", "due", "acknowledge_by"):
        del filing[name]
    return filings.MakeSuggestion(**filing, wants_answer=wants_answer)


def certificate_request() -> filings.RequestCertificate:
    return filings.RequestCertificate(
        by=citizen(),
        ticket="3C7K9M2Q5",
        body_digest="a" * 64,
        data_subject=UUID(int=7),
        language="id",
        reachable_by=("email",),
        items=(item("company.name"), item("reporter.email")),
        series="ski",
        business_ref="b" * 64,
        account=None,
    )


def mentoring_request(has_nib: bool = False) -> filings.RequestMentoring:
    return filings.RequestMentoring(
        by=citizen(),
        ticket="3C7K9M2Q5",
        body_digest="a" * 64,
        data_subject=UUID(int=7),
        language="id",
        reachable_by=("phone",),
        items=(item("business.name"), item("products"), item("reporter.phone")),
        business_ref="c" * 64,
        district="nunukan",
        has_nib=has_nib,
        products=2,
    )


def after(*commands: CaseCommands, state: Case = initial) -> Case:
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def events(*commands: CaseCommands) -> list[CaseEvents]:
    state, recorded = initial, []
    for command in commands:
        decided = decide(command, state)
        for event in decided:
            state = evolve(state, event)
        recorded += decided
    return recorded


ACKNOWLEDGE = messages.Acknowledge(by=officer())
ASSIGN = messages.Assign(by=officer(), officer="officer-ani", known_roles=frozenset({"officer"}))
ASSIGN_APPOINTED = ASSIGN.model_copy(update={"topic": "conduct"})
MOVE = moving.MoveToAppointed(
    by=officer(),
    topic="conduct",
    appointed=frozenset({"officer-wati", "officer-dodo"}),
    items=(item("case.note"),),
)
SHORTER = PinnedStandard(id="sp-pengaduan", version=1, tier="ringan", source_status="unverified")
TRIAGE = messages.TriageCase(
    by=officer(), standard=SHORTER, due=MONDAY + 7 * DAY, emergency=False, items=(item("triage.reason"),)
)
NOTE = messages.AddNote(by=officer(), items=(item("case.note"),))
ASK = messages.Ask(by=officer(), items=(item("question"),), reply_by=MONDAY + 14 * DAY)
REPLY = messages.Reply(by=citizen(), items=(item("reply"),), due=DUE + 2 * DAY)
ANSWER = messages.Answer(by=officer(), items=(item("answer"),), closes_on=MONDAY + 14 * DAY)
CLOSE = messages.Close(by=officer(), reopen_until=MONDAY + 30 * DAY)
REOPEN = messages.Reopen(by=citizen(), items=(item("reply"),), due=DUE + 5 * DAY)
WITHDRAW = messages.Withdraw(by=citizen())
LIMITS = messages.StorageLimits(untaken=10_000_000, taken=50_000_000, passed_on=300_000_000)
PHOTO = messages.AddAttachment(
    by=citizen(), items=(item("attachment"),), media_type="image/jpeg", size=9, limits=LIMITS
)
KEEP = messages.KeepData(by=desk(), items=(item("note"),))
KEEP_MENTORING = KEEP.model_copy(update={"by": desk(service="umkm")})
GIVE_NUMBER = messages.GiveNumber(by=citizen(), business_ref="d" * 64, items=(item("business.nib"),))
OPEN = messages.OpenPersonalData(by=officer(), items=(UUID(int=1),), purpose="handling")
COUNT_OPENINGS = messages.CountOpenings(
    by=timer(),
    opening=UUID(int=9),
    official="officer-ani",
    role="staff:officer",
    purpose="handling",
    since=MONDAY,
    count=14,
)
ASK_ERASURE = messages.AskErasure(by=officer(), reason="subject_request")
APPROVE_ERASURE = messages.ApproveErasure(by=supervisor())
REFUSE_ERASURE = messages.RefuseErasure(by=supervisor(), reason="not_the_data_subject")
REQUEST = UUID(int=77)
ASK_DISCLOSURE = disclosures.AskDisclosure(
    by=officer("officer-cici"), disclosure=REQUEST, reason="supervision", answer_by=MONDAY + 3 * DAY
)
CONSENT = disclosures.ConsentDisclosure(
    by=supervisor(), disclosure=REQUEST, is_independent=True, open_until=MONDAY + DAY
)
REFUSE_DISCLOSURE = disclosures.RefuseDisclosure(by=supervisor(), disclosure=REQUEST, is_independent=True)
EXPIRE_DISCLOSURE = disclosures.ExpireDisclosure(by=timer(MONDAY + 3 * DAY), disclosure=REQUEST)
LATE = messages.ReportMissedDeadline(by=timer(DUE + DAY), clock="answer", due=DUE)
UNANSWERED = messages.CloseUnanswered(by=timer(), reply_by=ASK.reply_by, reopen_until=MONDAY + 30 * DAY)
SILENT = messages.CloseSilent(by=timer(), closes_on=ANSWER.closes_on, reopen_until=MONDAY + 30 * DAY)

ADD_WORDS = words.AddWords(by=citizen(), kind="addition", items=(item("addition"),))
RATE = words.RateAnswer(by=citizen(), rating="helped")
REQUEST_CODE = codes.RequestCode(by=timer(), asking=REQUEST)
REPLACE_CODE = codes.ReplaceCode(by=citizen(), asking=REQUEST)
STOP_CODES = codes.StopCodes(by=citizen())
AGREE_PUSH = web_push.AgreeWebPush(by=citizen(), items=(item("browser.subscription"),))
END_PUSH = web_push.EndWebPush(by=citizen())
GONE_PUSH = web_push.EndWebPush(by=timer(MONDAY + DAY), known_gone=MONDAY + DAY)
INCIDENT = UUID(int=99)
LINK = handling.LinkCase(by=officer(), incident=INCIDENT, items=(item("incident.reason"),))
JOIN = handling.JoinIncident(by=citizen(), incident=INCIDENT)
PROPOSE = publication.ProposePublication(
    by=officer(), district="tarakan", commodity="pangan_olahan", digest="a" * 64, open_until=MONDAY + 30 * DAY
)
PUBLISH = publication.PublishIncident(by=supervisor(), digest="a" * 64, reports=2)
END = publication.EndPublication(by=officer("officer-cici"), reason="over")
UNLINK = handling.UnlinkCase(by=officer(), items=(item("incident.reason"),))
VISIT = handling.RecordVisit(
    by=officer(),
    visited_on=MONDAY.date(),
    today=MONDAY.date(),
    outcome="as_reported",
    items=(item("visit.findings"),),
)
TOLD_BODY, TOLD_CITIZEN = item("referral.text"), item("answer")
REFER = handling.ReferCase(
    by=officer(), body="health_office", items=(TOLD_BODY, TOLD_CITIZEN), closes_on=MONDAY + 14 * DAY
)
ALLOW = handling.DecideContact(by=citizen(), allowed=True)
DRAFT_ID = UUID(int=55)
DRAFT = ANSWER.model_copy(update={"draft": DRAFT_ID})
APPROVE = handling.ApproveDraft(by=supervisor(), draft=DRAFT_ID, closes_on=MONDAY + 15 * DAY)
RETURN = handling.ReturnDraft(by=supervisor(), draft=DRAFT_ID, items=(item("draft.reason"),))

EXTEND = info.ExtendTime(by=officer(), due=DUE + 9 * DAY, items=(item("extension.reason"),))
REFUSE = ANSWER.model_copy(update={"refusal": "not_held"})
DECIDE_OBJECTION = info.DecideObjection(
    by=supervisor(), outcome="upheld", items=(item("answer"),), closes_on=MONDAY + 40 * DAY
)

FILED = (complaint(),)
PASSED_ON = (certificate_request(),)
MENTORED = (mentoring_request(),)
ACKNOWLEDGED = (*FILED, ACKNOWLEDGE)
ASSIGNED = (*ACKNOWLEDGED, ASSIGN)
ENTERED = (entered(), ACKNOWLEDGE, ASSIGN)
CLARIFICATION_ASKED = (*ASSIGNED, ASK)
ANSWERED = (*ASSIGNED, ANSWER)
DRAFTED = (*ASSIGNED, DRAFT)
REFERRED = (*ASSIGNED, REFER)
# A supervisor has given it to an officer: nobody takes a confidential case alone.
ASSIGN_BY_SUPERVISOR = messages.Assign(
    by=supervisor(), officer="officer-ani", known_roles=frozenset({"officer"})
)
CONFIDENTIAL = (confidential(), ACKNOWLEDGE, ASSIGN_BY_SUPERVISOR)
DISCLOSURE_ASKED = (*CONFIDENTIAL, ASK_DISCLOSURE)
FOR_APPOINTED = (confidential(kind="service", commodity=None, appointed_topic="conduct"), ACKNOWLEDGE)
MOVED = (*ASSIGNED, MOVE)
CLOSED = (*ANSWERED, CLOSE)
REQUESTED = (information(), ACKNOWLEDGE, ASSIGN)
OBJECTED = (*REQUESTED, ANSWER, REOPEN)
SUGGESTED = (suggestion(), ACKNOWLEDGE, ASSIGN)
ERASURE_ASKED = (*CLOSED, ASK_ERASURE)
ERASED = (*ERASURE_ASKED, APPROVE_ERASURE)
