"""Receipts of gateways: what became of a message, by the id that only this house and the gateway know. A known gateway's receipt about
an unknown message gets the same answer as any other, and changes nothing."""

import hmac
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.store import Store
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import ForbiddenError, RefusedError
from zi_notify.channels.gateway_body import UnreadableError, at, document_of
from zi_notify.domain.delivery import ReceiptOutcome, ReceiveReceipt
from zi_notify.messaging.published import decider
from zi_notify.read import channel_tables
from zi_rules.message_channels import GatewayReceipts

MOST = 500
router = APIRouter(prefix="/notify/api", include_in_schema=False)


class ForgedReceiptError(ForbiddenError):
    """The same for a wrong signature and for a gateway that is not known."""

    def __init__(self) -> None:
        super().__init__(
            msgid("This is not signed as the gateway's receipts are. Check the secret that both sides have.")
        )


class UnreadableReceiptError(RefusedError):
    def __init__(self) -> None:
        super().__init__(
            msgid("These receipts can't be read. Compare them with the description of the gateway.")
        )


@dataclass(frozen=True)
class ReceiptSource:
    rules: GatewayReceipts
    secret: bytes = field(repr=False)

    def is_genuine(self, signature: str, body: bytes) -> bool:
        proof = hmac.new(self.secret, body, sha256).digest()
        written = proof.hex() if self.rules.encoding == "hex" else b64encode(proof).decode()
        return hmac.compare_digest(f"{self.rules.prefix}{written}".encode(), signature.encode())


@dataclass(frozen=True)
class Receipt:
    reference: UUID
    outcome: ReceiptOutcome


@router.post("/gateways/{name}/receipts")
async def receive(request: Request, name: str) -> Response:
    sources: Mapping[str, ReceiptSource] = request.app.state.receipt_sources
    body = await request.body()
    source = sources.get(name)
    if source is None or not source.is_genuine(request.headers.get(source.rules.header, ""), body):
        raise ForgedReceiptError
    try:
        receipts = receipts_in(source.rules, body)
    except UnreadableError:
        raise UnreadableReceiptError from None
    for receipt in receipts:
        await _record(request, name, receipt)
    return Response(status_code=204)


async def _record(request: Request, gateway: str, receipt: Receipt) -> None:
    store: Store = request.app.state.store
    clock: Clock = request.app.state.clock
    delivery = await store.query(lambda tx: channel_tables.delivery_of(tx, gateway, receipt.reference))
    if delivery is None:
        return
    me = f"system:{store.service}"
    by = Act(at=clock.now(), actor=me, role=me)
    command = ReceiveReceipt(by=by, reference=receipt.reference, outcome=receipt.outcome)
    await store.handle(decider, delivery, command)


def receipts_in(rules: GatewayReceipts, body: bytes) -> list[Receipt]:
    """Return the receipts with an outcome and an id that can be one of this house. Raises UnreadableError."""
    found = at(document_of(body), rules.each)
    each = found if isinstance(found, list) else [found]
    if len(each) > MOST:
        raise UnreadableError("These are too many receipts at once.")
    return list(_meant(rules, each))


def _meant(rules: GatewayReceipts, each: list[object]) -> Iterator[Receipt]:
    outcomes: dict[str, ReceiptOutcome] = {
        **dict.fromkeys(rules.delivered, "delivered"),
        **dict.fromkeys(rules.undelivered, "undelivered"),
    }
    for document in each:
        try:
            reference = UUID(str(at(document, rules.id)))
            outcome = outcomes.get(str(at(document, rules.status)))
        except ValueError:
            continue
        if outcome is not None:
            yield Receipt(reference, outcome)
