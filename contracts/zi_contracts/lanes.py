"""What every service that hears others says when an operator lets a blocked lane go on."""

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
