"""What names applications, accounts, letters and registers: ids follow from intake's own, which are keyed, so nobody guesses one."""

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID, uuid5

from zi_chassis.domain import Act

REGISTERS = UUID("3b7f0a53-5a0e-4a55-8f0c-3f2a1f6e9d21")


def application_id(case: UUID) -> UUID:
    """`case` is the aggregate of the request at intake."""
    return uuid5(case, "application")


def account_id(case: UUID) -> UUID:
    """Of the request that opened the account."""
    return uuid5(case, "account")


def letter_id(application: UUID, kind: str, revision: int) -> UUID:
    return uuid5(application, f"letter {kind} {revision}")


def register_id(office: str, series: str, year: int) -> UUID:
    """A register is no secret."""
    return uuid5(REGISTERS, f"{office} {series} {year}")


def intention(key: UUID | None, by: Act, what: str, said: Iterable[object] = ()) -> UUID | None:
    """What a key stands for: this act of this person in these words. Other words under it are no repeat and never lost."""
    words = "\0".join(map(str, said)).encode()
    return key and uuid5(key, f"{what} {by.actor} {sha256(words).hexdigest()}")
