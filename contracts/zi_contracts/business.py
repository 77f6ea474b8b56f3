"""How every service names a business: an opaque keyed hash, the same everywhere, so that conflicts and mentorships compare."""

from typing import Annotated

from pydantic import Field

BusinessRef = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
