"""Messages about the interests of officials in businesses."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from zi_contracts.business import BusinessRef
from zi_contracts.data import Data
from zi_contracts.intake import Items
from zi_contracts.message import ShortText

ConflictKind = Literal["actual", "potential"]
ConflictSource = Literal["financial", "family", "affiliation", "outside_work", "former_employer"]
ClearingReason = Literal["no_conflict", "interest_ended"]
ConflictMeasure = Literal["reassigned", "withdrawn", "monitored"]
DismissalReason = Literal["unfounded", "not_enough_known"]


class ConflictDeclared(Data):
    """An official declared an interest in a business; its aggregate is the declaration."""

    type: ClassVar[str] = "zi.integrity.conflict_declared"

    official: ShortText
    business_ref: BusinessRef
    kind: ConflictKind
    source: ConflictSource
    items: Items = ()


class ConflictCleared(Data):
    """A superior found no conflict in the declaration, or the interest has ended: it hinders from now on no more."""

    type: ClassVar[str] = "zi.integrity.conflict_cleared"

    official: ShortText
    business_ref: BusinessRef
    reason: ClearingReason


class ConflictReported(Data):
    """Somebody reported an interest of an official; who, of whom and in which business is not disclosed."""

    type: ClassVar[str] = "zi.integrity.conflict_reported"

    due: AwareDatetime
    items: Items = ()


class ConflictReportDismissed(Data):
    """A superior found nothing in a report."""

    type: ClassVar[str] = "zi.integrity.conflict_report_dismissed"

    reason: DismissalReason


class ConflictDecided(Data):
    """A superior decided how the conflict is handled; `late` is after `due`. It goes on to hinder."""

    type: ClassVar[str] = "zi.integrity.conflict_decided"

    official: ShortText
    business_ref: BusinessRef
    measure: ConflictMeasure
    due: AwareDatetime
    late: bool


class ConflictWithdrawn(Data):
    """The official called the declaration a mistake; it hinders until a superior clears it."""

    type: ClassVar[str] = "zi.integrity.conflict_withdrawn"

    official: ShortText
    business_ref: BusinessRef


class ConflictOverdue(Data):
    """The superior's time to decide has passed."""

    type: ClassVar[str] = "zi.integrity.conflict_overdue"

    due: AwareDatetime


MODELS: tuple[type[Data], ...] = (
    *(ConflictDeclared, ConflictReported, ConflictReportDismissed, ConflictDecided, ConflictWithdrawn),
    *(ConflictOverdue, ConflictCleared),
)
