"""The accounts of officials that are known here: whoever acted in this service, and in whose hands a case came."""

from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded

STAFF = "staff:"


class KnownOfficials:
    name = "known_officials"
    version = 1
    tables: tuple[str, ...] = ("CREATE TABLE IF NOT EXISTS known_officials (official TEXT PRIMARY KEY)",)

    def project(self, tx: Tx, recorded: Recorded) -> None:
        by = recorded.event.by
        if by.role.startswith(STAFF):
            tx.execute(
                "INSERT INTO known_officials (official) VALUES (?) ON CONFLICT (official) DO NOTHING",
                by.actor,
            )


def is_known_official(tx: Tx, account: str) -> bool:
    found = tx.execute(
        "SELECT official FROM known_officials WHERE official = ?"
        " UNION SELECT official FROM case_hands WHERE official = ?",
        *(account, account),
    )
    return bool(found)
