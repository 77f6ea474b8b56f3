"""The privacy border of permits: the fields that each message discloses, one typed function an event."""

from datetime import datetime
from typing import TypedDict

from zi_contracts import umkm as contract
from zi_umkm.domain.case import permit
from zi_umkm.messaging.case_data import CaseStatus


class _Promise(TypedDict):
    clock: contract.PermitClock | None
    due: datetime | None
    promised_by: contract.PromisedBy | None


def _promise(promise: permit.PermitPromise | None) -> _Promise:
    if promise is None:
        return _Promise(clock=None, due=None, promised_by=None)
    return _Promise(clock=promise.clock, due=promise.due, promised_by=promise.promised_by)


def permit_applied(event: permit.PermitApplied, status: CaseStatus) -> contract.PermitApplied:
    return contract.PermitApplied(**status, **_promise(event.promise), rules=event.rules, renews=event.renews)


def permit_account_verified(
    event: permit.PermitAccountVerified, status: CaseStatus
) -> contract.PermitAccountVerified:
    return contract.PermitAccountVerified(**status, **_promise(event.promise))


def permit_returned(event: permit.PermitReturned, status: CaseStatus) -> contract.PermitReturned:
    return contract.PermitReturned(**status, items=event.items)


def permit_found_fit(event: permit.PermitFoundFit, status: CaseStatus) -> contract.PermitFoundFit:
    return contract.PermitFoundFit(**status, **_promise(event.promise), items=event.items)


def permit_issued(event: permit.PermitIssued, status: CaseStatus) -> contract.PermitIssued:
    certificate = event.certificate
    if certificate is None:
        return contract.PermitIssued(**status, items=event.items)
    return contract.PermitIssued(
        **status,
        items=event.items,
        letter=certificate.letter,
        number=certificate.number,
        path=certificate.path,
        district=certificate.district,
        valid_until=certificate.valid_until,
        renews=certificate.renews,
        rules=certificate.rules,
    )


def revocation_proposed(event: permit.RevocationProposed, status: CaseStatus) -> contract.RevocationProposed:
    return contract.RevocationProposed(**status, number=event.number, reason=event.reason, items=event.items)


def revocation_dropped(event: permit.RevocationDropped, status: CaseStatus) -> contract.RevocationDropped:
    return contract.RevocationDropped(**status, number=event.number, items=event.items)


def revocation_announced(
    event: permit.RevocationAnnounced, status: CaseStatus
) -> contract.RevocationAnnounced:
    return contract.RevocationAnnounced(
        **status,
        number=event.number,
        reason=event.reason,
        objection_until=event.objection_until,
        rules=event.rules,
        items=event.items,
    )


def revocation_contested(
    event: permit.RevocationContested, status: CaseStatus
) -> contract.RevocationContested:
    return contract.RevocationContested(**status, number=event.number, items=event.items)


def permit_revoked(event: permit.PermitRevoked, status: CaseStatus) -> contract.PermitRevoked:
    return contract.PermitRevoked(**status, number=event.number, reason=event.reason, items=event.items)


def permit_renewal_due(event: permit.PermitRenewalDue, status: CaseStatus) -> contract.PermitRenewalDue:
    return contract.PermitRenewalDue(**status, number=event.number, valid_until=event.valid_until)


def permit_expired(event: permit.PermitExpired, status: CaseStatus) -> contract.PermitExpired:
    return contract.PermitExpired(**status, number=event.number, valid_until=event.valid_until)
