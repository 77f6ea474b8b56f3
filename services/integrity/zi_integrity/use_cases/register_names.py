"""Names in the registers that follow from others under a secret of the office, so that nobody goes back from them to a person."""

import json
from collections.abc import Mapping
from uuid import UUID

from zi_chassis.settings import Settings
from zi_integrity.use_cases.keyed_names import KeyedNames


class RegisterNames(KeyedNames):
    @classmethod
    def of(cls, settings: Settings) -> "RegisterNames":
        return cls(settings.secret("registers"))

    def reporter(self, sub: str) -> str:
        """Return the reference under which an official finds their own reports again."""
        return self._keyed("reporter", sub.encode()).hex()

    def trust_asset(self, official: str, kind: str, year: int) -> UUID:
        return self._id("trust asset", f"{official}\0{kind}\0{year}".encode())

    def body_digest(self, texts: Mapping[str, str]) -> str:
        """Return what tells a repeat from other content that is sent under the same form's key."""
        return self._keyed("body", json.dumps(dict(texts), sort_keys=True).encode()).hex()
