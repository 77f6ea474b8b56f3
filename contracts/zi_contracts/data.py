"""The base class of the `data` model of every message type; the type string finds the model."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Data(BaseModel):
    """Fields that a newer sender adds are ignored, so that an older consumer keeps working."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
