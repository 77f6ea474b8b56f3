"""What every message's `data` model shares: one type string each, found again by that string."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Data(BaseModel):
    """Fields that a newer sender adds are let through unread, so that an older consumer keeps working."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
