"""The disclosures of a confidential case as its events leave them: requests that wait, and consents that hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

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
    consent holds, by its official."""

    waiting: Mapping[UUID, DisclosureRequested] = field(default_factory=dict)
    again_from: Mapping[str, datetime] = field(default_factory=dict)
    open_until: Mapping[str, datetime] = field(default_factory=dict)

    def holds_for(self, official: str, at: datetime) -> bool:
        until = self.open_until.get(official)
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
                open_until = {**self.open_until, event.asked_by: event.open_until}
                return replace(self._without(event.disclosure), open_until=open_until)
            case DisclosureRefused() | DisclosureExpired():
                return self._without(event.disclosure)
        assert_never(event)

    def _without(self, disclosure: UUID) -> "Disclosures":
        waiting = {id: each for id, each in self.waiting.items() if id != disclosure}
        return replace(self, waiting=waiting)
