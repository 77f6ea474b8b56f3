"""Whatever is put into another's name is found from the published files too, for the writer notes by which lane it came."""

import json
import shutil

import orjson
import pytest
from tests.audit.log_home import OFFICE, Home, Sender
from tests.audit.test_log import FailingFolder, PowerCutError
from tests.audit.web import Web
from tests.until import until

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.chain import Break
from zi_audit.files.lane_notes import files, read_file
from zi_audit.files.tile_folder import CHECKPOINT
from zi_audit.read.index import Index
from zi_audit.tools.fsck import Fsck
from zi_audit.tools.refill import refill
from zi_audit.writer.ledger import Ledger
from zi_audit.writer.log import TransparencyLog
from zi_tlog.error import LogError


def test_each_bundle_has_a_file_of_its_own() -> None:
    lanes = {257: "audit", 3: "notify", 255: "intake"}
    written = list(files(lanes))
    assert written == [("lanes/0", b"3 notify\n255 intake\n"), ("lanes/1", b"257 audit\n")]
    assert read_file(0, written[0][1]) | read_file(1, written[1][1]) == lanes
    assert list(files({})) == []


@pytest.mark.parametrize(
    "content", [b"x notify\n", b"3\n", b"3 \n", b"-3 notify\n", b"\xff notify\n", b" \n"]
)
def test_a_file_that_the_writer_did_not_write_is_refused(content: bytes) -> None:
    with pytest.raises(LogError, match="lanes/7"):
        read_file(7, content)


def forged(intake: Sender, **more: object) -> bytes:
    """Send what intake would send next, in its name."""
    return orjson.dumps(orjson.loads(intake.message()) | {"actor": "somebody-else"} | more)


def forge(log: TransparencyLog, intake: Sender, before: int = 300) -> None:
    """`before` entries, one of notify in intake's name, junk in audit's lane, and intake's own next ones."""
    log.append(intake.say(before))
    log.append([Arrival("notify", 1, forged(intake)), Arrival("audit", 1, b"junk")])
    log.append(intake.say(2))


NOTED = {300: "notify", 301: "audit"}


def noted(home: Home) -> dict[int, str]:
    return read_file(1, home.read("lanes/1"))


def test_lanes_are_noted_when_the_entries_are_published(home: Home, intake: Sender) -> None:
    forge(home.opened(), intake)
    assert noted(home) == NOTED
    assert home.tiles.read("lanes/0") is None


def test_a_note_is_there_before_the_checkpoint_that_covers_its_entry(home: Home, intake: Sender) -> None:
    """Cut after each step: a published checkpoint never covers an entry whose note is missing."""
    home.opened().append(intake.say(3))
    before, batch = home.read(CHECKPOINT), [Arrival("notify", 1, forged(intake))]
    for steps in range(30):
        cut = home.opened()
        cut._tiles = FailingFolder(home.folder / "tiles", steps, PowerCutError())
        try:
            cut.append(batch)
        except PowerCutError:
            if home.read(CHECKPOINT) != before:
                assert read_file(0, home.read("lanes/0")) == {3: "notify"}
            home.opened()
            assert read_file(0, home.read("lanes/0")) == {3: "notify"}
        else:
            break
        shutil.rmtree(home.folder)
        home.close()
        home.folder.mkdir()
        intake = Sender("intake")
        home.opened().append(intake.say(3))
        batch = [Arrival("notify", 1, forged(intake))]
    assert steps > 3


def test_lost_notes_are_made_again_at_the_next_start(home: Home, intake: Sender) -> None:
    forge(home.opened(), intake)
    shutil.rmtree(home.folder / "tiles/lanes")
    home.opened()
    assert noted(home) == NOTED


def test_a_lost_database_learns_the_lanes_from_the_notes(home: Home, intake: Sender) -> None:
    forge(home.opened(), intake)
    home.close()
    for path in home.folder.glob("ledger.db*"):
        path.unlink()
    refill(home.ledger(), home.tiles, home.keys, home.clock, OFFICE)
    ledger = home.ledger()
    assert ledger.lanes(0, 999) == NOTED
    progress = {sender: ledger.progress(sender).sequence for sender in ("intake", "notify", "audit")}
    assert progress == {"intake": 302, "notify": 1, "audit": 1}
    assert ledger.progress("intake").head == intake.head
    assert Fsck(ledger, home.tiles, home.keys).run().findings == []


