"""Decide about exceptions for hindered officials: one asks, another decides about what they looked at; and record what came to light later."""

from typing import assert_never

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.command_bases import OverrideDecision, StaffAct
from zi_certificates.domain.application.commands import (
    ApproveOverride,
    AskOverride,
    FlagConflict,
    OverrideActs,
    RefuseOverride,
)
from zi_certificates.domain.application.decision_fields import act_fields
from zi_certificates.domain.application.events import (
    ApplicationEvents,
    ConflictFlagged,
    OverrideApproved,
    OverrideAsked,
    OverrideRefused,
)
from zi_certificates.domain.application.preconditions import refuse_interested, refuse_own_override
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.impartiality import was_unknown


def decide_about_override(command: OverrideActs, application: Application) -> list[ApplicationEvents]:
    if isinstance(command, StaffAct):
        refuse_interested(command, application)
    match command:
        case AskOverride():
            return _ask_override(command, application)
        case ApproveOverride():
            return _approve_override(command, application)
        case RefuseOverride():
            return _refuse_override(command, application)
        case FlagConflict():
            return _flag_conflict(command, application)
        case _:
            assert_never(command)


def _ask_override(command: AskOverride, application: Application) -> list[ApplicationEvents]:
    refuse_own_override(command.by, command.official)
    if application.override is not None:
        raise errors.OverrideAskedError
    if command.official in application.excused:
        return []
    return [OverrideAsked(**act_fields(command))]


def _approve_override(command: ApproveOverride, application: Application) -> list[ApplicationEvents]:
    override = _override_to_decide(command, application)
    return [
        OverrideApproved(
            by=command.by,
            request=command.request,
            official=override.official,
            reason=override.reason,
            asked_by=override.by.actor,
        )
    ]


def _refuse_override(command: RefuseOverride, application: Application) -> list[ApplicationEvents]:
    override = _override_to_decide(command, application)
    return [
        OverrideRefused(
            by=command.by,
            request=command.request,
            official=override.official,
            asked_by=override.by.actor,
        )
    ]


def _flag_conflict(command: FlagConflict, application: Application) -> list[ApplicationEvents]:
    """Record a fact that nobody could know at the decision, so that everybody sees it now."""
    fact = command.fact
    if fact.event in application.flagged or not any(
        each.official == fact.official and was_unknown(fact, each.seen) for each in application.decisions
    ):
        return []
    return [ConflictFlagged(**dict(command))]


def _override_to_decide(command: OverrideDecision, application: Application) -> OverrideAsked:
    """Return the override that waits; neither its official nor the one who asked for it decides about it, and nobody about another one than
    they looked at."""
    override = application.override
    if override is None:
        raise errors.NoOverrideAskedError
    refuse_own_override(command.by, override.official)
    if command.by.actor == override.by.actor:
        raise errors.OverrideFourEyesError
    looked_at = (command.official or override.official, command.reason or override.reason)
    if looked_at != (override.official, override.reason):
        raise errors.ChangedMeanwhileError
    return override
