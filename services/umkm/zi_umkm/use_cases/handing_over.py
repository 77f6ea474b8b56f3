"""Use cases of a business about its products for the letters: describe them, hand them over to a request of its own, take that back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.intake import Items
from zi_umkm.domain import handover as handovers
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.handover import HandedProduct, Handover, HandoverCommands
from zi_umkm.domain.ids import handover_id, request_id_of
from zi_umkm.messaging.published import cases
from zi_umkm.messaging.published import handovers as handover_decider
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.statements import ticket_to_publish
from zi_umkm.use_cases.vault_fields import COMPOSITION, PACK, PRODUCT_NAME


@dataclass(frozen=True)
class SharedProducts:
    """`ready` can be handed over now; `unchecked` wait for an official to look their number up, `undescribed` for their composition."""

    ready: tuple[HandedProduct, ...]
    unchecked: frozenset[int]
    undescribed: frozenset[int]

    @property
    def digest(self) -> str:
        return handovers.digest_of(self.ready)


def shared_products(case: MentoringCase, handover: Handover) -> SharedProducts:
    """Sort the products that are made now by whether they can be handed over."""
    products = {each.number: each for each in case.business.products} if case.business else {}
    described = {
        number
        for number, items in handover.described.items()
        if number in products
        and COMPOSITION in {each.field for each in items}
        and PRODUCT_NAME in {each.field for each in products[number].items}
    }
    checked = products.keys() & case.confirmed & case.all_numbers.keys()
    ready = tuple(
        HandedProduct(
            product=number,
            number=case.all_numbers[number],
            items=(
                *(each for each in products[number].items if each.field == PRODUCT_NAME),
                *handover.described[number],
            ),
        )
        for number in sorted(checked & described)
    )
    return SharedProducts(ready, frozenset(products.keys() - checked), frozenset(checked - described))


class HandingOver:
    """`key` is an Idempotency-Key: the same act of the same person under it is done once."""

    def __init__(self, store: Store, vault_writer: VaultWriter) -> None:
        self._store = store
        self._vault_writer = vault_writer

    async def state(self, request: MentoringRequest) -> Handover:
        return (await self._store.fetch(handover_decider, handover_id(request.mentoring)))[1]

    async def shared(self, request: MentoringRequest) -> SharedProducts:
        """Return what would be handed over now, to be looked at before."""
        _, case = await self._store.fetch(cases, request.mentoring)
        return shared_products(case, await self.state(request))

    async def describe(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        product: int,
        composition: str,
        pack: str | None = None,
    ) -> Handled[Handover]:
        """Keep composition and packaging in the vault; a refused command and a repeat leave nothing there."""
        texts = {COMPOSITION: composition, **({PACK: pack} if pack else {})}
        request_id = request_id_of(key, by, "describe-product", [product, *sorted(texts.items())])

        def command(case: MentoringCase, items: Items) -> HandoverCommands:
            return handovers.DescribeProduct(
                by=by,
                request=request_id,
                ticket=request.ticket,
                product=product,
                known=case.products,
                items=items,
            )

        _, case = await self._store.fetch(cases, request.mentoring)
        items: Items = ()
        if handover_decider.decide(command(case, ()), await self.state(request)):
            items = await self._keep(request, texts, request_id)
        return await self._decide(request, lambda now, _: command(now, items))

    async def _keep(self, request: MentoringRequest, texts: Mapping[str, str], id: UUID | None) -> Items:
        return await self._vault_writer.keep(request.ticket, texts, id)

    async def hand_over(
        self, request: MentoringRequest, by: Act, key: UUID | None, to: str, agreed: str
    ) -> Handled[Handover]:
        """Agree that the request with the ticket `to` takes over the products that were looked at; `agreed` is their digest."""
        to = ticket_to_publish(to)

        def command(case: MentoringCase, handover: Handover) -> HandoverCommands:
            return handovers.HandOverProducts(
                by=by,
                request=request_id_of(key, by, "hand-over", [to, agreed]),
                ticket=request.ticket,
                to=to,
                business_ref=case.business_ref,
                is_numbered=bool(case.business and case.business.has_nib)
                and case.business_number != "refuted",
                agreed=agreed,
                products=shared_products(case, handover).ready,
            )

        return await self._decide(request, command)

    async def end(self, request: MentoringRequest, by: Act, key: UUID | None, to: str) -> Handled[Handover]:
        """Take it back: nothing more is taken over, and what was accepted stays where it is."""
        to = ticket_to_publish(to)
        command = handovers.EndHandover(
            by=by, request=request_id_of(key, by, "end-hand-over", [to]), ticket=request.ticket, to=to
        )
        return await self._decide(request, lambda case, handover: command)

    async def _decide(self, request: MentoringRequest, made: Any) -> Handled[Handover]:
        """Make the command from the case and the hand-overs as they are under the write lock."""
        id = handover_id(request.mentoring)

        def found(tx: Tx) -> tuple[Any, UUID, HandoverCommands]:
            states = self._store.states(tx, {request.mentoring: cases, id: handover_decider})
            return handover_decider, id, made(states[request.mentoring][1], states[id][1])

        return await self._store.decide(found)
