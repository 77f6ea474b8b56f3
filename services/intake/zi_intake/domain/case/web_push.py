"""The browser that gets the notices of a case, as its events leave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from zi_contracts.intake import Items
from zi_intake.domain.case.web_push_messages import WebPushAgreed, WebPushEnded, WebPushEvents


@dataclass(frozen=True)
class WebPush:
    """`items` are those of the browser that gets notices now; `times` counts how often the citizen agreed."""

    items: Items = ()
    since: datetime | None = None
    times: int = 0

    @property
    def is_on(self) -> bool:
        return bool(self.items)

    def after(self, event: WebPushEvents) -> "WebPush":
        match event:
            case WebPushAgreed():
                return WebPush(event.items, event.by.at, self.times + 1)
            case WebPushEnded():
                return WebPush(times=self.times)
        assert_never(event)

    def is_at(self, items: Sequence[UUID]) -> bool:
        """Return whether the address of the browser is one of the items."""
        return any(ref.item in items for ref in self.items)

    def remaining(self, items: Items) -> Items:
        """Return the items without those of the browser: one that gets no notices any more is opened by nobody."""
        return tuple(ref for ref in items if ref not in self.items)
