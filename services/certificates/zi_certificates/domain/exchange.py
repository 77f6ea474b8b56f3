"""The connection of a company's account with other systems: keys that may import for it, and a webhook about its letters. Pure.

No secret is stored: keys and secrets are derived from the ids and numbers here, by a secret of the service.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar, assert_never
from uuid import UUID

from zi_certificates.domain.account import PersonInCharge, refuse_others
from zi_chassis.domain import CITIZENS, Command, DomainError, Event, Parties, refuse_other_roles, services
from zi_contracts.certificates import WebhookEnd

MOST_KEYS = 5
# A receiver that has not taken the new secret yet verifies by the former one for so long.
FORMER_SECRET = timedelta(days=1)


class ExchangeError(DomainError):
    """Base of the errors that the state of an exchange raises."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class TooManyImportKeysError(ExchangeError):
    sentence = "The company has as many keys as it may have: end one that is not used any more."


class NoSuchImportKeyError(ExchangeError):
    sentence = "There is no such key of this company."


class NoWebhookError(ExchangeError):
    sentence = "The company has no webhook: give an address first."


class ExchangeCommand(Command):
    """`request` is the id of one act of one person; `ticket` is the case of the account, `charge` who is in charge of it."""

    request: UUID | None = None
    account: UUID
    ticket: str
    charge: PersonInCharge


class IssueImportKey(ExchangeCommand):
    key: UUID


class RevokeImportKey(ExchangeCommand):
    key: UUID


class Subscribe(ExchangeCommand):
    """`address` is the keyed digest of the address, which lies elsewhere and can be deleted."""

    address: str


class RotateSecret(ExchangeCommand):
    pass


class EndWebhook(ExchangeCommand):
    """Given by the program where the receiver said that it is gone."""

    reason: WebhookEnd


class ExchangeEvent(Event):
    request: UUID | None = None
    account: UUID
    ticket: str


class ImportKeyIssued(ExchangeEvent):
    key: UUID


class ImportKeyRevoked(ExchangeEvent):
    key: UUID


class WebhookSubscribed(ExchangeEvent):
    """`generation` counts the secrets of this account's webhook."""

    address: str
    generation: int


class WebhookSecretRotated(ExchangeEvent):
    generation: int


class WebhookEnded(ExchangeEvent):
    reason: WebhookEnd


ExchangeCommands = IssueImportKey | RevokeImportKey | Subscribe | RotateSecret | EndWebhook
ExchangeEvents = ImportKeyIssued | ImportKeyRevoked | WebhookSubscribed | WebhookSecretRotated | WebhookEnded
PARTIES: Parties = {
    IssueImportKey: CITIZENS,
    RevokeImportKey: CITIZENS,
    Subscribe: CITIZENS,
    RotateSecret: CITIZENS,
    EndWebhook: CITIZENS | services("certificates"),
}


@dataclass(frozen=True)
class Webhook:
    """`former_until` is how long the secret before this one signs too."""

    address: str
    generation: int
    former_until: datetime | None = None

    def generations(self, at: datetime) -> tuple[int, ...]:
        """List the secrets that sign at this time, the newest first."""
        is_former_used = self.former_until is not None and at < self.former_until
        return (self.generation, self.generation - 1) if is_former_used else (self.generation,)


@dataclass(frozen=True)
class CompanyExchange:
    """`keys` are those in use, with the time of their issue; `generation` is of the last secret, also of a webhook that has ended."""

    keys: Mapping[UUID, datetime] = field(default_factory=lambda: MappingProxyType({}))
    ended_keys: frozenset[UUID] = frozenset()
    webhook: Webhook | None = None
    generation: int = 0
    requests: frozenset[UUID] = frozenset()


initial = CompanyExchange()


def decide(command: ExchangeCommands, state: CompanyExchange) -> list[ExchangeEvents]:
    refuse_other_roles(command, PARTIES)
    refuse_others(command.by, command.charge.data_subject, command.charge.holder)
    if command.request is not None and command.request in state.requests:
        return []
    match command:
        case IssueImportKey():
            return _issue(command, state)
        case RevokeImportKey():
            return _revoke(command, state)
        case Subscribe():
            return _subscribe(command, state)
        case RotateSecret():
            if state.webhook is None:
                raise NoWebhookError
            return [WebhookSecretRotated(**_fields(command), generation=state.generation + 1)]
        case EndWebhook():
            return [] if state.webhook is None else [WebhookEnded(**_fields(command))]
        case _:
            assert_never(command)


def _issue(command: IssueImportKey, state: CompanyExchange) -> list[ExchangeEvents]:
    if command.key in state.keys or command.key in state.ended_keys:
        return []
    if len(state.keys) >= MOST_KEYS:
        raise TooManyImportKeysError
    return [ImportKeyIssued(**_fields(command))]


def _revoke(command: RevokeImportKey, state: CompanyExchange) -> list[ExchangeEvents]:
    if command.key in state.ended_keys:
        return []
    if command.key not in state.keys:
        raise NoSuchImportKeyError
    return [ImportKeyRevoked(**_fields(command))]


def _subscribe(command: Subscribe, state: CompanyExchange) -> list[ExchangeEvents]:
    """Give the webhook an address; another address has another secret, so that its receiver knows none of the former one's."""
    if state.webhook is not None and state.webhook.address == command.address:
        return []
    return [WebhookSubscribed(**_fields(command), generation=state.generation + 1)]


def _fields(command: ExchangeCommands) -> dict[str, Any]:
    return {name: value for name, value in command if name != "charge"}


def evolve(state: CompanyExchange, event: ExchangeEvents) -> CompanyExchange:
    if event.request is not None:
        state = replace(state, requests=state.requests | {event.request})
    match event:
        case ImportKeyIssued():
            return replace(state, keys=MappingProxyType({**state.keys, event.key: event.by.at}))
        case ImportKeyRevoked():
            left = {key: at for key, at in state.keys.items() if key != event.key}
            return replace(state, keys=MappingProxyType(left), ended_keys=state.ended_keys | {event.key})
        case WebhookSubscribed():
            webhook = Webhook(event.address, event.generation)
            return replace(state, webhook=webhook, generation=event.generation)
        case WebhookSecretRotated():
            assert state.webhook is not None
            webhook = replace(
                state.webhook, generation=event.generation, former_until=event.by.at + FORMER_SECRET
            )
            return replace(state, webhook=webhook, generation=event.generation)
        case WebhookEnded():
            return replace(state, webhook=None)
        case _:
            assert_never(event)
