"""Messages about gifts: that there is a report and what became of it; neither the reporter, the giver nor the gift is disclosed."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from zi_contracts.data import Data
from zi_contracts.intake import Items
from zi_contracts.integrity.register_pin import RegisterPin
from zi_contracts.message import ShortText

GiftKind = Literal["refused", "received", "given"]
GiftClock = Literal["forwarding", "commission", "completion"]
GiftOutcome = Literal["state_property", "recipient_property", "returned_to_giver", "not_a_gift"]


class GiftReported(Data):
    """An official reported a gift; `late` is after the time to the unit, `after_limit` after that to the commission. It is taken all the
    same. A refused or given gift has no times."""

    type: ClassVar[str] = "zi.integrity.gift_reported"

    kind: GiftKind
    rules: RegisterPin
    late: bool
    after_limit: bool
    forward_by: AwareDatetime | None = None
    report_by: AwareDatetime | None = None
    items: Items = ()


class GiftFoundFirst(Data):
    """A supervisor found the gift before it was reported."""

    type: ClassVar[str] = "zi.integrity.gift_found_first"


class GiftCompletionAsked(Data):
    """The unit asked for what a report lacks."""

    type: ClassVar[str] = "zi.integrity.gift_completion_asked"

    due: AwareDatetime


class GiftReportCompleted(Data):
    """The reporter added to the report; `late` is after the time to complete it."""

    type: ClassVar[str] = "zi.integrity.gift_report_completed"

    late: bool
    items: Items = ()


class GiftDeposited(Data):
    """The thing lies with the unit, which gave a receipt with this number."""

    type: ClassVar[str] = "zi.integrity.gift_deposited"

    number: ShortText


class GiftForwarded(Data):
    """The report went to the commission; `late` is after the unit's time, `after_limit` after that of the law."""

    type: ClassVar[str] = "zi.integrity.gift_forwarded"

    late: bool
    after_limit: bool


class GiftDecided(Data):
    """The commission decided what becomes of the gift."""

    type: ClassVar[str] = "zi.integrity.gift_decided"

    outcome: GiftOutcome
    items: Items = ()


class GiftClosed(Data):
    """The unit closed a report that needs no decision of the commission."""

    type: ClassVar[str] = "zi.integrity.gift_closed"


class GiftOverdue(Data):
    """A time of the report has passed: of the unit, of the law, or of its completion."""

    type: ClassVar[str] = "zi.integrity.gift_overdue"

    clock: GiftClock
    due: AwareDatetime


MODELS: tuple[type[Data], ...] = (
    *(GiftReported, GiftFoundFirst, GiftCompletionAsked, GiftReportCompleted, GiftDeposited),
    *(GiftForwarded, GiftDecided, GiftClosed, GiftOverdue),
)
