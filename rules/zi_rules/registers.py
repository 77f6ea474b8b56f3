"""Times of the registers of gifts and interests, advice about values, and the map of interests by position."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from zi_rules.data_files import read_file
from zi_rules.provenance import Sourced, Text
from zi_rules.standard import Term
from zi_rules.version import Code, ContentLookup, Editions, Versioned, no_content

REGISTERS = "registers"


class RegisterTerms(BaseModel):
    """The superior's time to decide about an interest, and the times of a gift.

    `gift_completion` counts from the report; `gift_completion_asked`, the least that is left, from the asking: the same where it is not stated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conflict_decision: Term
    gift_to_unit: Term
    gift_forwarding: Term
    gift_to_commission: Term
    gift_completion: Term
    gift_completion_asked: Term | None = None


class GiftLimit(Sourced):
    """Advice for whoever reports; a gift below it is taken all the same."""

    code: Code
    rupiah: PositiveInt
    text: Text


class PositionInterests(Sourced):
    """The sources of interests that the work of a role may touch."""

    role: Code
    title: Text
    sources: Annotated[tuple[Code, ...], Field(min_length=1)]
    text: Text


class RegisterRules(Versioned):
    terms: RegisterTerms
    limits: tuple[GiftLimit, ...] = ()
    positions: tuple[PositionInterests, ...] = ()


def load_register_rules(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[RegisterRules]:
    stated = read_file(REGISTERS, "integrity/registers.toml", office_folder)
    return Editions(RegisterRules, REGISTERS, [stated], content_of)
