"""What umkm says that others must know: who mentored which business, and so never decides about its certificates."""

from typing import ClassVar

from zi_contracts.business import BusinessRef
from zi_contracts.data import Data
from zi_contracts.message import ShortText


class MentoringRecorded(Data):
    """An official mentors this business, or did so once: nothing ends it."""

    type: ClassVar[str] = "zi.umkm.mentoring_recorded"

    mentor: ShortText
    business_ref: BusinessRef


MODELS: tuple[type[Data], ...] = (MentoringRecorded,)
