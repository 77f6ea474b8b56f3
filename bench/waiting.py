"""The time that an event waits for the published checkpoint that covers it: from the browser's request, and from the message on NATS."""

import asyncio
import json
import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client

from bench.load import paced
from bench.messages import Chain
from zi_audit.domain.chain import read_link
from zi_chassis.bus.outbox import POSITION
from zi_chassis.bus.sender_proof import HEADER, SenderKey
from zi_chassis.settings import Settings
from zi_tlog.tile import FULL, bundle_at, decode_bundle

LOOK = 0.005
EVERY = 0.04
PATIENCE = 30.0
SENDERS = ("intake", "notify")


class Watcher(threading.Thread):
    """Notes when the published checkpoint first had which size."""

    def __init__(self, tiles: Path) -> None:
        super().__init__(daemon=True)
        self._tiles = tiles
        self.first = published(tiles)
        self.sizes: list[tuple[int, float]] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(LOOK):
            size = published(self._tiles)
            if not self.sizes or size > self.sizes[-1][0]:
                self.sizes.append((size, time.time()))

    def end(self, expected: int) -> None:
        """Stop after `expected` more entries are published, or after PATIENCE seconds."""
        until = time.monotonic() + PATIENCE
        while published(self._tiles) < self.first + expected and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(5 * LOOK)
        self.ended.set()
        self.join()

    def waits(self, begun: Callable[[bytes], float]) -> dict[str, float]:
        """Of all entries that came: seconds from `begun` to the first published checkpoint that covers it."""
        waits, at, size = [], 0, self.sizes[-1][0]
        for index in range(self.first, size):
            while self.sizes[at][0] <= index:
                at += 1
            waits.append(self.sizes[at][1] - begun(_entry(self._tiles, index, size)))
        waits.sort()
        return {
            "events": len(waits),
            "checkpoints": len(self.sizes),
            "p50_s": round(waits[len(waits) // 2], 3),
            "p99_s": round(waits[int(len(waits) * 0.99)], 3),
            "max_s": round(waits[-1], 3),
        }


def from_a_request(tiles: Path, host: str, port: int, rate: int, seconds: int) -> dict[str, float]:
    """From an event's own time, at `rate` complaints a second."""
    watcher = Watcher(tiles)
    watcher.start()
    answers = asyncio.run(paced(host, port, rate, seconds))
    accepted = sum(answer.status == 201 for answer in answers)
    watcher.end(accepted)
    waits = watcher.waits(lambda entry: datetime.fromisoformat(json.loads(entry)["time"]).timestamp())
    return {"asked_per_second": rate, "accepted": accepted, **waits}


def from_nats(settings: Settings, tiles: Path, rate: int, seconds: int) -> dict[str, float]:
    """From the moment when a message was due to be published, at `rate` messages a second of two senders in atomic batches."""
    chains = {service: Chain(settings.office, service) for service in SENDERS}
    batch = int(rate / len(SENDERS) * EVERY)
    messages = {service: chain.say(batch * int(seconds / EVERY)) for service, chain in chains.items()}
    proofs = {service: _proofs(settings, service, messages) for service, messages in messages.items()}
    watcher = Watcher(tiles)
    watcher.start()
    due = asyncio.run(_published(settings, messages, proofs, batch))
    watcher.end(sum(len(messages) for messages in messages.values()))

    def begun(entry: bytes) -> float:
        link = read_link(entry)
        assert link is not None
        return due[link.service][(link.position - 1) // batch]

    return {"asked_per_second": rate, "seconds": seconds, "in_a_batch": batch, **watcher.waits(begun)}


def _proofs(settings: Settings, service: str, messages: list[bytes]) -> list[str]:
    """As an outbox signs: made beforehand, as the ledger is measured here and not the sender."""
    key = SenderKey((settings.data / "nats" / "keys" / f"{service}.nk").read_bytes())
    source = f"/zi/{settings.office}/{service}"
    return [key.sign(source, n, sha256(message).hexdigest()) for n, message in enumerate(messages, start=1)]


async def _published(
    settings: Settings, messages: dict[str, list[bytes]], proofs: dict[str, list[str]], batch: int
) -> dict[str, list[float]]:
    """Publish the batches; return the due time of each batch by sender."""
    begun = time.time() + 0.1

    async def send(service: str, offset: float) -> list[float]:
        due = [begun + offset + n * EVERY for n in range(len(messages[service]) // batch)]
        key = settings.data / "nats" / "keys" / f"{service}.nk"
        client = await nats.connect(
            settings.nats_url, nkeys_seed=str(key), inbox_prefix=f"_INBOX.{service}".encode()
        )
        for number, moment in enumerate(due):
            await asyncio.sleep(moment - time.time())
            first, end = number * batch, (number + 1) * batch
            await _batch(client, service, first, messages[service][first:end], proofs[service][first:end])
        await client.close()
        return due

    senders = list(messages)
    moments = await asyncio.gather(*(send(s, n * EVERY / len(senders)) for n, s in enumerate(senders)))
    return dict(zip(senders, moments, strict=True))


async def _batch(client: Client, service: str, before: int, messages: list[bytes], proofs: list[str]) -> None:
    """As the outbox publishes: all of it or nothing (ADR-50)."""
    name, subject = uuid.uuid4().hex, f"zi.{service}.bench.0"
    for number, message in enumerate(messages, start=1):
        headers: dict[str, Any] = {
            "Nats-Msg-Id": f"{service}-{before + number}",
            POSITION: str(before + number),
            HEADER: proofs[number - 1],
            "Nats-Batch-Id": name,
            "Nats-Batch-Sequence": str(number),
        }
        if number < len(messages):
            await client.publish(subject, message, headers=headers)
    headers["Nats-Batch-Commit"] = "1"
    answer = json.loads((await client.request(subject, messages[-1], timeout=10, headers=headers)).data)
    if "error" in answer:
        raise RuntimeError(str(answer["error"]))


def published(tiles: Path) -> int:
    return int((tiles / "checkpoint").read_bytes().split(b"\n")[1])


_bundles: dict[tuple[Path, str], list[bytes]] = {}


def _entry(tiles: Path, index: int, size: int) -> bytes:
    bundle = bundle_at(index // FULL, size)
    key = (tiles, bundle.path)
    if key not in _bundles:
        _bundles[key] = decode_bundle((tiles / bundle.path).read_bytes(), bundle.width)
    return _bundles[key][index % FULL]
