"""An entry that a person declared forged is nobody's: the sender's chain goes on without it, in the database and in the index alike, and no
question about the sender's own messages finds it."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.audit.log_home import OFFICE, ORIGIN, Home, Sender
from tests.audit.test_erasures import counted, erased, lose_database
from tests.audit.test_origins import renamed, started

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.chain import ZEROS, Break
from zi_audit.domain.question import Question
from zi_audit.files.published_log import PublishedLog
from zi_audit.read.index import Index
from zi_audit.tools.refill import refill
from zi_audit.writer.log import TransparencyLog
from zi_chassis.settings import Settings
from zi_chassis.storage.database import Database


class Stream:
    """A sender's stream, to which somebody else writes too; `log` is what the ledger made of it."""

    def __init__(self, home: Home, service: str = "intake", log: TransparencyLog | None = None) -> None:
        self.home, self.sender, self.audit = home, Sender(service), Sender("audit", case="lane")
        self.log = log or home.opened()
        self.sequence = 0

    def sent_by_sender(self, count: int) -> list[Break | None]:
        """Send the next messages of the sender itself; return what was wrong with each."""
        return [
            anomaly
            for _ in range(count)
            for anomaly in self.plant(self.sender.send(self.sender.message()).content)
        ]

    def plant(self, content: bytes) -> list[Break | None]:
        self.sequence += 1
        entries = self.log.append([Arrival(self.sender.service, self.sequence, content)])
        return [entry.anomaly for entry in entries]

    def forgery(self, **fields: object) -> bytes:
        """Return the next message of the sender, but for these fields and who did it."""
        return orjson.dumps({**orjson.loads(self.sender.message()), "actor": "a thief", **fields})

    def declare(self, *forged: int, **fields: object) -> list[Break | None]:
        head = self.sender.head
        data = {
            "sender": self.sender.service,
            "after_position": head.position,
            "head": head.digest,
            "forged": list(forged),
            "reason": "A stolen key.",
        }
        message = self.audit.message(type="zi.audit.sender_continued", data={**data, **fields})
        return [entry.anomaly for entry in self.log.append([self.audit.send(message)])]


@pytest.fixture
def stream(either_home: Home) -> Stream:
    return Stream(either_home)


def indexed(home: Home, folder: Path) -> Index:
    index = Index(Database(folder / "index.db"), OFFICE)
    home.open_databases.append(index.database)
    log = PublishedLog(home.tiles)
    signed = log.signed()
    assert signed is not None
    size = index.open(signed[1].origin)
    while size < signed[1].size:
        entries = log.entries(size, signed[1].size)
        size = index.add(size, entries, log.lanes(size, size + len(entries)))
    return index


def breaks(index: Index) -> Mapping[int, Break]:
    return {found.index: found.kind for found in index.breaks()}


FORGERIES = {
    "well made": {},
    "another event": {"id": "00000000-0000-4000-8000-000000000001"},
    "far ahead": {"position": 10**12, "id": "00000000-0000-4000-8000-000000000002"},
    "far behind": {"position": 1, "id": "00000000-0000-4000-8000-000000000003"},
    "no continuation": {"previous": ZEROS, "id": "00000000-0000-4000-8000-000000000004"},
    "of another type": {"type": "zi.notify.delivery_failed"},
}


@pytest.mark.parametrize("fields", FORGERIES.values(), ids=FORGERIES)
def test_after_the_declaration_the_senders_own_messages_fit(
    stream: Stream, tmp_path: Path, fields: dict[str, object]
) -> None:
    stream.sent_by_sender(3)
    stream.plant(
        stream.forgery(actor="a thief", **{name: v for name, v in fields.items() if name != "actor"})
    )
    assert stream.declare(3) == [None]
    assert stream.sent_by_sender(3) == [None] * 3
    index = indexed(stream.home, tmp_path)
    assert breaks(index) == {3: Break.FORGED}
    sent_by_sender = [arrival.content for arrival in stream.sender.sent]
    assert list(stream.home.ledger().heard_from("intake")) == sent_by_sender
    for position, arrival in enumerate(stream.sender.sent, start=1):
        place = index.place("intake", position)
        assert place is not None
        assert place[1] == arrival.leaf_hash
        assert index.find(str(stream.sender.event_id(position)))[1] == arrival.leaf_hash  # type: ignore[index]


def test_before_the_declaration_a_jump_makes_every_message_late(stream: Stream) -> None:
    """One planted message does this when nobody can say that it was planted."""
    stream.sent_by_sender(2)
    assert stream.plant(stream.forgery(**FORGERIES["far ahead"])) == [Break.MISSING]
    assert stream.sent_by_sender(3) == [Break.OUT_OF_ORDER] * 3


def test_what_was_declared_is_found_as_such(stream: Stream, tmp_path: Path) -> None:
    stream.sent_by_sender(2)
    stream.plant(stream.forgery())
    stream.declare(2)
    index = indexed(stream.home, tmp_path)
    [found] = index.page(Question(anomaly=("forged",))).entries
    assert (found.index, found.service, found.anomaly) == (2, "unknown", Break.FORGED)
    assert [found for found in index.unreported() if found.kind is Break.FORGED] == []


def test_the_same_entry_may_be_declared_twice(stream: Stream, tmp_path: Path) -> None:
    stream.sent_by_sender(2)
    stream.plant(stream.forgery())
    for _ in range(2):
        stream.declare(2, 2)
    assert len(indexed(stream.home, tmp_path).page(Question(anomaly=("forged",))).entries) == 1


