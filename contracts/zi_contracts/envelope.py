"""The whole message of one type, as a model: the envelope with that type's name and data."""

from functools import cache
from typing import Literal

from pydantic import create_model

from zi_contracts.data import Data
from zi_contracts.message import Message


@cache
def message_model(data: type[Data]) -> type[Message]:
    """Return the model of the messages that carry this data."""
    return create_model(
        f"{data.__name__}Message",
        __base__=Message,
        __doc__=data.__doc__,
        type=(Literal[data.type], ...),  # type: ignore[arg-type]
        data=(data, ...),
    )
