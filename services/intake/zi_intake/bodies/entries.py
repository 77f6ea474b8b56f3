"""The bodies of a case that an official or a system enters for somebody: one filing as its sender would make it, and of an official how it came in."""

from typing import Self

from pydantic import model_validator

from zi_intake.bodies.filings import Body, ComplaintBody, ConsultationBody
from zi_intake.bodies.handling import RoadBody
from zi_intake.bodies.information import InformationBody, SuggestionBody

Entered = ComplaintBody | ConsultationBody | InformationBody | SuggestionBody


class SystemEntryBody(Body):
    """One of the four is given."""

    complaint: ComplaintBody | None = None
    consultation: ConsultationBody | None = None
    information: InformationBody | None = None
    suggestion: SuggestionBody | None = None

    @model_validator(mode="after")
    def _has_one_filing(self) -> Self:
        if len(self._filings) != 1:
            raise ValueError("Give one of complaint, consultation, information and suggestion.")
        if self.complaint is not None and self.complaint.joins is not None:
            raise ValueError(
                "Leave out joins: only whoever reports chooses that. Link the case once somebody has it."
            )
        return self

    @property
    def _filings(self) -> list[Entered]:
        filings = (self.complaint, self.consultation, self.information, self.suggestion)
        return [each for each in filings if each is not None]

    @property
    def filing(self) -> Entered:
        return self._filings[0]


class EntryBody(RoadBody, SystemEntryBody):
    """`road` is how it came in."""
