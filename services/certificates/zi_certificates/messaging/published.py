"""The privacy border: the message of each event, field by field; everything not named here stays in the store."""

from datetime import datetime
from typing import assert_never, cast
from uuid import UUID

from zi_certificates.domain import account as accounts_domain
from zi_certificates.domain import appointment as appointments_domain
from zi_certificates.domain import master_entry as master_domain
from zi_certificates.domain import register as registers_domain
from zi_certificates.domain import retention
from zi_certificates.domain.account import Account, AccountEvents
from zi_certificates.domain.application import decide, events, evolve, state
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.appointment import Appointed, AppointmentEvents
from zi_certificates.domain.master_entry import MasterEntry, MasterEvents
from zi_certificates.domain.register import CertificateIssued, Register
from zi_certificates.domain.retention import Retention, RetentionEvents
from zi_certificates.messaging import account_data, appointment_data, master_data, retention_data
from zi_certificates.messaging.application_fields import ApplicationFields
from zi_certificates.messaging.exchange_data import exchanges
from zi_certificates.messaging.import_data import imports
from zi_certificates.messaging.payment_data import payment_data, refund_data
from zi_certificates.messaging.signatory_data import signatories
from zi_chassis.domain import Decider, Disclosure
from zi_contracts import certificates as contract
from zi_contracts.configuration import Pin
from zi_contracts.data import Data
from zi_rules.letter_number import official_number


def publish_application(event: events.ApplicationEvents, application: Application) -> Disclosure:
    assert application.draft is not None
    status = ApplicationFields(
        state=cast(contract.ApplicationState, application.status.value),
        holder=application.holder,
        language=application.draft.language,
        reachable_by=application.draft.reachable_by,
    )
    return Disclosure(application.draft.ticket, _application_data(event, application, status))


def _application_data(
    event: events.ApplicationEvents, application: Application, status: ApplicationFields
) -> Data:
    if isinstance(event, events.StatementEvents):
        return _statement_data(event, application, status)
    if isinstance(event, events.EvaluationEvents):
        return _evaluation_data(event, application, status)
    if isinstance(event, events.LetterEvents):
        return _letter_data(event, application, status)
    if isinstance(event, events.RefundReported | events.RefundConfirmed | events.RefundDeclined):
        return refund_data(event, status)
    return _override_data(event, status)


def _statement_data(
    event: events.StatementEvents, application: Application, status: ApplicationFields
) -> Data:
    match event:
        case events.ApplicationDrafted():
            return _application_drafted(event, status)
        case events.ApplicationChanged():
            return _application_changed(event, application, status)
        case events.ApplicationSubmittedFree():
            return _application_submitted_free(event, status)
        case events.ApplicationSubmitted():
            return _application_submitted(event, status)
        case (
            events.ApplicationPaid()
            | events.PaymentRefused()
            | events.PaymentRefunded()
            | events.FurtherBillIssued()
            | events.FurtherBillPaid()
        ):
            return payment_data(event, status)
        case events.DataSent(revision=revision, due=due, answered=answered):
            return contract.DataSent(**status, revision=revision, due=due, answered=answered)
        case events.ApplicationResubmitted():
            return _application_resubmitted(event, application, status)
        case events.ApplicationExpired(reason=expired):
            return contract.ApplicationExpired(**status, reason=expired)
        case events.DeadlineNear(clock=clock, open_until=until):
            return contract.DeadlineNear(**status, clock=clock, open_until=until)
        case events.ApplicationWithdrawn():
            return contract.ApplicationWithdrawn(**status)
        case _:
            assert_never(event)


def _application_drafted(event: events.ApplicationDrafted, status: ApplicationFields) -> Data:
    """Of the statement its kinds and size; what products they are stays in the store."""
    return contract.ApplicationDrafted(
        **status,
        series=event.series,
        account=event.account,
        business_ref=event.business_ref,
        kinds=event.statement.kinds,
        goods=event.statement.goods,
        item_count=len(event.statement.products),
        replaces=event.replaces,
        amendment=None if event.amends is None else event.amends.reason,
    )


def _application_changed(
    event: events.ApplicationChanged, application: Application, status: ApplicationFields
) -> Data:
    """Of the statement its kinds and size; what products they are stays in the store."""
    return contract.ApplicationChanged(
        **status,
        revision=application.revision,
        kinds=event.statement.kinds,
        goods=event.statement.goods,
        item_count=len(event.statement.products),
    )


def _application_submitted(event: events.ApplicationSubmitted, status: ApplicationFields) -> Data:
    """Without the billing code: whoever has it can pay the bill."""
    return contract.ApplicationSubmitted(
        **status,
        rules=event.rules,
        revision=event.revision,
        amount=event.amount,
        pay_by=event.pay_by,
        open_until=event.open_until,
    )


