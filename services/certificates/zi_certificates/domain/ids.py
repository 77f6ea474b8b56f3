"""Ids of applications, accounts, letters and registers.

They are made from intake's ids, which are keyed, so that nobody guesses one.
"""

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID, uuid5

from zi_chassis.domain import Act

REGISTERS = UUID("3b7f0a53-5a0e-4a55-8f0c-3f2a1f6e9d21")


def application_id(case: UUID) -> UUID:
    """`case` is the aggregate of the request at intake."""
    return uuid5(case, "application")


def account_id(case: UUID) -> UUID:
    """`case` is the aggregate of the request that opened the account, at intake."""
    return uuid5(case, "account")


def retention_id(application: UUID) -> UUID:
    return uuid5(application, "retention")


def exchange_id(account: UUID) -> UUID:
    """Return the id of what connects an account with other systems."""
    return uuid5(account, "exchange")


def import_id(account: UUID, reference: str) -> UUID:
    """`reference` is the sender's own."""
    return uuid5(account, f"import {reference}")


def letter_id(application: UUID, kind: str, revision: int) -> UUID:
    return uuid5(application, f"letter {kind} {revision}")


def register_id(office: str, series: str, year: int) -> UUID:
    """Return an id that anybody can compute: a register is no secret."""
    return uuid5(REGISTERS, f"{office} {series} {year}")


def request_id_of(key: UUID | None, by: Act, act: str, content: Iterable[object] = ()) -> UUID | None:
    """Return the id of this act of this person with this content, so that other content under the same key is no repeat."""
    joined = "\0".join(map(str, content)).encode()
    return key and uuid5(key, f"{act} {by.actor} {sha256(joined).hexdigest()}")
