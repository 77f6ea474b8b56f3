"""Build the API's answers: texts in the caller's language, rules with their sources."""

from collections.abc import Iterable, Sequence

from starlette.requests import Request

from zi_chassis.small_groups import LEAST
from zi_chassis.storage.store import Handled
from zi_chassis.web.history import LedgerEntryAnswer, TimelineStepAnswer
from zi_chassis.web.language import language_of
from zi_chassis.web.page import Pages, Translator
from zi_contracts.message import Message
from zi_contracts.umkm import TriagedProduct
from zi_rules.mentoring.assessment import Difference
from zi_rules.mentoring.next_step import Cost
from zi_rules.mentoring.readiness import Readiness
from zi_rules.mentoring.rule_set import MentoringRules, Ruling
from zi_rules.provenance import SourceStatus
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.business import BusinessProduct
from zi_umkm.domain.case.label_checks import LabelCheck
from zi_umkm.domain.case.messages import BusinessAssessed
from zi_umkm.domain.case.state import MentoringCase, MentoringStatus
from zi_umkm.domain.corrective_action import TrackedFinding
from zi_umkm.read.board import Attention, CaseCount, Load, ToVerify, TripCount
from zi_umkm.read.case_files import FileRow
from zi_umkm.read.cases import MentoringRow
from zi_umkm.read.outcomes import PublicOutcome, Stuck
from zi_umkm.read.trainings import TrainingRow
from zi_umkm.read.visits import VisitRow
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.web import answers, board_answers, history, permit_answers
from zi_umkm.web.next_steps import DescribedStep, described_step
from zi_umkm.web.rule_names import RuleNames


def say_of(request: Request) -> Translator:
    pages: Pages = request.app.state.pages
    return pages.translator(language_of(request))


def names(request: Request, office: MentoringOffice, state: MentoringCase) -> RuleNames:
    """Return the names of the case's rules, or of those in force."""
    now = office.clock.now()
    checklists, rules = office.rules.checklists_for(state, now), office.rules.of(state, now)
    language, reasons = language_of(request), office.rules.permits.now.reasons
    return RuleNames(rules, checklists, office.districts, language, say_of(request), reasons)


async def case(
    request: Request, office: MentoringOffice, dossier: MentoringDossier
) -> answers.MentoringCaseAnswer:
    state, row = dossier.state, dossier.row
    named, rules = names(request, office, state), office.rules.of(state, office.clock.now())
    business = state.business
    return answers.MentoringCaseAnswer(
        ticket=dossier.request.ticket,
        state=state.status.value,
        slept=state.slept.value if state.status is MentoringStatus.DORMANT else None,
        holder=state.holder,
        since=None if row is None else row.since,
        district=dossier.request.district if business is None else business.district,
        has_nib=bool(business and business.has_nib),
        business_ref=state.business_ref,
        business_number=state.business_number if business and business.has_nib else "missing",
        kbli=list(business.kbli) if business else [],
        mentored=bool(state.mentors),
        rules=f"{rules.id} {rules.version}",
        pinned=_pinned(state),
        next=_next(described_step(dossier, rules, named, say_of(request))),
        products=[_product(named, dossier, rules, each) for each in (business.products if business else ())],
        findings=[_finding(named, each) for each in state.findings],
        assessments=[_assessment(each) for each in state.assessments.values()],
        differences=[_difference(named, each) for each in dossier.differences],
        missing_for_permit=requirements(named, rules, dossier.missing),
        files=[_file(each) for each in dossier.files],
        label_checks=[_label_check(each) for each in state.label_checks],
        state_questions=_state_questions(state),
        visits=[_visit(each) for each in dossier.visits],
        trainings=[training(each) for each in dossier.trainings],
        consents=sorted(state.consents),
        check_due=None if row is None else row.check_due,
        permit=permit_answers.permit_file(state.permit, dossier.permits, office.clock.now()),
        timeline=await _timeline(request, office, dossier, named),
        links=_links(office.settings.public_url, dossier.request.ticket),
    )


def _links(public: str, ticket: str) -> answers.CaseLinks:
    return answers.CaseLinks(page=f"{public}/umkm/cases/{ticket}", case=f"{public}/track/{ticket}")


def _label_check(check: LabelCheck) -> answers.LabelCheckAnswer:
    checked = check.checked
    return answers.LabelCheckAnswer(
        check=checked.check,
        product=checked.product,
        at=checked.by.at,
        parts=len(checked.found) or len(checked.parts),
        met=len(check.met),
        photos=len(check.photos),
        waits=check.waits,
    )


