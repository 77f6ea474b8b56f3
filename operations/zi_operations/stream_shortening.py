"""`zona shorten`: removes the beginnings of the streams, up to where nobody and nothing needs them any more. All is looked at before the
first message goes."""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from zi_chassis.bus.broker import NATS_ERRORS, Broker, MissingKeyError
from zi_chassis.bus.shortening import ShorteningError, StreamExtent, read_extent, shorten
from zi_chassis.bus.topology import PROVISIONER, api_prefix
from zi_chassis.provision import connected, seed_file
from zi_operations.console import print_lines, say
from zi_operations.house import OWN_FOLDER, SERVICES, HouseOfData, HouseSettings
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.stream_limits import ShorteningLimit, StreamPlan, house_limits, plan_of
from zi_operations.stream_proof import prove

NOTE = "shortened"
PATIENCE = 5.0


def shorten_streams(options: argparse.Namespace) -> OperationStatus:
    house = HouseOfData(HouseSettings())
    house.refuse_incomplete()
    try:
        plans = asyncio.run(_shorten(house, options.leave, is_dry_run=options.dry_run))
    except (MissingKeyError, TimeoutError, *NATS_ERRORS) as error:
        raise OperationError(
            OperationStatus.AWAY,
            f"NATS does not answer or refuses ({error.__class__.__name__}: {error}). Was it provisioned by this version? Start the house first.",
            f"NATS tidak menjawab atau menolak ({error.__class__.__name__}: {error}). Apakah disiapkan oleh versi ini? Jalankan rumah dulu.",
        ) from error
    except ShorteningError as error:
        raise OperationError(OperationStatus.CONTRADICTED, str(error), str(error)) from error
    for plan in plans:
        print_lines([each.render(options.language) for each in plan.lines(is_dry_run=options.dry_run)])
    if options.dry_run:
        say(options, "Nothing was removed.", "Tidak ada yang dihapus.")
    return next((plan.limit.status for plan in plans if not plan.removes), OperationStatus.DONE)


async def _shorten(house: HouseOfData, leave: int, *, is_dry_run: bool) -> Sequence[StreamPlan]:
    limits = house_limits(house)
    url = house.settings_of("intake").nats_url
    async with connected(url, seed_file(house.data, PROVISIONER), PATIENCE) as client:
        contexts = {sender: client.jetstream(prefix=api_prefix(sender)) for sender in SERVICES}
        extents = {sender: await read_extent(js, sender) for sender, js in contexts.items()}
        plans = [await _plan(house, sender, extents[sender], limits[sender], leave) for sender in SERVICES]
        for plan in plans:
            if plan.removes and not is_dry_run:
                await shorten(contexts[plan.service], plan.service, plan.begin)
                _note(house, plan)
    return plans


async def _plan(
    house: HouseOfData, service: str, extent: StreamExtent, limits: Sequence[ShorteningLimit], leave: int
) -> StreamPlan:
    """Raises OperationError where stream, store, ledger and the copies of erasures do not agree."""
    broker = Broker(service, house.settings_of(service).nats_url, seed_file(house.data, service))
    async with asyncio.timeout(PATIENCE), broker:
        plan = await plan_of(house, broker, extent, limits, leave)
    if plan.removes:
        async with broker:
            await prove(house, broker, plan)
    return plan


def _note(house: HouseOfData, plan: StreamPlan) -> None:
    path = house.data / OWN_FOLDER / NOTE
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("a") as file:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        file.write(f"{at} {plan.service} begins at message {plan.begin}, position {plan.position}\n")
