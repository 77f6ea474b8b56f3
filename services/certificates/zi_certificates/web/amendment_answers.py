"""Answers of the interface about applications that take the place of an issued letter."""

from datetime import datetime

from pydantic import BaseModel

from zi_contracts.certificates import AmendmentReason, PublishedFinding


class AmendmentAnswer(BaseModel):
    """An application that takes the place of the letter, an amendment of it if it has a `reason`; `refused_for` are the reasons of its
    last rejection. The letter stays as it is until the new one is sealed."""

    ticket: str
    reason: AmendmentReason | None
    state: str
    is_open: bool
    updated: datetime
    refused_for: list[PublishedFinding]
