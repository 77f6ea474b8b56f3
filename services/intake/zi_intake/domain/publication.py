"""The publication of an incident: an officer proposes its words, a second person publishes them, each of the desk ends it at once. The words stand
beside the events, which bind them by a digest. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from zi_chassis.domain import (
    Command,
    Decider,
    Disclosure,
    Event,
    Parties,
    Value,
    officials,
    refuse_other_roles,
)
from zi_contracts import intake as contract
from zi_contracts.data import Data
from zi_contracts.intake import District, PublicationEnding
from zi_intake.domain.case.refusals import CaseError
from zi_intake.roles import AT_THE_DESK, OFFICERS, SECOND_PERSONS

SUBJECT = "incidents"
FEWEST = 2  # reports without protection: of a single one its reporter could be guessed


class AlreadyPublishedError(CaseError):
    sentence = "The incident is published already: end that first."


class NoProposalError(CaseError):
    sentence = "These words wait for nobody any more: open the page anew and read what stands there now."


class OwnPublicationError(CaseError):
    sentence = "You wrote these words: a second person publishes them."


class TooFewReportsError(CaseError):
    sentence = "An incident is published from {fewest} reports on that nobody sent in confidence: of fewer the reporter could be guessed."


class ProposePublication(Command):
    """Propose to publish the incident with the words of `digest`."""

    district: District
    commodity: str
    digest: str
    open_until: datetime


class PublishIncident(Command):
    """Publish the words that were read. `reports` are those of the incident that nobody sent in confidence."""

    digest: str
    reports: int


class EndPublication(Command):
    reason: PublicationEnding


class PublicationProposed(Event):
    district: District
    commodity: str
    digest: str
    open_until: datetime


class IncidentPublished(Event):
    digest: str
    asked_by: str


class PublicationEnded(Event):
    reason: PublicationEnding


PublicationCommands = ProposePublication | PublishIncident | EndPublication
PublicationEvents = PublicationProposed | IncidentPublished | PublicationEnded

PARTIES: Parties = {
    ProposePublication: officials(*OFFICERS),
    PublishIncident: SECOND_PERSONS,
    EndPublication: officials(*AT_THE_DESK),
}


class Publication(Value):
    """`proposal` are the words that wait, or that are published."""

    proposal: PublicationProposed | None = None
    is_published: bool = False

    def is_open(self, at: datetime) -> bool:
        return self.is_published and self.proposal is not None and at < self.proposal.open_until


def decide(command: PublicationCommands, state: Publication) -> Sequence[PublicationEvents]:
    refuse_other_roles(command, PARTIES)
    match command:
        case ProposePublication():
            return _propose(command, state)
        case PublishIncident():
            return _publish(command, state)
        case EndPublication():
            return [] if state.proposal is None else [PublicationEnded(**dict(command))]
    assert_never(command)


def _propose(command: ProposePublication, state: Publication) -> Sequence[PublicationEvents]:
    if state.is_open(command.by.at):
        raise AlreadyPublishedError
    waiting = state.proposal
    if waiting is not None and not state.is_published and _is_same(command, waiting):
        return []
    return [PublicationProposed(**dict(command))]


def _is_same(command: ProposePublication, waiting: PublicationProposed) -> bool:
    """Return whether this repeats what waits: by the same official, with the same words, and not over yet."""
    same = (command.by.actor, command.district, command.commodity, command.digest)
    return (
        same == (waiting.by.actor, waiting.district, waiting.commodity, waiting.digest)
        and command.by.at < waiting.open_until
    )


def _publish(command: PublishIncident, state: Publication) -> Sequence[PublicationEvents]:
    proposal = state.proposal
    if proposal is None or proposal.digest != command.digest or command.by.at >= proposal.open_until:
        raise NoProposalError
    if state.is_published:
        return []
    if proposal.by.actor == command.by.actor:
        raise OwnPublicationError
    if command.reports < FEWEST:
        raise TooFewReportsError(fewest=FEWEST)
    return [IncidentPublished(by=command.by, digest=command.digest, asked_by=proposal.by.actor)]


def evolve(state: Publication, event: PublicationEvents) -> Publication:
    match event:
        case PublicationProposed():
            return Publication(proposal=event)
        case IncidentPublished():
            return Publication(proposal=state.proposal, is_published=True)
        case PublicationEnded():
            return Publication()
    assert_never(event)


def publish(event: PublicationEvents, state: Publication) -> Disclosure:
    """Disclose it under no case: no reporter's evidence leads to the others."""
    return Disclosure(subject=SUBJECT, data=_data(event))


def _data(event: PublicationEvents) -> Data:
    match event:
        case PublicationProposed():
            return contract.PublicationProposed(
                district=event.district,
                commodity=event.commodity,
                digest=event.digest,
                open_until=event.open_until,
            )
        case IncidentPublished():
            return contract.IncidentPublished(digest=event.digest, asked_by=event.asked_by)
        case PublicationEnded():
            return contract.PublicationEnded(reason=event.reason)
    assert_never(event)


publication: Decider[Publication] = Decider(
    name="publication",
    initial=Publication(),
    decide=decide,
    evolve=evolve,
    events=(PublicationProposed, IncidentPublished, PublicationEnded),
    publish=publish,
)
