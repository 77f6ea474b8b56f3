"""Limits of an appointment of an acting signer (Plh): who may be appointed, for how long, and how long beforehand."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, PositiveInt

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Sourced
from zi_rules.version import Code, ContentLookup, Editions, no_content

ACTING_SIGNERS = "acting_signers"


class ActingSignerRules(Configured, Sourced):
    """`roles` are those whose officials may be appointed."""

    roles: Annotated[frozenset[Code], Field(min_length=1)]
    most_days: PositiveInt
    most_days_ahead: PositiveInt


def load_acting_signer_rules(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[ActingSignerRules]:
    stated = read_file(ACTING_SIGNERS, "acting_signers.toml", office_folder)
    return Editions(ActingSignerRules, ACTING_SIGNERS, [stated], content_of)