def test_audits_own_chain_goes_on_from_the_entry_that_says_so(home: Home, tmp_path: Path) -> None:
    stream = Stream(home, "audit")
    stream.audit = stream.sender
    stream.sent_by_sender(2)
    stream.plant(stream.forgery(**FORGERIES["far ahead"]))
    assert stream.sent_by_sender(1) == [Break.OUT_OF_ORDER]
    assert stream.declare(2) == [Break.OUT_OF_ORDER]
    assert stream.sent_by_sender(2) == [None, None]
    assert breaks(indexed(home, tmp_path)) == {2: Break.FORGED, 3: Break.OUT_OF_ORDER, 4: Break.OUT_OF_ORDER}


@pytest.mark.parametrize(
    "fields",
    [
        {"sender": "unknown"},
        {"sender": "log"},
        {"reason": ""},
        {"forged": [2, 2**63]},
        {"forged": [2, 3]},
        {"after_position": 2**63},
        {"forged": "all"},
        {"after_position": -1},
    ],
)
def test_a_declaration_that_says_nothing_clear_changes_nothing(
    home: Home, tmp_path: Path, fields: dict[str, object]
) -> None:
    stream = Stream(home)
    stream.sent_by_sender(2)
    stream.plant(stream.forgery())
    stream.declare(2, **fields)
    assert stream.sent_by_sender(1) == [Break.REPEATED]
    assert Break.FORGED not in breaks(indexed(home, tmp_path)).values()


def test_only_audit_declares(home: Home) -> None:
    """Not by another's lane, and not as another's event."""
    stream = Stream(home)
    stream.sent_by_sender(2)
    stream.plant(stream.forgery())
    audit, stream.audit = stream.audit, Sender("notify")
    stream.declare(2)
    stray = audit.message(
        type="zi.audit.sender_continued",
        data={"sender": "intake", "after_position": 2, "head": ZEROS, "forged": [2], "reason": "r"},
    )
    stream.log.append([Arrival("notify", 2, stray)])
    assert stream.sent_by_sender(1) == [Break.REPEATED]


steps = st.lists(
    st.one_of(st.just("own"), st.sampled_from(sorted(FORGERIES)), st.just("declare")), max_size=8
)


@settings(deadline=None, max_examples=12)
@given(steps)
def test_database_index_and_a_database_read_back_from_the_files_agree(plan: list[str]) -> None:
    with TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        stream = Stream(home)
        stream.sent_by_sender(1)
        planted, declared = list[int](), set[int]()
        for number, step in enumerate([*plan, "declare", "own"]):
            if step == "own" and planted == sorted(declared):
                assert stream.sent_by_sender(1) == [None]
            elif step == "declare" and planted:
                stream.declare(*planted)
                declared.update(planted)
            elif step in FORGERIES:
                size = stream.log.size
                stream.plant(stream.forgery(**{"actor": f"thief {number}"} | FORGERIES[step]))
                planted += range(size, stream.log.size)
        sent_by_sender = [arrival.content for arrival in stream.sender.sent]
        index = indexed(home, Path(folder))
        assert [number for number, kind in sorted(breaks(index).items()) if kind is Break.FORGED] == sorted(
            declared
        )
        assert list(home.ledger().heard_from("intake")) == sent_by_sender
        progress = home.ledger().progress("intake").head
        home.close()
        (home.folder / "ledger.db").unlink()
        for leftover in home.folder.glob("ledger.db-*"):
            leftover.unlink()
        refill(home.ledger(), home.tiles, home.keys, home.clock, OFFICE)
        assert list(home.ledger().heard_from("intake")) == sent_by_sender
        assert home.ledger().progress("intake").head == progress == stream.sender.head
        assert progress.digest == sha256(sent_by_sender[-1]).hexdigest()
        home.close()
        shutil.rmtree(home.folder)


@pytest.fixture
def writer(home: Home) -> Settings:
    return Settings(service="audit-writer", office=OFFICE, data=home.folder, log_origin=ORIGIN)


@pytest.mark.parametrize("database", ["kept", "lost"])
def test_a_forged_erasure_is_not_brought_back(home: Home, writer: Settings, database: str) -> None:
    """Neither from this log nor from one that was set aside, with its rows or without."""
    stream = Stream(home, log=started(home, writer))
    for arrival in [*erased(stream.sender), *erased(replace(stream.sender, sent=[]))]:
        stream.plant(arrival.content)
    assert len(counted(home)) == 2
    stream.declare(2, 3)
    stream.sent_by_sender(1)
    sent_by_sender = [stream.sender.sent[1].content]
    assert counted(home) == sent_by_sender
    if database == "lost":
        lose_database(home)
    renamed(home, writer)
    started(home, writer)
    assert counted(home) == sent_by_sender


def test_a_new_origin_goes_on_behind_declared_forgeries(home: Home, writer: Settings) -> None:
    stream = Stream(home, log=started(home, writer))
    stream.sent_by_sender(2)
    stream.plant(stream.forgery(**FORGERIES["far ahead"]))
    stream.sequence += 1  # a repeated message, which has no entry of its own
    messages = [{"sequence": 3, "hash": "a" * 64, "index": 2}, {"sequence": 4, "hash": "b" * 64}]
    stream.declare(2, messages=messages)
    stream.sent_by_sender(3)
    renamed(home, writer)
    progress = home.ledger().progress("intake")
    assert (progress.sequence, progress.head) == (7, stream.sender.head)


def test_a_new_origin_leaves_out_nothing_for_a_forgery_that_nobody_declared(
    home: Home, writer: Settings
) -> None:
    stream = Stream(home, log=started(home, writer))
    stream.sent_by_sender(2)
    stream.plant(stream.forgery(**FORGERIES["far ahead"]))
    renamed(home, writer)
    assert home.ledger().progress("intake").sequence == 3
