"""Messages about the interests of officials in businesses."""

from typing import ClassVar, Literal

from zi_contracts.business import BusinessRef
from zi_contracts.data import Data
from zi_contracts.message import ShortText

ConflictKind = Literal["actual", "potential"]
ConflictSource = Literal["financial", "family", "affiliation", "outside_work", "former_employer"]
ClearingReason = Literal["no_conflict", "interest_ended"]


class ConflictDeclared(Data):
    """An official declared an interest in a business; its aggregate is the declaration."""

    type: ClassVar[str] = "zi.integrity.conflict_declared"

    official: ShortText
    business_ref: BusinessRef
    kind: ConflictKind
    source: ConflictSource


class ConflictCleared(Data):
    """A superior found no conflict in the declaration, or the interest has ended: it hinders from now on no more."""

    type: ClassVar[str] = "zi.integrity.conflict_cleared"

    official: ShortText
    business_ref: BusinessRef
    reason: ClearingReason


MODELS: tuple[type[Data], ...] = (ConflictDeclared, ConflictCleared)
