"""The bodies of requests for public information and of suggestions, and of what officers do about them."""

from zi_contracts.intake import Channel, Confidentiality, Language, ObjectionOutcome
from zi_contracts.message import Slug
from zi_intake.bodies.filings import Body, CaseDistrict, FilingBody, Items, Note, Reason, Reporter, Text
from zi_intake.bodies.handling import OfficeAnswerBody


class InformationBody(Body):
    """A request for public information: `text` is what is wanted, `purpose` what for. Whoever asks gives a name."""

    language: Language = "id"
    district: CaseDistrict
    text: Text
    purpose: Note | None = None
    reporter: Reporter

    @property
    def way(self) -> Confidentiality:
        return "named"

    @property
    def is_anonymous(self) -> bool:
        return False

    @property
    def is_confidential(self) -> bool:
        return False

    @property
    def reachable_by(self) -> tuple[Channel, ...]:
        return self.reporter.reachable_by

    @property
    def items(self) -> Items:
        """The items for the vault, by field."""
        purpose = {} if self.purpose is None else {"information.purpose": self.purpose}
        reporter = {f"reporter.{name}": value for name, value in self.reporter if value is not None}
        return {"text": self.text} | purpose | reporter


class SuggestionBody(FilingBody):
    wants_answer: bool = False


class ExtendTimeBody(Body):
    """The reason is written for the requester."""

    extension_reason: Reason


class RefuseInformationBody(OfficeAnswerBody):
    """`refusal` is the reason from the office's list; the words explain it to the requester."""

    refusal: Slug


class DecideObjectionBody(OfficeAnswerBody):
    outcome: ObjectionOutcome
