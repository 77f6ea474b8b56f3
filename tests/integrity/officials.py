"""People and moments of the tests of the integrity zone; all of them invented."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from zi_chassis.domain import Act
from zi_contracts.vault import ItemRef

MONDAY = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def named(name: str) -> UUID:
    return uuid5(UUID(int=14), name)


def staff(name: str, role: str, at: datetime = MONDAY) -> Act:
    return Act(at=at, actor=name, role=f"staff:{role}")


def head(name: str = "head-dewi", at: datetime = MONDAY) -> Act:
    return staff(name, "head", at)


def team(name: str = "team-rini", at: datetime = MONDAY) -> Act:
    return staff(name, "integrity", at)


def system(at: datetime = MONDAY) -> Act:
    return Act(at=at, actor="system:integrity", role="system:integrity")


def item(field: str) -> ItemRef:
    return ItemRef(item=named(field), field=field, digest="0" * 64)
