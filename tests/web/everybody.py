"""Whole APIs tried by everybody, signed in or not, at the doors of the services that have no house of strangers of their own."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemathesis.checks import not_a_server_error
from tests.web.doors import DOORS
from tests.web.identities import STAFF, Door
from tests.web.strangers import House, try_operations

SERVICES = ("intake", "notify", "audit")


@dataclass(frozen=True)
class AtTheDoor:
    """The part of a house that a caller meets."""

    door: Door

    @property
    def visiting(self) -> Door:
        return self.door

    def person(self, sub: str, *roles: str, name: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.door.provider.token(sub, *roles, name=name)}"}


def try_everything(service: str, folder: Path, cases: int, number: int | None = None) -> Counter[int]:
    """So many cases over all operations in every role; raises with the smallest one that is answered by a fault of ours."""
    with asyncio.Runner() as runner:
        opened = DOORS[service](folder)
        door = runner.run(opened.__aenter__())
        try:
            names = {
                "ticket": [door.ticket, door.other],
                **{name: [value] for name, value in door.names.items()},
            }
            calling: Any = AtTheDoor(door)
            house: House[Any] = House(calling, STAFF, {}, "somebody-1", names)
            return try_operations(door.app, house, runner, cases, number, (not_a_server_error,))
        finally:
            runner.run(opened.__aexit__(None, None, None))