def test_notes_and_database_are_compared(home: Home, intake: Sender) -> None:
    forge(home.opened(), intake)
    place = home.folder / "tiles/lanes/1"

    def findings() -> list[str]:
        return Fsck(home.ledger(), home.tiles, home.keys).run().findings

    assert findings() == []
    place.write_bytes(place.read_bytes().replace(b"notify", b"intake"))
    assert findings() == ["lanes/1 is not what the ledger database gives."]
    place.unlink()
    assert findings() == ["lanes/1 is not what the ledger database gives."]
    home.opened()
    change(home.ledger(), "UPDATE entries SET sender = 'notify' WHERE idx = 7")
    assert findings() == ["The columns of entry 7 in the ledger database contradict its bytes."]


def change(ledger: Ledger, sql: str) -> None:
    with ledger.database.transaction() as tx:
        tx.execute(sql)


@pytest.fixture
async def web_with_break(web: Web, home: Home, intake: Sender) -> Web:
    forge(home.opened(), intake)
    await web.indexed(304)
    return web


async def test_auditors_see_what_came_in_anothers_name(
    web_with_break: Web, home: Home, intake: Sender
) -> None:
    path = f"/audit/api/entries?case={intake.case}&cursor=298"
    entries = (await web_with_break.get(path, web_with_break.auditor())).json()["entries"]
    rows = [(each["index"], each["service"], each["anomaly"], each["holder"]) for each in entries]
    assert rows == [
        (299, "intake", None, "office"),
        (300, "unknown", "wrong_lane", None),
        (302, "intake", None, "office"),
        (303, "intake", None, "office"),
    ]
    found = index_of(web_with_break).breaks()
    assert [(each.index, each.sender, each.kind) for each in found] == [
        (301, "audit", Break.UNREADABLE),
        (300, "notify", Break.WRONG_LANE),
    ]
    await until(lambda: not index_of(web_with_break).unreported())
    breaks = [
        message for message in web_with_break.published() if message.type == "zi.audit.chain_break_found"
    ]
    assert [(each.data["index"], each.data["sender"], each.data["kind"]) for each in breaks] == [
        (300, "notify", "wrong_lane")
    ]
    for address in (
        f"/audit/entries?case={intake.case}&cursor=298&order=oldest&purpose=audit",
        f"/audit/cases/{intake.case}",
    ):
        page = (await web_with_break.get(address, web_with_break.auditor())).text
        assert page.count("Yang salah: dengan nama layanan lain") == 1
    lines = (
        await web_with_break.get("/audit/api/export?format=jsonl", web_with_break.auditor())
    ).text.splitlines()
    assert json.loads(lines[300])["anomaly"] == "wrong_lane"


async def test_an_event_is_found_where_its_own_service_told_it(
    web_with_break: Web, home: Home, intake: Sender
) -> None:
    """Though somebody told it before in its name."""
    event = str(intake.event_id(301))
    assert index_of(web_with_break).indexes([event]) == {event: 302}
    assert b"\nindex 302\n" in (await web_with_break.get(f"/audit/api/receipts/{event}")).content
    only = str(intake.event_id(999))
    home.opened().append([Arrival("notify", 2, forged(intake, id=only, position=999))])
    await web_with_break.indexed(305)
    assert index_of(web_with_break).indexes([only]) == {only: 304}


async def test_a_damaged_note_holds_the_index_up(web: Web, home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(300))
    await web.indexed(300)
    (home.folder / "tiles/lanes").mkdir()
    (home.folder / "tiles/lanes/1").write_bytes(b"nonsense")
    home.opened().append(intake.say())
    await until(lambda: "lanes/1" in (web.tail.reason or ""))
    assert web.tail.size == 300


def index_of(web: Web) -> Index:
    index: Index = web.app.state.index
    return index
