"""The ten attacks as changes of a list, and what they do to messages; every chain over messages can be made anew."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVar, assert_never
from uuid import UUID

import orjson

from zi_audit.domain.chain import ZEROS
from zi_chassis.storage.recorded import event_id

ACT = "zi.intake.case_assigned"
LOST = 3  # of the sender's messages a truncation takes the last
STRANGER = UUID("00000000-0000-4000-8000-000000000001")
LONG_AGO = "2026-01-02T03:04:05.000000Z"
T = TypeVar("T")
# How one item is changed (edit, backdate, swap the actor), or forged after its example (insert).
Changes = Mapping["Attack", Callable[[T], T]]


class Attack(StrEnum):
    EDIT = "edit"
    INSERT = "insert"
    DELETE = "delete"
    REORDER = "reorder"
    TRUNCATE = "truncate"
    FORK = "fork"
    ROLL_BACK = "roll back"
    REPLAY = "replay"
    BACKDATE = "backdate"
    SWAP_ACTOR = "swap the actor"


@dataclass(frozen=True)
class Target:
    """Places in a list of messages that are attacked: an act, its sender's next message, where a cut begins, and the sender's last."""

    act: int
    following: int
    cut: int
    last: int


def target(messages: Sequence[bytes]) -> Target:
    """The act of an official in the middle of a case, by its service, whoever else speaks in between."""
    decoded = [orjson.loads(message) for message in messages]
    act = next(n for n, message_fields in enumerate(decoded) if message_fields["type"] == ACT)
    same_sender = [
        n for n, message_fields in enumerate(decoded) if message_fields["source"] == decoded[act]["source"]
    ]
    return Target(act, same_sender[same_sender.index(act) + 1], same_sender[-LOST], same_sender[-1])


def attacked(items: Sequence[T], attack: Attack, on: Target, changes: "Changes[T]") -> list[T]:
    """The items after the attack; nothing else is made to agree."""
    made, act = list(items), items[on.act]
    match attack:
        case Attack.INSERT:
            made.insert(on.act + 1, changes[attack](act))
        case Attack.DELETE:
            del made[on.act]
        case Attack.REORDER:
            made[on.act], made[on.following] = made[on.following], act
        case Attack.TRUNCATE:
            del made[on.cut :]
        case Attack.FORK:
            made[on.last] = changes[Attack.EDIT](made[on.last])
        case Attack.ROLL_BACK:
            del made[on.act :]
        case Attack.REPLAY:
            made.append(act)
        case Attack.EDIT | Attack.BACKDATE | Attack.SWAP_ACTOR:
            made[on.act] = changes[attack](act)
        case _:
            assert_never(attack)
    return made


def with_(message: bytes, **attributes: object) -> bytes:
    return orjson.dumps({**orjson.loads(message), **attributes})


def forged(message: bytes) -> bytes:
    """An act that nobody did, of a case that nobody has."""
    return with_(message, id=str(event_id(STRANGER, 1)), aggregate=str(STRANGER), version=1)


def edited(message: bytes) -> bytes:
    """Another holder owes the next step: the clock of the deadline stops."""
    data = orjson.loads(message)["data"]
    return with_(message, data={**data, "holder": "citizen", "officer": "another"})


IN_MESSAGES: Changes[bytes] = {
    Attack.EDIT: edited,
    Attack.INSERT: forged,
    Attack.BACKDATE: lambda message: with_(message, time=LONG_AGO),
    Attack.SWAP_ACTOR: lambda message: with_(message, actor="another"),
}


def rechained(messages: Sequence[bytes]) -> list[bytes]:
    """The same with positions, hashes, versions and ids that agree again, sender by sender, as the senders themselves could."""
    heads: dict[str, tuple[int, str]] = {}
    versions: dict[str, int] = {}
    made = []
    for message in messages:
        fields: dict[str, Any] = orjson.loads(message)
        position, previous = heads.get(fields["source"], (0, ZEROS))
        version = versions[fields["aggregate"]] = versions.get(fields["aggregate"], 0) + 1
        agreed = {
            "id": str(event_id(UUID(fields["aggregate"]), version)),
            "position": position + 1,
            "previous": previous,
            "version": version,
        }
        if any(fields[name] != value for name, value in agreed.items()):
            message = with_(message, **agreed)
        heads[fields["source"]] = position + 1, sha256(message).hexdigest()
        made.append(message)
    return made
