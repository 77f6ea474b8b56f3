"""The bodies of how officers work on a case besides questions and answers."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from zi_chassis.web.language import msgid
from zi_contracts.intake import VisitOutcome
from zi_contracts.message import Slug
from zi_contracts.text import Line
from zi_intake.bodies.filings import Account, Body, Neutral, Reason, Text, WordsBody, of_the_office
from zi_intake.uploads.attachments import FILES_OF_ANSWER

# A report of LAPOR! comes by its file alone.
EnteredRoad = Literal["counter", "phone", "message"]
ReferralBody = Annotated[Slug, BeforeValidator(of_the_office)]


class LinkBody(Body):
    """Put a case into an incident that is there, or into a new one with a neutral title."""

    incident: UUID | None = None
    title: Neutral | None = None
    link_reason: Reason

    @model_validator(mode="after")
    def _names_an_incident(self) -> Self:
        if (self.incident is None) == (self.title is None):
            raise ValueError("Choose an incident, or write the title of a new one.")
        return self


class AddCaseBody(Body):
    """Put the case of a ticket into the incident whose page is open."""

    added_ticket: Line
    link_reason: Reason


class UnlinkBody(Body):
    unlink_reason: Reason


class VisitBody(Body):
    visited_on: date
    outcome: VisitOutcome
    findings: Text


class ReferBody(Body):
    """`referral_text` is what the other body is told, without e-mail addresses and long numbers; `referral_reason` tells the citizen why."""

    referral_body: ReferralBody
    referral_reason: Reason
    referral_text: Text


class MoveBody(Body):
    """`appointed_topic` is what the complaint turned out to be about; `moving_reason` is read by those appointed for that alone, and may name
    the official."""

    appointed_topic: Annotated[Slug, BeforeValidator(of_the_office)]
    moving_reason: Text


class ContactBody(Body):
    allowed: bool


class DraftBody(Body):
    """The answer that was read; another one that came meanwhile is not approved with it."""

    draft: UUID


class ReturnDraftBody(DraftBody):
    draft_reason: Reason


class RoadBody(Body):
    road: EnteredRoad


class OfficeAnswerBody(WordsBody):
    """`files` are items that were added for the answer."""

    files: Annotated[tuple[UUID, ...], Field(max_length=FILES_OF_ANSWER)] = ()


class HandoverBody(Body):
    """All open cases of a colleague go to an officer."""

    colleague: Account
    officer: Account

    @field_validator("officer")
    @classmethod
    def _is_somebody_else(cls, officer: str, fields: ValidationInfo) -> str:
        if officer == fields.data.get("colleague"):
            raise ValueError(msgid("This is whose work you hand over: choose somebody else."))
        return officer


class BulkAnswerBody(Body):
    answer: Text
