"""The office at the head of its letters, as its own data say."""

from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from zi_letters.content import OfficeParty


class OfficeNamed(Protocol):
    """The fields of the office's data that a letter shows."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def timezone(self) -> ZoneInfo: ...


class OfficeShown(Protocol):
    """The office's data with its picture."""

    @property
    def data(self) -> OfficeNamed: ...
    @property
    def logo(self) -> bytes | None: ...


def party_of(office: OfficeShown, at: datetime) -> OfficeParty:
    """Name the office; `at` is a time of the letter, by which its clock is told."""
    data = office.data
    there = at.astimezone(data.timezone)
    return OfficeParty(
        name=data.name,
        address=data.address,
        zone=there.strftime("%Z"),
        utc_minutes=(there.utcoffset() or timedelta()) // timedelta(minutes=1),
        logo=None if office.logo is None else office.logo.decode(),
    )
