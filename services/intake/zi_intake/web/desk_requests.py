"""Requests for other desks at the front door: who files them, and which earlier request a company names."""

from uuid import UUID

from starlette.requests import Request

from zi_chassis.access.identity import Staff
from zi_chassis.domain import DomainError
from zi_intake.bodies.filings import CertificateBody, EarlierRequest, MentoringBody
from zi_intake.container import Office
from zi_intake.domain.case.filings import CertificateRequested
from zi_intake.use_cases.case_access import NoSuchCaseError
from zi_intake.use_cases.filing import FilingConfirmation, account_of


class EarlierRequestError(DomainError):
    """The earlier request that is named can't be the company's; `field` is where the body says so."""

    field: tuple[str, ...]


class NoEarlierRequestError(EarlierRequestError):
    field = ("account", "ticket")

    def __init__(self) -> None:
        super().__init__(
            "No earlier request has this ticket and this code. Check both; they stand on its receipt."
        )


class AnotherBusinessError(EarlierRequestError):
    field = ("company", "nib")

    def __init__(self) -> None:
        super().__init__("The earlier request has another NIB. Correct it, or leave the earlier request out.")


async def request_certificate(
    request: Request, office: Office, key: UUID, body: CertificateBody, person: Staff | None
) -> FilingConfirmation:
    earlier = None if body.account is None else await _earlier(request, office, body.account)
    if earlier is not None and body.company.nib is not None:
        _refuse_another_business(office, earlier, body.company.nib)
    async with office.counted(request, key, body.reachable_by):
        return await office.front_door.request_certificate(key, body, person, earlier)


async def request_mentoring(
    request: Request, office: Office, key: UUID, body: MentoringBody, person: Staff | None
) -> FilingConfirmation:
    async with office.counted(request, key, body.reachable_by):
        return await office.front_door.request_mentoring(key, body, person)


async def _earlier(request: Request, office: Office, named: EarlierRequest) -> CertificateRequested:
    try:
        filing = (await office.state(await _opened(request, office, named))).filing
    except NoSuchCaseError as error:
        raise NoEarlierRequestError from error
    if not isinstance(filing, CertificateRequested):
        raise NoEarlierRequestError
    return filing


async def _opened(request: Request, office: Office, named: EarlierRequest) -> str:
    if named.code is not None:
        return await office.access.by_code(request, named.ticket, named.code)
    if await office.access.owner(request, named.ticket) is None:
        raise NoSuchCaseError
    return named.ticket


def _refuse_another_business(office: Office, earlier: CertificateRequested, nib: str) -> None:
    """Raise AnotherBusinessError; a company that had no NIB yet may give one now."""
    none_yet = office.names.temporary_business_ref(account_of(earlier))
    if earlier.business_ref not in (office.names.business_ref(nib), none_yet):
        raise AnotherBusinessError
