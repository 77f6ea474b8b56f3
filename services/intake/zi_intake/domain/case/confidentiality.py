"""The disclosures of a confidential case as its events leave them: requests that wait, and consents that hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from zi_contracts.intake import DisclosureReason
from zi_intake.domain.case.disclosure_messages import (
    DisclosureConsented,
    DisclosureEvents,
    DisclosureExpired,
    DisclosureRefused,
    DisclosureRequested,
)


@dataclass(frozen=True)
class Disclosures:
    """`waiting` are the requests without a decision; `again_from` is when each official may ask again; `open_until` is how long each
    consent holds, by its official and the reason that was given for it."""

    waiting: Mapping[UUID, DisclosureRequested] = field(default_factory=dict)
    again_from: Mapping[str, datetime] = field(default_factory=dict)
    open_until: Mapping[tuple[str, DisclosureReason], datetime] = field(default_factory=dict)

    def until(self, official: str, at: datetime) -> datetime | None:
        """Return how long the official may read the case by a consent; None where no consent holds."""
        ends = [until for (asker, _), until in self.open_until.items() if asker == official and at < until]
        return max(ends, default=None)

    def lets_take_over(self, official: str, at: datetime) -> bool:
        """Return whether a consent to handle the case holds; one for another reason ends with its time."""
        until = self.open_until.get((official, "take_over"))
        return until is not None and at < until

    def may_ask(self, official: str, at: datetime) -> bool:
        """Return whether the time of the last request of this official is over, whatever became of it."""
        again_from = self.again_from.get(official)
        return again_from is None or again_from <= at

    def reasons_of(self, official: str) -> frozenset[str]:
        """Return the reasons of the official's requests that wait."""
        return frozenset(each.reason for each in self.waiting.values() if each.by.actor == official)

    def after(self, event: DisclosureEvents) -> "Disclosures":
        match event:
            case DisclosureRequested():
                return replace(
                    self,
                    waiting={**self.waiting, event.disclosure: event},
                    again_from={**self.again_from, event.by.actor: event.answer_by},
                )
            case DisclosureConsented():
                consent = event.asked_by, self.waiting[event.disclosure].reason
                open_until = {**self.open_until, consent: event.open_until}
                return replace(self._without(event.disclosure), open_until=open_until)
            case DisclosureRefused() | DisclosureExpired():
                return self._without(event.disclosure)
        assert_never(event)

    def _without(self, disclosure: UUID) -> "Disclosures":
        waiting = {id: each for id, each in self.waiting.items() if id != disclosure}
        return replace(self, waiting=waiting)
