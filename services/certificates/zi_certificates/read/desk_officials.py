"""The officials who are known here, with their roles: whoever has acted in this service, or has opened the desk. No names."""

from zi_chassis.access.desk_officials import AT_DESK
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import Recorded

STAFF = "staff:"
# Whoever opened the desk has the roles of the last time; of others the roles in which they acted are known.
KNOWN = (
    f"{AT_DESK} UNION ALL SELECT official, role FROM acted_officials"
    " WHERE official NOT IN (SELECT official FROM desk_officials)"
)


class OfficialsOfEvents:
    """The read model of those who have acted."""

    name = "officials_of_events"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS acted_officials (official TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (official, role))",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        by = recorded.event.by
        if by.role.startswith(STAFF):
            tx.execute(
                "INSERT INTO acted_officials (official, role) VALUES (?, ?) ON CONFLICT DO NOTHING",
                *(by.actor, by.role.removeprefix(STAFF)),
            )
