"""People and moments of the certificate tests; all of them invented."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from zi_certificates.domain.impartiality import Fact, Known
from zi_chassis.domain import Act
from zi_contracts.certificates import FactKind, KnownFacts
from zi_contracts.vault import ItemRef

MONDAY = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BUSINESS = "b" * 64
KNOWN_FACTS = KnownFacts(umkm=12, integrity=7)
NOTHING_KNOWN = Known(seen=KNOWN_FACTS)


def named(name: str) -> UUID:
    return uuid5(UUID(int=7), name)


def applicant(at: datetime = MONDAY) -> Act:
    return Act(at=at, actor=str(named("applicant")), role="applicant")


def staff(name: str, role: str, at: datetime = MONDAY) -> Act:
    return Act(at=at, actor=name, role=f"staff:{role}")


def evaluator(name: str = "evaluator-ani", at: datetime = MONDAY) -> Act:
    return staff(name, "evaluator", at)


def signer(name: str = "signer-budi", at: datetime = MONDAY) -> Act:
    return staff(name, "signer", at)


def head(name: str = "head-dewi", at: datetime = MONDAY) -> Act:
    return staff(name, "head", at)


def system(at: datetime = MONDAY) -> Act:
    return Act(at=at, actor="system:certificates", role="system:certificates")


def fact(official: str, kind: FactKind = "conflict", position: int = 3) -> Fact:
    return Fact(official=official, kind=kind, event=named(f"{official} {kind} {position}"), position=position)


def known_of(*officials: str) -> Known:
    return Known(seen=KNOWN_FACTS, facts=tuple(fact(each) for each in officials))


def item(field: str) -> ItemRef:
    return ItemRef(item=named(field), field=field, digest="0" * 64)
