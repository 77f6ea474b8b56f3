"""Attacks on what lies on the bus before the ledger hears it: the ledger of the backup hears the attacked rest of intake's stream; or one
service says in its own lane what only another could."""

import asyncio
import shutil
from collections.abc import Sequence

from tests.journeys import records
from tests.journeys.attacks.attack import IN_MESSAGES, Attack, attacked, forged, rechained, target
from tests.journeys.attacks.bus import bus, hear, publish
from tests.journeys.attacks.left import Left


def published_alone(left: Left, attack: Attack) -> None:
    stored = records.stored(left.data, "intake")
    hears(left, attacked(stored, attack, target(stored), IN_MESSAGES))


def published_with_its_chain(left: Left, attack: Attack) -> None:
    stored = records.stored(left.data, "intake")
    hears(left, rechained(attacked(stored, attack, target(stored), IN_MESSAGES)))


def anothers_name(left: Left, attack: Attack) -> None:
    """notify's key says in notify's lane what an official did: an act that nobody did, or the one that was there before."""
    said_by_notify(left, act(left, attack))


def anothers_name_and_chain(left: Left, attack: Attack) -> None:
    """The same as the next message of intake's chain."""
    stored = records.stored(left.data, "intake")
    said_by_notify(left, rechained([*stored, act(left, attack)])[-1])


def act(left: Left, attack: Attack) -> bytes:
    stored = records.stored(left.data, "intake")
    message = stored[target(stored).act]
    return forged(message) if attack is Attack.INSERT else message


def said_by_notify(left: Left, message: bytes) -> None:
    asyncio.run(_publish_as(left, "notify", message))


async def _publish_as(left: Left, service: str, message: bytes) -> None:
    async with bus(left.data) as on:
        await publish(on.server, service, [message], after=len(records.stored(left.data, service)))
        assert await hear(left, on) == []


def hears(left: Left, of_intake: Sequence[bytes]) -> None:
    """The streams go on with these messages after those that the backup knew, and so does the ledger."""
    for part in ("nats", "audit-writer"):
        shutil.rmtree(left.data / part)
        shutil.copytree(left.backup / part, left.data / part)
    shutil.copy(left.log / "checkpoint", left.older)
    asyncio.run(_hears(left, {"intake": of_intake, "notify": records.stored(left.data, "notify")}))


async def _hears(left: Left, streams: dict[str, Sequence[bytes]]) -> None:
    async with bus(left.data) as on:
        for service, messages in streams.items():
            known = len(records.stored(left.backup, service))
            await publish(on.server, service, messages[known:], after=known)
        assert await hear(left, on) == []
