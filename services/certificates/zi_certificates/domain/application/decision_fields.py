"""Fields that events of decisions take over from their commands."""

from typing import Any

from zi_certificates.domain.application.command_bases import Decision, SignersDecision, StaffAct


def decision_fields(command: Decision) -> dict[str, Any]:
    """Return the fields of the event of a decision: of the known facts, only up to where they were known."""
    fields = dict(command)
    return fields | {"seen": fields.pop("known").seen}


def act_fields(command: StaffAct) -> dict[str, Any]:
    """Return the fields of the event of an official's act; what was known is no part of it."""
    return {name: value for name, value in dict(command).items() if name != "known"}


def signers_fields(command: SignersDecision) -> dict[str, Any]:
    """Return the fields of the event of a signer's decision; `acting` is the appointment of an acting signer."""
    fields = decision_fields(command)
    appointment = fields.pop("appointment")
    return fields | {"acting": appointment.event if appointment else None}
