"""Use cases of a company about other systems: keys that import for it, and the webhook that tells about its letters.

Keys and secrets are derived from the ids and numbers that events hold, by a secret of the service: none is stored, and whoever sends
the same form again is shown the same one.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypedDict
from uuid import UUID, uuid4, uuid5

from zi_certificates.domain import account as accounts
from zi_certificates.domain import exchange as exchange_domain
from zi_certificates.domain.account import Account, PersonInCharge
from zi_certificates.domain.exchange import CompanyExchange, ExchangeCommands
from zi_certificates.domain.ids import exchange_id, request_id_of
from zi_certificates.messaging.exchange_data import exchanges
from zi_certificates.messaging.published import accounts as account_decider
from zi_certificates.messaging.upstream import IntakeRequest, account_of
from zi_certificates.read.exchange import ImportKeyRow, import_key, import_keys
from zi_certificates.read.import_uses import ImportUsePage, import_uses
from zi_certificates.read.webhook_addresses import WebhookAddress, webhook_address
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.webhooks.call import WebhookEndpoint
from zi_chassis.webhooks.public_address import PublicAddresses
from zi_chassis.webhooks.queue import WebhookPage, webhook_page
from zi_chassis.webhooks.signature import webhook_key, webhook_secret

PREFIX = "zik"


class ExchangeFields(TypedDict):
    account: UUID
    ticket: str
    charge: PersonInCharge


Command = Callable[[ExchangeFields], ExchangeCommands]


@dataclass(frozen=True)
class ExchangeOverview:
    """All that the company's page shows; `url` is None without a webhook."""

    account: UUID
    state: CompanyExchange
    url: str | None
    keys: Sequence[ImportKeyRow]
    uses: ImportUsePage
    deliveries: WebhookPage


