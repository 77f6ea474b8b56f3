"""Answers made from aggregates and read models, with sentences in the caller's language."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from starlette.requests import Request

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.account import Account
from zi_certificates.domain.application.errors import NotBegunError
from zi_certificates.domain.application.state import (
    WAITING,
    Application,
    ApplicationStatus,
)
from zi_certificates.domain.appointment import Appointed
from zi_certificates.domain.impartiality import Interest
from zi_certificates.domain.queue import why_not
from zi_certificates.domain.statement import Document
from zi_certificates.read.accounts import AccountRow
from zi_certificates.read.amendments import Successor
from zi_certificates.read.applications import ApplicationRow
from zi_certificates.read.appointments import AppointmentRow
from zi_certificates.read.bills import Bill
from zi_certificates.read.decisions import Overtaking
from zi_certificates.read.desk_lists import ListedPage
from zi_certificates.read.fairness import Passing
from zi_certificates.read.letters import LetterRow
from zi_certificates.read.public_register import Line
from zi_certificates.use_cases.dossier import Dossier
from zi_certificates.web import answers, history
from zi_certificates.web.amendment_answers import AmendmentAnswer
from zi_certificates.web.history import HistoryStep
from zi_certificates.web.rule_names import CertificateRuleNames, Found
from zi_chassis.domain import ErasedError, UnavailableError
from zi_chassis.storage.store import Handled
from zi_chassis.vault.requests import VAULT_ERRORS
from zi_chassis.web.history import LedgerEntryAnswer, TimelineStepAnswer
from zi_chassis.web.language import language_of
from zi_chassis.web.page import Pages, Translator
from zi_contracts.message import Message
from zi_rules.certificate.finding import Finding
from zi_rules.certificate.item_list import LineProblem
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.provenance import public_source

UNREAD = (*VAULT_ERRORS, UnavailableError, ErasedError)


def say_of(request: Request) -> Translator:
    pages: Pages = request.app.state.pages
    return pages.translator(language_of(request))


def names(
    request: Request, office: CertificatesOffice, state: Application | None = None
) -> CertificateRuleNames:
    """Name things by the rules of this application, or by those in force."""
    now = office.clock.now()
    rules = office.rules.in_force(now) if state is None else office.rules.of(state, now)
    return CertificateRuleNames(rules, office.sentences, language_of(request), say_of(request))


def ends_with_shipment(office: CertificatesOffice, letter: LetterRow | Line) -> bool:
    """Return whether the letter holds for one shipment, by the office's wording."""
    return office.wording.ends_with_shipment(CertificateKind(letter.kind), Goods(letter.goods))


async def application(
    request: Request, office: CertificatesOffice, dossier: Dossier, token: str | None
) -> answers.ApplicationAnswer:
    named = names(request, office, dossier.state)
    messages = [Message.parse(each) for each in dossier.messages]
    indexes = await office.ledger.indexes(each.id for each in messages)
    public = office.settings.public_url
    steps = history.steps(dossier.messages, indexes, public, say_of(request), named)
    state, question = dossier.state, dossier.last_answer
    rules = office.rules.of(state, office.clock.now())
    return answers.ApplicationAnswer(
        ticket=dossier.ticket,
        series=dossier.request.series,
        state=state.status.value,
        holder=state.holder,
        due=state.due,
        complete_at=state.complete_at,
        deadline=state.deadline,
        resubmissions_left=state.resubmissions_left,
        rules=f"{rules.id} {rules.version}",
        pinned=_pinned(state),
        statement=_statement(state),
        account=_account(dossier.account),
        bill=_bill_of(office, dossier),
        findings=[finding(named, each) for each in await _missing(office, dossier)],
        asked=[finding(named, each) for each in (() if question is None else question.findings)],
        note=await _note(office, dossier, token),
        queue=dossier.place and answers.QueuePlace(place=dossier.place.place, waiting=dossier.place.length),
        overtaken_by=[_overtaken(named, each) for each in dossier.passed_by],
        parked=dossier.parked and answers.ParkedTimeAnswer(**vars(dossier.parked)),
        decisions=_acts(messages),
        refused=[finding(named, each) for each in state.refused],
        letters=[_letter(office, each, dossier.successors) for each in dossier.letters],
        timeline=[_step(each) for each in steps],
        mentoring_cases=[] if token is None else list(dossier.mentoring),
        links=answers.ApplicationLinks(
            page=f"{public}/certificates/applications/{dossier.ticket}",
            case=f"{public}/track/{dossier.ticket}",
        ),
    )