def _application_submitted_free(event: events.ApplicationSubmittedFree, status: ApplicationFields) -> Data:
    return contract.ApplicationSubmittedFree(
        **status, rules=event.rules, revision=event.revision, due=event.due, open_until=event.open_until
    )


def _application_resubmitted(
    event: events.ApplicationResubmitted, application: Application, status: ApplicationFields
) -> Data:
    return contract.ApplicationResubmitted(
        **status, revision=event.revision, resubmission=application.resubmissions, due=event.due
    )


def _evaluation_data(
    event: events.EvaluationEvents, application: Application, status: ApplicationFields
) -> Data:
    match event:
        case events.ApplicationTaken():
            return _application_taken(event, status)
        case events.ApplicationReleased(officer=officer, reason=reason):
            return contract.ApplicationReleased(**status, officer=officer, reason=reason)
        case events.DataAsked():
            return _data_asked(event, application, status)
        case events.EvaluationPassed():
            return _evaluation_passed(event, status)
        case events.ApplicationRejected():
            return _application_rejected(event, application, status)
        case events.ApplicationSentBack(seen=known, acting=acting, reasons=reasons):
            return contract.ApplicationSentBack(**status, seen=known, acting=acting, reasons=reasons)
        case events.DeadlineMissed():
            return _deadline_missed(event, application, status)
        case _:
            assert_never(event)


def _application_taken(event: events.ApplicationTaken, status: ApplicationFields) -> Data:
    return contract.ApplicationTaken(
        **status,
        seen=event.seen,
        complete_at=event.complete_at,
        second=event.second,
        overtaken=event.overtaken,
        parked=event.parked,
    )


def _evaluation_passed(event: events.EvaluationPassed, status: ApplicationFields) -> Data:
    return contract.EvaluationPassed(
        **status, seen=event.seen, revision=event.revision, second=event.second, refused=event.refused
    )


def _data_asked(event: events.DataAsked, application: Application, status: ApplicationFields) -> Data:
    """Without the official's own text, which lies in the vault."""
    return contract.DataAsked(
        **status,
        seen=event.seen,
        wanted=event.wanted,
        unnamed=event.unnamed,
        kinds=event.kinds,
        open_until=_open_until(application),
    )


def _application_rejected(
    event: events.ApplicationRejected, application: Application, status: ApplicationFields
) -> Data:
    """Without the official's own text, which lies in the vault."""
    return contract.ApplicationRejected(
        **status,
        seen=event.seen,
        reasons=event.reasons,
        resubmissions_left=application.resubmissions_left,
        open_until=_open_until(application),
    )


def _deadline_missed(
    event: events.DeadlineMissed, application: Application, status: ApplicationFields
) -> Data:
    """With all who ever had the application in their hands."""
    assert application.draft is not None
    assert application.submission is not None
    signer = () if application.signed is None else (application.signed.by.actor,)
    return contract.DeadlineMissed(
        **status,
        service=application.draft.series,
        clock="decision",
        due=event.due,
        standard=Pin.of(application.submission.rules),
        officials=tuple(sorted({*application.hands, *signer})),
        reported_late=event.reported_late,
    )


def _open_until(application: Application) -> datetime:
    assert application.submission is not None
    return application.submission.open_until


def _letter_data(event: events.LetterEvents, application: Application, status: ApplicationFields) -> Data:
    number = _number(event, application)
    match event:
        case events.LettersSigned():
            return _letters_signed(event, status)
        case events.LetterNumbered(letter=letter):
            return contract.LetterNumbered(**status, letter=letter, number=number)
        case events.LetterSignedPersonally(letter=letter, file=file, item=item):
            signed = {"letter": letter, "number": number, "file": file, "item": item}
            return contract.LetterSignedPersonally(**status, **signed)
        case events.LetterSignatureLapsed(letter=letter, file=file):
            return contract.LetterSignatureLapsed(**status, letter=letter, number=number, file=file)
        case events.LetterSealed(letter=letter, file=file, item=item, holds_until=until):
            sealed = {"letter": letter, "number": number, "file": file, "item": item}
            return contract.LetterSealed(**status, **sealed, holds_until=until)
        case events.LetterRenewed(letter=letter, file=file, item=item, holds_until=until):
            renewed = {"letter": letter, "number": number, "file": file, "item": item}
            return contract.LetterRenewed(**status, **renewed, holds_until=until)
        case events.LetterSuspended():
            return _letter_suspended(event, number, status)
        case events.LetterReinstated(letter=letter, reason=why, seen=known, acting=acting):
            return contract.LetterReinstated(
                **status, letter=letter, number=number, reason=why, seen=known, acting=acting
            )
        case events.LetterRevoked():
            return _letter_revoked(event, number, status)
        case events.AmendmentCalledFor(letter=letter, fields=fields, seen=known):
            called = {"letter": letter, "number": number, "fields": fields}
            return contract.AmendmentCalledFor(**status, **called, seen=known)
        case events.LetterSuperseded(letter=letter, by_number=by):
            return contract.LetterSuperseded(**status, letter=letter, number=number, by_number=by)
        case _:
            assert_never(event)


