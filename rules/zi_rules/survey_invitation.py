"""Invitations to surveys: how large a group must be in which nobody can be found, and until when a quarter's invitations hold."""

from datetime import date, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated

from pydantic import Field

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Sourced
from zi_rules.version import Editions

SURVEY_INVITATIONS = "survey_invitations"


class InvitationRules(Configured, Sourced):
    """`smallest_group`: cases that are invited, and answers that are recorded, together. Never fewer than two."""

    smallest_group: Annotated[int, Field(ge=2)]
    answer_days: Annotated[int, Field(ge=0, le=366)]
    round_seconds: Annotated[int, Field(ge=1, le=86_400)] = 86_400
    office_networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def answer_until(self, quarter: str) -> date:
        """Return the last day on which a token of the quarter is taken."""
        return last_day(quarter) + timedelta(days=self.answer_days)

    def round_of(self, at: datetime) -> tuple[date, int]:
        """Return the round in which a moment of the office's clock lies."""
        return at.date(), (at.hour * 3600 + at.minute * 60 + at.second) // self.round_seconds

    def is_of_office(self, address: str) -> bool:
        """Tell if the address is one of the office's; a text that is no address is none."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.office_networks)


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def last_day(quarter: str) -> date:
    year, number = int(quarter[:4]), int(quarter[-1])
    after = date(year + 1, 1, 1) if number == 4 else date(year, number * 3 + 1, 1)
    return after - timedelta(days=1)


def load_invitation_rules(office_folder: Path | None = None) -> Editions[InvitationRules]:
    stated = read_file(SURVEY_INVITATIONS, "integrity/survey_invitations.toml", office_folder)
    return Editions(InvitationRules, SURVEY_INVITATIONS, [stated])
