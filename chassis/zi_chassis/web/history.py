"""The history of a case: its recorded steps as people read them, each with its place in the ledger."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel

from zi_contracts.message import Message

By = Literal["citizen", "office", "system"]


@dataclass(frozen=True)
class LedgerEntryLink:
    """`receipt` is the address of the receipt."""

    index: int
    receipt: str


@dataclass(frozen=True)
class TimelineStep:
    event_id: UUID
    event: str
    at: datetime
    by: By
    role: str
    text: str
    ledger: LedgerEntryLink | None

    @classmethod
    def of(
        cls,
        message: Message,
        indexes: Mapping[UUID, int],
        public_url: str,
        *,
        role: str,
        text: str,
        **fields: Any,
    ) -> Self:
        """The step that a message tells; `indexes` are the places of messages in the ledger, by their ids."""
        index, receipt = indexes.get(message.id), f"{public_url}/audit/api/receipts/{message.id}"
        return cls(
            event_id=message.id,
            event=message.event,
            at=message.time,
            by=_side_of(message.actorrole),
            role=role,
            text=text,
            ledger=None if index is None else LedgerEntryLink(index, receipt),
            **fields,
        )


S = TypeVar("S", bound=TimelineStep)


class LedgerEntryAnswer(BaseModel):
    index: int
    receipt: str


class TimelineStepAnswer(BaseModel):
    event_id: UUID
    event: str
    at: datetime
    role: str
    text: str
    ledger: LedgerEntryAnswer | None


def grouped(steps: Sequence[S], together: Collection[str]) -> list[list[S]]:
    """Group the steps, the newest first; those of the same event in `together` that follow each other are one group."""
    groups: list[list[S]] = []
    for step in reversed(steps):
        if groups and step.event in together and step.event == groups[-1][-1].event:
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def _side_of(actorrole: str) -> By:
    if actorrole.startswith("system:"):
        return "system"
    return "office" if actorrole.startswith("staff:") else "citizen"
