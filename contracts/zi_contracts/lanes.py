"""Messages of every service about its lanes: a message that was skipped, and messages on its stream that it never sent."""

from typing import Annotated

from pydantic import Field

from zi_contracts.data import Data
from zi_contracts.message import Sha256Hex, ShortText, Slug


class MessageSkipped(Data):
    """An operator passed over the one message of a sender that could not be handled, and said why."""

    sender: Slug
    position: Annotated[int, Field(ge=1)]
    hash: Sha256Hex
    reason: ShortText


class ForeignMessagesPassedOver(Data):
    """The sender found messages on its stream that it never sent, and everybody passes over them.

    They are `count` messages between the numbers `first` and `last` of the stream. `digest` is the SHA-256 of the one message; of more it is
    the SHA-256 over their SHA-256 in hex, one after the other.
    """

    sender: Slug
    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=1)]
    count: Annotated[int, Field(ge=1)]
    digest: Sha256Hex