def _state_questions(state: MentoringCase) -> list[answers.StateQuestionAnswer]:
    read = answers.StateQuestionAnswer.model_validate
    return [read(each, from_attributes=True) for each in state.state_questions]


def _pinned(state: MentoringCase) -> answers.PinnedRulesAnswer | None:
    if state.rules is None:
        return None
    return answers.PinnedRulesAnswer(**state.rules.model_dump(), pinned=state.rules.pinning)


def done(ticket: str, handled: Handled[MentoringCase]) -> answers.StepDoneAnswer:
    return answers.StepDoneAnswer(
        ticket=ticket,
        state=handled.state.status.value,
        holder=handled.state.holder,
        event_id=handled.recorded[0].event_id if handled.recorded else None,
    )


def requirements(
    named: RuleNames, rules: MentoringRules, codes: Iterable[str]
) -> list[answers.RequirementAnswer]:
    """Return requirements with their sources, in the order of the rules."""
    wanted = set(codes)
    return [
        answers.RequirementAnswer(
            code=each.code,
            part=each.part.value,
            text=named.text(each.text),
            source=each.public_source,
            source_status=each.source_status,
        )
        for each in rules.requirements
        if each.code in wanted
    ]


def _next(step: DescribedStep) -> answers.NextAnswer:
    rule = None if step.rule is None else step.rule.step
    return answers.NextAnswer(
        step=step.code,
        text=step.sentence,
        source=None if rule is None else rule.public_source,
        source_status=SourceStatus.UNVERIFIED if rule is None else rule.source_status,
        cost=None if step.cost is None else _cost(step.cost),
    )


def _cost(cost: Cost) -> answers.CostAnswer:
    return answers.CostAnswer(
        least=cost.least,
        most=cost.most,
        source=cost.full.public_source,
        source_status=cost.full.source_status,
        reduction_source=cost.reduction.public_source,
    )


def _product(
    named: RuleNames, dossier: MentoringDossier, rules: MentoringRules, product: BusinessProduct
) -> answers.ProductAnswer:
    state, number = dossier.state, product.number
    triaged = next((each for each in state.triaged if each.product == number), None)
    ready = dossier.readiness.get(number)
    rulings = (None, None) if triaged is None else (triaged.track_ruling, triaged.risk_ruling)
    return answers.ProductAnswer(
        number=number,
        kind=product.kind,
        traits=list(product.traits),
        track=None if triaged is None else triaged.track,
        track_reason=_reason(named, rules.tracks, rulings[0]),
        risk=None if triaged is None else triaged.risk,
        risk_reason=_reason(named, rules.risks, rulings[1]),
        referred=number in state.referred,
        ready=None if ready is None else int(ready.share * 100),
        missing=_missing(named, rules, triaged, ready),
        sent=number in state.sent,
        registration_number=state.all_numbers.get(number),
        number_confirmed=number in state.confirmed,
    )


def _missing(
    named: RuleNames, rules: MentoringRules, triaged: TriagedProduct | None, ready: Readiness | None
) -> list[answers.RequirementAnswer]:
    if triaged is None or ready is None:
        return []
    return requirements(named, rules, (each.code for each in ready.missing))


def _reason(named: RuleNames, rulings: Sequence[Ruling], code: str | None) -> answers.SourcedAnswer | None:
    found = next((each for each in rulings if each.code == code), None)
    if found is None:
        return None
    return answers.SourcedAnswer(
        code=found.code,
        text=named.text(found.reason),
        source=found.public_source,
        source_status=found.source_status,
    )


def _finding(named: RuleNames, finding: TrackedFinding) -> answers.TrackedFindingAnswer:
    return answers.TrackedFindingAnswer(
        item=finding.item,
        text=named.item(finding.item),
        grade=finding.grade,
        critical=finding.critical,
        own=finding.self_found,
        progress=finding.progress,
        due=finding.due,
        overdue=finding.overdue,
    )


def _assessment(assessed: BusinessAssessed) -> answers.AssessmentAnswer:
    result = assessed.result
    return answers.AssessmentAnswer(
        visit=assessed.visit,
        assessor=assessed.assessor,
        checklist=result.checklist,
        rating=result.rating,
        points=result.points,
        findings=len(result.findings),
        critical=result.critical,
        at=assessed.by.at,
    )


def _difference(named: RuleNames, each: Difference) -> answers.DifferenceAnswer:
    return answers.DifferenceAnswer(
        item=each.item, text=named.item(each.item), own=each.business, official=each.official
    )


def _file(row: FileRow) -> answers.CaseFileAnswer:
    return answers.CaseFileAnswer(
        kind=row.kind, code=row.code, product=row.product, item=row.file.item, at=row.at
    )


