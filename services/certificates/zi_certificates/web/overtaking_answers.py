"""Answers of the public API about applications that were taken before others; programs of others read them: fields may only be added."""

from pydantic import BaseModel

from zi_contracts.certificates import OvertakingReason


class OvertakingCount(BaseModel):
    """`month` is written YYYY-MM, by the office's own clock."""

    month: str
    reason: OvertakingReason
    sentence: str
    count: int