def _number(event: events.LetterEvents, application: Application) -> str:
    """Return the number of the letter that the event is about; empty before letters have one."""
    if isinstance(event, events.LettersSigned):
        return ""
    return _numbers(application)[event.letter]


def _numbers(application: Application) -> dict[UUID, str]:
    return {letter.id: letter.number for letter in application.letters if letter.number is not None}


def _letters_signed(event: events.LettersSigned, status: ApplicationFields) -> Data:
    return contract.LettersSigned(
        **status,
        seen=event.seen,
        acting=event.acting,
        revision=event.revision,
        letters=event.letters,
        evaluators=event.evaluators,
        refused=event.refused,
    )


def _letter_suspended(event: events.LetterSuspended, number: str, status: ApplicationFields) -> Data:
    return contract.LetterSuspended(
        **status,
        seen=event.seen,
        acting=event.acting,
        letter=event.letter,
        number=number,
        reason=event.reason,
    )


def _letter_revoked(event: events.LetterRevoked, number: str, status: ApplicationFields) -> Data:
    return contract.LetterRevoked(
        **status,
        seen=event.seen,
        acting=event.acting,
        letter=event.letter,
        number=number,
        reason=event.reason,
    )


def _override_data(event: events.OverrideEvents, status: ApplicationFields) -> Data:
    match event:
        case events.OverrideAsked(official=official, reason=reason):
            return contract.OverrideAsked(**status, official=official, reason=reason)
        case events.OverrideApproved(official=official, reason=reason, asked_by=by):
            return contract.OverrideApproved(**status, official=official, reason=reason, asked_by=by)
        case events.OverrideRefused(official=official, asked_by=by):
            return contract.OverrideRefused(**status, official=official, asked_by=by)
        case events.ConflictFlagged(fact=fact):
            return contract.ConflictFlagged(
                **status, official=fact.official, fact=fact.kind, event=fact.event, position=fact.position
            )
        case _:
            assert_never(event)


def publish_register(event: CertificateIssued, register: Register) -> Disclosure:
    data = contract.CertificateIssued(
        series=event.series,
        year=event.year,
        number=official_number(event.series, event.year, register.last),
        application=event.application,
        letter=event.letter,
        kind=event.kind,
        business_ref=event.business_ref,
        content=event.content,
        template=event.template,
        evaluators=event.evaluators,
        signer=event.signer,
        acting=event.acting,
    )
    return Disclosure(event.ticket, data)


applications: Decider[Application] = Decider(
    name="application",
    initial=state.initial,
    decide=decide.decide,
    evolve=evolve.evolve,
    events=events.ApplicationEvents.__args__,
    publish=publish_application,
)
registers: Decider[Register] = Decider(
    name="register",
    initial=registers_domain.initial,
    decide=registers_domain.decide,
    evolve=registers_domain.evolve,
    events=(CertificateIssued,),
    publish=publish_register,
)
accounts: Decider[Account] = Decider(
    name="account",
    initial=accounts_domain.initial,
    decide=accounts_domain.decide,
    evolve=accounts_domain.evolve,
    events=AccountEvents.__args__,
    publish=account_data.publish,
)
appointments: Decider[Appointed] = Decider(
    name="appointment",
    initial=appointments_domain.initial,
    decide=appointments_domain.decide,
    evolve=appointments_domain.evolve,
    events=AppointmentEvents.__args__,
    publish=appointment_data.publish,
)
master_entries: Decider[MasterEntry] = Decider(
    name="master_entry",
    initial=master_domain.initial,
    decide=master_domain.decide,
    evolve=master_domain.evolve,
    events=MasterEvents.__args__,
    publish=master_data.publish,
)
retentions: Decider[Retention] = Decider(
    name="retention",
    initial=retention.initial,
    decide=retention.decide,
    evolve=retention.evolve,
    events=RetentionEvents.__args__,
    publish=retention_data.publish,
)
DECIDERS = (
    *(applications, registers, accounts, appointments),
    *(master_entries, retentions, exchanges, imports, signatories),
)