class Exchanging:
    def __init__(self, store: Store, clock: Clock, secret: bytes, addresses: PublicAddresses) -> None:
        self._store = store
        self._clock = clock
        self._secret = secret
        self._addresses = addresses

    # -- keys

    async def issue_key(self, request: IntakeRequest, by: Act, form: UUID | None) -> str:
        """Return the new key as the other system sends it; the same form gives the same key."""
        key = uuid4() if form is None else uuid5(form, f"import key {by.actor} {request.account}")

        def command(fields: ExchangeFields) -> ExchangeCommands:
            return exchange_domain.IssueImportKey(by=by, **fields, key=key)

        await self._tell(request, by, command)
        return self._token(key)

    async def revoke_key(self, request: IntakeRequest, by: Act, key: UUID) -> Handled[CompanyExchange]:
        def command(fields: ExchangeFields) -> ExchangeCommands:
            return exchange_domain.RevokeImportKey(by=by, **fields, key=key)

        return await self._tell(request, by, command)

    async def key_of(self, token: str) -> ImportKeyRow | None:
        """Return the key that a token shows, also one that was revoked; None for every other text."""
        prefix, _, rest = token.partition("_")
        written, _, _ = rest.partition("_")
        try:
            key = UUID(hex=written)
        except ValueError:
            return None
        if prefix != PREFIX or not hmac.compare_digest(token.encode(), self._token(key).encode()):
            return None
        return await self._store.query(lambda tx: import_key(tx, key))

    def _token(self, key: UUID) -> str:
        secret = webhook_key(self._secret, "import key", str(key))
        return f"{PREFIX}_{key.hex}_{urlsafe_b64encode(secret).rstrip(b'=').decode()}"

    # -- the webhook

    async def subscribe(self, request: IntakeRequest, by: Act, url: str, form: UUID | None = None) -> str:
        """Give the webhook an address that everybody reaches, and return the secret. The address is called by nobody before."""
        await self._addresses.address(self._addresses.checked(url))
        digest = hmac.new(self._secret, url.encode(), sha256).hexdigest()

        def command(fields: ExchangeFields) -> ExchangeCommands:
            act = request_id_of(form, by, "subscribe", [digest])
            return exchange_domain.Subscribe(by=by, request=act, **fields, address=digest)

        account = await self._account(request)
        handled = await self._tell(request, by, command, WebhookAddress(account, digest, url))
        return self._webhook_secret(account, handled.state)

    async def rotate(self, request: IntakeRequest, by: Act, form: UUID | None) -> str:
        """Return the new secret; the former one signs for a day too."""

        def command(fields: ExchangeFields) -> ExchangeCommands:
            act = request_id_of(form, by, "rotate")
            return exchange_domain.RotateSecret(by=by, request=act, **fields)

        handled = await self._tell(request, by, command)
        return self._webhook_secret(await self._account(request), handled.state)

    async def end_webhook(self, request: IntakeRequest, by: Act) -> Handled[CompanyExchange]:
        def command(fields: ExchangeFields) -> ExchangeCommands:
            return exchange_domain.EndWebhook(by=by, **fields, reason="company")

        account = await self._account(request)
        return await self._tell(request, by, command, WebhookAddress(account, "", None))

    async def endpoint_of(self, account: str) -> WebhookEndpoint | None:
        """Find where the webhook of an account leads; None once it has ended."""
        _, state = await self._store.fetch(exchanges, exchange_id(UUID(account)))
        found = await self._store.query(lambda tx: webhook_address(tx, UUID(account)))
        webhook = state.webhook
        if webhook is None or found is None or found.digest != webhook.address or found.url is None:
            return None
        numbers = webhook.generations(self._clock.now())
        return WebhookEndpoint(found.url, [self._webhook_key(UUID(account), each) for each in numbers])

    async def end_gone(self, account: str) -> None:
        """End the webhook whose receiver said that it is gone."""
        me = f"system:{self._store.service}"
        by, id = Act(at=self._clock.now(), actor=me, role=me), UUID(account)

        def found(tx: Tx) -> tuple[Any, UUID, ExchangeCommands]:
            _, state = self._store.states(tx, {id: account_decider})[id]
            command = exchange_domain.EndWebhook(by=by, **_fields_of(id, state), reason="gone")
            return exchanges, exchange_id(id), command

        await self._store.decide(found, WebhookAddress(id, "", None))

    def _webhook_secret(self, account: UUID, state: CompanyExchange) -> str:
        return webhook_secret(self._webhook_key(account, state.generation))

    def _webhook_key(self, account: UUID, generation: int) -> bytes:
        return webhook_key(self._secret, "webhook", str(account), str(generation))

    # -- both

    async def overview(
        self, request: IntakeRequest, by: Act, uses: int = 1, deliveries: int = 1
    ) -> ExchangeOverview:
        """Collect what the person in charge of the account sees. Raises for everybody else."""
        account = await self._account(request)
        _, state = await self._store.fetch(account_decider, account)
        _refuse_others(request, by, state)
        _, exchange = await self._store.fetch(exchanges, exchange_id(account))

        def read(tx: Tx) -> ExchangeOverview:
            found = webhook_address(tx, account)
            return ExchangeOverview(
                account=account,
                state=exchange,
                url=found.url if found is not None and exchange.webhook is not None else None,
                keys=import_keys(tx, account),
                uses=import_uses(tx, account, uses),
                deliveries=webhook_page(tx, [str(account)], deliveries),
            )

        return await self._store.query(read)

    async def _account(self, request: IntakeRequest) -> UUID:
        return await self._store.query(lambda tx: account_of(tx, request))

    async def _tell(
        self, request: IntakeRequest, by: Act, command: Command, keep: object = None
    ) -> Handled[CompanyExchange]:
        """As the person in charge of the account, who is looked up under the write lock."""

        def found(tx: Tx) -> tuple[Any, UUID, ExchangeCommands]:
            id = account_of(tx, request)
            _, state = self._store.states(tx, {id: account_decider})[id]
            _refuse_others(request, by, state)
            return exchanges, exchange_id(id), command(_fields_of(id, state))

        return await self._store.decide(found, keep)


def _fields_of(id: UUID, account: Account) -> ExchangeFields:
    """Make the fields that each command has of the account."""
    if account.ticket is None or account.data_subject is None or account.holder is None:
        raise accounts.NoAccountError
    charge = PersonInCharge(data_subject=account.data_subject, holder=account.holder)
    return {"account": id, "ticket": account.ticket, "charge": charge}


def _refuse_others(request: IntakeRequest, by: Act, account: Account) -> None:
    """Raise for everybody but the person in charge of the account."""
    if account.ticket is None:
        raise accounts.NoAccountError
    if account.ticket != request.ticket:
        raise accounts.OtherTicketError(account.ticket)
    accounts.refuse_others(by, account.data_subject, account.holder)