def _visit(row: VisitRow) -> answers.ListedVisit:
    return answers.ListedVisit(
        visit=row.visit,
        assessor=row.assessor,
        checklist=row.checklist,
        begun=row.begun,
        finished=row.finished,
        answers=row.answers,
        photos=row.photos,
    )


async def _timeline(
    request: Request, office: MentoringOffice, dossier: MentoringDossier, named: RuleNames
) -> list[TimelineStepAnswer]:
    indexes = await office.ledger.indexes(Message.parse(each).id for each in dossier.messages)
    public = office.settings.public_url
    steps = history.steps(dossier.messages, indexes, public, say_of(request), named)
    return [
        TimelineStepAnswer(
            event_id=each.event_id,
            event=each.event,
            at=each.at,
            role=each.role,
            text=each.text,
            ledger=each.ledger and LedgerEntryAnswer(index=each.ledger.index, receipt=each.ledger.receipt),
        )
        for each in steps
    ]


# -- the desk and the board


def listed(row: MentoringRow) -> board_answers.ListedMentoring:
    return board_answers.ListedMentoring(
        ticket=row.ticket,
        nickname=row.nickname,
        district=row.district,
        state=row.status.value,
        holder=row.holder,
        mentor=row.mentor,
        begun=row.begun,
        since=row.since,
        heard_at=row.heard_at,
        attended_at=row.attended_at,
        visited_at=row.visited_at,
        rating=row.rating,
        points=row.points,
        findings_open=row.findings_open,
        critical_open=row.critical_open,
        evidenced=row.evidenced,
        overdue=row.overdue,
        numbers=row.numbers,
        check_due=row.check_due,
    )


def count(each: CaseCount) -> board_answers.CountAnswer:
    return board_answers.CountAnswer(
        district=each.district, state=each.status.value, cases=each.cases, numbers=each.numbers
    )


def load(each: Load) -> board_answers.LoadAnswer:
    return board_answers.LoadAnswer(
        mentor=each.mentor,
        cases=each.cases,
        with_office=each.with_office,
        critical=each.critical,
        overdue=each.overdue,
        longest=each.longest,
    )


def attention(each: Attention) -> board_answers.AttentionAnswer:
    return board_answers.AttentionAnswer(
        district=each.district,
        cases=each.cases,
        without_mentor=each.without_mentor,
        never_visited=each.never_visited,
        last_visit=each.last_visit,
        last_attended=each.last_attended,
        longest=each.longest,
    )


def trips(rows: Iterable[MentoringRow], counted: Iterable[TripCount]) -> list[board_answers.TripAnswer]:
    """Group cases by district, where most wait for the office first, with counts of all of them."""
    by_district: dict[str, list[MentoringRow]] = {}
    for row in rows:
        by_district.setdefault(row.district, []).append(row)
    trip_answers = [
        board_answers.TripAnswer(
            district=each.district,
            cases=[listed(row) for row in by_district.get(each.district, [])],
            total=each.cases,
            with_office=each.with_office,
        )
        for each in counted
    ]
    return sorted(trip_answers, key=lambda each: (-each.with_office, each.district))


def to_verify(official: str, each: ToVerify) -> board_answers.ToVerifyAnswer:
    return board_answers.ToVerifyAnswer(
        ticket=each.ticket,
        district=each.district,
        item=each.finding.item,
        grade=each.finding.grade,
        critical=each.finding.critical,
        since=each.since,
        own=official in each.finding.never_verified_by,
    )


def desk_visit(row: VisitRow) -> board_answers.DeskVisit:
    return board_answers.DeskVisit(
        visit=row.visit, case=row.ticket, begun=row.begun, answers=row.answers, photos=row.photos
    )


def outcome(each: PublicOutcome) -> board_answers.OutcomeAnswer:
    return board_answers.OutcomeAnswer(
        district=each.district, cases=each.total, counts=dict(each.counts), numbers=each.numbers
    )


def stuck(each: Stuck) -> board_answers.StuckAnswer:
    return board_answers.StuckAnswer(
        state="other" if each.status is None else each.status.value, cases=each.cases, days=each.days
    )


def public_training(row: TrainingRow) -> board_answers.TrainingAnswer:
    few = {"before": None, "after": None} if row.attended < LEAST else {}
    return training(row).model_copy(update=few)


def training(row: TrainingRow) -> board_answers.TrainingAnswer:
    return board_answers.TrainingAnswer(
        training=row.training,
        district=row.district,
        topic=row.topic,
        begins=row.begins,
        places=row.places,
        enrolled=row.enrolled,
        attended=row.attended,
        held=row.held_at,
        before=row.before,
        after=row.after,
    )
