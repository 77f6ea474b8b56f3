"""Earlier decisions of officials about an application: the facts that were known then, and the statement that was judged."""

from datetime import datetime

from zi_certificates.domain.statement import Statement
from zi_chassis.domain import Value
from zi_contracts.certificates import KnownFacts


class PastDecision(Value):
    """An official's decision, with the facts that were known then."""

    official: str
    seen: KnownFacts


class Judged(Value):
    """The statement that an evaluator asked about or rejected, and when."""

    statement: Statement
    at: datetime
