"""Entries as an object-centric event log (OCEL 2.0, JSON) for process mining: cases, who acted, in whose hands a case was, businesses, persons
(by the contact that they filed under), letters, visits and mails are objects; each event has its index in the ledger."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing

import orjson

from zi_audit.domain.facets import ASSIGNEE, BUSINESS, FACETS, PERSON, in_force, is_case, own_values
from zi_audit.domain.question import Indexed
from zi_chassis.storage.recorded import rfc3339

# By the beginning of the role in which somebody acts.
ACTORS = {"public": "citizen", "applicant": "citizen", "staff:": "official", "system:": "program"}
OTHER = "other"
OBJECTS: Mapping[str, Sequence[str]] = {
    "case": (),
    "citizen": (),
    "official": (),
    "program": (),
    OTHER: (),
    "officer": (),
    "business": (),
    "person": (),
    "letter": ("number",),
    "visit": (),
    "delivery": (),
}
TYPES = {"ledger_index": "integer", "position": "integer", "waited": "float"}
_OFFICIAL = next(facet.fields for facet in FACETS if facet.name == "official")

Relation = tuple[str, str, str]  # type and id of the object, and what it is to the event


def ocel(chunks: Iterable[Sequence[Indexed]]) -> Iterator[bytes]:
    """Entries that tell no type or no time have no place in this format; the other formats have them."""
    types = [_type(name, attributes) for name, attributes in OBJECTS.items()]
    with closing(_ObjectTable()) as table:
        yield b'{"objectTypes":' + orjson.dumps(types) + b',"events":['
        yield from _joined(table.noted(chunks))
        yield b'],"eventTypes":['
        yield from _joined(_type(name, table.attributes(name)) for name in table.types())
        yield b'],"objects":['
        yield from _joined(table.objects())
        yield b"]}\n"


class _ObjectTable:
    """The distinct types and objects of a file, kept in a temporary one until their turn comes."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.executescript(
            "CREATE TABLE types (type TEXT, attribute TEXT, PRIMARY KEY (type, attribute)) WITHOUT ROWID;"
            "CREATE TABLE objects (type TEXT, id TEXT, number TEXT, time TEXT, PRIMARY KEY (type, id)) WITHOUT ROWID"
        )

    def noted(self, chunks: Iterable[Sequence[Indexed]]) -> Iterator[Mapping[str, object]]:
        """The events, each with its type and objects noted before it is told."""
        for chunk in chunks:
            events = [_event(entry) for entry in chunk if entry.type is not None and entry.time is not None]
            self._note_types(events)
            self._note_objects(chunk)
            yield from events

    def _note_types(self, events: Sequence[Mapping[str, object]]) -> None:
        pairs = {(event["type"], each["name"]) for event in events for each in event["attributes"]}  # type: ignore[attr-defined]
        self._database.executemany("INSERT OR IGNORE INTO types VALUES (?, ?)", pairs)

    def _note_objects(self, chunk: Sequence[Indexed]) -> None:
        for entry in chunk:
            if entry.type is None or entry.time is None:
                continue
            number, letter = entry.fields.get("number"), entry.fields.get("letter")
            numbered = letter if isinstance(number, str) else None
            self._database.executemany(
                "INSERT INTO objects VALUES (?, ?, ?, ?) ON CONFLICT (type, id) DO UPDATE SET"
                " number = coalesce(number, excluded.number), time = coalesce(time, excluded.time)",
                [
                    (type, id, number, rfc3339(entry.time)) if id == numbered else (type, id, None, None)
                    for type, id, _ in _relations(entry)
                ],
            )

    def types(self) -> Iterator[str]:
        yield from (row[0] for row in self._database.execute("SELECT DISTINCT type FROM types ORDER BY type"))

    def attributes(self, type: str) -> Sequence[str]:
        rows = self._database.execute(
            "SELECT attribute FROM types WHERE type = ? ORDER BY attribute", (type,)
        )
        return [row[0] for row in rows]

    def objects(self) -> Iterator[Mapping[str, object]]:
        for type, id, number, time in self._database.execute("SELECT * FROM objects ORDER BY type, id"):
            attributes = [] if number is None else [{"name": "number", "time": time, "value": number}]
            yield {"id": f"{type}:{id}", "type": type, "attributes": attributes, "relationships": []}

    def close(self) -> None:
        self._database.close()


def _event(entry: Indexed) -> Mapping[str, object]:
    assert entry.time is not None
    return {
        "id": f"entry:{entry.index}",
        "type": entry.type,
        "time": rfc3339(entry.time),
        "attributes": [{"name": name, "value": value} for name, value in _attributes(entry).items()],
        "relationships": [
            {"objectId": f"{type}:{id}", "qualifier": what} for type, id, what in _relations(entry)
        ],
    }


def _attributes(entry: Indexed) -> dict[str, object]:
    envelope = {
        "ledger_index": entry.index,
        "leaf_hash": entry.leaf_hash,
        "event_id": entry.event_id,
        "service": entry.service,
        "position": entry.position,
        "role": entry.role,
        "waited": entry.waited,
        "anomaly": entry.anomaly,
    }
    facets = {name: " ".join(values) for name, values in in_force(entry.fields, entry.of_case).items()}
    others = {
        name: " ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in entry.fields.items()
        if not any(own_values({name: value}))
    }
    return {name: value for name, value in (others | facets | envelope).items() if value is not None}


def _relations(entry: Indexed) -> list[Relation]:
    return list(dict.fromkeys(_all_relations(entry)))


def _all_relations(entry: Indexed) -> Iterator[Relation]:
    if entry.case is not None and is_case(entry.case):
        yield "case", entry.case, "case"
    if entry.actor is not None:
        yield _kind_of_actor(entry.role or ""), entry.actor, "actor"
    facets = in_force(entry.fields, entry.of_case)
    for name, type in (
        (ASSIGNEE, "officer"),
        (BUSINESS, "business"),
        (PERSON, "person"),
        ("letter", "letter"),
        ("visit", "visit"),
    ):
        yield from ((type, id, name) for id in facets.get(name, ()))
    for path in _OFFICIAL:
        value = entry.fields.get(path)
        for id in value if isinstance(value, list) else [value] if value is not None else []:
            yield "official", str(id), path
    if entry.aggregate is not None and (entry.type or "").startswith("zi.notify.delivery_"):
        yield "delivery", entry.aggregate, "delivery"


def _kind_of_actor(role: str) -> str:
    return next((kind for begin, kind in ACTORS.items() if role.startswith(begin)), OTHER)


def _type(name: str, attributes: Sequence[str]) -> Mapping[str, object]:
    return {"name": name, "attributes": [{"name": n, "type": TYPES.get(n, "string")} for n in attributes]}


def _joined(items: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """The items of a JSON array, some hundreds at a time."""
    waiting, comma = list[bytes](), b""
    for item in items:
        waiting.append(orjson.dumps(item))
        if len(waiting) == 500:
            yield comma + b",".join(waiting)
            waiting, comma = [], b","
    if waiting:
        yield comma + b",".join(waiting)
