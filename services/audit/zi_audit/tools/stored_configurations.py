"""Compare the configurations in a service's store with the digests that it published to the ledger."""

from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256

from pydantic import ValidationError

from zi_audit.domain.chain import Link
from zi_chassis.storage.configuration import ConfigurationKey
from zi_chassis.storage.database import Tx
from zi_contracts.configuration import ConfigurationAdopted

ADOPTED = "configuration_adopted"


class StoredConfigurations:
    """Of one store; `adopt` takes its messages in order."""

    def __init__(self) -> None:
        self._digests: dict[ConfigurationKey, str] = {}

    def adopt(self, link: Link) -> None:
        if not str(link.attributes.get("type", "")).endswith(f".{ADOPTED}"):
            return
        with suppress(ValidationError):  # a message that says nothing clear is found by its hash
            adopted = ConfigurationAdopted.model_validate(link.attributes.get("data"))
            self._digests.setdefault(
                ConfigurationKey(adopted.kind, adopted.id, adopted.version), adopted.digest
            )

    def findings(self, tx: Tx) -> Iterator[str]:
        if not self._digests and not _has_table(tx):
            return
        rows = tx.execute("SELECT kind, id, version, content FROM configurations") if _has_table(tx) else []
        stored = {
            ConfigurationKey(row["kind"], row["id"], row["version"]): bytes(row["content"]) for row in rows
        }
        for key in sorted({*stored, *self._digests}):
            if key not in stored:
                yield f"What is kept of {key} is missing."
            elif key not in self._digests:
                yield f"What is kept of {key} belongs to no entry: it was never adopted."
            elif sha256(stored[key]).hexdigest() != self._digests[key]:
                yield f"What is kept of {key} is not what was adopted."


def _has_table(tx: Tx) -> bool:
    if tx.postgres:
        return bool(tx.execute("SELECT to_regclass('configurations') AS name")[0]["name"])
    return bool(tx.execute("SELECT name FROM sqlite_master WHERE name = 'configurations'"))
