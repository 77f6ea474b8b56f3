"""Messages about invitations to surveys: the keys that sign them, who was invited, and which tokens were spent.

A token and the case that it was signed for have nothing in common here: that is what the blind signature is for.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from zi_contracts.data import Data
from zi_contracts.intake import Channel, Language
from zi_contracts.message import Sha256Hex, Slug

Quarter = Annotated[str, Field(pattern=r"^\d{4}-Q[1-4]$")]
TokenText = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{86}\.[A-Za-z0-9_-]{300,800}$")]


class SurveyKeyPublished(Data):
    """The key that signs the tokens of one service and quarter; it is on the ledger before it signs anything.

    A token is 64 random bytes and a signature of them by `scheme` (RFC 9474). Answers are recorded in groups of at least
    `smallest_group`.
    """

    type: ClassVar[str] = "zi.integrity.survey_key_published"

    service: Slug
    quarter: Quarter
    scheme: Literal["RSABSSA-SHA384-PSS-Randomized"]
    modulus: Annotated[str, Field(pattern=r"^[0-9a-f]{512,1024}$")]
    exponent: Annotated[int, Field(ge=3)]
    answer_until: date
    smallest_group: Annotated[int, Field(ge=2)]


class SurveyTokensSpent(Data):
    """These tokens were spent, in no order; the answers that they were spent for are recorded with them, in another order."""

    type: ClassVar[str] = "zi.integrity.survey_tokens_spent"

    service: Slug
    quarter: Quarter
    tokens: Annotated[tuple[TokenText, ...], Field(min_length=1)]


class SurveyKeyRetired(Data):
    """The key is destroyed. `spent` answers were recorded; `withheld` came too few together to be recorded without a trace to a case."""

    type: ClassVar[str] = "zi.integrity.survey_key_retired"

    service: Slug
    quarter: Quarter
    spent: Annotated[int, Field(ge=0)]
    withheld: Annotated[int, Field(ge=0)]


class SurveyInvited(Data):
    """The citizen of a finished case may take one token, with many others at the same time."""

    type: ClassVar[str] = "zi.integrity.survey_invited"

    service: Slug
    quarter: Quarter
    key: UUID
    answer_until: date
    language: Language
    reachable_by: tuple[Channel, ...]


class InvitationSigned(Data):
    """The office signed what the citizen sent blinded; `blinded` is its digest, and fits every token alike."""

    type: ClassVar[str] = "zi.integrity.invitation_signed"

    blinded: Sha256Hex


MODELS: tuple[type[Data], ...] = (
    *(SurveyKeyPublished, SurveyTokensSpent, SurveyKeyRetired),
    *(SurveyInvited, InvitationSigned),
)
