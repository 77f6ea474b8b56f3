"""The hand-over of a business's products to an application of its own at the letters: what is in them, and to whom it agreed. Pure."""

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import assert_never
from uuid import UUID

from zi_chassis.domain import CITIZENS, Command, Event, Parties, Value, refuse_other_roles
from zi_contracts.intake import Items
from zi_umkm.domain import errors

DESCRIBED = ("product.composition", "product.pack")


class HandedProduct(Value):
    """`number` was looked up by an official who never mentored the business; its name, composition and packaging are items in the vault."""

    product: int
    number: str
    items: Items


class HandoverCommand(Command):
    """`ticket` is that of the mentoring case."""

    request: UUID | None = None
    ticket: str


class DescribeProduct(HandoverCommand):
    """`known` are the products of the business; `items` replace those of the same fields."""

    product: int
    known: frozenset[int]
    items: Items


class HandOverProducts(HandoverCommand):
    """To the request with the ticket `to`; `agreed` is the digest of the products that the business looked at, `products` are those of
    now that can be handed over."""

    to: str
    business_ref: str
    is_numbered: bool
    agreed: str
    products: tuple[HandedProduct, ...]


class EndHandover(HandoverCommand):
    to: str


HandoverCommands = DescribeProduct | HandOverProducts | EndHandover
PARTIES: Parties = {DescribeProduct: CITIZENS, HandOverProducts: CITIZENS, EndHandover: CITIZENS}


class HandoverEvent(Event):
    request: UUID | None = None
    ticket: str


class ProductDescribed(HandoverEvent):
    product: int
    items: Items


class ProductsHandedOver(HandoverEvent):
    to: str
    business_ref: str
    products: tuple[HandedProduct, ...]


class HandoverEnded(HandoverEvent):
    to: str
    business_ref: str


HandoverEvents = ProductDescribed | ProductsHandedOver | HandoverEnded


@dataclass(frozen=True)
class Handover:
    """`described` are the items of each product, `standing` the hand-overs that hold by the ticket that they are to, `ended` those that
    were taken back."""

    described: dict[int, Items] = field(default_factory=dict)
    standing: dict[str, ProductsHandedOver] = field(default_factory=dict)
    ended: dict[str, HandoverEnded] = field(default_factory=dict)
    requests: frozenset[UUID] = frozenset()


initial = Handover()


def digest_of(products: tuple[HandedProduct, ...]) -> str:
    """Return the digest of what a business looks at before it agrees."""
    return sha256("\n".join(each.model_dump_json() for each in products).encode()).hexdigest()


def decide(command: HandoverCommands, handover: Handover) -> list[HandoverEvents]:
    refuse_other_roles(command, PARTIES)
    if command.request is not None and command.request in handover.requests:
        return []
    match command:
        case DescribeProduct():
            return _describe(command)
        case HandOverProducts():
            return _hand_over(command, handover)
        case EndHandover():
            return _end(command, handover)
        case _:
            assert_never(command)


def _describe(command: DescribeProduct) -> list[HandoverEvents]:
    if command.product not in command.known:
        raise errors.UnknownProductError
    return [
        ProductDescribed(
            by=command.by,
            request=command.request,
            ticket=command.ticket,
            product=command.product,
            items=command.items,
        )
    ]


def _hand_over(command: HandOverProducts, handover: Handover) -> list[HandoverEvents]:
    if command.to == command.ticket:
        raise errors.OwnTicketError
    if not command.is_numbered:
        raise errors.UnnumberedBusinessError
    if not command.products:
        raise errors.NothingToHandOverError
    if command.agreed != digest_of(command.products):
        raise errors.SharedChangedError
    before = handover.standing.get(command.to)
    if before is not None and before.products == command.products:
        return []
    return [
        ProductsHandedOver(
            by=command.by,
            request=command.request,
            ticket=command.ticket,
            to=command.to,
            business_ref=command.business_ref,
            products=command.products,
        )
    ]


def _end(command: EndHandover, handover: Handover) -> list[HandoverEvents]:
    before = handover.standing.get(command.to)
    if before is None:
        return []
    return [
        HandoverEnded(
            by=command.by,
            request=command.request,
            ticket=command.ticket,
            to=command.to,
            business_ref=before.business_ref,
        )
    ]


def evolve(handover: Handover, event: HandoverEvents) -> Handover:
    if event.request is not None:
        handover = replace(handover, requests=handover.requests | {event.request})
    match event:
        case ProductDescribed():
            stated = {each.field for each in event.items}
            before = handover.described.get(event.product, ())
            items = (*(each for each in before if each.field not in stated), *event.items)
            return replace(handover, described=handover.described | {event.product: items})
        case ProductsHandedOver():
            ended = {to: each for to, each in handover.ended.items() if to != event.to}
            return replace(handover, standing=handover.standing | {event.to: event}, ended=ended)
        case HandoverEnded():
            standing = {to: each for to, each in handover.standing.items() if to != event.to}
            return replace(handover, standing=standing, ended=handover.ended | {event.to: event})
        case _:
            assert_never(event)
