"""The fields of the message about a deadline that the office missed; each service that has deadlines has a type with them."""

from pydantic import AwareDatetime

from zi_contracts.configuration import Pin
from zi_contracts.data import Data
from zi_contracts.message import ShortText, Slug


class MissedDeadlineData(Data):
    """`clock` is the promise and `due` the time that has passed; `standard` is what the promise follows from, for that `service`.

    `officials` are those who had the case in their hands until then (the identity provider's opaque subjects). `reported_late`: the
    deadline had been missed before its service began to report them.
    """

    service: Slug
    clock: Slug
    due: AwareDatetime
    standard: Pin
    officials: tuple[ShortText, ...] = ()
    reported_late: bool = False
