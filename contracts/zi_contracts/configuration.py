"""Messages of the services that decide by configurations: standards, calendars, rules, tariffs, forms, texts."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from zi_contracts.data import Data
from zi_contracts.message import Sha256Hex, ShortText, Slug

Pinned = Literal["by_content", "before_digests"]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]  # as databases count


class Pin(BaseModel):
    """A version of a configuration, and the SHA-256 of its content; without it where it was pinned before digests were."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: ShortText
    version: Version
    digest: Sha256Hex | None = None

    @classmethod
    def of(cls, pinned: "Pin") -> "Pin":
        """Return the version and nothing that a pin of a special kind adds."""
        return Pin(id=pinned.id, version=pinned.version, digest=pinned.digest)

    @property
    def pinning(self) -> Pinned:
        return "before_digests" if self.digest is None else "by_content"


class ConfigurationAdopted(Data):
    """From here on the sender decides by this version too; a version keeps its content for ever.

    `since` says what is known of the time before: `start`, the sender had decided nothing yet; `now`, it takes effect with this
    entry; `unknown`, the sender had decided things before it recorded what it decides by, perhaps by this. `effective_from` is the
    day from which the configuration itself says that it holds. `number` is that of the decree by which the office adopted it; the
    message that announced the decree to the sender is the cause of this one.
    """

    kind: Slug
    id: ShortText
    version: Version
    digest: Sha256Hex
    since: Literal["start", "now", "unknown"]
    source_status: Slug | None = None
    effective_from: date | None = None
    number: ShortText | None = None


class ConfigurationWithdrawn(Data):
    """Nothing new is begun under this version any more; what was begun under it keeps it."""

    kind: Slug
    id: ShortText
    version: Version
    digest: Sha256Hex