def _pinned(state: Application) -> answers.PinnedAnswer | None:
    if state.submission is None:
        return None
    pin = state.submission.rules
    return answers.PinnedAnswer(**pin.model_dump(), pinned=pin.pinning)


async def _note(office: CertificatesOffice, dossier: Dossier, token: str | None) -> str | None:
    """Read the office's note from the vault; None if it can't be read, as the reasons are answered anyway."""
    question = dossier.last_answer
    if question is None or not question.items or token is None:
        return None
    try:
        notes = await office.vault.disclosed(dossier.ticket, question.items, "own_copy", token)
    except UNREAD:
        return None
    return next((each.text for each in notes.values()), None)


async def _missing(office: CertificatesOffice, dossier: Dossier) -> tuple[Finding, ...]:
    """Return what is missing or wrong; nothing before the draft, and nothing once nobody can correct it."""
    try:
        return (await office.applying.examination(dossier.request)).wanting
    except NotBegunError:
        return ()


def finding(named: CertificateRuleNames, found: Found) -> answers.FindingAnswer:
    """Answer a finding, with the source of the rule that found it."""
    fields = {"reason": str(found.reason), "where": found.where, "item": found.item}
    sentence = named.finding(fields)
    if isinstance(found, Finding):
        source = public_source(found.source, found.source_status)
        return answers.FindingAnswer(**{**found.model_dump(), "source": source}, sentence=sentence)
    return answers.FindingAnswer(
        reason=str(found.reason), where=found.where, item=found.item, sentence=sentence
    )


def line(named: CertificateRuleNames, wrong: LineProblem) -> answers.LineAnswer:
    return answers.LineAnswer(**wrong.model_dump(), sentence=named.line(wrong.fault, wrong.what))


def done(ticket: str, handled: Handled[Application]) -> answers.ApplicationDoneAnswer:
    state = handled.state
    return answers.ApplicationDoneAnswer(
        ticket=ticket,
        state=state.status.value,
        holder=state.holder,
        revision=state.revision,
        due=state.due,
        event_id=handled.recorded[0].event_id if handled.recorded else None,
    )


def account_done(handled: Handled[Account]) -> answers.AccountDoneAnswer:
    account = handled.state
    assert account.opened is not None
    return answers.AccountDoneAnswer(
        reference=account.opened.reference,
        check=account.check,
        revision=account.revision,
        event_id=handled.recorded[0].event_id if handled.recorded else None,
    )


def bill(office: CertificatesOffice, billed: Bill, *, is_paid: bool) -> answers.BillAnswer:
    return answers.BillAnswer(
        bill=billed.bill,
        amount=billed.amount,
        pay_by=billed.pay_by,
        is_paid=is_paid,
        pay_at=None if is_paid else office.billing.pay_at(billed.bill),
    )


def queue(
    official: str,
    waiting: Iterable[ApplicationRow],
    interests: Collection[Interest],
    counts: Mapping[ApplicationStatus, int],
    *,
    first: int,
    size: int,
) -> answers.QueueAnswer:
    """`waiting` has one more than `size` where another page follows; `first` is the place of its first."""
    rows = list(waiting)
    queued = [
        answers.QueuedAnswer(
            place=place,
            ticket=each.ticket,
            series=each.series,
            state=each.status.value,
            complete_at=each.complete_at,
            due=each.due,
            second=bool(each.evaluators),
            passed_over=why_not(official, each, interests),
        )
        for place, each in enumerate(rows[:size], first)
    ]
    return answers.QueueAnswer(
        waiting=queued,
        counts={status.value: many for status, many in counts.items()},
        total=sum(many for status, many in counts.items() if status in WAITING),
        after=rows[size - 1].ticket if len(rows) > size else None,
    )


def desk_list(page: ListedPage) -> answers.DeskListAnswer:
    return answers.DeskListAnswer(
        applications=[
            answers.DeskListedApplication(
                ticket=each.ticket,
                series=each.series,
                kinds=list(each.kinds),
                goods=each.goods,
                item_count=each.item_count,
                state=each.status.value,
                holder=each.holder,
                officer=each.officer,
                complete_at=each.complete_at,
                due=each.due,
                ends_soon=page.near[each.application].ends if each.application in page.near else None,
                override_for=each.override_for,
            )
            for each in page.rows
        ],
        total=page.total,
        after=page.after,
    )


def listed(row: AccountRow) -> answers.ListedAccount:
    return answers.ListedAccount(
        reference=row.reference,
        check=row.check,
        revision=row.revision,
        is_verified=row.is_verified,
        since=row.updated,
    )


