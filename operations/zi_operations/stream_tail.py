"""Messages on the streams that the stores do not have: what was published after the backup, by name. Read with the keys of the services, which
may read their own streams."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from zi_audit.domain.chain import read_link
from zi_chassis.bus.broker import NATS_ERRORS, Broker, MissingKeyError
from zi_chassis.bus.stored_messages import last_sequence, stored_messages
from zi_chassis.provision import seed_file
from zi_operations.examination import Examined, MissingMessage, missing_message
from zi_operations.house import SERVICES, HouseOfData

PATIENCE = 3.0


def add_missing(house: HouseOfData, examined: Examined) -> None:
    """Name what is on the streams and neither in the stores nor among the missing messages already. Nothing where NATS is not there."""
    known = {(each.service, each.position) for each in examined.missing}
    for found in asyncio.run(_all_behind(house)):
        examined.missing += [each for each in found if (each.service, each.position) not in known]


async def _all_behind(house: HouseOfData) -> Sequence[Sequence[MissingMessage]]:
    return await asyncio.gather(*(_behind(house, service) for service in SERVICES))


async def _behind(house: HouseOfData, service: str) -> Sequence[MissingMessage]:
    settings = house.settings_of(service)
    broker = Broker(service, settings.nats_url, seed_file(house.data, service))
    try:
        async with asyncio.timeout(PATIENCE), broker:
            return [each async for each in _messages(house, service, broker)]
    except (MissingKeyError, TimeoutError, *NATS_ERRORS):
        return ()


async def _messages(house: HouseOfData, service: str, broker: Broker) -> AsyncIterator[MissingMessage]:
    """A message stands at its position or, behind foreign ones, later."""
    position, _ = house.stores[service].head()
    js = await broker.jetstream()
    numbers = range(position + 1, await last_sequence(js, service) + 1)
    async for message in stored_messages(js, service, numbers):
        link = read_link(message.data or b"")
        if link is not None and link.service == service and link.position > position:
            yield missing_message(link)
