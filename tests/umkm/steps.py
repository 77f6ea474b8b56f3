"""People, moments and commands of the umkm tests, in the order of the usual way; all of them invented."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from zi_chassis.domain import Act
from zi_contracts.configuration import Pin
from zi_contracts.umkm import (
    JudgedLabelItem,
    MentoringPin,
    PermitClock,
    PromisedBy,
    RuleVersion,
    TriagedProduct,
)
from zi_contracts.vault import ItemRef
from zi_umkm.domain import corrective_action as actions
from zi_umkm.domain.business import AssessedFinding, BusinessProduct, BusinessProfile, Result
from zi_umkm.domain.case import label_checks, messages, numbers, permit, referral, state_questions
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.evolve import evolve
from zi_umkm.domain.case.messages import MentoringCommands, MentoringEvents
from zi_umkm.domain.case.nickname import NameBusiness, RemoveNickname
from zi_umkm.domain.case.referral import ReferralLetter
from zi_umkm.domain.case.state import MentoringCase, initial
from zi_umkm.domain.case.trip_visits import AnnounceVisit, CallOffVisit

MONDAY = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICKET = "3C7K9M2QM"
TEMPORARY, PERMANENT = "b" * 64, "c" * 64
RULES = MentoringPin(id="test-rules", version=1)
CHECKLIST = RuleVersion(id="test-checklist", version=1)


def named(name: str) -> UUID:
    return uuid5(UUID(int=9), name)


def owner(at: datetime = MONDAY) -> Act:
    return Act(at=at, actor=str(named("owner")), role="public")


def staff(name: str, role: str, at: datetime = MONDAY) -> Act:
    return Act(at=at, actor=name, role=f"staff:{role}")


def mentor(name: str = "mentor-ani", at: datetime = MONDAY) -> Act:
    return staff(name, "mentor", at)


def system(at: datetime = MONDAY) -> Act:
    return Act(at=at, actor="system:umkm", role="system:umkm")


SUPERVISOR = staff("supervisor-eka", "supervisor")
COLLEAGUE = staff("officer-budi", "officer")
EVALUATOR = staff("evaluator-citra", "evaluator")
HEAD = staff("head-gita", "head")


def item(field: str) -> ItemRef:
    return ItemRef(item=named(field), field=field, digest="0" * 64)


def triaged(product: int = 1, track: str = "md", ruling: str = "outside_pirt") -> TriagedProduct:
    return TriagedProduct.model_validate(
        {
            "product": product,
            "track": track,
            "track_ruling": ruling,
            "risk": "medium_low",
            "risk_ruling": "additives_or_cold",
        }
    )


def found(item: str, grade: str = "minor") -> AssessedFinding:
    return AssessedFinding(item=item, grade=grade, critical=grade == "critical")


def result(*findings: AssessedFinding, rating: str = "b") -> Result:
    return Result(checklist=CHECKLIST, rating=rating, points=100 - 5 * len(findings), findings=findings)


FISH = BusinessProduct(
    number=1, kind="frozen_fish", traits=("frozen_meat_or_fish",), items=(item("product.name"),)
)
SAMBAL = BusinessProduct(number=2, kind="sambal")
BUSINESS = BusinessProfile(district="nunukan", products=(FISH,), items=(item("business.place"),))
WITH_NUMBER = BUSINESS.model_copy(update={"has_nib": True, "kbli": ("10213",)})
TWO_PRODUCTS = WITH_NUMBER.model_copy(update={"products": (FISH, SAMBAL)})
ONLY_SECOND = WITH_NUMBER.model_copy(update={"products": (SAMBAL,)})
OTHERWISE = WITH_NUMBER.model_copy(update={"products": (BusinessProduct(number=1, kind="sambal"),)})
WATER = found("air_diuji", "critical")
FLOOR = found("lantai_mudah_dibersihkan")

REGISTER = messages.RegisterMentoring(
    by=owner(),
    ticket=TICKET,
    business_ref=TEMPORARY,
    data_subject=named("owner"),
    language="id",
    reachable_by=("phone",),
    business=BUSINESS,
)
RESTATE = messages.Restate(by=owner(), business=TWO_PRODUCTS)
GIVE_CONSENT = messages.GiveConsent(by=owner(), to="0EXAMP1E0")
WITHDRAW_CONSENT = messages.WithdrawConsent(by=owner(), to="0EXAMP1E0")
IDENTIFY = messages.Identify(by=owner(), business_ref=PERMANENT)
NAME = NameBusiness(by=owner(), is_named=True, items=(item("nickname"),))
REMOVE_NAME = RemoveNickname(by=SUPERVISOR, reason="names_a_person")
ASSIGN = messages.AssignMentor(by=mentor(), mentor="mentor-ani")
REPORT_LATE_VISIT = messages.ReportLateVisit(
    by=system(), since=MONDAY, due=MONDAY, rules=Pin(id="rancangan_pendampingan", version=1, digest="0" * 64)
)
RELEASE = messages.ReleaseMentor(by=system(), mentor="mentor-ani")
TRIAGE = messages.TriageProducts(by=mentor(), rules=RULES, outcomes=(triaged(),))
NOT_OURS = messages.TriageProducts(
    by=mentor(), rules=RULES, outcomes=(triaged(track="pirt", ruling="home_industry"),)
)
SECOND_NOT_OURS = messages.TriageProducts(
    by=mentor(), rules=RULES, outcomes=(triaged(2, track="pirt", ruling="home_industry"),)
)
REFER = messages.Refer(by=mentor(), items=(item("letter"),))
RETURN = messages.Return(by=owner())
ADD_DOCUMENT = messages.AddDocument(by=owner(), document="layout", items=(item("attachment"),))
LOOK_AT_LABEL = label_checks.CheckLabel(
    by=mentor(),
    product=1,
    parts=frozenset({"label_expiry"}),
    check=named("label check"),
    found=(
        JudgedLabelItem(item="label_expiry", finding="ok"),
        JudgedLabelItem(item="label_halal", finding="not_applicable", remarked=True),
        JudgedLabelItem(item="label_producer", finding="not_ok", remarked=True),
    ),
    second_look=True,
    items=(item("note"), item("note")),
)
LABEL_PHOTO = label_checks.AddLabelPhoto(
    by=mentor(), product=1, check=named("label check"), item="label_producer", file=item("attachment")
)
CONFIRM_LABEL = label_checks.ConfirmLabelCheck(
    by=staff("officer-rina", "officer"), product=1, check=named("label check")
)
CHECK_LABEL = messages.CheckLabel(by=mentor(), product=1, parts=frozenset({"label_expiry", "label_halal"}))
SELF = messages.Assess(by=owner(), visit=named("self"), assessor="business", result=result(FLOOR))
ASSESS = messages.Assess(by=mentor(), visit=named("first"), assessor="official", result=result(WATER, FLOOR))
CLEAN = messages.Assess(by=mentor(), visit=named("clean"), assessor="official", result=result(rating="a"))
AGREE = actions.AgreeAction(by=owner(), item="air_diuji", due=MONDAY + 30 * DAY, items=(item("action.text"),))
EVIDENCE = actions.GiveActionEvidence(by=owner(), item="air_diuji", items=(item("attachment"),))
VERIFY = actions.VerifyAction(by=COLLEAGUE, item="air_diuji", means="on_site")
REOPEN = actions.ReopenAction(by=COLLEAGUE, item="air_diuji")
REMIND = actions.RemindOfAction(by=system(), item="air_diuji", due=MONDAY + 30 * DAY)
PERMIT_RULES = Pin(id="permit_rules", version=1, digest="1" * 64)
PROMISED_BY = PromisedBy(rules=PERMIT_RULES, calendar=PERMIT_RULES, holidays=PERMIT_RULES)


def promise(clock: PermitClock, days: int, since: datetime = MONDAY) -> permit.PermitPromise:
    return permit.PermitPromise(clock=clock, since=since, due=since + days * DAY, promised_by=PROMISED_BY)


CERTIFICATE = permit.PermitCertificate(
    letter=named("letter"),
    number="IPC-2026-000001",
    path="standard",
    district="nunukan",
    valid_until=None,
    rules=PERMIT_RULES,
)
APPLY = permit.ApplyForPermit(by=owner(), rules=RULES, missing=(), promise=promise("permit_account", 3))
VERIFY_ACCOUNT = permit.VerifyPermitAccount(by=COLLEAGUE, promise=promise("permit_evaluation", 20))
RETURN_PERMIT = permit.ReturnPermit(by=EVALUATOR, items=(item("note"),))
FIT = permit.FindFit(by=EVALUATOR, promise=promise("permit_issue", 7))
ISSUE = permit.IssuePermit(by=HEAD, certificate=CERTIFICATE)
LAST_DAY = date(2031, 12, 7)
FOR_YEARS = permit.IssuePermit(by=HEAD, certificate=CERTIFICATE.model_copy(update={"valid_until": LAST_DAY}))
REPORT_LATE_PERMIT = permit.ReportLatePermit(
    by=system(MONDAY + 4 * DAY), clock="permit_account", since=MONDAY, due=MONDAY + 3 * DAY
)
REMIND_OF_RENEWAL = permit.RemindOfRenewal(by=system(MONDAY + 1700 * DAY), number=CERTIFICATE.number)
EXPIRE = permit.ExpirePermit(by=system(MONDAY + 1827 * DAY), number=CERTIFICATE.number, day=date(2031, 12, 8))
PROPOSE = permit.ProposeRevocation(by=COLLEAGUE, reason="false_statement", items=(item("note"),))
ANNOUNCE_REVOCATION = permit.AnnounceRevocation(
    by=HEAD, objection_until=MONDAY + 14 * DAY, rules=PERMIT_RULES, items=(item("note"),)
)
AT_ONCE = permit.AnnounceRevocation(by=HEAD, objection_until=None, rules=PERMIT_RULES)
DROP = permit.DropRevocation(by=HEAD, items=(item("note"),))
CONTEST = permit.ObjectToRevocation(by=owner(MONDAY + DAY), items=(item("note"),))
CONFIRM_REVOCATION = permit.ConfirmRevocation(by=SUPERVISOR, items=(item("note"),))
TAKE_EFFECT = permit.TakeRevocationEffect(by=system(MONDAY + 14 * DAY), objection_until=MONDAY + 14 * DAY)
SEND = messages.SendRegistration(by=owner(), product=1, rules=RULES, missing=())
RETURN_REGISTRATION = messages.ReturnRegistration(by=owner(), product=1)
NUMBER = numbers.RecordRegistrationNumber(by=owner(), product=1, number="MD123456789012", shape="expected")
CORRECT = numbers.CorrectRegistrationNumber(by=owner(), product=1, number="MD123456789021", shape="expected")
CONFIRM = numbers.CheckRegistrationNumber(
    by=COLLEAGUE, product=1, number="MD123456789012", outcome="confirmed"
)
REFUTE = CONFIRM.model_copy(update={"outcome": "refuted"})
CONFIRM_BUSINESS = numbers.CheckBusinessNumber(by=COLLEAGUE, business_ref=PERMANENT, outcome="confirmed")
PIRT_NUMBER = numbers.RecordReferredNumber(
    by=owner(), product=1, number="P-IRT2093471010001-29", shape="expected"
)
CONFIRM_PIRT = CONFIRM.model_copy(update={"number": PIRT_NUMBER.number})
CHECK = messages.Assess(by=mentor(), visit=named("last"), assessor="official", result=result(rating="a"))
LATE = messages.ReportLateVisit(
    by=system(MONDAY + 31 * DAY), since=MONDAY, due=MONDAY + 30 * DAY, rules=Pin.of(RULES)
)
GRADUATE = messages.Graduate(by=mentor())
PAUSE = messages.PauseMentoring(by=system(MONDAY + 90 * DAY), silent_since=MONDAY)
RESUME = messages.ResumeMentoring(by=owner(MONDAY + 100 * DAY))
CLOSE = messages.CloseMentoring(by=owner(), reason="business_stopped")
CLOSE_SILENT = messages.CloseSilentMentoring(by=system(MONDAY + 270 * DAY), silent_since=MONDAY)

ANNOUNCE = AnnounceVisit(
    by=SUPERVISOR, trip=named("trip"), begins=date(2026, 12, 14), ends=date(2026, 12, 16)
)
CALL_OFF = CallOffVisit(
    by=SUPERVISOR, trip=named("trip"), begins=date(2026, 12, 14), reason="weather", outcome="moved"
)
LETTER = ReferralLetter(
    letter=named("letter"), number="SR-2026-000001", code_digest="a" * 64, open_until=MONDAY + 90 * DAY
)
REFER_BY_LETTER = REFER.model_copy(update={"letter": LETTER})
HEALTH_OFFICE = Act(at=MONDAY, actor=LETTER.number, role="health_office")
ANSWER: dict[str, Any] = {"by": HEALTH_OFFICE, "letter": LETTER.letter, "code_digest": LETTER.code_digest}
RECEIVE = referral.ReceiveReferral(**ANSWER)
QUESTION = referral.QuestionReferral(**ANSWER, items=(item("note"),))
REFUSE_REFERRAL = referral.RefuseReferral(**ANSWER, product=1, items=(item("note"),))
GIVE_NUMBER = referral.GiveReferredNumber(**ANSWER, product=1, number=PIRT_NUMBER.number, shape="expected")
RENEW_CODE = referral.RenewReferralCode(
    by=mentor(), letter=LETTER.letter, code_digest="b" * 64, open_until=MONDAY + 180 * DAY
)

ASKED_QUESTION = state_questions.RecordStateQuestion(
    by=owner(), question=named("question"), product=1, due=MONDAY + 10 * DAY, items=(item("note"),)
)
ANSWERED_QUESTION = state_questions.AnswerStateQuestion(by=owner(), question=named("question"))
CORRECTED_DAY = state_questions.CorrectStateQuestion(
    by=owner(), question=named("question"), due=MONDAY + 20 * DAY, reason="extended", items=(item("note"),)
)
WATCH_QUESTION = state_questions.WatchStateQuestion(by=system(), question=named("question"))
WATCH_LATE = state_questions.WatchStateQuestion(by=system(MONDAY + 10 * DAY), question=named("question"))

ASSIGNED = (REGISTER, ASSIGN)
TRIAGED = (*ASSIGNED, TRIAGE)
REFERRED = (*ASSIGNED, NOT_OURS, REFER)
REFERRED_BY_LETTER = (*ASSIGNED, NOT_OURS, REFER_BY_LETTER)
ASSESSED = (*TRIAGED, ASSESS)
CORRECTED = (*ASSESSED, AGREE, EVIDENCE, VERIFY)
APPLIED = (*CORRECTED, APPLY)
EVALUATED = (*APPLIED, VERIFY_ACCOUNT)
FOUND_FIT = (*EVALUATED, FIT)
PERMITTED = (*FOUND_FIT, ISSUE)
PERMITTED_FOR_YEARS = (*FOUND_FIT, FOR_YEARS)
PROPOSED = (*PERMITTED, PROPOSE)
REVOCATION_ANNOUNCED = (*PROPOSED, ANNOUNCE_REVOCATION)
CONTESTED = (*REVOCATION_ANNOUNCED, CONTEST)
SENT = (*PERMITTED, SEND)
NUMBERED = (*SENT, NUMBER)
GRADUATED = (*NUMBERED, CHECK, CONFIRM, GRADUATE)
REGISTERED_THERE = (*REFERRED, PIRT_NUMBER)


def after(*commands: MentoringCommands, state: MentoringCase = initial) -> MentoringCase:
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def last(*commands: MentoringCommands) -> MentoringEvents:
    """The one event that the last command makes."""
    [event] = decide(commands[-1], after(*commands[:-1]))
    return event


def changed(command: Any, **changes: Any) -> Any:
    return command.model_copy(update=changes)
