"""The numbers of the house's processes for the page of its operators: asked for at each look at the page, and without Prometheus."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from zi_audit.messaging.house_watch import Fetch

WANTED = (
    *("zi_build_info", "process_start_time_seconds", "zi_lease_held", "zi_disk_free_bytes"),
    *("zi_outbox_lag", "zi_outbox_stopped", "zi_inbox_pending", "zi_inbox_blocked"),
    *("zi_backup_", "zi_drill_", "zi_archive_"),
)


@dataclass(frozen=True)
class WaitingLane:
    """The way of a sender's messages into a service."""

    sender: str
    waiting: int
    is_blocked: bool


@dataclass(frozen=True)
class ProcessNumbers:
    """The numbers that one process tells of itself; None for one that it does not tell."""

    samples: Sequence[Sample] = ()

    def value(self, name: str) -> float | None:
        found = (each.value for each in self.samples if each.name == name)
        return next((value for value in found if value == value), None)

    def is_unwanted(self, name: str) -> bool:
        """Tell of NaN, which stands for what the office does not want."""
        found = [each.value for each in self.samples if each.name == name]
        return bool(found) and self.value(name) is None

    def time(self, name: str) -> datetime | None:
        """Return a time; None for 0 too, which stands for never."""
        value = self.value(name)
        return datetime.fromtimestamp(value, UTC) if value else None

    @property
    def version(self) -> str | None:
        found = (each.labels["version"] for each in self.samples if each.name == "zi_build_info")
        return next(found, None)

    @property
    def lanes(self) -> list[WaitingLane]:
        waiting, blocked = self._by_sender("zi_inbox_pending"), self._by_sender("zi_inbox_blocked")
        return [
            WaitingLane(sender, int(waiting.get(sender, 0)), bool(blocked.get(sender)))
            for sender in sorted({*waiting, *blocked})
        ]

    def _by_sender(self, name: str) -> Mapping[str, float]:
        return {each.labels["sender"]: each.value for each in self.samples if each.name == name}


async def numbers_of(addresses: Mapping[str, str], fetch: Fetch) -> dict[str, ProcessNumbers]:
    """Ask every process at once; one that does not answer has no numbers."""
    texts = await asyncio.gather(*(fetch(f"{url}/{name}/metrics") for name, url in addresses.items()))
    return {name: read_numbers(text or b"") for name, text in zip(addresses, texts, strict=True)}


def read_numbers(text: bytes) -> ProcessNumbers:
    """Read those that the page shows; all the others would take a hundred times as long."""
    lines = [line for line in text.decode(errors="replace").splitlines() if line.startswith(WANTED)]
    try:
        families = list(text_string_to_metric_families("\n".join([*lines, ""])))
    except ValueError:
        return ProcessNumbers()
    return ProcessNumbers([sample for family in families for sample in family.samples])
