"""The reference of a business: an opaque keyed hash, the same in every service, so that conflicts and mentorships can be compared."""

from typing import Annotated

from pydantic import Field

BusinessRef = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