def verifiable(
    named: CertificateRuleNames, account: Account, wanting: Iterable[Finding]
) -> answers.VerifiableAccount:
    answer = _account(account)
    assert answer is not None
    return answers.VerifiableAccount(account=answer, findings=[finding(named, each) for each in wanting])


def appointment(row: AppointmentRow) -> answers.AppointmentAnswer:
    return answers.AppointmentAnswer(
        appointment=row.appointment,
        official=row.official,
        begins=row.begins,
        ends=row.ends,
        ended=row.ended,
    )


def appointed(id: UUID, handled: Handled[Appointed]) -> answers.AppointmentDoneAnswer:
    event = handled.recorded[0].event_id if handled.recorded else None
    return answers.AppointmentDoneAnswer(appointment=id, event_id=event)


def overtakings(named: CertificateRuleNames, counted: Iterable[Passing]) -> list[answers.OvertakingCount]:
    return [
        answers.OvertakingCount(
            month=each.month, reason=each.reason, sentence=named.overtaking(each.reason), count=each.count
        )
        for each in counted
    ]


def _statement(state: Application) -> answers.StatementAnswer | None:
    stated, draft = state.statement, state.draft
    if stated is None or draft is None:
        return None
    return answers.StatementAnswer(
        revision=state.revision,
        kinds=list(stated.kinds),
        goods=stated.goods,
        country=stated.country,
        circumstances=list(stated.circumstances),
        annex_fields=stated.annex_fields,
        arrives=stated.arrives,
        products=list(stated.products),
        documents=_documents(stated.documents),
        replaces=draft.replaces,
        amendment=None if draft.amends is None else draft.amends.reason,
        used=list(stated.used),
    )


def _account(account: Account) -> answers.AccountAnswer | None:
    if account.opened is None or account.details is None:
        return None
    return answers.AccountAnswer(
        reference=account.opened.reference,
        check=account.check,
        revision=account.revision,
        is_verified=account.verified is not None,
        acts_for_others=account.details.acts_for_others,
        hs_codes=list(account.details.hs_codes),
        documents=_documents(account.details.documents),
    )


def _documents(documents: Iterable[Document]) -> list[answers.DocumentAnswer]:
    return [
        answers.DocumentAnswer(kind=each.kind, item=each.file.item, products=list(each.products))
        for each in documents
    ]


def _bill_of(office: CertificatesOffice, dossier: Dossier) -> answers.BillAnswer | None:
    billed = dossier.state.submission
    if billed is None:
        return None
    owed = dossier.state.owed
    last = owed.bills[-1] if owed.bills else billed
    if not last.bill:
        return None
    stored = Bill(last.bill, dossier.request.application, dossier.ticket, last.amount, last.pay_by)
    return bill(office, stored, is_paid=last.bill in owed.paid_bills)


def _overtaken(named: CertificateRuleNames, taken: Overtaking) -> answers.OvertakenBy:
    return answers.OvertakenBy(
        ticket=taken.ticket, at=taken.at, reason=taken.reason, sentence=named.overtaking(taken.reason)
    )


def _acts(messages: Sequence[Message]) -> list[answers.DecisionAnswer]:
    return [
        answers.DecisionAnswer(event_id=each.id, event=each.event, role=each.actorrole, at=each.time)
        for each in messages
        if each.actorrole.startswith("staff:")
    ]


def _letter(
    office: CertificatesOffice, letter: LetterRow, successors: Sequence[Successor]
) -> answers.LetterAnswer:
    public = f"{office.settings.public_url}/certificates"
    is_sealed = letter.sealed_at is not None and letter.number is not None
    return answers.LetterAnswer(
        letter=letter.letter,
        kind=letter.kind,
        number=letter.number,
        standing=letter.standing,
        since=letter.since,
        reason=letter.reason,
        replaced_by=letter.by_number,
        amendments=[
            AmendmentAnswer(
                ticket=each.ticket,
                reason=each.amendment,
                state=each.status.value,
                is_open=each.is_open,
                updated=each.updated,
                refused_for=list(each.refused_for),
            )
            for each in successors
            if each.replaces == letter.number
        ],
        valid_until=letter.valid_until,
        links=answers.LetterLinks(
            verify=f"{public}/verify/{letter.number}" if is_sealed else None,
            file=f"{public}/api/letters/{letter.letter}/file" if is_sealed else None,
        ),
    )


def _step(step: HistoryStep) -> TimelineStepAnswer:
    ledger = step.ledger and LedgerEntryAnswer(index=step.ledger.index, receipt=step.ledger.receipt)
    return TimelineStepAnswer(
        event_id=step.event_id, event=step.event, at=step.at, role=step.role, text=step.text, ledger=ledger
    )
