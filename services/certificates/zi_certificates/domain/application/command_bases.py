"""Base classes of the commands to an application."""

from datetime import datetime
from uuid import UUID

from zi_certificates.domain.impartiality import Appointment, Known
from zi_chassis.domain import Command
from zi_contracts.certificates import OverrideReason, PinnedRules, PublishedFinding


class ApplicationCommand(Command):
    """`request` is the id of one act of one person, so that a repeated command does it once."""

    request: UUID | None = None


class Decision(ApplicationCommand):
    """A decision of an official; `known` is all that has arrived about officials and this business."""

    known: Known


class SignersDecision(Decision):
    appointment: Appointment | None = None


class Completion(ApplicationCommand):
    """`findings` is what the rules say of this revision: everything missing, everything wrong; the account was verified last at
    `account_verified_at`."""

    revision: int
    rules: PinnedRules
    findings: tuple[PublishedFinding, ...]
    account_verified_at: datetime | None = None


class StaffAct(ApplicationCommand):
    """An act of an official that decides nothing about the application itself; `known` is as for a decision."""

    known: Known


class OverrideDecision(StaffAct):
    """About the override that waits; `official` and `reason` say which one was looked at, if known."""

    official: str | None = None
    reason: OverrideReason | None = None
