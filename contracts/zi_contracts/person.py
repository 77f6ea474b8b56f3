"""The reference of a contact under which named cases were filed: random, so that repeats are visible and nothing of the contact is."""

from typing import Annotated

from pydantic import Field

PersonRef = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
