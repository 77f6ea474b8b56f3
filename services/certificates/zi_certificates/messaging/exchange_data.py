"""The messages about the exchange with other systems, field by field: neither addresses nor the sender's references."""

from typing import assert_never

from zi_certificates.domain import exchange as exchange_domain
from zi_certificates.domain.exchange import (
    CompanyExchange,
    ExchangeEvents,
    ImportKeyIssued,
    ImportKeyRevoked,
    WebhookEnded,
    WebhookSecretRotated,
    WebhookSubscribed,
)
from zi_chassis.domain import Decider, Disclosure
from zi_contracts import certificates as contract
from zi_contracts.data import Data


def publish(event: ExchangeEvents, _: CompanyExchange) -> Disclosure:
    return Disclosure(event.ticket, _exchange_data(event))


def _exchange_data(event: ExchangeEvents) -> Data:
    match event:
        case ImportKeyIssued(key=key):
            return contract.ImportKeyIssued(import_key=key)
        case ImportKeyRevoked(key=key):
            return contract.ImportKeyRevoked(import_key=key)
        case WebhookSubscribed(generation=generation):
            return contract.WebhookSubscribed(generation=generation)
        case WebhookSecretRotated(generation=generation):
            return contract.WebhookSecretRotated(generation=generation)
        case WebhookEnded(reason=reason):
            return contract.WebhookEnded(reason=reason)
        case _:
            assert_never(event)


exchanges: Decider[CompanyExchange] = Decider(
    name="exchange",
    initial=exchange_domain.initial,
    decide=exchange_domain.decide,
    evolve=exchange_domain.evolve,
    events=ExchangeEvents.__args__,
    publish=publish,
)
