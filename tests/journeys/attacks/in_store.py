"""Attacks on a service's store: its events, its messages, its vault; the owner also makes chain, hashes and commitments anew."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tests.journeys import records
from tests.journeys.attacks.attack import (
    IN_MESSAGES,
    LONG_AGO,
    LOST,
    STRANGER,
    Attack,
    attacked,
    rechained,
    target,
    with_,
)
from tests.journeys.attacks.left import Left

from zi_chassis.storage.database import Database
from zi_chassis.storage.recorded import commitment
from zi_chassis.vault.keystore import Keystore
from zi_chassis.vault.vault import Vault

MESSAGE = "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
EVENT = "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?, ?)"
ITEM = "INSERT INTO vault_items VALUES (?, ?, ?, ?, ?, ?, ?)"


def messages(left: Left) -> list[bytes]:
    return records.stored(left.data, "intake")


@contextmanager
def writing(left: Left) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(left.store)) as store, store:
        store.row_factory = sqlite3.Row
        yield store


# -- stored events


def event_alone(left: Left, attack: Attack) -> None:
    at = target(messages(left)).act + 1
    with writing(left) as store:
        states = {row["rowid"]: row for row in store.execute("SELECT rowid, * FROM stored_events")}
        victim = states[at]
        match attack:
            case Attack.INSERT | Attack.REPLAY:
                whose = STRANGER.hex if attack is Attack.INSERT else victim["originator_id"]
                store.execute(EVENT, [None, whose, 99, victim["topic"], victim["state"]])
            case Attack.DELETE:
                store.execute("DELETE FROM stored_events WHERE rowid = ?", [at])
            case Attack.TRUNCATE:
                store.execute("DELETE FROM stored_events WHERE rowid > ?", [len(states) - LOST])
            case Attack.ROLL_BACK:
                store.execute("DELETE FROM stored_events WHERE rowid > ?", [at])
            case Attack.REORDER:
                _set_state(store, at, states[at + 1]["state"])
                _set_state(store, at + 1, victim["state"])
            case Attack.FORK:
                _set_state(store, len(states), changed(bytes(states[len(states)]["state"]), Attack.EDIT))
            case _:
                _set_state(store, at, changed(bytes(victim["state"]), attack))


def event_with_all_that_follows(left: Left, attack: Attack) -> None:
    """Events, messages, commitments and chain agree again: as if it had been so from the start."""
    stored = messages(left)
    states = _states(left)
    on = target(stored)
    made: list[bytes] = []
    of_events: list[bytes] = []
    for message in attacked(stored, attack, on, IN_MESSAGES):
        state = states.get(_id(message), states[_id(stored[on.act])])
        if message not in stored:
            state = changed(state, Attack.EDIT if attack is Attack.FORK else attack)
            message = with_(message, commitment=commitment(state))
        made.append(message)
        of_events.append(state)
    _replace_messages(left, rechained(made))
    _replace_events(left, rechained(made), of_events)


def changed(state: bytes, attack: Attack) -> bytes:
    """The private side of what `IN_MESSAGES` does."""
    fields = orjson.loads(state)
    match attack:
        case Attack.BACKDATE:
            fields["event"]["by"]["at"] = LONG_AGO
        case Attack.SWAP_ACTOR:
            fields["event"]["by"]["actor"] = "another"
        case _:
            fields["event"]["officer"] = "another"
    return orjson.dumps(fields)


def _set_state(store: sqlite3.Connection, rowid: int, state: bytes) -> None:
    store.execute("UPDATE stored_events SET state = ? WHERE rowid = ?", [state, rowid])


def _states(left: Left) -> dict[str, bytes]:
    with writing(left) as store:
        rows = store.execute(
            "SELECT m.event_id, e.state FROM messages m JOIN stored_events e ON e.rowid = m.position"
        )
        return {row["event_id"]: bytes(row["state"]) for row in rows}


def _replace_events(left: Left, made: Sequence[bytes], states: Sequence[bytes]) -> None:
    with writing(left) as store:
        store.execute("DELETE FROM stored_events")
        for rowid, (message, state) in enumerate(zip(made, states, strict=True), start=1):
            fields = orjson.loads(message)
            row = [rowid, UUID(fields["aggregate"]).hex, fields["version"], fields["type"], state]
            store.execute(EVENT, row)


# -- messages


def message_alone(left: Left, attack: Attack) -> None:
    stored = messages(left)
    on = target(stored)
    with writing(left) as store:
        match attack:
            case Attack.INSERT:
                forgery = rechained([*stored, IN_MESSAGES[attack](stored[on.act])])[-1]
                store.execute(MESSAGE, _row(len(stored) + 1, forgery))
            case Attack.REPLAY:
                again = _row(len(stored) + 1, stored[on.act])
                store.execute(MESSAGE, [again[0], str(uuid4()), *again[2:]])
            case Attack.DELETE:
                store.execute("DELETE FROM messages WHERE position = ?", [on.act + 1])
            case Attack.TRUNCATE | Attack.ROLL_BACK:
                last = len(attacked(stored, attack, on, IN_MESSAGES))
                store.execute("DELETE FROM messages WHERE position > ?", [last])
            case _:
                for position, message in enumerate(attacked(stored, attack, on, IN_MESSAGES), start=1):
                    store.execute("UPDATE messages SET message = ? WHERE position = ?", [message, position])


def message_with_its_chain(left: Left, attack: Attack) -> None:
    stored = messages(left)
    _replace_messages(left, rechained(attacked(stored, attack, target(stored), IN_MESSAGES)))


def _replace_messages(left: Left, made: Sequence[bytes]) -> None:
    with writing(left) as store:
        store.execute("DELETE FROM messages")
        rows = [_row(position, message) for position, message in enumerate(made, start=1)]
        store.executemany(MESSAGE, rows)


def _row(position: int, message: bytes) -> list[Any]:
    fields = orjson.loads(message)
    columns = [fields[name] for name in ("id", "type", "aggregate", "version", "subject")]
    return [position, *columns, message, sha256(message).hexdigest()]


def _id(message: bytes) -> str:
    return str(orjson.loads(message)["id"])


# -- vault items


def item_alone(left: Left, attack: Attack) -> None:
    with writing(left) as store:
        rows = store.execute("SELECT * FROM vault_items ORDER BY item").fetchall()
        first, other = rows[0], rows[-1]
        match attack:
            case Attack.INSERT:
                store.execute(ITEM, [str(uuid4()), *tuple(first)[1:]])
            case Attack.DELETE:
                store.execute("DELETE FROM vault_items WHERE item = ?", [first["item"]])
            case Attack.TRUNCATE:
                _reseal(store, first["item"], first["sealed"][:-1])
            case Attack.ROLL_BACK:
                last = [row["item"] for row in rows[-LOST:]]
                store.execute("DELETE FROM vault_items WHERE item IN (?, ?, ?)", last)
            case Attack.REORDER:
                _reseal(store, first["item"], other["sealed"])
                _reseal(store, other["item"], first["sealed"])
            case Attack.REPLAY:
                _reseal(store, other["item"], first["sealed"])
            case Attack.SWAP_ACTOR:
                owner = "UPDATE vault_items SET data_subject = ? WHERE item = ?"
                store.execute(owner, [_another(rows, first)["data_subject"], first["item"]])
            case _:
                _reseal(store, first["item"], bytes([first["sealed"][0] ^ 1]) + first["sealed"][1:])


def item_sealed_anew(left: Left, attack: Attack) -> None:
    """By whoever holds the keys: other words under the same name (edit), one more item (insert), another person's key (swap)."""
    database = Database(left.store)
    keys = Keystore(Database(left.data / "intake" / "keys.db"))
    with database.transaction() as tx:
        rows = tx.execute("SELECT * FROM vault_items ORDER BY item")
        row, item = rows[0], UUID(rows[0]["item"])
        opened = Vault(keys).open(tx, [item])[item]
        owner = _another(rows, row) if attack is Attack.SWAP_ACTOR else row
        plaintext = opened.plaintext if attack is Attack.SWAP_ACTOR else b"Other words."
        item = uuid4() if attack is Attack.INSERT else item
        tx.execute("DELETE FROM vault_items WHERE item = ?", str(item))
        key = UUID(owner["key_id"])
        sealed = _sealed(keys.secrets([key])[key], item, owner, row, opened.salt + plaintext)
        names = (row["field"], row["media_type"], row["digest"])
        tx.execute(ITEM, str(item), owner["data_subject"], str(key), *names, sealed)
    database.close()
    keys.close()


def _sealed(secret: bytes, item: UUID, owner: Any, row: Any, content: bytes) -> bytes:
    nonce = bytes(12)
    bound = item.bytes + UUID(owner["data_subject"]).bytes
    bound += f"{row['field']}\0{row['media_type']}".encode()
    return nonce + AESGCM(secret).encrypt(nonce, content, bound)


def _reseal(store: sqlite3.Connection, item: str, sealed: bytes) -> None:
    store.execute("UPDATE vault_items SET sealed = ? WHERE item = ?", [sealed, item])


def _another(rows: Sequence[Any], row: Any) -> Any:
    return next(each for each in rows if each["data_subject"] != row["data_subject"])
