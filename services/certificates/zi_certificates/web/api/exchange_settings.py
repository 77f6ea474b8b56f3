"""The HTTP interface for a company about other systems: keys that import for it, and the webhook about its letters."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints

from zi_certificates.use_cases.exchanging import ExchangeOverview
from zi_certificates.web.api.applicants import Applicant
from zi_certificates.web.api.parameters import COMMAND, Page, TheOffice
from zi_certificates.web.bodies import CertificatesBody
from zi_chassis.web.idempotency import IdempotencyKey
from zi_chassis.webhooks.public_address import LONGEST
from zi_contracts.text import ONE_LINE

router = APIRouter(prefix="/certificates/api/applications/{ticket}/exchange", tags=["applicants"])

Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST), ONE_LINE]


class WebhookBody(CertificatesBody):
    url: Url


class SecretAnswer(BaseModel):
    """`secret` is shown here alone."""

    secret: str


class ImportKeyAnswer(BaseModel):
    key: UUID
    issued_at: datetime
    revoked_at: datetime | None


class ImportUseAnswer(BaseModel):
    """`outcome` is `taken`, `repeated`, or the kind of the refusal."""

    key: UUID
    at: datetime
    outcome: str
    ticket: str | None


class DeliveryAnswer(BaseModel):
    """`state`: waiting, delivered, given_up, ended with its webhook, or erased with the data of its case, when its subject is empty."""

    id: str
    type: str
    subject: str
    at: datetime
    state: str
    tries: int
    next_at: datetime | None
    outcome: str | None
    status: int | None


class ExchangeAnswer(BaseModel):
    """`total_uses` and `total_deliveries` count all; `given_up` counts the messages that the receiver never took."""

    webhook: str | None
    former_secret_until: datetime | None
    keys: list[ImportKeyAnswer]
    total_uses: int
    uses: list[ImportUseAnswer]
    total_deliveries: int
    given_up: int
    deliveries: list[DeliveryAnswer]


@router.get("", responses=COMMAND)
async def read_exchange(
    office: TheOffice, applicant: Applicant, uses: Page = 1, deliveries: Page = 1
) -> ExchangeAnswer:
    """Shows the person in charge of the account its keys, their uses, the webhook and its deliveries, each list page by page."""
    return _answer(await office.exchanging.overview(*applicant, uses, deliveries))


@router.post("/keys", status_code=201, responses=COMMAND)
async def issue_key(office: TheOffice, applicant: Applicant, key: IdempotencyKey = None) -> SecretAnswer:
    """Makes a key with which another system imports applications for this company, and nothing else."""
    return SecretAnswer(secret=await office.exchanging.issue_key(*applicant, key))


@router.post("/keys/{key_id}/end", responses=COMMAND)
async def end_key(office: TheOffice, applicant: Applicant, key_id: UUID) -> ExchangeAnswer:
    """Ends a key at once and for ever."""
    await office.exchanging.revoke_key(*applicant, key_id)
    return _answer(await office.exchanging.overview(*applicant))


@router.post("/webhook", responses=COMMAND)
async def subscribe(
    office: TheOffice, applicant: Applicant, body: WebhookBody, key: IdempotencyKey = None
) -> SecretAnswer:
    """Gives the address that is called about letters; another address has another secret."""
    return SecretAnswer(secret=await office.exchanging.subscribe(*applicant, body.url, key))


@router.post("/webhook/rotate", responses=COMMAND)
async def rotate_secret(office: TheOffice, applicant: Applicant, key: IdempotencyKey = None) -> SecretAnswer:
    """Makes a new secret; the former one signs for a day too."""
    return SecretAnswer(secret=await office.exchanging.rotate(*applicant, key))


@router.post("/webhook/end", responses=COMMAND)
async def end_webhook(office: TheOffice, applicant: Applicant) -> ExchangeAnswer:
    """Ends the webhook and deletes its address."""
    await office.exchanging.end_webhook(*applicant)
    return _answer(await office.exchanging.overview(*applicant))


def _answer(overview: ExchangeOverview) -> ExchangeAnswer:
    webhook = overview.state.webhook
    return ExchangeAnswer(
        webhook=overview.url,
        former_secret_until=None if webhook is None else webhook.former_until,
        keys=[
            ImportKeyAnswer(key=each.key, issued_at=each.issued_at, revoked_at=each.revoked_at)
            for each in overview.keys
        ],
        total_uses=overview.uses.total,
        uses=[ImportUseAnswer(**vars(each)) for each in overview.uses.uses],
        total_deliveries=overview.deliveries.total,
        given_up=overview.deliveries.given_up,
        deliveries=[
            DeliveryAnswer(
                id=each.id,
                type=each.type,
                subject=each.subject,
                at=each.at,
                state=each.state,
                tries=each.tries,
                next_at=each.next_at if each.state == "waiting" else None,
                outcome=each.outcome,
                status=each.status,
            )
            for each in overview.deliveries.messages
        ],
    )
