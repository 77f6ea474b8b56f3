"""What audit's events disclose: all of it, since a break names no person."""

from typing import Any

from zi_chassis.domain import Disclosure
from zi_contracts.audit import ChainBreakFound


def disclose(event: Any, state: object) -> Disclosure:
    data = ChainBreakFound(
        sender=event.sender,
        index=event.index,
        position=event.position,
        expected=event.expected,
        found=event.found,
        kind=event.kind.value,
    )
    return Disclosure(subject=f"lane-{event.sender}", data=data.model_dump(mode="json", exclude_none=True))
